import IPAddresses
import PrefixTrie
import VPC

/// A Kubernetes cluster on Amazon EKS and the network that it lives in. Immutable; many threads may trace on it at once.
public struct Cluster: Sendable {
    public let network: Network
    public let configuration: ClusterConfiguration

    /// By name.
    public let nodes: [String: Node]

    /// By `namespace/name`.
    public let pods: [String: Pod]

    /// By `namespace/name`.
    public let services: [String: Service]

    /// By `namespace/name` of the service.
    public let endpointSlices: [String: [EndpointSlice]]
    public let hosts: Hosts

    /// By `namespace/name`.
    public let ingresses: [String: Ingress]

    /// The names of the cluster's ENIConfig objects.
    public let eniConfigs: [String]

    /// By name.
    public let namespaces: [String: Namespace]

    /// By namespace; in the order of their names.
    public let networkPolicies: [String: [NetworkPolicy]]

    /// What of all this was collected.
    public let inventory: Inventory

    let index: ClusterIndex
    let policyIndex: PolicyIndex

    public init(
        network: Network, configuration: ClusterConfiguration = ClusterConfiguration(), nodes: [Node] = [],
        pods: [Pod] = [],
        services: [Service] = [], endpointSlices: [EndpointSlice] = [], hosts: Hosts = Hosts(),
        ingresses: [Ingress] = [],
        eniConfigs: [String] = [], namespaces: [Namespace] = [], networkPolicies: [NetworkPolicy] = [],
        inventory: Inventory = .everything
    ) {
        self.network = network
        self.configuration = configuration
        self.hosts = hosts
        self.ingresses = Dictionary(ingresses.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        self.eniConfigs = eniConfigs
        self.namespaces = Dictionary(namespaces.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        let policies = networkPolicies.sorted { $0.id < $1.id }
        self.networkPolicies = Dictionary(grouping: policies, by: \.namespace)
        policyIndex = PolicyIndex(policies)
        self.inventory = inventory
        self.nodes = Dictionary(nodes.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        let branches = network.interfaces.values.filter { $0.type == "branch" }
        let marked = branches.isEmpty ? pods : pods.map { pod in Self.marked(pod, branches) }
        let assigned = HostLocalAssignment(configuration, nodes: self.nodes).assign(marked)
        self.pods = Dictionary(assigned.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        self.services = Dictionary(services.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        self.endpointSlices = Dictionary(grouping: endpointSlices, by: \.serviceID)
        index = ClusterIndex(network: network, nodes: nodes, pods: assigned, services: services)
    }
}

extension Cluster {
    /// A pod whose address is a branch interface's has that interface, whether or not it says so.
    private static func marked(_ pod: Pod, _ branches: [NetworkInterface]) -> Pod {
        guard pod.branchInterfaceID == nil, !pod.usesHostNetwork, !pod.isFinished,
            let branch = branches.first(where: { branch in pod.addresses.contains { branch.owns($0) } })
        else { return pod }
        var pod = pod
        pod.branchInterfaceID = branch.id
        return pod
    }
}

/// Gives pods the IPv4 addresses that the host-local plugin would.
///
/// Which addresses: ``HostLocalAllocator``. Beyond 1,021 pods on a node there is none left.
struct HostLocalAssignment {
    private let isUsed: Bool
    private let nodes: [String: Node]

    init(_ configuration: ClusterConfiguration, nodes: [String: Node]) {
        isUsed = configuration.ipFamily == .ipv6 && configuration.cni.hasIPv4Egress
        self.nodes = nodes
    }

    /// The pods, each on a node with its assumed address.
    func assign(_ pods: [Pod]) -> [Pod] {
        guard isUsed else { return pods }
        var allocators: [String: HostLocalAllocator] = [:]
        return pods.sorted { ($0.created, $0.id) < ($1.created, $1.id) }.map { pod in
            guard !pod.usesHostNetwork, !pod.isFinished, let node = pod.nodeName, nodes[node]?.isFargate == false else {
                return pod
            }
            var pod = pod
            pod.assumedIPv4 = try? allocators[node, default: HostLocalAllocator()].allocate()
            return pod
        }
    }
}
