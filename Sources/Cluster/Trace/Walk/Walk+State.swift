import IPAddresses
import Translation
import VPC

/// A connection that this walk has opened at an element: all the packets that it stands for. Whether it is there, and
/// what its answers become, is the element's knowledge (``NetworkState``).
struct Connection {
    /// The identifier of the element.
    var element: String
    var kind: Hop.Translation.Kind?
    var before: Flow
    var after: Flow

    /// What stands for each class in the element's table, in their order: as sent, and as it left.
    var probes: [(sent: Probe, left: Probe)]

    /// The packets as they leave the element, where `packets` answer this connection, and which of its classes these are.
    func answer(_ packets: Flow) -> (flow: Flow, positions: [Int])? {
        guard packets.source == after.destination, packets.destination == after.source else { return nil }
        var classes: [TrafficClass] = []
        var positions: [Int] = []
        for traffic in packets.classes {
            guard let position = after.classes.firstIndex(where: { $0.isAnswered(by: traffic) }) else { return nil }
            var result = before.classes[position].reversed
            // Ports that were kept tell which of the replies were lost on the way.
            if before.classes[position].sourcePorts == after.classes[position].sourcePorts {
                result.destinationPorts = traffic.destinationPorts
            }
            if before.classes[position].destinationPorts == after.classes[position].destinationPorts {
                result.sourcePorts = traffic.sourcePorts
            }
            classes.append(result)
            positions.append(position)
        }
        return (Flow(source: before.destination, destination: before.source, classes: classes), positions)
    }
}

extension TrafficClass {
    fileprivate func isAnswered(by traffic: TrafficClass) -> Bool {
        let answer = reversed
        return answer.ipProtocol == traffic.ipProtocol && answer.icmpType == traffic.icmpType
            && traffic.destinationPorts.isSubset(of: answer.destinationPorts)
            && traffic.sourcePorts.isSubset(of: answer.sourcePorts)
    }
}

extension Walk {
    /// The connection at `element` that the packets answer, the latest first; on the way there, there is none.
    func connection(at element: String) -> (connection: Connection, answer: Flow)? {
        guard leg == .reply else { return nil }
        for connection in connections.reversed() where connection.element == element {
            guard let (answer, positions) = connection.answer(flow), let table = state.known(element) else { continue }
            // The element itself has to know each of them, and to give it back to whoever sent it.
            let isKnown = positions.allSatisfy { position in
                let (sent, left) = connection.probes[position]
                return table.answer(left, state.now).tuple?.destination == sent.packet.tuple.source
            }
            if isKnown { return (connection, answer) }
        }
        return nil
    }

    /// Lets `element` remember the packets.
    ///
    /// - Returns: why it does not; nil where it does.
    @discardableResult
    mutating func track(_ element: String, _ kind: Hop.Translation.Kind? = nil, from before: Flow) -> Refusal? {
        guard leg == .forward else { return nil }
        guard let table = elementState(element, kind) else { return .tableFull }
        var probes: [(Probe, Probe)] = []
        for (position, traffic) in before.classes.enumerated() where position < flow.classes.count {
            let sent = earlierProbe(before, traffic) ?? Probe(before, traffic)
            let passage = Passage(
                packet: sent.packet, kind: kind, after: Probe(flow, flow.classes[position]).packet.tuple)
            switch table.open(passage, state.now, state.random()) {
            case .forwarded(let tuple, _), .hairpinned(let tuple, _): probes.append((sent, Probe(tuple)))
            case .refused(let reason), .reset(let reason): return reason
            }
        }
        connections.append(Connection(element: element, kind: kind, before: before, after: flow, probes: probes))
        return nil
    }

    /// Ends the walk at an element whose state is full.
    mutating func refuse(_ component: Component, _ reason: Refusal, _ before: Flow) -> Outcome {
        let after = flow
        flow = before
        let text =
            switch reason {
            case .destinationLimit:
                "\(component.id) has \(Translation.NATGateway<IPv6Address>.connectionsPerDestination) connections from \(after.source) to \(before.destination) and port already: refused; add an address or a gateway, or spread the destinations"
            case .portsExhausted:
                "\(component.id) has no port of \(after.source) left for \(after.destination): refused; add an address, or spread the destinations"
            case .tableFull: "\(component.id) holds as many connections as it can: refused; close some, or wait"
            default: "\(component.id) refuses the connection: \(reason.rawValue)"
            }
        return block(component, .connectionLimit, text)
    }

    /// The packet that the previous element has made of a class's, so that ports go on as they were chosen.
    private func earlierProbe(_ before: Flow, _ traffic: TrafficClass) -> Probe? {
        for connection in connections.reversed()
        where connection.after.source == before.source && connection.after.destination == before.destination {
            if let position = connection.after.classes.firstIndex(where: {
                $0.ipProtocol == traffic.ipProtocol && $0.icmpType == traffic.icmpType
            }) {
                return connection.probes[position].left
            }
        }
        return nil
    }

    /// An element's table, which its first packet makes.
    private func elementState(_ element: String, _ kind: Hop.Translation.Kind?) -> ElementState? {
        let capacity = state.connectionsPerElement
        return state.element(element) {
            if let node = cluster.node(ofComponent: element) {
                let address = cluster.interfaces(of: node).first?.primaryIPv4
                return .node(
                    NodeState(
                        services: try ServiceNAT(capacity: capacity, secret: NetworkState.secret),
                        tracker: try ConnectionTracker(capacity: capacity, secret: NetworkState.secret),
                        sourceNAT: try address.map {
                            try cluster.sourceNAT(to: $0, capacity: capacity)
                        }))
            }
            switch kind {
            case .natGateway, .nat64:
                return .natGateway(
                    try Translation.NATGateway(
                        addresses: [flow.source.mapped], capacity: capacity, secret: NetworkState.secret))
            case .loadBalancer where !element.hasPrefix(Self.preservedElement("")):
                return .loadBalancer(try LoadBalancerNAT(capacity: capacity, secret: NetworkState.secret))
            default: return .tracker(try ConnectionTracker(capacity: capacity, secret: NetworkState.secret))
            }
        }
    }
}

extension Cluster {
    fileprivate func node(ofComponent id: String) -> Node? {
        id.hasPrefix("node/") ? nodes[String(id.dropFirst("node/".count))] : nil
    }

    /// A node's source NAT, as the CNI plugin sets it up. Linux gives one port to several destinations.
    fileprivate func sourceNAT(to address: IPv4Address, capacity: Int) throws -> SourceNAT {
        let inside =
            configuration.ipFamily == .ipv6 ? SourceNAT.hostLocal : IPv4Prefix(masking: IPv4Address(bits: 0), length: 0)
        return try SourceNAT(
            to: address, inside: inside, ports: configuration.cni.randomizesSourcePorts ? .random : .preserving,
            mapping: .addressAndPortDependent, capacity: capacity, secret: NetworkState.secret)
    }
}
