import IPAddresses

/// A packet's headers, read, and where in a buffer they are.
///
///     | … | IP header, options or extensions | upper layer … | … |
///          start                              transport       end
@frozen
public struct IPPacket<Header: IPHeader>: Hashable, Sendable {
    public var header: Header
    public var start: Int

    /// Where the upper layer's header begins, or a later fragment's data.
    public var transportStart: Int

    /// By the IP header's length: a link layer's padding comes after it. For a quoted packet, what there is of it.
    public var end: Int

    /// The upper layer's protocol.
    public var ipProtocol: UInt8

    /// Nil for later fragments, which have no such header.
    public var transport: TransportHeader?

    @inlinable
    init(_ header: Header, _ start: Int, _ transportStart: Int, _ end: Int, _ ipProtocol: UInt8) {
        self.header = header
        self.start = start
        self.transportStart = transportStart
        self.end = end
        self.ipProtocol = ipProtocol
    }

    @inlinable public var range: Range<Int> { start..<end }
    @inlinable public var transportLength: Int { end &- transportStart }
}

public typealias IPv4Packet = IPPacket<IPv4Header>
public typealias IPv6Packet = IPPacket<IPv6HeaderChain>

/// An IPv6 header and what its extension headers say.
@frozen
public struct IPv6HeaderChain: Hashable, Sendable {
    public var fixed: IPv6Header
    public var extensions: IPv6Extensions

    @inlinable
    init(_ fixed: IPv6Header, _ extensions: IPv6Extensions) {
        self.fixed = fixed
        self.extensions = extensions
    }

    /// Whether this is one of several fragments.
    @inlinable public var isFragment: Bool { extensions.fragment.map { !$0.isAtomic } ?? false }
}

extension IPPacket<IPv4Header> {
    /// Reads the headers of an IPv4 packet.
    ///
    /// - `range`: the bytes that may belong to it.
    /// - `isQuoted`: within an ICMP error, cut off anywhere after the first 8 bytes of the upper layer.
    /// - Throws: where the bytes are not an IPv4 packet.
    @inlinable
    public init(ipv4 bytes: borrowing RawSpan, _ range: Range<Int>, isQuoted: Bool = false) throws(PacketError) {
        let header = try IPv4Header(bytes, range, isQuoted: isQuoted)
        let transportStart = range.lowerBound &+ header.headerLength
        let end = min(range.upperBound, range.lowerBound &+ header.totalLength)
        self.init(header, range.lowerBound, transportStart, end, header.ipProtocol)
        if header.fragmentOffset > 0 { return }
        transport = try TransportHeader(
            TransportHeader.Kind(inIPv4: header.ipProtocol), bytes, transportStart..<end,
            isQuoted ? .quoted : header.moreFragments ? .firstFragment : .whole)
    }
}

extension IPPacket<IPv6HeaderChain> {
    /// Reads the headers of an IPv6 packet.
    ///
    /// - `range`: the bytes that may belong to it.
    /// - `isQuoted`: within an ICMP error, cut off anywhere after the first 8 bytes of the upper layer.
    /// - Throws: where the bytes are not an IPv6 packet.
    @inlinable
    public init(ipv6 bytes: borrowing RawSpan, _ range: Range<Int>, isQuoted: Bool = false) throws(PacketError) {
        let header = try IPv6Header(bytes, range, isQuoted: isQuoted)
        let end = min(range.upperBound, range.lowerBound &+ IPv6Header.length &+ header.payloadLength)
        let extensions = try IPv6Extensions(behind: header, bytes, range.lowerBound..<end)
        self.init(
            IPv6HeaderChain(header, extensions), range.lowerBound, extensions.upperLayer, end, extensions.ipProtocol)
        if let fragment = extensions.fragment, fragment.offset > 0 || extensions.hasExtensionBehindFragment { return }
        transport = try TransportHeader(
            TransportHeader.Kind(inIPv6: extensions.ipProtocol), bytes, extensions.upperLayer..<end,
            isQuoted ? .quoted : extensions.fragment?.moreFragments == true ? .firstFragment : .whole)
    }
}
