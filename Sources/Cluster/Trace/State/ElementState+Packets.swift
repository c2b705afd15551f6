import IPAddresses
import Translation
import VPC

/// A packet's way through an element: before, and as the trace has found that it leaves.
struct Passage {
    var packet: FlowPacket<IPv6Address>
    var kind: Hop.Translation.Kind?

    /// Addresses and destination port after the element; the source port is the translator's choice.
    var after: FiveTuple<IPv6Address>
}

extension ElementState {
    /// Sends a packet through that may open a connection.
    func open(_ passage: Passage, _ now: MonotonicTime, _ random: UInt64) -> Verdict<IPv6Address> {
        var packet = passage.packet
        switch self {
        case .tracker(let tracker): return tracker.open(packet, now: now)
        case .natGateway(let gateway):
            // NAT64 has made the destination and the protocol IPv4's before ports are chosen (RFC 6146 3.5).
            packet.tuple.destination = passage.after.destination
            packet.tuple.ipProtocol = passage.after.ipProtocol
            return gateway.outbound(packet, now: now, random: random)
        case .loadBalancer(let balancer):
            let keeps = passage.after.source == packet.tuple.source
            return balancer.open(
                packet, to: .init(IPAddress(unmapping: passage.after.destination), passage.after.destinationPort),
                source: keeps ? nil : IPAddress(unmapping: passage.after.source), now: now, random: random)
        case .node(let node): return node.open(passage, now, random)
        }
    }

    /// Sends the answer to `sent`, which has left the element, back through; what it becomes answers the original packet.
    func answer(_ sent: Probe, _ now: MonotonicTime) -> Verdict<IPv6Address> {
        switch self {
        case .tracker(let tracker): tracker.answer(sent.answer, now: now)
        case .natGateway(let gateway): gateway.inbound(sent.answer, now: now)
        case .loadBalancer(let balancer): balancer.translate(sent.answer, now: now, random: 0)
        case .node(let node): node.answer(sent.answer, now)
        }
    }
}

extension NodeState {
    func open(_ passage: Passage, _ now: MonotonicTime, _ random: UInt64) -> Verdict<IPv6Address> {
        var packet = passage.packet
        let isService =
            packet.tuple.destination != passage.after.destination
            || packet.tuple.destinationPort != passage.after.destinationPort
        let isSourceNAT = passage.kind == .sourceNAT
        if isService {
            let source = isSourceNAT || passage.after.source == packet.tuple.source ? nil : passage.after.source
            let verdict = services.open(
                packet, to: .init(passage.after.destination, passage.after.destinationPort), source: source, now: now,
                random: random)
            guard let tuple = verdict.tuple, isSourceNAT else { return verdict }
            packet.tuple = tuple
        }
        guard isSourceNAT else {
            return isService ? .forwarded(packet.tuple, isNew: true) : tracker.open(packet, now: now)
        }
        guard let sourceNAT, let inner = packet.unmapped else { return .refused(.sourceNotInside) }
        return sourceNAT.outbound(inner, now: now, random: random).mapped
    }

    /// Back through the source NAT, then through the services, then through what was only tracked: the first that knows it.
    func answer(_ packet: FlowPacket<IPv6Address>, _ now: MonotonicTime) -> Verdict<IPv6Address> {
        var packet = packet
        var isTranslated = false
        if let sourceNAT, let outer = packet.unmapped, let tuple = sourceNAT.inbound(outer, now: now).mapped.tuple {
            packet.tuple = tuple
            isTranslated = true
        }
        if case .forwarded(let tuple, _) = services.translate(packet, now: now, random: 0), tuple != packet.tuple {
            return .forwarded(tuple, isNew: false)
        }
        return isTranslated ? .forwarded(packet.tuple, isNew: false) : tracker.answer(packet, now: now)
    }
}

extension IPv6Address {
    /// The IPv4 address that a NAT gateway takes the address for; nil where it is not behind its prefix.
    var behindNAT64: IPv4Address? { try? TranslationPrefix.wellKnown(policy: .aws).ipv4(self) }
}
