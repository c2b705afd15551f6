import IPAddresses

/// What the cluster was created with (`aws eks describe-cluster`), and how its CNI plugin is set (DaemonSet aws-node).
public struct ClusterConfiguration: Sendable {
    public var name: String?
    public var ipFamily: IPFamily
    public var vpcID: String?
    public var serviceBlock: IPPrefix?
    public var endpointHost: String?
    public var cni: CNI

    /// The subnets that the cluster was created with.
    public var subnetIDs: [String]

    /// The subnets of Fargate profiles.
    public var fargateSubnetIDs: [String]

    public init(
        name: String? = nil, ipFamily: IPFamily = .ipv6, vpcID: String? = nil, serviceBlock: IPPrefix? = nil,
        endpointHost: String? = nil, cni: CNI = CNI(), subnetIDs: [String] = [], fargateSubnetIDs: [String] = []
    ) {
        self.name = name
        self.ipFamily = ipFamily
        self.vpcID = vpcID
        self.serviceBlock = serviceBlock
        self.endpointHost = endpointHost
        self.cni = cni
        self.subnetIDs = subnetIDs
        self.fargateSubnetIDs = fargateSubnetIDs
    }

    /// The settings of the Amazon VPC CNI plugin that change where packets go.
    public struct CNI: Sendable {
        /// `ENABLE_V4_EGRESS`: pods of an IPv6 cluster get a host-local IPv4 address.
        public var hasIPv4Egress: Bool

        /// `AWS_VPC_K8S_CNI_RANDOMIZESNAT`: other than `none`, source NAT picks any port from 1024 on.
        public var randomizesSourcePorts: Bool

        /// `AWS_VPC_K8S_CNI_EXTERNALSNAT`: nodes of an IPv4 cluster translate nothing.
        public var leavesSourceNATToOthers: Bool

        /// `AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG`: pods get their addresses from the subnets of ENIConfig objects.
        public var usesCustomNetworking = false

        /// `WARM_IP_TARGET`, `WARM_ENI_TARGET`, `WARM_PREFIX_TARGET` and `MINIMUM_IP_TARGET`, where they are set.
        public var warmTargets: [String: String] = [:]

        public init(
            hasIPv4Egress: Bool = true, randomizesSourcePorts: Bool = true, leavesSourceNATToOthers: Bool = false
        ) {
            self.hasIPv4Egress = hasIPv4Egress
            self.randomizesSourcePorts = randomizesSourcePorts
            self.leavesSourceNATToOthers = leavesSourceNATToOthers
        }
    }
}
