import IPAddresses
import Packets

extension NAT64 {
    /// A packet from inside (RFC 6146 3.5, 3.6).
    @inlinable
    func outbound(
        _ packet: IPv6Packet, _ bytes: inout MutableRawSpan, _ now: MonotonicTime, _ random: UInt64
    ) throws(PacketRefusal) -> PacketVerdict {
        let meaning = try headers.check(packet, bytes.bytes)
        let remote = try remote(of: packet)
        if let meaning, packet.transport?.isICMPError == true {
            return try outboundError(packet, &bytes, remote, meaning, now, random)
        }
        if packet.header.extensions.fragment != nil, packet.header.isFragment {
            return try outboundFragment(packet, &bytes, remote, now, random)
        }
        let flow = flow(
            packet, remote, Ports(packet.transport?.sourcePort ?? 0, packet.transport?.destinationPort ?? 0))
        let verdict = translator.translateOutbound(flow, now, random)
        return try finish(packet, &bytes, verdict, remote, meaning, now, random)
    }

    /// The IPv4 address that a packet is for.
    @inlinable
    func remote(of packet: IPv6Packet) throws(PacketRefusal) -> IPv4Address {
        // Such a packet has come round in a loop (RFC 6146 3.5).
        if prefix.prefix.contains(packet.header.fixed.source) { throw PacketRefusal(.illegalAddress) }
        guard let remote = try prefix.ipv4(packet.header.fixed.destination) else {
            throw PacketRefusal(.addressNotTranslated, .noRoute)
        }
        if remote.isIllegalEndpoint { throw PacketRefusal(.illegalAddress) }
        return remote
    }

    @inlinable
    func flow(_ packet: IPv6Packet, _ remote: IPv4Address, _ ports: Ports) -> FlowPacket<IPv6Address> {
        FlowPacket(
            FiveTuple(
                from: packet.header.fixed.source, ports.source, to: IPv6Address(mapping: remote), ports.destination,
                protocol: packet.ipProtocol == HeaderTranslator.icmpv6 ? HeaderTranslator.icmp : packet.ipProtocol),
            TCPFlags(rawValue: packet.transport?.tcpFlags ?? 0))
    }

    /// Rewrites the packet as the verdict on its flow says.
    @inlinable
    func finish(
        _ packet: IPv6Packet, _ bytes: inout MutableRawSpan, _ verdict: Verdict<IPv6Address>, _ remote: IPv4Address,
        _ meaning: ICMPMeaning?, _ now: MonotonicTime, _ random: UInt64
    ) throws(PacketRefusal) -> PacketVerdict {
        guard case .forwarded(let tuple, let isNew) = verdict else { throw insideRefusal(verdict) }
        let turnsRound = translator.configuration.pool.contains(tuple.destination)
        if turnsRound, !translator.configuration.hairpins { throw PacketRefusal(.filtered) }
        let new = Endpoints(from: tuple.source.embeddedIPv4, tuple.sourcePort, to: remote, tuple.destinationPort)
        let saved = turnsRound ? SavedPacket(bytes.bytes, packet.range) : nil
        let translated = try headers(turnsRound).translate(
            packet, &bytes, to: new, meaning, identification: UInt16(truncatingIfNeeded: random &>> 16))
        if let saved { return try turnRound(&bytes, translated, saved, isNew, now, random) }
        return .forwarded(translated, to: .outside, isNew: isNew)
    }

    /// What is turned round does not cross the IPv4 network.
    @inlinable
    func headers(_ turnsRound: Bool) -> HeaderTranslator {
        if !turnsRound { return headers }
        var headers = headers
        headers.options.ipv4MTU = 0xFFFF
        return headers
    }

    /// Takes a packet to an address of the pool in again (RFC 6146 3.8).
    @usableFromInline
    func turnRound(
        _ bytes: inout MutableRawSpan, _ translated: TranslatedPacket, _ saved: SavedPacket, _ isNew: Bool,
        _ now: MonotonicTime, _ random: UInt64
    ) throws(PacketRefusal) -> PacketVerdict {
        do throws(PacketRefusal) {
            let back = try inbound(parsed(ipv4: bytes.bytes, translated.range), &bytes, now, random)
            if case .forwarded(let packet, _, let isNewInside) = back {
                return .forwarded(packet, to: .inside, isNew: isNew || isNewInside)
            }
            saved.restore(&bytes)
            return back
        } catch {
            saved.restore(&bytes)
            throw error.turnedRound(mtu: headers.options.ipv6MTU)
        }
    }

