import IPAddresses
import Packets

extension HeaderTranslator {
    /// Looks whether an IPv6 packet may be translated, before its addresses are (RFC 7915 5.1, 5.2).
    ///
    /// - Returns: what an ICMPv6 message becomes; nil for all other packets.
    /// - Throws: why it may not, and what its sender is told.
    @inlinable
    public func check(_ packet: IPv6Packet, _ bytes: borrowing RawSpan) throws(PacketRefusal) -> ICMPMeaning? {
        let header = packet.header.fixed
        if header.source.isIllegalEndpoint || header.destination.isIllegalEndpoint {
            throw PacketRefusal(.illegalAddress)
        }
        if header.hopLimit <= 1 { throw PacketRefusal(.timeExceeded, .timeExceeded) }
        if let offset = packet.header.extensions.segmentsLeft {
            throw PacketRefusal(.routingHeader, .erroneousHeader(pointer: offset &- packet.start))
        }
        if packet.header.extensions.hasExtensionBehindFragment {
            // RFC 7915 5.1.1, 5.4.
            throw PacketRefusal(.fragmentNotTranslated, .prohibited)
        }
        switch packet.ipProtocol {
        case 6, 17: return nil
        case Self.icmpv6: return try icmpMeaning(packet, bytes)
        case Self.icmp, Self.igmp: throw PacketRefusal(.protocolNotTranslated, .prohibited)
        default: return nil
        }
    }

    @usableFromInline
    func icmpMeaning(_ packet: IPv6Packet, _ bytes: borrowing RawSpan) throws(PacketRefusal) -> ICMPMeaning {
        if packet.header.isFragment { throw PacketRefusal(.icmpFragment) }
        guard let transport = packet.transport,
            let meaning = ICMPMeaning.inIPv4(
                type: transport.type, code: transport.code, pointer: bytes.uint32(at: packet.transportStart + 4))
        else { throw PacketRefusal(.icmpNotTranslated) }
        return meaning
    }

    /// Makes an IPv6 packet that has been checked an IPv4 one, unless it is an ICMPv6 error.
    ///
    /// - `new`: its addresses, and its ports or identifier.
    /// - `meaning`: of an ICMPv6 message.
    /// - `identification`: of packets that have none, since they are not fragments (RFC 7915 5.1).
    /// - Throws: why it can't be, and what its sender is told; then the packet is as it was.
    @inlinable
    public func translate(
        _ packet: IPv6Packet, _ bytes: inout MutableRawSpan, to new: Endpoints<IPv4Address>, _ meaning: ICMPMeaning?,
        identification: UInt16
    ) throws(PacketRefusal) -> TranslatedPacket {
        let total = IPv4Header.length &+ packet.transportLength
        if total > 0xFFFF { throw PacketRefusal(.packetTooBig, .tooBig(mtu: options.ipv4MTU &+ 20)) }
        let header = ipv4Header(
            packet.header, total: total, hops: 1, from: new.source, to: new.destination, identification)
        if total > options.ipv4MTU, header.dontFragment {
            throw PacketRefusal(.packetTooBig, .tooBig(mtu: max(1280, options.ipv4MTU &+ 20)))
        }
        if let transport = packet.transport {
            var change = ChecksumChange()
            if let meaning {
                change.removeICMPv6(
                    from: packet.header.fixed.source, to: packet.header.fixed.destination,
                    length: packet.transportLength)
                retype(transport, &bytes, at: packet.transportStart, meaning, &change)
            } else {
                change.remove(packet.header.fixed.source)
                change.remove(packet.header.fixed.destination)
                change.insert(new.source)
                change.insert(new.destination)
            }
            transport.rewrite(&bytes, at: packet.transportStart, end: packet.end, new.ports, change)
        }
        let start = packet.transportStart &- IPv4Header.length
        header.write(&bytes, at: start)
        if total > options.ipv4MTU {
            let most = (options.ipv4MTU &- IPv4Header.length) & ~7
            return .cut(start, packet.transportStart..<packet.end, size: most, &bytes)
        }
        return TranslatedPacket(start..<packet.end)
    }

    /// The IPv4 header of an IPv6 packet, its own or a quoted one (RFC 7915 5.1, 5.1.1).
    ///
    /// - `hops`: how much the hop limit goes down: not at all for a quoted one.
    @inlinable
    func ipv4Header(
        _ chain: IPv6HeaderChain, total: Int, hops: UInt8, from source: IPv4Address, to destination: IPv4Address,
        _ identification: UInt16
    ) -> IPv4Header {
        let number = chain.extensions.ipProtocol
        var header = IPv4Header(
            totalLength: total, timeToLive: chain.fixed.hopLimit &- hops,
            protocol: number == Self.icmpv6 ? Self.icmp : number, from: source, to: destination)
        header.trafficClass = options.trafficClass ?? chain.fixed.trafficClass
        if let fragment = chain.extensions.fragment {
            header.identification = UInt16(truncatingIfNeeded: fragment.identification)
            header.moreFragments = fragment.moreFragments
            header.fragmentOffset = fragment.offset
        } else {
            header.identification = identification
            // Smaller ones than any that an IPv6 host makes smaller may be fragmented on the way.
            header.dontFragment = total > 1260
        }
        return header
    }
}
