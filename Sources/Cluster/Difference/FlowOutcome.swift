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

    /// What all branches make of the ports. Where branches rest on facts that nobody knows, only what comes out alike
    /// whatever these are is said to be known.
    init(_ branches: [Trace.Branch], _ ports: FlowSet) {
        let worlds = Trace.worlds(branches)
        let outcomes = worlds.map { FlowOutcome(knowing: $0.branches, ports) }
        guard outcomes.count > 1 else {
            self = outcomes.first ?? FlowOutcome(.blocked, ports)
            return
        }
        var rest = ports
        func take(_ verdict: Trace.Verdict, _ some: FlowSet) {
            let some = some.intersection(rest)
            if some.isEmpty { return }
            parts[verdict, default: FlowSet()].formUnion(some)
            rest = rest.subtracting(some)
        }
        for verdict in Trace.Verdict.allCases {
            take(verdict, outcomes.reduce(ports) { $0.intersection($1.parts[verdict] ?? FlowSet()) })
        }
        // A default stands where it is no better than the other answers, as in a trace.
        if let usual = zip(worlds, outcomes).first(where: { Trace.isUsual($0.0.facts) })?.1 {
            for (verdict, some) in usual.parts where verdict != .delivered && verdict != .unknown {
                take(verdict, outcomes.reduce(some) { $0.intersection($1.ports(upTo: verdict)) })
            }
        }
        take(.unknown, rest)
        detail = Set(outcomes.map(\.detail)).sorted().joined(separator: "; ")
    }

    /// What branches that rest on the same facts make of the ports.
    private init(knowing branches: [Trace.Branch], _ ports: FlowSet) {
        var sometimes = FlowSet()
        var lost = FlowSet()
        var partial = FlowSet()
        var unknown = FlowSet()
        for branch in branches {
            let arrived = branch.verdict <= .partial ? Self.ports(ofReply: branch, within: ports) : FlowSet()
            let uncertain = branch.verdict == .unknown ? Self.uncertainPorts(branch, within: ports) : FlowSet()
            // After a translation that picks ports at random, some packets of each pair of ports are lost.
            if branch.verdict == .partial, ports.isSubset(of: arrived) { partial.formUnion(arrived) }
            sometimes.formUnion(arrived)
            unknown.formUnion(uncertain)
            lost.formUnion(ports.subtracting(arrived).subtracting(uncertain))
        }
        let failure: Trace.Verdict =
            branches.allSatisfy { $0.verdict == .rejected } && !branches.isEmpty ? .rejected : .blocked
        partial.formUnion(sometimes.intersection(lost))
        parts[.partial] = partial
        parts[.unknown] = unknown.subtracting(partial)
        parts[.delivered] = sometimes.subtracting(partial).subtracting(unknown)
        parts[failure] = ports.subtracting(sometimes).subtracting(unknown)
        parts = parts.filter { !$0.value.isEmpty }
        if !partial.isEmpty {
            detail = Set(branches.flatMap(\.explanations).map(\.text)).sorted().joined(separator: "; ")
        }
    }

    /// The ports with this verdict or a better one.
    private func ports(upTo verdict: Trace.Verdict) -> FlowSet {
        parts.reduce(into: FlowSet()) { result, part in if part.key <= verdict { result.formUnion(part.value) } }
    }

    /// The ports of the packets of which nobody knows whether they arrive. What a rule has dropped for sure is not of them.
    private static func uncertainPorts(_ branch: Trace.Branch, within ports: FlowSet) -> FlowSet {
        if branch.mayDiffer { return ports }
        guard let last = branch.reply.last ?? branch.forward.last, last.isUnknown else {
            return Self.ports(ofReply: branch, within: ports)
        }
        // After a translation the ports are other ones.
        if (branch.forward + branch.reply).contains(where: { $0.translation != nil }) { return ports }
        guard let flow = last.inbound else { return ports }
        return flow.classes.reduce(into: FlowSet()) { result, traffic in
            result.formUnion((branch.reply.isEmpty ? traffic : traffic.reversed).ports)
        }.intersection(ports)
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
        let memory = TraceMemory()
        while let current = script, branches.count < Self.maximumBranches {
            let walk = Walk(
                cluster: self, ruleSet: ruleSet, flow: flow, choices: Choices(script: current),
                state: NetworkState(connectionsPerElement: 8), memory: memory)
            let result = walk.thereAndBack(from: place)
            branches.append(result.branch)
            script = result.choices.next
        }
        return FlowOutcome(branches, packets.ports)
    }

    /// Targets of one service or load balancer that are followed.
    private static let maximumBranches = 256
}
