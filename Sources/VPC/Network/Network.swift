import IPAddresses
import PrefixTrie

/// All VPCs of a snapshot and what is in them, indexed for lookups.
public struct Network: Sendable {
    public let vpcs: [String: VPC]
    public let subnets: [String: Subnet]
    public let routeTables: [String: RouteTable]
    public let acls: [String: NetworkACL]
    public let groups: [String: SecurityGroup]
    public let prefixLists: [String: PrefixList]
    public let internetGateways: [String: InternetGateway]
    public let egressOnlyGateways: [String: EgressOnlyInternetGateway]
    public let natGateways: [String: NATGateway]
    public let vpnGateways: [String: VPNGateway]
    public let peerings: [String: PeeringConnection]
    public let endpoints: [String: VPCEndpoint]
    public let interfaces: [String: NetworkInterface]
    public let instances: [String: Instance]
    public let instanceTypes: [String: InstanceType]
    /// By ARN.
    public let loadBalancers: [String: LoadBalancer]
    /// By ARN.
    public let targetGroups: [String: TargetGroup]

    /// Nil where it was not collected.
    public let blockPublicAccess: BlockPublicAccess?

    let index: NetworkIndex

    public init(_ parts: Parts) {
        vpcs = parts.vpcs
        subnets = parts.subnets
        routeTables = parts.routeTables
        acls = parts.acls
        groups = parts.groups
        prefixLists = parts.prefixLists
        internetGateways = parts.internetGateways
        egressOnlyGateways = parts.egressOnlyGateways
        natGateways = parts.natGateways
        vpnGateways = parts.vpnGateways
        peerings = parts.peerings
        endpoints = parts.endpoints
        interfaces = parts.interfaces
        instances = parts.instances
        instanceTypes = parts.instanceTypes
        loadBalancers = parts.loadBalancers
        targetGroups = parts.targetGroups
        blockPublicAccess = parts.blockPublicAccess
        index = NetworkIndex(parts)
    }

    /// What a network is made of, by identifier.
    public struct Parts: Sendable {
        public var vpcs: [String: VPC] = [:]
        public var subnets: [String: Subnet] = [:]
        public var routeTables: [String: RouteTable] = [:]
        public var acls: [String: NetworkACL] = [:]
        public var groups: [String: SecurityGroup] = [:]
        public var prefixLists: [String: PrefixList] = [:]
        public var internetGateways: [String: InternetGateway] = [:]
        public var egressOnlyGateways: [String: EgressOnlyInternetGateway] = [:]
        public var natGateways: [String: NATGateway] = [:]
        public var vpnGateways: [String: VPNGateway] = [:]
        public var peerings: [String: PeeringConnection] = [:]
        public var endpoints: [String: VPCEndpoint] = [:]
        public var interfaces: [String: NetworkInterface] = [:]
        public var instances: [String: Instance] = [:]
        public var instanceTypes: [String: InstanceType] = [:]
        public var loadBalancers: [String: LoadBalancer] = [:]
        public var targetGroups: [String: TargetGroup] = [:]
        public var blockPublicAccess: BlockPublicAccess?

        public init() {}
    }
}
