import IPAddresses
import VPC

extension Cluster {
    /// Follows packets from one endpoint to another, and the replies back.
    ///
    /// Both ways are computed from the tables: a reply takes the routes of where it starts, not the forward way backwards.
    ///
    /// `state`: what the elements remember of earlier traces, and will of this one; then the packet takes one way, the
    /// first of several. Nil to start with no connections, and to follow all ways.
    ///
    /// - Throws: `TraceError` where the request makes no sense for this snapshot; whether packets arrive is in the result.
    public func trace(_ request: TraceRequest, in state: NetworkState? = nil) throws(TraceError) -> Trace {
        try request.check()
        let origin = try resolveSource(request)
        let target = try resolveDestination(request, origin)
        var request = request
        if let port = target.port { request.port = port }
        var trace = Trace(
            source: request.source, destination: request.destination, ruleSet: request.ruleSet, verdict: .blocked,
            branches: [],
            notes: origin.notes + target.notes
        )
        switch target.choice {
        case .unreachable(let code, let text):
            let component = origin.component
            var hop = Hop(component: component, text: text)
            hop.isBlocking = true
            let explanation = Explanation(code: code, component: component, leg: .forward, text: text)
            trace.branches = [
                .init(share: 1, forward: [hop], reply: [], verdict: .blocked, explanations: [explanation])
            ]
        case .all(let addresses):
            // One name, several machines: each is as likely as the others.
            let taken = state == nil ? addresses[...] : addresses.prefix(1)
            for address in taken {
                trace.branches += try branches(request, origin, address, state).map { branch in
                    var branch = branch
                    branch.share /= Double(taken.count)
                    return branch
                }
            }
        case .alike(let addresses):
            try traceAlike(request, origin, state == nil ? addresses : Array(addresses.prefix(1)), state, into: &trace)
        }
        trace.verdict = Self.verdict(of: trace.branches.map(\.verdict))
        return trace
    }

    /// As ``trace(_:in:)``, with endpoints spelled as on the command line: `pod/default/client`, `client`, an address.
    public func trace(
        from source: String, to destination: String, protocol ipProtocol: TraceRequest.ProtocolChoice = .tcp,
        port: UInt16? = nil, sourcePort: UInt16? = nil, sourceAddress: IPAddress? = nil, ruleSet: RuleSet = .seed
    ) throws(TraceError) -> Trace {
        try trace(
            TraceRequest(
                from: endpoint(named: source), to: endpoint(named: destination), protocol: ipProtocol, port: port,
                sourcePort: sourcePort, sourceAddress: sourceAddress, ruleSet: ruleSet
            )
        )
    }

    /// A load balancer's addresses, one a zone: where all come out alike, the first one stands for them.
    private func traceAlike(
        _ request: TraceRequest, _ origin: TraceOrigin, _ addresses: [IPAddress], _ state: NetworkState?,
        into trace: inout Trace
    ) throws(TraceError) {
        var each: [[Trace.Branch]] = []
        for address in addresses { each.append(try branches(request, origin, address, state)) }
        let verdicts = Set(each.map { Self.verdict(of: $0.map(\.verdict)) })
        if verdicts.count == 1, let first = each.first {
            trace.branches = first
            let others = addresses.dropFirst().map(\.description).joined(separator: ", ")
            if !others.isEmpty { trace.notes.append("traced to \(addresses[0]); \(others) comes out alike") }
        } else {
            trace.branches = each.joined().map { branch in
                var branch = branch
                branch.share /= Double(each.count)
                return branch
            }
        }
    }

    /// The walks to one address: one for each combination of targets on the way.
    private func branches(
        _ request: TraceRequest, _ origin: TraceOrigin, _ address: IPAddress, _ state: NetworkState?
    ) throws(TraceError) -> [Trace.Branch] {
        guard let source = request.sourceAddress ?? origin.address(for: address) else {
            throw .noSourceAddress("\(request.source)")
        }
        guard source.family == address.family else { throw .wrongSourceFamily(source, destination: "\(address)") }
        let place = origin.place(for: address, self)
        let classes = request.classes(address.family, ephemeral: origin.ephemeralPorts)
        let flow = Flow(source: source, destination: address, classes: classes)
        var result: [Trace.Branch] = []
        var script: [Int]? = []
        while let current = script {
            let walk = Walk(
                cluster: self, ruleSet: request.ruleSet, flow: flow, choices: Choices(script: current),
                state: state ?? NetworkState(connectionsPerElement: 8))
            let (branch, choices) = walk.thereAndBack(from: place)
            result.append(branch)
            script = state == nil ? choices.next : nil
        }
        return result
    }

    /// All alike: that. Some arrive: partial. Else the milder of the failures.
    private static func verdict(of verdicts: [Trace.Verdict]) -> Trace.Verdict {
        let best = verdicts.min() ?? .blocked
        let worst = verdicts.max() ?? .blocked
        if best == worst { return best }
        return best <= .partial ? .partial : .blocked
    }
}

extension Walk {
    /// Walks to the destination and, from where that is, back.
    func thereAndBack(from place: Place) -> (Trace.Branch, Choices) {
        var walk = self
        let sender = flow.source
        let outcome = walk.leave(place)
        let forward = walk.hops
        walk.hops = []
        var verdict = Trace.Verdict.blocked
        switch outcome {
        case .blocked: break
        case .rejected: verdict = .rejected
        case .arrived(let end):
            walk.leg = .reply
            walk.flow = walk.flow.reversed
            switch walk.leave(end) {
            case .blocked: break
            case .rejected: verdict = .rejected
            case .arrived where walk.flow.destination == sender: verdict = walk.isPartial ? .partial : .delivered
            case .arrived:
                let component = walk.hops.last?.component ?? Component(.other, "\(walk.flow.destination)")
                walk.explain(
                    component, .noInterfaceHasAddress, "the reply arrives at \(walk.flow.destination), not at \(sender)"
                )
            }
        }
        let branch = Trace.Branch(
            share: walk.choices.share, forward: forward, reply: walk.hops, verdict: verdict,
            explanations: walk.explanations
        )
        return (branch, walk.choices)
    }
}

extension TraceRequest {
    func check() throws(TraceError) {
        switch ipProtocol {
        case .tcp, .udp: if port == nil { throw .portNeeded(ipProtocol.rawValue) }
        case .icmp, .icmpv6: if port != nil || sourcePort != nil { throw .portWithoutMeaning(ipProtocol.rawValue) }
        case .any: break
        }
    }
}
