import IPAddresses

/// An IPv6 header (RFC 8200 3).
///
///      0       1       2       3
///     |6, traffic class, flow label   |
///     | payload length| next  | hop   |
///     | source, 16 bytes              |
///     | destination, 16 bytes         |
@frozen
public struct IPv6Header: Hashable, Sendable {
    public var trafficClass: UInt8 = 0

    /// 20 bits.
    public var flowLabel: UInt32 = 0

    /// In bytes, extension headers included, this header not.
    public var payloadLength: Int
    public var nextHeader: UInt8
    public var hopLimit: UInt8
    public var source: IPv6Address
    public var destination: IPv6Address

    /// In bytes.
    @inlinable public static var length: Int { 40 }

    @inlinable
    public init(
        payloadLength: Int, hopLimit: UInt8, nextHeader: UInt8, from source: IPv6Address, to destination: IPv6Address
    ) {
        self.payloadLength = payloadLength
        self.hopLimit = hopLimit
        self.nextHeader = nextHeader
        self.source = source
        self.destination = destination
    }

    /// Reads a header.
    ///
    /// - `isQuoted`: within an ICMP error, where the packet may be cut off.
    /// - Throws: where the bytes are too few, or the length is wrong.
    @inlinable
    public init(_ bytes: borrowing RawSpan, _ range: Range<Int>, isQuoted: Bool = false) throws(PacketError) {
        let start = range.lowerBound
        let count = range.count
        guard count >= Self.length else { throw .truncated(.ipv6, needs: Self.length, has: count) }
        let first = bytes.uint32(at: start)
        guard first &>> 28 == 6 else { throw .version(UInt8(first &>> 28)) }
        trafficClass = UInt8(truncatingIfNeeded: first &>> 20)
        flowLabel = first & 0xF_FFFF
        let second = bytes.uint32(at: start &+ 4)
        payloadLength = Int(second &>> 16)
        nextHeader = UInt8(truncatingIfNeeded: second &>> 8)
        hopLimit = UInt8(truncatingIfNeeded: second)
        source = bytes.ipv6Address(at: start &+ 8)
        destination = bytes.ipv6Address(at: start &+ 24)
        guard isQuoted || Self.length &+ payloadLength <= count else { throw .length(.ipv6, payloadLength) }
    }

    /// Writes the header.
    ///
    /// - Precondition: 40 bytes are there.
    @inlinable
    @inline(__always)
    public func write(_ bytes: inout MutableRawSpan, at start: Int) {
        bytes.set(0x6000_0000 | UInt32(trafficClass) &<< 20 | flowLabel & 0xF_FFFF, at: start)
        let second =
            UInt32(truncatingIfNeeded: payloadLength) &<< 16 | UInt32(nextHeader) &<< 8 | UInt32(hopLimit)
        bytes.set(second, at: start &+ 4)
        bytes.set(source, at: start &+ 8)
        bytes.set(destination, at: start &+ 24)
    }
}
