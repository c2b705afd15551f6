import IPAddresses

/// An IPv4 header (RFC 791 3.1).
///
///      0       1       2       3
///     | 4,IHL | TOS   | total length  |
///     | identification| flags, offset |
///     | TTL   | proto | checksum      |
///     | source                        |
///     | destination                   |
///     | options, up to 40 bytes       |
@frozen
public struct IPv4Header: Hashable, Sendable {
    /// In bytes, options included: 20 to 60.
    public var headerLength = 20

    /// The differentiated services field (RFC 2474), called type of service in RFC 791.
    public var trafficClass: UInt8 = 0

    /// In bytes, this header included.
    public var totalLength: Int
    public var identification: UInt16 = 0
    public var dontFragment = false
    public var moreFragments = false

    /// In bytes, a multiple of 8.
    public var fragmentOffset = 0
    public var timeToLive: UInt8
    public var ipProtocol: UInt8
    public var source: IPv4Address
    public var destination: IPv4Address

    /// In bytes, without options.
    @inlinable public static var length: Int { 20 }

    @inlinable
    public init(
        totalLength: Int, timeToLive: UInt8, protocol ipProtocol: UInt8, from source: IPv4Address,
        to destination: IPv4Address
    ) {
        self.totalLength = totalLength
        self.timeToLive = timeToLive
        self.ipProtocol = ipProtocol
        self.source = source
        self.destination = destination
    }

    /// Whether this is one of several fragments.
    @inlinable public var isFragment: Bool { moreFragments || fragmentOffset > 0 }

    /// In bytes, what follows the header.
    @inlinable public var payloadLength: Int { totalLength &- headerLength }
}

extension IPv4Header {
    /// Reads a header.
    ///
    /// - `isQuoted`: within an ICMP error, where the packet may be cut off after the header, and routers on the way may
    ///     have left its checksum as it was.
    /// - Throws: where the bytes are too few, or the lengths or the checksum are wrong.
    @inlinable
    public init(_ bytes: borrowing RawSpan, _ range: Range<Int>, isQuoted: Bool = false) throws(PacketError) {
        let start = range.lowerBound
        let count = range.count
        guard count >= Self.length else { throw .truncated(.ipv4, needs: Self.length, has: count) }
        let first = bytes.uint32(at: start)
        guard first &>> 28 == 4 else { throw .version(UInt8(first &>> 28)) }
        headerLength = Int(first &>> 24 & 15) &* 4
        trafficClass = UInt8(truncatingIfNeeded: first &>> 16)
        totalLength = Int(first & 0xFFFF)
        guard headerLength >= Self.length else { throw .length(.ipv4, headerLength) }
        guard headerLength <= count else { throw .truncated(.ipv4, needs: headerLength, has: count) }
        guard totalLength >= headerLength, isQuoted || totalLength <= count else { throw .length(.ipv4, totalLength) }
        let second = bytes.uint32(at: start &+ 4)
        identification = UInt16(truncatingIfNeeded: second &>> 16)
        dontFragment = second & 0x4000 != 0
        moreFragments = second & 0x2000 != 0
        fragmentOffset = Int(second & 0x1FFF) &* 8
        let third = bytes.uint32(at: start &+ 8)
        timeToLive = UInt8(truncatingIfNeeded: third &>> 24)
        ipProtocol = UInt8(truncatingIfNeeded: third &>> 16)
        source = bytes.ipv4Address(at: start &+ 12)
        destination = bytes.ipv4Address(at: start &+ 16)
        if isQuoted { return }
        var sum = InternetChecksum()
        sum.add(bytes, start..<start &+ headerLength)
        guard sum.folded == 0xFFFF else { throw .headerChecksum(UInt16(truncatingIfNeeded: third)) }
    }

    /// Writes the header without options, and its checksum.
    ///
    /// - Precondition: 20 bytes are there.
    @inlinable
    @inline(__always)
    public func write(_ bytes: inout MutableRawSpan, at start: Int) {
        let first = 0x4500_0000 | UInt32(trafficClass) &<< 16 | UInt32(truncatingIfNeeded: totalLength) & 0xFFFF
        let flags: UInt32 = (dontFragment ? 0x4000 : 0) | (moreFragments ? 0x2000 : 0)
        let second =
            UInt32(identification) &<< 16 | flags | UInt32(truncatingIfNeeded: fragmentOffset &>> 3) & 0x1FFF
        let third = UInt32(timeToLive) &<< 24 | UInt32(ipProtocol) &<< 16
        var sum = InternetChecksum()
        sum.add(first)
        sum.add(second)
        sum.add(third)
        sum.add(source)
        sum.add(destination)
        bytes.set(first, at: start)
        bytes.set(second, at: start &+ 4)
        bytes.set(third | UInt32(sum.field), at: start &+ 8)
        bytes.set(source, at: start &+ 12)
        bytes.set(destination, at: start &+ 16)
    }
}
