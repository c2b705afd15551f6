import IPAddresses
import Packets

extension NAT64 {
    /// A packet from outside (RFC 6146 3.5, 3.6).
    @inlinable
    func inbound(
        _ packet: IPv4Packet, _ bytes: inout MutableRawSpan, _ now: MonotonicTime, _ random: UInt64
    ) throws(PacketRefusal) -> PacketVerdict {
        let meaning = try headers.check(packet, bytes.bytes)
        guard translator.configuration.pool.contains(IPv6Address(mapping: packet.header.destination)) else {
            throw PacketRefusal(.addressNotTranslated, .noRoute)
        }
        if let meaning, packet.transport?.isICMPError == true {
            return try inboundError(packet, &bytes, meaning, now)
        }
        if packet.header.isFragment { return try inboundFragment(packet, &bytes, now) }
        let ports = Ports(packet.transport?.sourcePort ?? 0, packet.transport?.destinationPort ?? 0)
        // Before the session, so that a refused source opens none.
        let source = try prefix.ipv6(packet.header.source)
        let flow = flow(packet, ports)
        let verdict = translator.translateInbound(flow, now)
        if packet.ipProtocol == 6, answersOutside { noteUnsolicited(flow, verdict, bytes.bytes, packet.range, now) }
        return try finish(packet, &bytes, verdict, source, meaning)
    }

    @inlinable
    func flow(_ packet: IPv4Packet, _ ports: Ports) -> FlowPacket<IPv6Address> {
        FlowPacket(
            FiveTuple(
                from: IPv6Address(mapping: packet.header.source), ports.source,
                to: IPv6Address(mapping: packet.header.destination), ports.destination, protocol: packet.ipProtocol),
            TCPFlags(rawValue: packet.transport?.tcpFlags ?? 0))
    }

    /// Rewrites the packet as the verdict on its flow says.
    @inlinable
    func finish(
        _ packet: IPv4Packet, _ bytes: inout MutableRawSpan, _ verdict: Verdict<IPv6Address>, _ source: IPv6Address,
        _ meaning: ICMPMeaning?
    ) throws(PacketRefusal) -> PacketVerdict {
        guard case .forwarded(let tuple, let isNew) = verdict else { throw outsideRefusal(verdict, packet.ipProtocol) }
        let new = Endpoints(from: source, tuple.sourcePort, to: tuple.destination, tuple.destinationPort)
        do throws(PacketRefusal) {
            return .forwarded(try headers.translate(packet, &bytes, to: new, meaning), to: .inside, isNew: isNew)
        } catch {
            if error.reason == .zeroChecksum, !answersOutside { throw PacketRefusal(.zeroChecksum) }
            throw error
        }
    }

    /// Keeps a SYN that nothing takes, unless it is the inside's own, turned round.
    @usableFromInline
    func noteUnsolicited(
        _ flow: FlowPacket<IPv6Address>, _ verdict: Verdict<IPv6Address>, _ bytes: borrowing RawSpan,
        _ range: Range<Int>, _ now: MonotonicTime
    ) {
        guard flow.mayOpen, verdict.refusal == .noConnection || verdict.refusal == .filtered,
            !translator.configuration.pool.contains(flow.tuple.source)
        else { return }
        translator.unsolicited.note(flow.tuple, bytes, range, now)
    }

    @usableFromInline
    func outsideRefusal(_ verdict: Verdict<IPv6Address>, _ ipProtocol: UInt8) -> PacketRefusal {
        let reason = verdict.refusal ?? .noConnection
        // Nothing answers a SYN at once: the inside may be about to send its own (RFC 5382 REQ-4).
        if !answersOutside || ipProtocol == 6 { return PacketRefusal(reason) }
        // RFC 6146 3.4.
        if let protocols = translator.configuration.protocols, !protocols.contains(ipProtocol) {
            return PacketRefusal(.protocolNotTranslated, .protocolUnreachable)
        }
        return PacketRefusal(reason, reason == .filtered ? .prohibited : .addressUnreachable)
    }

    @usableFromInline
    func inboundFragment(_ packet: IPv4Packet, _ bytes: inout MutableRawSpan, _ now: MonotonicTime)
        throws(PacketRefusal) -> PacketVerdict
    {
        let key = FragmentTable.Key(
            from: IPv6Address(mapping: packet.header.source), to: IPv6Address(mapping: packet.header.destination),
            identification: UInt32(packet.header.identification), protocol: packet.ipProtocol)
        try checkFragment(packet.ipProtocol)
        let source = try prefix.ipv6(packet.header.source)
        if let transport = packet.transport {
            // A fragment's checksum can't be computed: it is dropped silently, and opens no session (RFC 6146 3.4).
            if transport.kind == .udp, bytes.bytes.uint16(at: packet.transportStart + 6) == 0 {
                throw PacketRefusal(.zeroChecksum)
            }
            let ports = Ports(transport.sourcePort, transport.destinationPort)
            let verdict = translator.translateInbound(flow(packet, ports), now)
            if case .forwarded = verdict, !fragments.table.note(key, ports, now: now) {
                throw PacketRefusal(.tableFull)
            }
            return try finish(packet, &bytes, verdict, source, nil)
        }
        guard let ports = try fragments.ports(key, bytes.bytes, packet.range, now) else { return .held }
        return try finish(packet, &bytes, translator.continueInbound(flow(packet, ports).tuple, now), source, nil)
    }

    /// An ICMP error from outside about a packet that went out (RFC 6146 3.6; RFC 5508 REQ-4).
    @usableFromInline
    func inboundError(
        _ packet: IPv4Packet, _ bytes: inout MutableRawSpan, _ meaning: ICMPMeaning, _ now: MonotonicTime
    ) throws(PacketRefusal) -> PacketVerdict {
        let quote = try headers.quoted(in: packet, bytes.bytes)
        let quoted = quote.packet
        guard let transport = quoted.transport else { throw PacketRefusal(.noConnection) }
        let tuple = FiveTuple(
            from: IPv6Address(mapping: quoted.header.source), transport.sourcePort,
            to: IPv6Address(mapping: quoted.header.destination), transport.destinationPort,
            protocol: quoted.ipProtocol)
        guard let error = translator.relatedTuple(tuple, fromInside: false, now) else {
            throw PacketRefusal(.noConnection)
        }
        let inside = error.embedded.source
        let quotedNew = Endpoints(
            from: inside, error.embedded.sourcePort, to: try prefix.ipv6(error.embedded.destination.embeddedIPv4),
            error.embedded.destinationPort)
        let new = Endpoints(from: try prefix.ipv6(packet.header.source), 0, to: inside, 0)
        let translated = try headers.translate(error: packet, &bytes, to: new, meaning, quote, to: quotedNew)
        return .forwarded(translated, to: .inside, isNew: false)
    }
}
