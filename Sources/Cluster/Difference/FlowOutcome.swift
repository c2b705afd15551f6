import IPAddresses
import VPC

/// What becomes of packets of one kind between two addresses: each of their pairs of ports has a verdict.
struct FlowOutcome {
    /// The ports, by verdict; no pair is in two of them.
    var parts: [Trace.Verdict: FlowSet] = [:]

    /// Which packets of partial flows are lost.
    var detail = ""

    /// All packets alike.
    init(_ verdict: Trace.Verdict, _ ports: FlowSet) { parts = [verdict: ports] }

    init(_ branches: [Trace.Branch], _ ports: FlowSet) {
        // Where something that nobody knows could change the outcome of a branch, that of all ports is not known.
        guard let branches = Trace.settled(branches), !branches.contains(where: { $0.verdict == .unknown }) else {
            parts = [.unknown: ports]
            return
        }
        var always = ports
        var sometimes = FlowSet()
        var partial = FlowSet()
        for branch in branches {
            let arrived = branch.verdict <= .partial ? Self.ports(ofReply: branch, within: ports) : FlowSet()
            // Behind a translation that picks ports at random, some packets of each pair of ports are lost.
            if branch.verdict == .partial, ports.isSubset(of: arrived) { partial.formUnion(arrived) }
            always = always.intersection(arrived)
            sometimes.formUnion(arrived)
        }
        let failure: Trace.Verdict =
            branches.allSatisfy { $0.verdict == .rejected } && !branches.isEmpty ? .rejected : .blocked
        partial.formUnion(sometimes.subtracting(always))
        parts[.delivered] = always.subtracting(partial)
        parts[.partial] = partial
        parts[failure] = ports.subtracting(sometimes)
        if !partial.isEmpty {
            detail = Set(branches.flatMap(\.explanations).map(\.text)).sorted().joined(separator: "; ")
        }
    }

    /// The ports of the packets whose replies come back.
    private static func ports(ofReply branch: Trace.Branch, within ports: FlowSet) -> FlowSet {
        guard let flow = branch.reply.last?.inbound else { return FlowSet() }
        return flow.classes.reduce(into: FlowSet()) { result, traffic in
            result.formUnion(traffic.reversed.ports)
        }.intersection(ports)
    }

    /// Whether no packet arrives.
    var isQuiet: Bool { parts[.delivered, default: FlowSet()].isEmpty && parts[.partial, default: FlowSet()].isEmpty }

    /// The source ports of all packets.
    var sourcePorts: PortSet { PortSet(parts.values.flatMap { $0.boxes.map(\.sourcePorts) }) }

    /// The pairs of ports whose verdicts differ.
    func changes(to after: FlowOutcome) -> [(before: Trace.Verdict, after: Trace.Verdict, ports: FlowSet)] {
        parts.flatMap { verdict, ports in
            after.parts.compactMap { other, otherPorts in
                if verdict == other, verdict != .partial || detail == after.detail { return nil }
                let both = ports.intersection(otherPorts)
                return both.isEmpty ? nil : (verdict, other, both)
            }
        }
    }
}

extension TrafficClass {
    /// The pairs of ports, as a set without regard to addresses and protocol.
    var ports: FlowSet {
        FlowSet(
            sourcePorts.ranges.flatMap { source in
                destinationPorts.ranges.map {
                    FlowSet.Box(.ipv4, sourcePorts: source, destinationPorts: $0)
                }
            })
    }
}

extension Cluster {
    /// What becomes of packets from an endpoint to an address, whichever targets are chosen.
    func outcome(
        from source: Endpoint, to address: IPAddress, _ traffic: (PortSet) -> TrafficClass, _ ruleSet: RuleSet
    ) -> FlowOutcome {
        let request = TraceRequest(from: source, to: .address(address), ruleSet: ruleSet)
        guard let origin = try? resolveSource(request), let own = origin.address(for: address) else {
            return FlowOutcome(.blocked, traffic(.linuxEphemeral).ports)
        }
        let packets = traffic(origin.ephemeralPorts)
        let flow = Flow(source: own, destination: address, classes: [packets])
        let place = origin.place(for: address, self)
        if origin.unknown != nil { return FlowOutcome(.unknown, traffic(origin.ephemeralPorts).ports) }
        var branches: [Trace.Branch] = []
        var script: [Int]? = []
        while let current = script, branches.count < Self.maximumBranches {
            let walk = Walk(
                cluster: self, ruleSet: ruleSet, flow: flow, choices: Choices(script: current),
                state: NetworkState(connectionsPerElement: 8))
            let result = walk.thereAndBack(from: place)
            branches.append(result.branch)
            script = result.choices.next
        }
        return FlowOutcome(branches, packets.ports)
    }

    /// Targets of one service or load balancer that are followed.
    private static let maximumBranches = 256
}
