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

    /// Who reaches the API server's endpoint; nil where the cluster's description does not say.
    public var endpointAccess: EndpointAccess?

    /// The networks of hybrid nodes and their pods (`remoteNetworkConfig`).
    public var remoteNetworks: [IPPrefix] = []

    /// Other engines of network policies, by their daemon sets: `calico-node`, `cilium`, ….
    public var policyEngines: [String] = []

    /// `enable-network-policy-controller` of the ConfigMap amazon-vpc-cni; nil where it was not collected.
    public var enablesPolicyController: Bool?

    /// The addresses at which NodeLocal DNSCache answers on each node (`-localip` of the DaemonSet node-local-dns).
    public var nodeLocalDNS: [IPAddress] = []

    /// Whether the DaemonSet node-local-dns is there, also where its addresses stand elsewhere.
    public var hasNodeLocalDNS = false

    /// Whether the DaemonSet eks-pod-identity-agent is there.
    public var hasPodIdentityAgent = false

    /// The labels that nodes need to run an agent, by the DaemonSet's name (`nodeSelector`).
    public var agentNodeSelectors: [String: [String: String]] = [:]

    /// Whether kube-proxy tells its own node's pods from others (`clusterCIDR` or a mode of `detectLocalMode`); nil where its
    /// ConfigMap was not collected.
    public var kubeProxyDetectsLocal: Bool?

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

    /// How the API server's endpoint is reached (Amazon EKS User Guide, "Cluster API server endpoint").
    public struct EndpointAccess: Hashable, Sendable {
        public var isPublic: Bool
        public var isPrivate: Bool

        /// Who reaches the public endpoint (`publicAccessCidrs`).
        public var publicBlocks: [IPPrefix]

        public init(isPublic: Bool, isPrivate: Bool, publicBlocks: [IPPrefix]) {
            self.isPublic = isPublic
            self.isPrivate = isPrivate
            self.publicBlocks = publicBlocks
        }
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

        /// Whether the DaemonSet aws-node was read at all.
        public var isKnown = true

        /// `--enable-network-policy` of the container aws-eks-nodeagent; nil where the DaemonSet has no such container.
        public var enforcesNetworkPolicies: Bool?

        /// `NETWORK_POLICY_ENFORCING_MODE` strict: pods without a policy are isolated too.
        public var enforcesStrictly = false

        /// `AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS`: destinations that source NAT passes over.
        public var blocksWithoutSNAT: [IPPrefix] = []

        /// `ENABLE_MULTI_NIC`: pods may have interfaces of several network cards.
        public var usesSeveralCards = false

        /// `ENABLE_V6_EGRESS`: pods of an IPv4 cluster get an IPv6 address of the node's own.
        public var hasIPv6Egress = false

        public init(
            hasIPv4Egress: Bool = true, randomizesSourcePorts: Bool = true, leavesSourceNATToOthers: Bool = false
        ) {
            self.hasIPv4Egress = hasIPv4Egress
            self.randomizesSourcePorts = randomizesSourcePorts
            self.leavesSourceNATToOthers = leavesSourceNATToOthers
        }
    }
}
