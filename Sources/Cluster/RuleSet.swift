/// Which statements about AWS hold: those of the document that the product follows, or today's.
///
/// A value to pass; each rule in which the two differ names its source and date.
public struct RuleSet: Hashable, Sendable {
    /// `seed` or `current`.
    public let name: String
    private let rules: Set<Rule>

    /// As the document says.
    public static let seed = RuleSet(name: "seed", rules: [])

    /// As AWS's documentation says now.
    public static let current = RuleSet(name: "current", rules: Set(Rule.allCases))

    /// The rule set of a name.
    public init?(named name: String) {
        switch name {
        case "seed": self = .seed
        case "current": self = .current
        default: return nil
        }
    }

    private init(name: String, rules: Set<Rule>) {
        self.name = name
        self.rules = rules
    }

    /// The same with one rule the other way.
    func toggling(_ rule: Rule) -> RuleSet {
        RuleSet(name: name, rules: rules.symmetricDifference([rule]))
    }

    /// Whether what the rule allows is allowed.
    public func allows(_ rule: Rule) -> Bool { rules.contains(rule) }

    /// Something that `seed` denies and `current` allows.
    public enum Rule: String, CaseIterable, Sendable {
        case privateIPv6Blocks
        case metadataOverIPv6
        case udpOnDualStackNLB
        case dualStackEKSEndpoint
        case ipv6BlockSizes

        /// What `current` says.
        public var statement: String {
            switch self {
            case .privateIPv6Blocks: "a VPC may have private IPv6 blocks, unique local ones among them, from IPAM"
            case .metadataOverIPv6:
                "the instance metadata service answers on fd00:ec2::254 where HttpProtocolIpv6 is enabled"
            case .udpOnDualStackNLB:
                "a dual-stack Network Load Balancer takes UDP if it has prefixes for IPv6 source NAT"
            case .dualStackEKSEndpoint: "the EKS API, and the endpoints of IPv6 clusters, are dual stack under api.aws"
            case .ipv6BlockSizes: "a VPC's IPv6 block is /44 to /60, a subnet's /44 to /64, in steps of four bits"
            }
        }

        /// Where `current` is written.
        public var source: String {
            switch self {
            case .privateIPv6Blocks:
                "Amazon VPC User Guide, “IP addressing for your VPCs and subnets”, private IPv6 addresses"
            case .metadataOverIPv6: "Amazon EC2 User Guide, “Access instance metadata for an EC2 instance”"
            case .udpOnDualStackNLB:
                "User Guide for Network Load Balancers, “Listeners for your Network Load Balancers”"
            case .dualStackEKSEndpoint: "Amazon EKS User Guide, “Cluster API server endpoint”"
            case .ipv6BlockSizes: "Amazon VPC User Guide, “VPC CIDR blocks” and “Subnet CIDR blocks”"
            }
        }

        /// When AWS began to say so, as year and month: read in AWS's own page for `dualStackEKSEndpoint`, in copies and
        /// release notes of others for `metadataOverIPv6` and `udpOnDualStackNLB`; not looked up for the others.
        public var date: String {
            switch self {
            case .privateIPv6Blocks: "2024-08"
            case .metadataOverIPv6: "2021-07"
            case .udpOnDualStackNLB: "2024-11"
            case .dualStackEKSEndpoint: "2024-10"
            case .ipv6BlockSizes: "2023-11"
            }
        }
    }
}
