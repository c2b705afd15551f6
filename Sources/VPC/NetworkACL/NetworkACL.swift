import IPAddresses

/// A network ACL: stateless rules of a subnet, the lowest number first, for packets that enter or leave the subnet.
///
/// Source: Amazon VPC User Guide, "Control subnet traffic with network access control lists".
public struct NetworkACL: Sendable {
    public var id: String
    public var vpcID: String
    public var isDefault: Bool

    /// The subnets that it is associated with.
    public var subnetIDs: [String]

    public let ingress: RuleList
    public let egress: RuleList

    public init(id: String, vpcID: String, isDefault: Bool, subnetIDs: [String], entries: [Entry]) {
        self.id = id
        self.vpcID = vpcID
        self.isDefault = isDefault
        self.subnetIDs = subnetIDs
        ingress = RuleList(entries.filter { !$0.isEgress })
        egress = RuleList(entries.filter(\.isEgress))
    }

    /// One rule.
    public struct Entry: Hashable, Sendable {
        /// 1 to 32766 for the user's rules; 32767 and 32768 stand for the last rule, printed as "*".
        public var number: Int
        public var isEgress: Bool
        public var allows: Bool

        /// The source of packets that enter, the destination of those that leave.
        public var prefix: IPPrefix
        public var match: RuleMatch

        public init(number: Int, isEgress: Bool, allows: Bool, prefix: IPPrefix, match: RuleMatch) {
            self.number = number
            self.isEgress = isEgress
            self.allows = allows
            self.prefix = prefix
            self.match = match
        }
    }

    /// The rules of one direction, in the order of their numbers.
    public struct RuleList: Sendable {
        public let entries: [Entry]
        private let index: RuleIndex

        init(_ entries: [Entry]) {
            self.entries = entries.sorted { $0.number < $1.number }
            index = RuleIndex(self.entries.map(\.prefix))
        }

        /// What the rules do with packets from or to `remote`; where none matches, the packet is denied.
        public func decide(_ classes: [TrafficClass], remote: IPAddress) -> Decision<Entry> {
            let candidates = index.candidates(for: remote).map { entries[$0] }
            var decision = Decision<Entry>()
            for traffic in classes {
                traffic.decide(candidates, match: \.match, allows: \.allows, into: &decision)
            }
            return decision
        }
    }

    /// What the ACL does with packets of `flow` that leave the subnet (`isEgress`) or enter it.
    public func decide(_ flow: Flow, isEgress: Bool) -> Decision<Entry> {
        isEgress
            ? egress.decide(flow.classes, remote: flow.destination) : ingress.decide(flow.classes, remote: flow.source)
    }
}
