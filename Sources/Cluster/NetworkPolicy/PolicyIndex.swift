/// Network policies by what pods have to have for them: a pod asks those of its own labels, and the few that ask for no one
/// label's value.
struct PolicyIndex: Sendable {
    private struct Key: Hashable {
        var namespace: String
        var label: String
        var value: String
    }

    /// Positions in ``policies``.
    private var byLabel: [Key: [Int]] = [:]
    private var others: [String: [Int]] = [:]
    private let policies: [NetworkPolicy]

    /// - Complexity: O(*n*) in the number of policies.
    init(_ policies: [NetworkPolicy]) {
        self.policies = policies
        for (position, policy) in policies.enumerated() {
            let requirement = policy.podSelector.requirements.first { $0.comparison == .isIn && $0.values.count == 1 }
            if let requirement, let value = requirement.values.first {
                let key = Key(namespace: policy.namespace, label: requirement.key, value: value)
                byLabel[key, default: []].append(position)
            } else {
                others[policy.namespace, default: []].append(position)
            }
        }
    }

    /// The policies that select a pod, in their own order.
    ///
    /// - Complexity: O(*l* + *k*) for a pod of *l* labels, and *k* policies that ask for one of these or for none.
    func selecting(_ pod: Pod) -> [NetworkPolicy] {
        var positions = others[pod.namespace] ?? []
        if !byLabel.isEmpty {
            for (label, value) in pod.labels {
                positions += byLabel[Key(namespace: pod.namespace, label: label, value: value)] ?? []
            }
        }
        return positions.sorted().map { policies[$0] }.filter { $0.selects(pod) }
    }
}
