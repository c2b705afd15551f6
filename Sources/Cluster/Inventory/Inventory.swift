/// What a snapshot holds, and what it is known not to hold: which facts a verdict may rest on.
public struct Inventory: Sendable {
    /// The kinds of which some output was read; nil where all are taken to be there, as in clusters that are made by hand.
    public var held: Set<Kind>?

    /// Kinds of which it is known that something is missing, and why.
    public var gaps: [Kind: String]

    /// Objects that are not modelled and could decide about packets.
    public var unmodelled: [UnmodelledObject]

    public init(held: Set<Kind>?, gaps: [Kind: String] = [:], unmodelled: [UnmodelledObject] = []) {
        self.held = held
        self.gaps = gaps
        self.unmodelled = unmodelled
    }

    /// Everything is there.
    public static let everything = Inventory(held: nil)

    /// Whether something of the kind was collected.
    public func holds(_ kind: Kind) -> Bool { held?.contains(kind) ?? true }

    /// Whether all of the kind was collected, as far as can be told: what is not there does not exist.
    public func isComplete(_ kind: Kind) -> Bool { holds(kind) && gaps[kind] == nil }

    /// Why the kind is not complete, and the command that collects it; for people.
    public func lack(of kind: Kind) -> String {
        (gaps[kind] ?? "no \(kind.title) are in the snapshot") + "; collect \(kind.command)"
    }
}

/// An object of a snapshot that is known by its kind and name only.
public struct UnmodelledObject: Hashable, Sendable {
    /// `CiliumNetworkPolicy`, `TransitGateways`, …
    public var kind: String

    /// `default/web`, or AWS's identifier.
    public var name: String
    public var namespace: String?
    public var scope: Scope
    public var effect: Effect

    public init(kind: String, name: String, namespace: String? = nil, scope: Scope, effect: Effect) {
        self.kind = kind
        self.name = name
        self.namespace = namespace
        self.scope = scope
        self.effect = effect
    }

    /// Which packets the object could decide about.
    public enum Scope: String, Sendable {
        /// Those of pods: of the object's namespace, of all where it has none.
        case pods
        /// Those that cross an internet gateway or an egress-only internet gateway.
        case internet
        /// Those that cross a network interface of a VPC.
        case vpc
        /// Those whose destination is a name.
        case names
        /// Those that reach a load balancer.
        case loadBalancers
        /// Those that meet the object by its own identifier.
        case itself
    }

    /// What it could do to them.
    public enum Effect: String, Sendable {
        /// Only by what is beyond packets, such as names: it is named, and the verdict stands.
        case named
        /// Drop what would arrive.
        case mayDeny
        /// Drop what would arrive, or let through what would be dropped.
        case mayChange
    }
}

/// An object that could decide about a trace's packets and is not modelled.
public struct Unchecked: Hashable, Sendable {
    public var kind: String
    public var name: String

    /// What it could do, in a few words.
    public var reason: String

    public init(kind: String, name: String, reason: String) {
        self.kind = kind
        self.name = name
        self.reason = reason
    }
}
