import IPAddresses
import VPC

/// The rule of a network policy that lets packets through.
public struct PolicyRule: Hashable, Sendable {
    /// `default/web`.
    public var policyID: String
    public var isEgress: Bool

    /// The rule's position in the policy's list, from 0; nil for what is let through without a rule.
    public var position: Int?
    public var match: RuleMatch

    /// Whom the rule names, for people.
    public var peer: String

    public init(policyID: String, isEgress: Bool, position: Int?, match: RuleMatch, peer: String) {
        self.policyID = policyID
        self.isEgress = isEgress
        self.position = position
        self.match = match
        self.peer = peer
    }
}

extension NetworkPolicy.Peer: CustomStringConvertible {
    /// `pods app=web`, `pods app=web of namespaces team=a`, `10.0.0.0/8 except 10.1.0.0/16`.
    public var description: String {
        switch self {
        case .pods(let namespaces, let pods):
            let who = pods.map { $0.matchesAll ? "all pods" : "pods \($0)" } ?? "all pods"
            return who
                + (namespaces.map { $0.matchesAll ? " of all namespaces" : " of namespaces \($0)" } ?? "")
        case .block(let block, let except):
            return "\(block)"
                + (except.isEmpty ? "" : " except " + except.map(\.description).joined(separator: ", "))
        }
    }
}

/// What the policies of a pod do with packets in one direction.
struct PolicyOutcome {
    /// The policies that isolate the pod; empty where only strict mode does.
    var policies: [NetworkPolicy]
    var decision = Decision<PolicyRule>()

    /// Of what is denied, the packets that missing facts could let through, and the facts.
    var uncertain: [TrafficClass] = []
    var missing: [String] = []
}

/// A rule and whether it is certain that it is for the other end.
struct PolicyCandidate {
    var rule: PolicyRule

    /// What would have to be known; nil where it is certain.
    var missing: String?
}
