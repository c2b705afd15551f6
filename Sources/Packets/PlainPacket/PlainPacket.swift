import IPAddresses

/// What most packets are: TCP or UDP in one piece, without IP options and extension headers. Small enough for registers, so
/// that translators have a fast path for them; all others go through ``IPPacket``, which this one never contradicts.
@frozen
public struct PlainPacket: Sendable {
    /// 6 or 17.
    public var ipProtocol: UInt8

    /// A TCP segment's flags.
    public var tcpFlags: UInt8

    /// The time to live, or hop limit.
    public var hopsLeft: UInt8
    public var trafficClass: UInt8

    /// In bytes, IP header included.
    public var length: UInt16

    /// Whether routers may fragment it: IPv4 only.
    public var mayBeFragmented: Bool

    /// The source port in the upper half, the destination port in the lower.
    public var ports: UInt32

    /// Where the checksum is, from the upper layer's start.
    @inlinable public var checksumOffset: Int { ipProtocol == 6 ? 16 : 6 }

    @inlinable
    init(
        _ ipProtocol: UInt8, hopsLeft: UInt8, trafficClass: UInt8, length: Int, mayBeFragmented: Bool, ports: UInt32,
        tcpFlags: UInt8
    ) {
        (self.ipProtocol, self.hopsLeft, self.trafficClass) = (ipProtocol, hopsLeft, trafficClass)
        self.length = UInt16(truncatingIfNeeded: length)
        (self.mayBeFragmented, self.ports, self.tcpFlags) = (mayBeFragmented, ports, tcpFlags)
    }

    /// Reads an IPv4 packet; nil where it is not plain, or not a packet.
    @inlinable
    @inline(__always)
    public init?(ipv4 bytes: borrowing RawSpan, _ range: Range<Int>) {
        let (start, count) = (range.lowerBound, range.count)
        guard count >= 28 else { return nil }
        let first = bytes.uint64(at: start)
        // Version and header length; total length; no offset, and no more fragments.
        guard first &>> 56 == 0x45, first & 0x3FFF == 0 else { return nil }
        let length = Int(truncatingIfNeeded: first &>> 32) & 0xFFFF
        let second = bytes.uint64(at: start &+ 8)
        let third = bytes.uint32(at: start &+ 16)
        var sum = (first &>> 32) &+ (first & 0xFFFF_FFFF) &+ (second &>> 32) &+ (second & 0xFFFF_FFFF) &+ UInt64(third)
        sum = (sum &>> 32) &+ (sum & 0xFFFF_FFFF)
        sum = (sum &>> 16) &+ (sum & 0xFFFF)
        sum = (sum &>> 16) &+ (sum & 0xFFFF)
        sum = (sum &>> 16) &+ (sum & 0xFFFF)
        guard length <= count, sum == 0xFFFF else { return nil }
        self.init(
            UInt8(truncatingIfNeeded: second &>> 48), bytes, start &+ 20, start &+ length,
            hopsLeft: UInt8(truncatingIfNeeded: second &>> 56), trafficClass: UInt8(truncatingIfNeeded: first &>> 48),
            length: length, mayBeFragmented: first & 0x4000 == 0)
    }

    /// Reads an IPv6 packet; nil where it is not plain, or not a packet.
    @inlinable
    @inline(__always)
    public init?(ipv6 bytes: borrowing RawSpan, _ range: Range<Int>) {
        let (start, count) = (range.lowerBound, range.count)
        guard count >= 48 else { return nil }
        let first = bytes.uint64(at: start)
        let length = 40 &+ (Int(truncatingIfNeeded: first &>> 16) & 0xFFFF)
        guard first &>> 60 == 6, length <= count, length <= 0xFFFF else { return nil }
        self.init(
            UInt8(truncatingIfNeeded: first &>> 8), bytes, start &+ 40, start &+ length,
            hopsLeft: UInt8(truncatingIfNeeded: first), trafficClass: UInt8(truncatingIfNeeded: first &>> 52),
            length: length, mayBeFragmented: false)
    }

    /// The upper layer's part: lengths as ``TransportHeader`` checks them, and a checksum.
    @inlinable
    @inline(__always)
    init?(
        _ ipProtocol: UInt8, _ bytes: borrowing RawSpan, _ start: Int, _ end: Int, hopsLeft: UInt8, trafficClass: UInt8,
        length: Int, mayBeFragmented: Bool
    ) {
        let count = end &- start
        var flags: UInt8 = 0
        if ipProtocol == 17 {
            guard count >= 8 else { return nil }
            let word = bytes.uint32(at: start &+ 4)
            let stated = Int(word &>> 16)
            guard stated >= 8, stated <= count, word & 0xFFFF != 0 else { return nil }
        } else if ipProtocol == 6 {
            guard count >= 20 else { return nil }
            let word = bytes.uint16(at: start &+ 12)
            let header = Int(word &>> 12) &* 4
            guard header >= 20, header <= count else { return nil }
            flags = UInt8(truncatingIfNeeded: word)
        } else {
            return nil
        }
        self.init(
            ipProtocol, hopsLeft: hopsLeft, trafficClass: trafficClass, length: length,
            mayBeFragmented: mayBeFragmented, ports: bytes.uint32(at: start), tcpFlags: flags)
    }
}
