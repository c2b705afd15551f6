import IPAddresses

extension Cluster {
    /// How the verdict would be by the other rule set, where it is another one.
    func ruleSetDifference(_ trace: Trace, _ request: TraceRequest) throws(TraceError) -> Trace.RuleSetDifference? {
        var other = request
        other.ruleSet = request.ruleSet == .seed ? .current : .seed
        guard let verdict = verdict(other), verdict != trace.verdict else { return nil }
        // A rule that by itself makes the difference; all of them where only several together do.
        let rules = RuleSet.Rule.allCases.filter { rule in
            var one = request
            one.ruleSet = request.ruleSet.toggling(rule)
            return self.verdict(one).map { $0 != trace.verdict } ?? false
        }
        return .init(ruleSet: other.ruleSet, verdict: verdict, rules: rules.isEmpty ? RuleSet.Rule.allCases : rules)
    }

    private func verdict(_ request: TraceRequest) -> Trace.Verdict? {
        guard let origin = try? resolveSource(request), let target = try? resolveDestination(request, origin),
            origin.unknown == nil
        else { return nil }
        var request = request
        if let port = target.port { request.port = port }
        let addresses: [IPAddress]
        switch target.choice {
        case .all(let all), .alike(let all): addresses = all
        case .unreachable: return .blocked
        case .unknown: return .unknown
        }
        var trace = Trace(
            source: request.source, destination: request.destination, ruleSet: request.ruleSet, verdict: .blocked,
            branches: [], notes: [])
        var verdicts: [Trace.Verdict] = []
        for address in addresses {
            guard let walks = try? walks(request, origin, address, nil) else { return nil }
            trace.take(walks)
            verdicts.append(trace.verdict)
        }
        trace.verdict = Trace.verdict(of: verdicts)
        checkUnmodelled(&trace)
        return trace.verdict
    }
}
