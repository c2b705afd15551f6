import IPAddresses
import VPC

/// Which flows change their verdict between two snapshots of a network.
///
/// Computed on sets: addresses and ports that no table of either snapshot tells apart are one class, and one walk per pair
/// of classes decides for all of their flows. docs/difference.md says why that is exact, and what is left out.
public struct Difference: Sendable {
    /// The changes, what closes before what opens.
    public var changes: [Change]

    /// Senders that are in one of the snapshots only, whose flows have nothing to be compared with.
    public var onlyBefore: [String]
    public var onlyAfter: [String]

    /// How many pairs of classes were walked, in both snapshots each.
    public var walks: Int

    public var isEmpty: Bool { changes.isEmpty && onlyBefore.isEmpty && onlyAfter.isEmpty }

    /// Flows with the same change.
    public struct Change: Hashable, Sendable {
        /// Who sends, of what is in the snapshots.
        public var senders: [Endpoint]

        /// Who sends from outside.
        public var outside: [Outside]

        /// Where to, in as few prefixes as possible: those of `destinations`, except `exceptions`.
        public var destinations: [IPPrefix]
        public var exceptions: [IPPrefix]

        /// What the destinations are called, where they are more than addresses: `pods of node-a`, `service/default/web`.
        public var names: [String]

        /// Protocols, ICMP for echo requests; nil stands for all those without rules of their own.
        public var protocols: [IPProtocol?]

        /// All of them where all that the senders use are meant.
        public var sourcePorts: PortSet
        public var destinationPorts: PortSet
        public var before: Trace.Verdict
        public var after: Trace.Verdict

        /// What else has changed, where both verdicts are alike: which packets of a partial flow are lost.
        public var detail: String?

        /// Senders outside of the snapshots' VPCs: addresses in `prefixes`, except those in `exceptions`.
        public struct Outside: Hashable, Sendable {
            /// `internet` or `on-premises`.
            public var place: String
            public var prefixes: [IPPrefix]
            public var exceptions: [IPPrefix]
        }

        public var effect: Effect {
            if before == .unknown || after == .unknown { return .changes }
            if after < before { return .opens }
            return before < after ? .closes : .changes
        }
    }

    public enum Effect: String, Sendable {
        case opens
        case closes
        /// Another failure, or other packets of a partial flow.
        case changes
    }
}

extension Cluster {
    /// Compares the flows of this snapshot with those of a later one.
    ///
    /// `progress` is called with how many senders have been compared, of how many.
    public func difference(
        to after: Cluster, ruleSet: RuleSet = .seed, progress: (Int, Int) -> Void = { _, _ in }
    ) -> Difference {
        var comparison = Comparison(before: self, after: after, ruleSet: ruleSet)
        return comparison.run(progress)
    }
}
