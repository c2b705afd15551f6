import IPAddresses
import Translation
import VPC

/// One packet that stands for a traffic class in the tables of connections: the one with the lowest ports.
struct Probe: Hashable, Sendable {
    var packet: FlowPacket<IPv6Address>

    init(_ flow: Flow, _ traffic: TrafficClass) {
        let number = traffic.ipProtocol?.number ?? 255
        let hasPorts = traffic.ipProtocol?.hasPorts ?? false
        // An ICMP query's identifier is its source port.
        let source = hasPorts || traffic.isQuery ? traffic.sourcePorts.ranges.first?.lowerBound ?? 0 : 0
        let destination = hasPorts ? traffic.destinationPorts.ranges.first?.lowerBound ?? 0 : 0
        packet = FlowPacket(
            FiveTuple(
                from: flow.source.mapped, source, to: flow.destination.mapped, destination, protocol: number),
            number == 6 ? .syn : [])
    }

    init(_ tuple: FiveTuple<IPv6Address>) {
        packet = FlowPacket(tuple, tuple.ipProtocol == 6 ? .syn : [])
    }

    /// The packet that answers it.
    var answer: FlowPacket<IPv6Address> {
        FlowPacket(packet.tuple.reversed, packet.tuple.ipProtocol == 6 ? [.syn, .ack] : [])
    }
}

extension TrafficClass {
    fileprivate var isQuery: Bool { icmpType == 8 || icmpType == 128 }
}

extension FlowPacket<IPv6Address> {
    /// The packet as an IPv4 one; nil where an address is not one.
    var unmapped: FlowPacket<IPv4Address>? {
        guard let source = tuple.source.mappedIPv4, let destination = tuple.destination.mappedIPv4 else { return nil }
        return FlowPacket<IPv4Address>(
            FiveTuple(
                from: source, tuple.sourcePort, to: destination, tuple.destinationPort, protocol: tuple.ipProtocol),
            flags)
    }
}

extension Verdict<IPv4Address> {
    /// The verdict with IPv4-mapped addresses.
    var mapped: Verdict<IPv6Address> {
        func map(_ tuple: FiveTuple<IPv4Address>) -> FiveTuple<IPv6Address> {
            FiveTuple(
                from: IPv6Address(mapping: tuple.source), tuple.sourcePort, to: IPv6Address(mapping: tuple.destination),
                tuple.destinationPort, protocol: tuple.ipProtocol)
        }
        switch self {
        case .forwarded(let tuple, let isNew): return .forwarded(map(tuple), isNew: isNew)
        case .hairpinned(let tuple, let isNew): return .hairpinned(map(tuple), isNew: isNew)
        case .refused(let reason): return .refused(reason)
        case .reset(let reason): return .reset(reason)
        }
    }
}
