import IPAddresses
import Packets

extension PacketTranslator {
    /// A fragment: the first one has the ports, later ones go where that went (RFC 4787 REQ-14).
    @usableFromInline
    func fragment(
        _ packet: IPPacket<Header>, _ bytes: inout MutableRawSpan, _ isOutbound: Bool, _ now: MonotonicTime,
        _ random: UInt64
    ) throws(PacketRefusal) -> PacketVerdict {
        guard flows.forwardsFragments(of: packet.ipProtocol), packet.transport?.isICMPError != true else {
            throw PacketRefusal(refusals.count(.fragmentNotTranslated))
        }
        let key = FragmentTable.Key(
            from: packet.header.sourceAddress.wide, to: packet.header.destinationAddress.wide,
            identification: packet.header.fragmentIdentification, protocol: packet.ipProtocol)
        if let transport = packet.transport {
            let ports = Ports(transport.sourcePort, transport.destinationPort)
            let verdict = flows.translate(flow(packet, ports), isOutbound: isOutbound, now: now, random: random)
            if verdict.tuple != nil, !fragments.table.note(key, ports, now: now) {
                throw PacketRefusal(refusals.count(.tableFull))
            }
            return try finish(packet, &bytes, verdict, isOutbound)
        }
        let found: Ports?
        do throws(PacketRefusal) {
            found = try fragments.ports(key, bytes.bytes, packet.range, now)
        } catch {
            throw PacketRefusal(refusals.count(error.reason))
        }
        guard let ports = found else { return .held }
        let tuple = flows.key(flow(packet, ports).tuple, isOutbound: isOutbound)
        guard let match = flows.table.lookup(tuple, now: now), let new = flows.table.translation(of: match) else {
            throw PacketRefusal(refusals.count(.noConnection))
        }
        return .forwarded(rewrite(packet, &bytes, new), to: isOutbound ? .outside : .inside, isNew: false)
    }

    /// An ICMP error: the packet that it quotes becomes the one that whoever gets it sent (RFC 5508 REQ-4).
    @usableFromInline
    func error(
        _ packet: IPPacket<Header>, _ bytes: inout MutableRawSpan, _ isOutbound: Bool, _ now: MonotonicTime
    ) throws(PacketRefusal) -> TranslatedPacket {
        if Header.hasRightChecksum(packet, bytes.bytes) != true { throw PacketRefusal(refusals.count(.wrongChecksum)) }
        let quoted: IPPacket<Header>
        do throws(PacketError) {
            quoted = try Header.packet(
                bytes.bytes, packet.transportStart + TransportHeader.quoteOffset..<packet.end, isQuoted: true)
        } catch {
            throw PacketRefusal(refusals.count(.malformed))
        }
        guard let transport = quoted.transport, !transport.isICMPError else {
            throw PacketRefusal(refusals.count(.noConnection))
        }
        let embedded = FiveTuple(
            from: quoted.header.sourceAddress, transport.sourcePort, to: quoted.header.destinationAddress,
            transport.destinationPort, protocol: quoted.ipProtocol)
        guard let new = flows.related(embedded, isOutbound: isOutbound, now: now) else {
            throw PacketRefusal(refusals.count(.noConnection))
        }
        let isOwn = packet.header.sourceAddress == embedded.destination
        let source =
            isOwn || flows.hidesErrorSource(packet.header.sourceAddress, isOutbound: isOutbound)
            ? new.destination : packet.header.sourceAddress
        Header.rewrite(
            quoted, &bytes,
            to: Endpoints(from: new.source, new.sourcePort, to: new.destination, new.destinationPort), hops: 0)
        Header.rewrite(
            packet, &bytes, to: Endpoints(from: source, 0, to: new.source, 0), hops: options.hops)
        Header.renewICMPChecksum(packet, &bytes, from: source, to: new.source)
        return TranslatedPacket(packet.range)
    }
}

extension ConnectionAddress {
    /// The address as an IPv6 one: an IPv4 address as its IPv4-mapped one.
    @usableFromInline
    var wide: IPv6Address {
        if let address = self as? IPv4Address { return IPv6Address(mapping: address) }
        return self as? IPv6Address ?? .unspecified
    }
}
