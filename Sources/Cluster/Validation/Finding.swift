/// Something that is wrong with a cluster or its network, or is about to be.
public struct Finding: Hashable, Sendable {
    public var id: Identifier
    public var severity: Severity
    public var component: Component

    /// What is wrong, with the values.
    public var message: String

    /// What to change.
    public var fix: String

    /// Where it is written that this is wrong.
    public var source: String { id.source }

    public init(_ id: Identifier, _ severity: Severity, _ component: Component, _ message: String, fix: String) {
        self.id = id
        self.severity = severity
        self.component = component
        self.message = message
        self.fix = fix
    }

    public enum Severity: String, CaseIterable, Sendable, Comparable {
        // From worst to mildest.
        /// Something does not work, or is refused.
        case error
        /// Something works in part, or not as expected.
        case warning
        /// Something has no effect, or could be simpler.
        case advice

        public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .error: 0
            case .warning: 1
            case .advice: 2
            }
        }
    }
}

extension Cluster {
    /// All that is wrong, the worst first; of the same severity in the order of identifiers and components.
    ///
    /// `earlier`: an earlier snapshot of the same cluster, for what may never change. `progress` is called with each
    /// group of rules, and how many there are, before it is checked.
    public func validate(
        _ ruleSet: RuleSet = .seed, earlier: Cluster? = nil, progress: (Int, Int) -> Void = { _, _ in }
    ) -> [Finding] {
        var validator = Validator(cluster: self, ruleSet: ruleSet, earlier: earlier)
        for (index, check) in Validator.checks.enumerated() {
            progress(index, Validator.checks.count)
            check(&validator)
        }
        return validator.findings.sortedBySeverity()
    }
}

extension [Finding] {
    /// The worst first; of the same severity in the order of identifiers, components and messages.
    public func sortedBySeverity() -> [Finding] {
        sorted {
            ($0.severity, $0.id.rawValue, $0.component.id, $0.message) < (
                $1.severity, $1.id.rawValue, $1.component.id, $1.message
            )
        }
    }
}
