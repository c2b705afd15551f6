import Cluster

/// A kind of object that `aws` or `kubectl` gives, and what it does to verdicts. docs/kinds.md is this table.
public struct ObjectKind: Sendable {
    /// The top-level key of AWS's output, or the kind of a Kubernetes object; with its API group where others share its name.
    public var name: String
    public var origin: Origin
    public var state: State

    /// Where its objects could decide, and how; nil for those that do not.
    public var scope: UnmodelledObject.Scope?
    public var effect: UnmodelledObject.Effect?

    /// The member that names an object of AWS's.
    var identifier: String?

    /// Why, in a few words.
    public var reason: String

    public enum Origin: String, Sendable {
        case aws
        case kubernetes
    }

    public enum State: String, Sendable {
        /// It is read, and decides about packets or what is found.
        case decides
        /// It could decide and is not modelled: traces name it.
        case unchecked
        /// It decides about nothing that a packet meets.
        case irrelevant
    }

    /// All kinds, AWS's first.
    public static let all: [ObjectKind] = aws + kubernetes

    static let byName: [Origin: [String: ObjectKind]] = Dictionary(
        uniqueKeysWithValues: [Origin.aws, .kubernetes].map { origin in
            (origin, Dictionary(all.filter { $0.origin == origin }.map { ($0.name, $0) }, uniquingKeysWith: { $1 }))
        })

    /// The kind of a Kubernetes object; by its group too where kinds of several groups have one name.
    static func kubernetes(_ kind: String, group: String) -> ObjectKind? {
        byName[.kubernetes]?["\(kind).\(group)"] ?? byName[.kubernetes]?[kind]
    }

    static func aws(_ key: String) -> ObjectKind? { byName[.aws]?[key] }
}