    @usableFromInline
    func insideRefusal(_ verdict: Verdict<IPv6Address>) -> PacketRefusal {
        switch verdict {
        case .reset(let reason): PacketRefusal(reason, .reset)
        case .refused(let reason):
            switch reason {
            // RFC 6146 3.4.
            case .protocolNotTranslated: PacketRefusal(reason, .portUnreachable)
            case .noConnection: PacketRefusal(reason)
            // No address and port could be had (RFC 6146 3.5.1.1, 3.5.2.3).
            default: PacketRefusal(reason, .addressUnreachable)
            }
        case .forwarded, .hairpinned: PacketRefusal(.filtered)
        }
    }

    @usableFromInline
    func outboundFragment(
        _ packet: IPv6Packet, _ bytes: inout MutableRawSpan, _ remote: IPv4Address, _ now: MonotonicTime,
        _ random: UInt64
    ) throws(PacketRefusal) -> PacketVerdict {
        guard let fragment = packet.header.extensions.fragment else { throw PacketRefusal(.malformed) }
        let key = FragmentTable.Key(
            from: packet.header.fixed.source, to: packet.header.fixed.destination,
            identification: fragment.identification, protocol: packet.ipProtocol)
        try checkFragment(packet.ipProtocol)
        if let transport = packet.transport {
            let ports = Ports(transport.sourcePort, transport.destinationPort)
            let verdict = translator.translateOutbound(flow(packet, remote, ports), now, random)
            if case .forwarded = verdict, !fragments.table.note(key, ports, now: now) {
                throw PacketRefusal(.tableFull)
            }
            return try finish(packet, &bytes, verdict, remote, nil, now, random)
        }
        guard let ports = try fragments.ports(key, bytes.bytes, packet.range, now) else { return .held }
        let verdict = translator.continueOutbound(flow(packet, remote, ports).tuple, now)
        return try finish(packet, &bytes, verdict, remote, nil, now, random)
    }

    /// NAT gateways take only fragments of UDP.
    @usableFromInline
    func checkFragment(_ ipProtocol: UInt8) throws(PacketRefusal) {
        if prefix.policy == .aws, !NATGateway<IPv6Address>.forwardsFragments(of: ipProtocol) {
            throw PacketRefusal(.fragmentNotTranslated)
        }
    }

    /// An ICMPv6 error from inside about a packet that came in (RFC 6146 3.6; RFC 5508 REQ-5).
    @usableFromInline
    func outboundError(
        _ packet: IPv6Packet, _ bytes: inout MutableRawSpan, _ remote: IPv4Address, _ meaning: ICMPMeaning,
        _ now: MonotonicTime, _ random: UInt64
    ) throws(PacketRefusal) -> PacketVerdict {
        let quote = try headers.quoted(in: packet, bytes.bytes)
        let quoted = quote.packet
        guard let transport = quoted.transport, let source = try prefix.ipv4(quoted.header.fixed.source) else {
            throw PacketRefusal(.noConnection)
        }
        let number = quoted.ipProtocol == HeaderTranslator.icmpv6 ? HeaderTranslator.icmp : quoted.ipProtocol
        let tuple = FiveTuple(
            from: IPv6Address(mapping: source), transport.sourcePort, to: quoted.header.fixed.destination,
            transport.destinationPort, protocol: number)
        guard let error = translator.relatedTuple(tuple, fromInside: true, now) else {
            throw PacketRefusal(.noConnection)
        }
        let turnsRound = translator.configuration.pool.contains(error.destination)
        let quotedNew = Endpoints(
            from: error.embedded.source.embeddedIPv4, error.embedded.sourcePort,
            to: error.embedded.destination.embeddedIPv4, error.embedded.destinationPort)
        // Whoever sent the error, the outside knows only the binding's address.
        let new = Endpoints(from: error.source.embeddedIPv4, 0, to: remote, 0)
        let saved = turnsRound ? SavedPacket(bytes.bytes, packet.range) : nil
        let translated = try headers(turnsRound).translate(
            error: packet, &bytes, to: new, meaning, quote, to: quotedNew,
            identification: UInt16(truncatingIfNeeded: random >> 16))
        if let saved { return try turnRound(&bytes, translated, saved, false, now, random) }
        return .forwarded(translated, to: .outside, isNew: false)
    }
}

extension IPv6Address {
    /// The IPv4 address of an IPv4-mapped one.
    @inlinable
    var embeddedIPv4: IPv4Address { IPv4Address(bits: UInt32(truncatingIfNeeded: bits)) }
}
