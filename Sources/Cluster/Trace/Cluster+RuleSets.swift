extension Cluster {
    /// How a trace would end by the other rule set, where that is another verdict, or the same one for another reason.
    func ruleSetDifference(_ trace: Trace, _ request: TraceRequest) throws(TraceError) -> Trace.RuleSetDifference? {
        if trace.askedRules.isEmpty { return nil }
        var other = request
        other.ruleSet = request.ruleSet == .seed ? .current : .seed
        let own = Ending(trace)
        guard let ending = ending(other), ending != own else { return nil }
        // A rule that by itself makes the difference; all of them where only several together do.
        let rules = RuleSet.Rule.allCases.filter { rule in
            var one = request
            one.ruleSet = request.ruleSet.toggling(rule)
            return self.ending(one).map { $0 != own } ?? false
        }
        return .init(
            ruleSet: other.ruleSet, verdict: ending.verdict, rules: rules.isEmpty ? RuleSet.Rule.allCases : rules)
    }

    /// How a trace ends, as far as rule sets are compared.
    private struct Ending: Equatable {
        var verdict: Trace.Verdict
        var codes: Set<Explanation.Code>

        init(_ trace: Trace) {
            verdict = trace.verdict
            codes = Set(trace.branches.flatMap(\.explanations).map(\.code))
        }
    }

    private func ending(_ request: TraceRequest) -> Ending? { (try? followed(request, in: nil)).map(Ending.init) }
}
