import IPAddresses
import PrefixTrie
import VPC

/// The look-ups of a cluster that its parts do not give by themselves.
struct ClusterIndex: Sendable {
    /// Pods with addresses of their own by address; the latest created one where two claim it.
    private(set) var podByAddress: [IPAddress: String] = [:]

    /// By node, then by host-local address.
    private(set) var podByHostLocal: [String: [IPv4Address: String]] = [:]
    private(set) var podByFargateNode: [String: String] = [:]

    /// Pods of the host's network, by the host's address.
    private(set) var hostPodsByAddress: [IPAddress: [String]] = [:]

    /// By branch interface, of security groups for pods.
    private(set) var podByBranch: [String: String] = [:]

    /// By node: the ports of its own that lead to pods.
    private(set) var hostPorts: [String: [(port: Pod.ContainerPort, pod: String)]] = [:]
    private(set) var nodeByInstance: [String: String] = [:]
    private(set) var nodeByAddress: [IPAddress: String] = [:]
    private let serviceByIPv4: PrefixLookup<IPv4Address, String>
    private let serviceByIPv6: PrefixLookup<IPv6Address, String>
    private(set) var servicesByNodePort: [UInt16: [String]] = [:]
    private(set) var names: EndpointNames

    init(network: Network, nodes: [Node], pods: [Pod], services: [Service]) {
        for node in nodes {
            if let instance = node.instanceID { nodeByInstance[instance] = node.name }
            for address in node.addresses { nodeByAddress[address] = node.name }
        }
        let fargateNodes = Set(nodes.filter(\.isFargate).map(\.name))
        for pod in pods where !pod.isFinished {
            if let node = pod.nodeName, fargateNodes.contains(node) { podByFargateNode[node] = pod.id }
        }
        for pod in pods where pod.usesHostNetwork && !pod.isFinished {
            for address in pod.addresses { hostPodsByAddress[address, default: []].append(pod.id) }
        }
        for pod in pods where !pod.usesHostNetwork && !pod.isFinished {
            if let branch = pod.branchInterfaceID { podByBranch[branch] = pod.id }
            if let node = pod.nodeName {
                for port in pod.ports where port.hostPort != nil { hostPorts[node, default: []].append((port, pod.id)) }
            }
            for address in pod.addresses { podByAddress[address] = pod.id }
            if let node = pod.nodeName, let address = pod.assumedIPv4 {
                podByHostLocal[node, default: [:]][address] = pod.id
            }
        }
        var (byIPv4, byIPv6) = (RadixTrie<IPv4Address, String>(), RadixTrie<IPv6Address, String>())
        for service in services {
            for address in service.clusterAddresses + service.externalAddresses + service.balancerAddresses {
                switch address {
                case .v4(let address): byIPv4[.init(host: address)] = service.id
                case .v6(let address): byIPv6[.init(host: address)] = service.id
                }
            }
            for port in service.ports {
                if let nodePort = port.nodePort { servicesByNodePort[nodePort, default: []].append(service.id) }
            }
        }
        serviceByIPv4 = PrefixLookup(byIPv4)
        serviceByIPv6 = PrefixLookup(byIPv6)
        names = EndpointNames(network: network, nodes: nodes, pods: pods, services: services)
    }

    func service(at address: IPAddress) -> String? {
        switch address {
        case .v4(let address): serviceByIPv4.longestMatch(for: address)?.value
        case .v6(let address): serviceByIPv6.longestMatch(for: address)?.value
        }
    }
}

extension Cluster {
    /// The node of a network interface: that of its instance, or the Fargate node with one of its addresses.
    public func node(of interface: NetworkInterface) -> Node? {
        if let instance = interface.instanceID { return index.nodeByInstance[instance].flatMap { nodes[$0] } }
        let addresses =
            interface.ipv6Addresses.map { IPAddress.v6($0) } + interface.ipv4Addresses.map { .v4($0.address) }
        return addresses.lazy.compactMap { index.nodeByAddress[$0].flatMap { nodes[$0] } }.first { $0.isFargate }
    }

    /// The interfaces of a node, the primary one first.
    public func interfaces(of node: Node) -> [NetworkInterface] {
        if let instance = node.instanceID { return network.interfaces(ofInstance: instance) }
        for address in node.addresses {
            for vpc in network.vpcs(containing: address) {
                if let interface = network.interface(with: address, in: vpc.id) { return [interface] }
            }
        }
        return []
    }

    /// The cross-account interfaces of the cluster's API servers (Amazon EKS User Guide, "Amazon EKS networking
    /// requirements": their description is "Amazon EKS" and the cluster's name).
    public var apiServerInterfaces: [NetworkInterface] {
        guard let name = configuration.name else { return [] }
        return network.interfaces(described: "Amazon EKS \(name)")
    }
}
