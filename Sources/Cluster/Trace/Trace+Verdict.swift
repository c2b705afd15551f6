import IPAddresses
import VPC

extension Trace {
    /// All alike: that. Some arrive and some do not: partial. Else unknown where one is, else the milder of the failures.
    static func verdict(of verdicts: [Verdict]) -> Verdict {
        let all = Set(verdicts)
        if all.count <= 1 { return verdicts.first ?? .blocked }
        if all.contains(.partial) || (all.contains(.delivered) && (all.contains(.blocked) || all.contains(.rejected))) {
            return .partial
        }
        return all.contains(.unknown) ? .unknown : .blocked
    }

    /// Ends a trace before it has begun.
    mutating func end(at component: Component, _ code: Explanation.Code, _ text: String, _ verdict: Verdict) {
        var hop = Hop(component: component, text: text)
        if verdict == .unknown { hop.isUnknown = true } else { hop.isBlocking = true }
        let explanation = Explanation(code: code, component: component, leg: .forward, text: text)
        branches = [.init(share: 1, forward: [hop], reply: [], verdict: verdict, explanations: [explanation])]
        self.verdict = verdict
    }

    mutating func merge(notes: [String], unchecked: some Sequence<Unchecked>) {
        for note in notes where !self.notes.contains(note) { self.notes.append(note) }
        for one in unchecked where !self.unchecked.contains(one) { self.unchecked.append(one) }
        self.unchecked.sort { ($0.kind, $0.name) < ($1.kind, $1.name) }
    }

    /// Takes the walks. Where some rest on facts that nobody knows, the outcome has to be the same whatever these are.
    mutating func take(_ results: [WalkResult]) {
        for result in results {
            merge(notes: result.notes, unchecked: result.unchecked)
            askedRules.formUnion(result.askedRules)
        }
        let all = results.map(\.branch)
        let worlds = Self.worlds(all)
        let verdicts = worlds.map { world in Self.verdict(of: world.branches.map(\.verdict)) }
        if Set(verdicts).count <= 1, let first = worlds.first {
            branches = first.branches.map { branch in
                var branch = branch
                branch.assumptions = []
                return branch
            }
            verdict = verdicts.first ?? .blocked
            return
        }
        // A default that nobody has been seen to change stands where it is no better than the other answers.
        let usual = zip(worlds, verdicts).first { Self.isUsual($0.0.facts) }
        if let (world, own) = usual, own != .delivered, own != .unknown, own >= verdicts.max() ?? own {
            branches = world.branches
            verdict = own
            merge(
                notes: world.facts.keys.sorted { $0.question < $1.question }.map {
                    "the snapshot does not say \($0.question) at \($0.component.id): the default is assumed, \($0.options[0]); \($0.remedy)"
                }, unchecked: [])
            return
        }
        verdict = .unknown
        let total = all.reduce(0) { $0 + $1.share }
        branches = all.map { branch in
            var branch = branch
            branch.share /= total
            return branch
        }
        // What makes the difference, said once.
        for fact in Set(all.flatMap(\.facts.keys)).sorted(by: { $0.question < $1.question }) {
            let outcomes = fact.options.indices.map { option in
                let some = zip(worlds, verdicts).filter { $0.0.facts[fact] == option }.map(\.1)
                return "\(fact.options[option]): \(Self.verdict(of: some).rawValue)"
            }
            branches[0].explanations.append(
                Explanation(
                    code: .notInSnapshot, component: fact.component, leg: .forward,
                    text: "the snapshot does not say \(fact.question) at \(fact.component.id) "
                        + "(\(outcomes.joined(separator: "; "))); \(fact.remedy)"))
        }
    }

    /// Whether all facts are as by default.
    static func isUsual(_ facts: [Fact: Int]) -> Bool { facts.allSatisfy { $0.key.hasDefault && $0.value == 0 } }

    /// What the facts may be, each with the branches that belong to it.
    static func worlds(_ branches: [Branch]) -> [(facts: [Fact: Int], branches: [Branch])] {
        let facts = Set(branches.flatMap(\.facts.keys)).sorted {
            ($0.component.id, $0.question) < ($1.component.id, $1.question)
        }
        var worlds: [[Fact: Int]] = [[:]]
        for fact in facts {
            worlds = worlds.flatMap { world in
                fact.options.indices.map { option in
                    var next = world
                    next[fact] = option
                    return next
                }
            }
        }
        return worlds.map { world in
            (world, branches.filter { branch in branch.facts.allSatisfy { world[$0.key] == $0.value } })
        }
    }
}
