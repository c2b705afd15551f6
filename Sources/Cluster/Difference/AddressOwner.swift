import IPAddresses
import VPC

/// What an address is in a snapshot, as far as packets to it can tell: two addresses with equal owners, and the same
/// prefixes around them, are treated alike except for the node that they are on.
struct AddressOwner: Hashable {
    /// Equal for those that are alike.
    var likeness: String

    /// What they are called together.
    var name: String?

    /// The node that the address is on, which makes a difference to what is on it too.
    var node: String?

    /// Whether what becomes of packets may depend on single ports: services, load balancers, nodes with node ports.
    var isPerPort = false
}

/// The owners of a snapshot's addresses.
struct Owners {
    let cluster: Cluster
    let space: AddressSpace
    private var nodeLikeness: [String: String] = [:]
    private var localServices: [String: [String]] = [:]
    private let selectors: PolicySelectors

    init(_ cluster: Cluster, _ space: AddressSpace) {
        self.cluster = cluster
        self.space = space
        selectors = PolicySelectors(cluster)
        for service in cluster.services.values where service.internalTrafficIsLocal || service.externalTrafficIsLocal {
            for endpoint in (cluster.endpointSlices[service.id] ?? []).flatMap(\.endpoints) {
                if let node = endpoint.nodeName {
                    localServices[node, default: []].append("\(service.id)\(endpoint.isReady)")
                }
            }
        }
        // Where some endpoint has a hint, a node's zone makes a difference.
        let hasZoneHints = cluster.endpointSlices.values.contains { slices in
            slices.contains { $0.endpoints.contains { !$0.hintedZones.isEmpty || !$0.hintedNodes.isEmpty } }
        }
        for node in cluster.nodes.values {
            let interfaces = cluster.interfaces(of: node)
            let metadata = node.instanceID.flatMap { cluster.network.instances[$0]?.metadata }
            nodeLikeness[node.name] =
                "\(node.isFargate ? node.name : "") \(interfaces.map(likeness)) \(localServices[node.name]?.sorted() ?? []) "
                + "\(metadata.map { "\($0.isEnabled)\($0.isIPv6Enabled)\($0.hopLimit)" } ?? "") "
                + (cluster.index.hostPorts[node.name] == nil ? "" : "host ports of \(node.name)")
                + (node.isHybrid || node.isAutoMode || node.isWindows ? "not modelled" : "")
                + (hasZoneHints ? node.availabilityZone ?? "" : "")
        }
    }

    /// What decides on an interface's packets: where it is, its groups, and what its addresses are covered by.
    func likeness(_ interface: NetworkInterface) -> String {
        let covers = interface.ownAddresses.map(space.cover)
        let isPublic = interface.ipv4Addresses.map { $0.publicAddress != nil }
        return
            "\(interface.vpcID) \(interface.subnetID) \(interface.groupIDs.sorted()) \(interface.sourceDestinationCheck) \(covers) \(isPublic)"
    }

    /// What decides about a pod's packets besides its node: which policy selectors match it, and a branch interface.
    func likeness(_ pod: Pod) -> String {
        let branch = pod.branchInterfaceID.map { " branch \($0)" } ?? ""
        return selectors.isEmpty ? branch : "\(selectors.meaning(pod))\(pod.ports.map(\.name).sorted())\(branch)"
    }

    func likeness(ofNode name: String) -> String { nodeLikeness[name] ?? name }

    /// All addresses that belong to something by themselves.
    var hosts: [IPAddress] {
        let network = cluster.network
        var result = network.interfaces.values.flatMap { interface -> [IPAddress] in
            interface.ipv4Addresses.flatMap { [.v4($0.address)] + ($0.publicAddress.map { [.v4($0)] } ?? []) }
                + interface.ipv6Addresses.map { .v6($0) }
        }
        result += cluster.pods.values.filter { !$0.isFinished }.flatMap(\.addresses)
        result += cluster.services.values.flatMap { $0.clusterAddresses + $0.externalAddresses }
        result += cluster.configuration.nodeLocalDNS
        if let host = cluster.configuration.endpointHost { result += cluster.hosts.addresses(of: host) }
        return result + result.compactMap(behindNAT64)
    }

    private func behindNAT64(_ address: IPAddress) -> IPAddress? {
        guard case .v4(let address) = address else { return nil }
        return IPv6Prefix.wellKnownNAT64.embedding(address).map { .v6($0) }
    }

    func owner(of address: IPAddress) -> AddressOwner? {
        if let id = cluster.index.service(at: address) {
            return AddressOwner(likeness: "service \(id)", name: "service/\(id)", isPerPort: true)
        }
        if case .v6(let own) = address, let embedded = own.behindNAT64, var owner = owner(of: .v4(embedded)) {
            owner.likeness = "NAT64 " + owner.likeness
            owner.name = owner.name.map { "\($0) behind 64:ff9b::/96" }
            return owner
        }
        if let id = cluster.index.podByAddress[address], let pod = cluster.pods[id], let node = pod.nodeName {
            return AddressOwner(
                likeness: "pod on \(likeness(ofNode: node)) \(likeness(pod))", name: "pods", node: node,
                isPerPort: !selectors.isEmpty)
        }
        if cluster.isPublicEndpoint(address) {
            return AddressOwner(likeness: "public endpoint", name: "the cluster's public endpoint")
        }
        if case .v4(let own) = address, let (interface, _) = cluster.network.interface(withPublic: own) {
            return AddressOwner(
                likeness: "public \(interface.id)", name: "the public address of \(name(interface))", isPerPort: true)
        }
        let owners = cluster.network.vpcs(containing: address).compactMap { vpc in
            cluster.network.interface(with: address, in: vpc.id).map { owner(of: address, $0) }
        }
        guard var first = owners.first else { return nil }
        first.likeness = owners.map(\.likeness).joined(separator: "; ")
        return first
    }

    private func owner(of address: IPAddress, _ interface: NetworkInterface) -> AddressOwner {
        let isOwn = interface.ownAddresses.contains(address)
        if let node = cluster.node(of: interface), !node.isFargate {
            return isOwn
                ? AddressOwner(
                    likeness: "node \(likeness(ofNode: node.name))", name: "nodes", node: node.name, isPerPort: true)
                : AddressOwner(likeness: "no pod on \(likeness(ofNode: node.name))", node: node.name)
        }
        return AddressOwner(
            likeness: "interface \(interface.id) \(isOwn)", name: isOwn ? name(interface) : nil,
            isPerPort: cluster.network.loadBalancer(of: interface) != nil)
    }

    private func name(_ interface: NetworkInterface) -> String {
        if let balancer = cluster.network.loadBalancer(of: interface) { return "load-balancer/\(balancer.name)" }
        if let gateway = cluster.network.natGateway(of: interface) { return gateway.id }
        if cluster.apiServerInterfaces.contains(where: { $0.id == interface.id }) { return "api-server" }
        if let node = cluster.node(of: interface) {
            return cluster.index.podByFargateNode[node.name].map { "pod/\($0)" } ?? "node/\(node.name)"
        }
        return interface.instanceID.map { "instance/\($0)" } ?? "interface/\(interface.id)"
    }
}
