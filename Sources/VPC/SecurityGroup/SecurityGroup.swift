import IPAddresses

/// A security group: stateful rules of interfaces, which all allow. A packet passes where any rule of any group of the
/// interface matches.
///
/// Source: Amazon VPC User Guide, "Control traffic to your AWS resources using security groups".
public struct SecurityGroup: Sendable {
    public var id: String
    public var name: String
    public var vpcID: String

    public let ingress: RuleList
    public let egress: RuleList

    public init(id: String, name: String, vpcID: String, ingress: [Rule], egress: [Rule]) {
        self.id = id
        self.name = name
        self.vpcID = vpcID
        self.ingress = RuleList(ingress)
        self.egress = RuleList(egress)
    }

    /// One rule, for one peer.
    public struct Rule: Hashable, Sendable {
        public var groupID: String
        public var isEgress: Bool
        public var peer: Peer
        public var match: RuleMatch

        public init(groupID: String, isEgress: Bool, peer: Peer, match: RuleMatch) {
            self.groupID = groupID
            self.isEgress = isEgress
            self.peer = peer
            self.match = match
        }
    }

    /// The source of an ingress rule, the destination of an egress one.
    public enum Peer: Hashable, Sendable {
        case prefix(IPPrefix)
        /// A prefix of a prefix list, and the list.
        case prefixList(id: String, IPPrefix)
        /// A prefix list that the snapshot lacks: matches nothing that is known.
        case unknownPrefixList(id: String)
        /// The private addresses of the interfaces in a group.
        case group(id: String)

        var prefix: IPPrefix? {
            switch self {
            case .prefix(let prefix), .prefixList(_, let prefix): prefix
            case .group, .unknownPrefixList: nil
            }
        }
    }

    /// The rules of one direction.
    public struct RuleList: Sendable {
        public let rules: [Rule]
        private let index: RuleIndex

        init(_ rules: [Rule]) {
            self.rules = rules
            index = RuleIndex(rules.map(\.peer.prefix))
        }

        /// The rules for packets from or to `remote`, which is in the groups `remoteGroups`.
        func candidates(for remote: IPAddress, in remoteGroups: Set<String>) -> [Rule] {
            index.candidates(for: remote).map { rules[$0] }.filter { rule in
                switch rule.peer {
                case .group(let id): remoteGroups.contains(id)
                case .unknownPrefixList: false
                case .prefix, .prefixList: true
                }
            }
        }
    }

    /// What the groups of an interface do together with packets of `flow` that leave it (`isEgress`) or enter it.
    ///
    /// `remoteGroups` are the groups of the interface that has the other address.
    public static func decide(
        _ groups: [SecurityGroup], _ flow: Flow, isEgress: Bool, remoteGroups: Set<String>
    ) -> Decision<Rule> {
        let remote = isEgress ? flow.destination : flow.source
        let candidates = groups.flatMap {
            (isEgress ? $0.egress : $0.ingress).candidates(for: remote, in: remoteGroups)
        }
        var decision = Decision<Rule>()
        for traffic in flow.classes {
            traffic.decide(candidates, match: \.match, allows: { _ in true }, into: &decision)
        }
        return decision
    }
}
