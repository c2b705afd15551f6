import IPAddresses

/// What translators within one family need to know of its header.
public protocol IPHeader: Hashable, Sendable {
    associatedtype Address: Hashable & Sendable

    var sourceAddress: Address { get }
    var destinationAddress: Address { get }

    /// The time to live, or hop limit.
    var hopsLeft: UInt8 { get }
    var isFragment: Bool { get }

    /// A fragment's identification; 0 for other packets of IPv6.
    var fragmentIdentification: UInt32 { get }

    /// Whether routers may fragment the packet.
    var mayBeFragmented: Bool { get }

    /// Reads a packet's headers; see ``IPPacket``.
    static func packet(_ bytes: borrowing RawSpan, _ range: Range<Int>, isQuoted: Bool) throws(PacketError)
        -> IPPacket<Self>

    /// See ``IPPacket``.
    static func rewrite(
        _ packet: IPPacket<Self>, _ bytes: inout MutableRawSpan, to new: Endpoints<Address>, hops: UInt8)

    /// Reads a packet that is plain; nil for others.
    static func plain(_ bytes: borrowing RawSpan, _ range: Range<Int>) -> PlainPacket?

    /// A plain packet's addresses.
    static func endpoints(_ packet: PlainPacket, _ bytes: borrowing RawSpan, at start: Int) -> Endpoints<Address>

    /// See ``PlainPacket``.
    static func rewrite(
        _ packet: PlainPacket, _ bytes: inout MutableRawSpan, at start: Int, to new: Endpoints<Address>, hops: UInt8)

    /// Recomputes an ICMP message's checksum, under addresses that have been written.
    static func renewICMPChecksum(
        _ packet: IPPacket<Self>, _ bytes: inout MutableRawSpan, from source: Address, to destination: Address)

    static func hasRightChecksum(_ packet: IPPacket<Self>, _ bytes: borrowing RawSpan) -> Bool?
}

extension IPv4Header: IPHeader {
    @inlinable public var sourceAddress: IPv4Address { source }
    @inlinable public var destinationAddress: IPv4Address { destination }
    @inlinable public var hopsLeft: UInt8 { timeToLive }
    @inlinable public var fragmentIdentification: UInt32 { UInt32(identification) }
    @inlinable public var mayBeFragmented: Bool { !dontFragment }

    @inlinable
    public static func packet(_ bytes: borrowing RawSpan, _ range: Range<Int>, isQuoted: Bool) throws(PacketError)
        -> IPv4Packet
    { try IPv4Packet(ipv4: bytes, range, isQuoted: isQuoted) }

    @inlinable
    public static func rewrite(
        _ packet: IPv4Packet, _ bytes: inout MutableRawSpan, to new: Endpoints<IPv4Address>, hops: UInt8
    ) { packet.rewrite(&bytes, to: new, hops: hops) }

    @inlinable
    @inline(__always)
    public static func plain(_ bytes: borrowing RawSpan, _ range: Range<Int>) -> PlainPacket? {
        PlainPacket(ipv4: bytes, range)
    }

    @inlinable
    @inline(__always)
    public static func endpoints(_ packet: PlainPacket, _ bytes: borrowing RawSpan, at start: Int)
        -> Endpoints<IPv4Address>
    {
        Endpoints(
            from: bytes.ipv4Address(at: start &+ 12), UInt16(truncatingIfNeeded: packet.ports &>> 16),
            to: bytes.ipv4Address(at: start &+ 16), UInt16(truncatingIfNeeded: packet.ports))
    }

    @inlinable
    @inline(__always)
    public static func rewrite(
        _ packet: PlainPacket, _ bytes: inout MutableRawSpan, at start: Int, to new: Endpoints<IPv4Address>, hops: UInt8
    ) { packet.rewriteIPv4(&bytes, at: start, to: new, hops: hops) }

    public static func renewICMPChecksum(
        _ packet: IPv4Packet, _ bytes: inout MutableRawSpan, from source: IPv4Address, to destination: IPv4Address
    ) {
        bytes.set(UInt16(0), at: packet.transportStart + 2)
        var sum = InternetChecksum()
        sum.add(bytes.bytes, packet.transportStart..<packet.end)
        bytes.set(sum.field, at: packet.transportStart + 2)
    }

    public static func hasRightChecksum(_ packet: IPv4Packet, _ bytes: borrowing RawSpan) -> Bool? {
        packet.hasRightChecksum(bytes)
    }
}

extension IPv6HeaderChain: IPHeader {
    @inlinable public var sourceAddress: IPv6Address { fixed.source }
    @inlinable public var destinationAddress: IPv6Address { fixed.destination }
    @inlinable public var hopsLeft: UInt8 { fixed.hopLimit }
    @inlinable public var fragmentIdentification: UInt32 { extensions.fragment?.identification ?? 0 }
    @inlinable public var mayBeFragmented: Bool { false }

    @inlinable
    public static func packet(_ bytes: borrowing RawSpan, _ range: Range<Int>, isQuoted: Bool) throws(PacketError)
        -> IPv6Packet
    { try IPv6Packet(ipv6: bytes, range, isQuoted: isQuoted) }

    @inlinable
    public static func rewrite(
        _ packet: IPv6Packet, _ bytes: inout MutableRawSpan, to new: Endpoints<IPv6Address>, hops: UInt8
    ) { packet.rewrite(&bytes, to: new, hops: hops) }

    @inlinable
    @inline(__always)
    public static func plain(_ bytes: borrowing RawSpan, _ range: Range<Int>) -> PlainPacket? {
        PlainPacket(ipv6: bytes, range)
    }

    @inlinable
    @inline(__always)
    public static func endpoints(_ packet: PlainPacket, _ bytes: borrowing RawSpan, at start: Int)
        -> Endpoints<IPv6Address>
    {
        Endpoints(
            from: bytes.ipv6Address(at: start &+ 8), UInt16(truncatingIfNeeded: packet.ports &>> 16),
            to: bytes.ipv6Address(at: start &+ 24), UInt16(truncatingIfNeeded: packet.ports))
    }

    @inlinable
    @inline(__always)
    public static func rewrite(
        _ packet: PlainPacket, _ bytes: inout MutableRawSpan, at start: Int, to new: Endpoints<IPv6Address>, hops: UInt8
    ) { packet.rewriteIPv6(&bytes, at: start, to: new, hops: hops) }

    public static func renewICMPChecksum(
        _ packet: IPv6Packet, _ bytes: inout MutableRawSpan, from source: IPv6Address, to destination: IPv6Address
    ) {
        bytes.set(UInt16(0), at: packet.transportStart + 2)
        var sum = InternetChecksum()
        sum.add(source)
        sum.add(destination)
        sum.addPseudoHeader(ipProtocol: 58, length: packet.transportLength)
        sum.add(bytes.bytes, packet.transportStart..<packet.end)
        bytes.set(sum.field, at: packet.transportStart + 2)
    }

    public static func hasRightChecksum(_ packet: IPv6Packet, _ bytes: borrowing RawSpan) -> Bool? {
        packet.hasRightChecksum(bytes)
    }
}
