import IPAddresses

/// The addresses and ports that a packet takes on.
@frozen
public struct Endpoints<Address: Hashable & Sendable>: Hashable, Sendable {
    public var source: Address
    public var destination: Address
    public var sourcePort: UInt16
    public var destinationPort: UInt16

    @inlinable
    public init(from source: Address, _ sourcePort: UInt16, to destination: Address, _ destinationPort: UInt16) {
        (self.source, self.sourcePort) = (source, sourcePort)
        (self.destination, self.destinationPort) = (destination, destinationPort)
    }
}

extension IPPacket<IPv4Header> {
    /// Gives the packet other addresses and ports, in place, and keeps its checksums as right or wrong as they are
    /// (RFC 1624). A UDP checksum of zero stays.
    ///
    /// - `hops`: how much the time to live goes down.
    /// - Precondition: the packet was read from these bytes.
    @inlinable
    public func rewrite(_ bytes: inout MutableRawSpan, to new: Endpoints<IPv4Address>, hops: UInt8 = 0) {
        var change = ChecksumChange()
        change.replace(header.source, by: new.source)
        change.replace(header.destination, by: new.destination)
        if let transport {
            // ICMP has no pseudo-header (RFC 792).
            let addresses = transport.kind == .icmp ? ChecksumChange() : change
            transport.rewrite(&bytes, at: transportStart, end: end, new.ports, addresses)
        }
        if hops > 0 {
            change.replace(UInt16(header.timeToLive) &<< 8, by: UInt16(header.timeToLive &- hops) &<< 8)
            bytes.set(header.timeToLive &- hops, at: start &+ 8)
        }
        let checksum = change.applied(to: bytes.bytes.uint16(at: start &+ 10))
        bytes.set(checksum, at: start &+ 10)
        bytes.set(new.source, at: start &+ 12)
        bytes.set(new.destination, at: start &+ 16)
    }
}

extension IPPacket<IPv6HeaderChain> {
    /// Gives the packet other addresses and ports, in place, and keeps its checksums as right or wrong as they are
    /// (RFC 1624).
    ///
    /// - `hops`: how much the hop limit goes down.
    /// - Precondition: the packet was read from these bytes.
    @inlinable
    public func rewrite(_ bytes: inout MutableRawSpan, to new: Endpoints<IPv6Address>, hops: UInt8 = 0) {
        var change = ChecksumChange()
        change.replace(header.fixed.source, by: new.source)
        change.replace(header.fixed.destination, by: new.destination)
        if let transport { transport.rewrite(&bytes, at: transportStart, end: end, new.ports, change) }
        bytes.set(header.fixed.hopLimit &- hops, at: start &+ 7)
        bytes.set(new.source, at: start &+ 8)
        bytes.set(new.destination, at: start &+ 24)
    }
}

/// The ports that a packet takes on.
@frozen
public struct Ports: Hashable, Sendable {
    public var source: UInt16
    public var destination: UInt16

    @inlinable
    public init(_ source: UInt16, _ destination: UInt16) { (self.source, self.destination) = (source, destination) }
}

extension Endpoints {
    @inlinable public var ports: Ports { Ports(sourcePort, destinationPort) }
}

extension TransportHeader {
    /// Gives the header other ports, or an ICMP query another identifier, and updates its checksum.
    ///
    /// - `end`: the packet's: of a quoted one what is cut off stays so.
    /// - `others`: what else changes that the checksum covers, such as the pseudo-header's addresses.
    @inlinable
    public func rewrite(
        _ bytes: inout MutableRawSpan, at start: Int, end: Int, _ ports: Ports, _ others: ChecksumChange
    ) {
        var change = others
        switch kind {
        case .tcp, .udp:
            change.replace(sourcePort, by: ports.source)
            change.replace(destinationPort, by: ports.destination)
            bytes.set(UInt32(ports.source) &<< 16 | UInt32(ports.destination), at: start)
        case .icmp, .icmpv6:
            if query != nil {
                // One of the two is the identifier, whoever has asked, and the other one zero.
                let identifier = ports.source | ports.destination
                change.replace(sourcePort | destinationPort, by: identifier)
                bytes.set(identifier, at: start &+ Self.identifierOffset)
            }
        case .other: return
        }
        updateChecksum(&bytes, at: start, end: end, change)
    }

    /// Applies a change to the checksum, where it is within the packet. One of zero is none, for UDP.
    @inlinable
    public func updateChecksum(_ bytes: inout MutableRawSpan, at start: Int, end: Int, _ change: ChecksumChange) {
        let offset = start &+ kind.checksumOffset
        guard kind != .other, offset &+ 2 <= end else { return }
        let old = bytes.bytes.uint16(at: offset)
        if kind == .udp && old == 0 { return }
        let new = change.applied(to: old)
        bytes.set(kind == .udp && new == 0 ? 0xFFFF : new, at: offset)
    }
}
