import IPAddresses
import VPC

/// A packet's way through a cluster and its network, and back.
public struct Trace: Sendable {
    public var source: Endpoint
    public var destination: Endpoint
    public var ruleSet: RuleSet
    public var verdict: Verdict

    /// One for each target that the packet may be sent to; at least one.
    public var branches: [Branch]

    /// What was assumed, since no snapshot holds it.
    public var notes: [String]

    /// Objects of the snapshot that could decide about these packets and are not modelled.
    public var unchecked: [Unchecked] = []

    /// Where the other rule set gives another verdict: the rules that make the difference.
    public var otherRuleSet: RuleSetDifference?

    /// Whether both directions arrive, for all ports, whichever target is chosen.
    public var isPathFound: Bool { verdict == .delivered }

    /// The rules of the rule set that the walks asked for.
    var askedRules: Set<RuleSet.Rule> = []

    public enum Verdict: String, Sendable, Comparable, CaseIterable {
        // From best to worst.
        case delivered
        /// Some of the ports, or some of the targets, arrive both ways.
        case partial
        /// The outcome depends on something that the snapshot does not hold or that is not modelled.
        case unknown
        /// Refused with an ICMP error or a reset.
        case rejected
        /// Silently dropped in either direction.
        case blocked

        private var rank: Int {
            switch self {
            case .delivered: 0
            case .partial: 1
            case .unknown: 2
            case .rejected: 3
            case .blocked: 4
            }
        }

        public static func < (left: Verdict, right: Verdict) -> Bool { left.rank < right.rank }
    }

    /// The way to one target.
    public struct Branch: Sendable {
        /// How often it is chosen: the shares of all branches add up to 1.
        public var share: Double
        public var forward: [Hop]
        public var reply: [Hop]
        public var verdict: Verdict
        public var explanations: [Explanation]

        /// What was taken for given on this way, since the snapshot does not say it; more than one branch then.
        public var assumptions: [String] = []

        /// Which requests come this way, where a listener has rules: `path /api/*`.
        public var condition: String?

        /// The facts that ``assumptions`` are about, and which of their options.
        var facts: [Fact: Int] = [:]

        /// Whether what nobody knows could change the way, and not only end it.
        var mayDiffer = false
    }

    /// How the verdict would be by the other rule set.
    public struct RuleSetDifference: Sendable {
        public var ruleSet: RuleSet
        public var verdict: Verdict
        public var rules: [RuleSet.Rule]
    }
}

/// One element that a packet meets, and what it decided.
public struct Hop: Sendable {
    public var component: Component
    public var inbound: Flow?
    public var outbound: Flow?

    /// The rule of a network ACL that decided.
    public var aclRule: NetworkACL.Entry?

    /// The rule of a security group that decided.
    public var groupRule: SecurityGroup.Rule?

    /// The rule of a network policy that let packets through.
    public var policyRule: PolicyRule?

    /// The route that decided.
    public var route: RouteTable.Match?
    public var translation: Translation?
    public var subnetID: String?
    public var vpcID: String?

    /// For people: what decided, in a few words.
    public var text: String

    /// Whether packets ended here that should not have.
    public var isBlocking = false

    /// Whether what becomes of packets from here on is not known.
    public var isUnknown = false

    /// A rewriting of addresses or ports.
    public struct Translation: Sendable {
        public var kind: Kind
        public var before: Flow
        public var after: Flow

        public enum Kind: String, Sendable {
            /// A node's: a pod's host-local IPv4 address to the node's primary one.
            case sourceNAT = "SourceNAT"
            case natGateway = "NATGateway"
            case nat64 = "NAT64"
            /// kube-proxy's: a service's address and port to an endpoint's.
            case service = "ServiceDNAT"
            /// kube-proxy's: the source to the node's address, so that replies come back to it.
            case masquerade = "Masquerade"
            /// An internet gateway's: a private IPv4 address to the public one, and back.
            case internetGateway = "InternetGateway"
            /// The portmap plugin's: a node's port to a pod's.
            case hostPort = "HostPort"
            /// A load balancer's new connection to a target.
            case loadBalancer = "LoadBalancer"
        }
    }
}

/// An element of the network or the cluster.
public struct Component: Hashable, Sendable {
    /// AWS's identifier, or the spelling of an ``Endpoint``.
    public var id: String
    public var type: Kind

    public init(_ type: Kind, _ id: String) {
        self.id = id
        self.type = type
    }

    public enum Kind: String, Sendable {
        case pod
        case node
        case service
        case instance
        case networkInterface = "network-interface"
        case securityGroup = "security-group"
        case networkACL = "network-acl"
        case routeTable = "route-table"
        case subnet
        case vpc
        case internetGateway = "internet-gateway"
        case egressOnlyInternetGateway = "egress-only-internet-gateway"
        case natGateway = "nat-gateway"
        case vpnGateway = "vpn-gateway"
        case peeringConnection = "vpc-peering-connection"
        case vpcEndpoint = "vpc-endpoint"
        case loadBalancer = "load-balancer"
        case apiServer = "api-server"
        case internet
        case onPremises = "on-premises"
        case metadataService = "instance-metadata-service"
        case resolver
        case targetGroup = "target-group"
        case ingress
        case cluster
        case daemonSet = "daemon-set"
        case networkPolicy = "network-policy"
        case listener
        case other
    }
}
