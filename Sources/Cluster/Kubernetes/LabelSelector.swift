/// Which objects are selected, by their labels: all requirements have to hold, and none selects all objects.
///
/// Source: Kubernetes API, LabelSelector (meta/v1).
public struct LabelSelector: Hashable, Sendable {
    public var requirements: [Requirement]

    public init(_ requirements: [Requirement] = []) { self.requirements = requirements }

    /// One requirement on one label.
    public struct Requirement: Hashable, Sendable {
        public var key: String
        public var comparison: Comparison
        public var values: [String]

        public init(_ key: String, _ comparison: Comparison, _ values: [String] = []) {
            self.key = key
            self.comparison = comparison
            self.values = values
        }
    }

    public enum Comparison: String, Sendable {
        case isIn = "In"
        /// Holds for objects without the label, too.
        case isNotIn = "NotIn"
        case exists = "Exists"
        case doesNotExist = "DoesNotExist"
    }

    public var matchesAll: Bool { requirements.isEmpty }

    /// Whether an object with these labels is selected. Linear in the number of requirements.
    public func matches(_ labels: [String: String]) -> Bool { requirements.allSatisfy { $0.holds(labels[$0.key]) } }

    /// Whether an object is selected of which only some labels are known; nil where that depends on the others.
    public func matches(known labels: [String: String]) -> Bool? {
        var isCertain = true
        for requirement in requirements {
            if let value = labels[requirement.key] {
                if !requirement.holds(value) { return false }
            } else {
                isCertain = false
            }
        }
        return isCertain ? true : nil
    }
}

extension LabelSelector.Requirement {
    fileprivate func holds(_ value: String?) -> Bool {
        switch comparison {
        case .isIn: value.map(values.contains) ?? false
        case .isNotIn: value.map { !values.contains($0) } ?? true
        case .exists: value != nil
        case .doesNotExist: value == nil
        }
    }
}

extension LabelSelector: CustomStringConvertible {
    /// `app=web,tier in (a, b)`; `all` where it asks for nothing.
    public var description: String {
        if requirements.isEmpty { return "all" }
        return requirements.map { requirement in
            let list = requirement.values.joined(separator: ", ")
            return switch requirement.comparison {
            case .isIn where requirement.values.count == 1: "\(requirement.key)=\(list)"
            case .isIn: "\(requirement.key) in (\(list))"
            case .isNotIn: "\(requirement.key) notin (\(list))"
            case .exists: requirement.key
            case .doesNotExist: "!\(requirement.key)"
            }
        }.joined(separator: ",")
    }
}
