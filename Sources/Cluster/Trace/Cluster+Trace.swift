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
        var trace = try followed(request, in: state)
        if state == nil { trace.otherRuleSet = try ruleSetDifference(trace, request) }
        return trace
    }

    func followed(_ request: TraceRequest, in state: NetworkState?) throws(TraceError) -> Trace {
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
        if let text = origin.unknown {
            trace.end(at: origin.component, .unsupported, text, .unknown)
            return trace
        }
        switch target.choice {
        case .unreachable(let code, let text):
            trace.end(at: origin.component, code, text, .blocked)
            return trace
        case .unknown(let component, let code, let text):
            trace.end(at: component, code, text, .unknown)
            return trace
        case .all(let addresses):
            // One name, several machines: each is as likely as the others.
            let taken = state == nil ? addresses[...] : addresses.prefix(1)
            var results: [WalkResult] = []
            for address in taken {
                results += try walks(request, origin, address, state).map { result in
                    var result = result
                    result.branch.share /= Double(taken.count)
                    return result
                }
            }
            trace.take(results)
        case .alike(let addresses):
            try traceAlike(request, origin, state == nil ? addresses : Array(addresses.prefix(1)), state, into: &trace)
        }
        checkUnmodelled(&trace)
        return trace
    }

    /// As ``trace(_:in:)``, with endpoints spelled as on the command line: `pod/default/client`, `client`, an address.
    public func trace(
        from source: String, to destination: String, protocol ipProtocol: TraceRequest.ProtocolChoice = .tcp,
        port: UInt16? = nil, sourcePort: UInt16? = nil, sourceAddress: IPAddress? = nil, ruleSet: RuleSet = .seed,
        http: HTTPRequest? = nil
    ) throws(TraceError) -> Trace {
        try trace(
            TraceRequest(
                from: endpoint(named: source), to: endpoint(named: destination), protocol: ipProtocol, port: port,
                sourcePort: sourcePort, sourceAddress: sourceAddress, ruleSet: ruleSet, http: http
            )
        )
    }

    /// A load balancer's addresses, one a zone: where all come out alike, the first one stands for them.
    private func traceAlike(
        _ request: TraceRequest, _ origin: TraceOrigin, _ addresses: [IPAddress], _ state: NetworkState?,
        into trace: inout Trace
    ) throws(TraceError) {
        var each: [Trace] = []
        for address in addresses {
            var one = trace
            one.take(try walks(request, origin, address, state))
            each.append(one)
        }
        guard let first = each.first else { return }
        defer { for one in each { trace.askedRules.formUnion(one.askedRules) } }
        if Set(each.map(\.verdict)).count == 1 {
            trace = first
            let others = addresses.dropFirst().map(\.description).joined(separator: ", ")
            if !others.isEmpty { trace.notes.append("traced to \(addresses[0]); \(others) comes out alike") }
        } else {
            trace.branches = each.flatMap(\.branches).map { branch in
                var branch = branch
                branch.share /= Double(each.count)
                return branch
            }
            trace.verdict = Trace.verdict(of: each.map(\.verdict))
            for one in each { trace.merge(notes: one.notes, unchecked: one.unchecked) }
        }
    }

    /// The walks to one address: one for each combination of targets on the way.
    func walks(
        _ request: TraceRequest, _ origin: TraceOrigin, _ address: IPAddress, _ state: NetworkState?
    ) throws(TraceError) -> [WalkResult] {
        guard let source = request.sourceAddress ?? origin.address(for: address) else {
            throw .noSourceAddress("\(request.source)")
        }
        guard source.family == address.family else { throw .wrongSourceFamily(source, destination: "\(address)") }
        let place = origin.place(for: address, self)
        let classes = request.classes(address.family, ephemeral: origin.ephemeralPorts)
        let flow = Flow(source: source, destination: address, classes: classes)
        var result: [WalkResult] = []
        var script: [Int]? = []
        let memory = TraceMemory()
        while let current = script {
            var walk = Walk(
                cluster: self, ruleSet: request.ruleSet, flow: flow, choices: Choices(script: current),
                state: state ?? NetworkState(connectionsPerElement: 8), memory: memory)
            walk.http = request.http
            let one = walk.thereAndBack(from: place)
            result.append(one)
            script = state == nil ? one.choices.next : nil
        }
        return result
    }
}

/// A walk's way, and what it has met.
struct WalkResult {
    var branch: Trace.Branch
    var choices: Choices
    var notes: [String]
    var unchecked: Set<Unchecked>
    var askedRules: Set<RuleSet.Rule>
}

extension Walk {
    /// Walks to the destination and, from where that is, back.
    func thereAndBack(from place: Place) -> WalkResult {
        var walk = self
        let sender = flow.source
        let outcome = walk.leave(place)
        let forward = walk.hops
        walk.hops = []
        var verdict = Trace.Verdict.blocked
        switch outcome {
        case .blocked: break
        case .rejected: verdict = .rejected
        case .unknown: verdict = .unknown
        case .arrived(let end):
            walk.leg = .reply
            walk.flow = walk.flow.reversed
            switch walk.leave(end) {
            case .blocked: break
            case .rejected: verdict = .rejected
            case .unknown: verdict = .unknown
            case .arrived where walk.flow.destination == sender: verdict = walk.isPartial ? .partial : .delivered
            case .arrived:
                let component = walk.hops.last?.component ?? Component(.other, "\(walk.flow.destination)")
                walk.explain(
                    component, .noInterfaceHasAddress, "the reply arrives at \(walk.flow.destination), not at \(sender)"
                )
            }
        }
        // What may have been dropped on the way is not known to have arrived; what is dropped for sure is.
        if walk.mayDiffer || (verdict <= .partial && !walk.doubts.isEmpty) { verdict = .unknown }
        let explanations = verdict == .unknown ? walk.doubts + walk.explanations : walk.explanations
        var branch = Trace.Branch(
            share: walk.choices.share, forward: forward, reply: walk.hops, verdict: verdict, explanations: explanations)
        branch.facts = walk.choices.assumptions
        branch.mayDiffer = walk.mayDiffer
        branch.assumptions = walk.choices.assumptions.map { fact, index in
            "\(fact.question) at \(fact.component.id): \(fact.options[index])"
        }.sorted()
        branch.condition = walk.conditions.isEmpty ? nil : walk.conditions.joined(separator: ", then ")
        return WalkResult(
            branch: branch, choices: walk.choices, notes: walk.notes, unchecked: walk.unchecked,
            askedRules: memory.askedRules)
    }
}

extension TraceRequest {
    func check() throws(TraceError) {
        switch ipProtocol {
        case .tcp, .udp, .sctp: if port == nil { throw .portNeeded(ipProtocol.rawValue) }
        case .icmp, .icmpv6: if port != nil || sourcePort != nil { throw .portWithoutMeaning(ipProtocol.rawValue) }
        case .any: break
        }
    }
}
