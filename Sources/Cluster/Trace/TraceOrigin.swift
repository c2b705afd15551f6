import IPAddresses
import VPC

/// Where packets of a trace start, with what addresses.
struct TraceOrigin {
    var component: Component
    var ipv4: IPAddress?
    var ipv6: IPAddress?
    /// The subnet whose resolver answers for this place.
    var subnetID: String?
    var ephemeralPorts = PortSet.linuxEphemeral
    var notes: [String] = []
    /// nil where the place depends on the destination: the API servers have several interfaces, and so have balancers.
    var fixedPlace: Walk.Place?
    var interfaces: [NetworkInterface] = []

    /// Why nobody knows how packets leave here; nil where that is known.
    var unknown: String?

    /// The address that packets to `destination` carry.
    func address(for destination: IPAddress) -> IPAddress? { destination.family == .ipv4 ? ipv4 : ipv6 }

    func has(_ family: IPFamily) -> Bool { family == .ipv4 ? ipv4 != nil : ipv6 != nil }

    /// The place for packets to `destination`.
    func place(for destination: IPAddress, _ cluster: Cluster) -> Walk.Place {
        if let fixedPlace { return fixedPlace }
        guard let own = address(for: destination), let interface = interfaces.first(where: { $0.owns(own) }) else {
            return .internet
        }
        return component.type == .apiServer ? .apiServer(interface: interface.id) : .interface(interface.id)
    }
}

extension Cluster {
    func resolveSource(_ request: TraceRequest) throws(TraceError) -> TraceOrigin {
        switch request.source {
        case .pod(let id): return try podOrigin(id)
        case .node(let name): return try nodeOrigin(name, interface: nil)
        case .instance(let id):
            guard let interface = network.interfaces(ofInstance: id).first else {
                throw .noInterface("\(request.source)")
            }
            return try interfaceOrigin(interface)
        case .interface(let id):
            guard let interface = network.interfaces[id] else { throw .noInterface("\(request.source)") }
            return try interfaceOrigin(interface)
        case .apiServer:
            return try severalOrigin(
                Component(.apiServer, "api-server"), nearest(apiServerInterfaces, to: request.destination))
        case .loadBalancer(let name):
            guard let balancer = network.loadBalancer(named: name) else {
                throw .noInterface(name)
            }
            var origin = try severalOrigin(
                Component(.loadBalancer, "load-balancer/\(name)"), network.interfaces(of: balancer))
            origin.ephemeralPorts = .unprivileged
            return origin
        case .service, .host: throw .sourceIsNoSender("\(request.source)")
        case .internet(let address): return outside(address, .internet, Component(.internet, "internet/\(address)"))
        case .onPremises(let address): return try onPremisesOrigin(address)
        case .address(let address): return try addressOrigin(address)
        }
    }

    private func podOrigin(_ id: String) throws(TraceError) -> TraceOrigin {
        guard let pod = pods[id] else { throw .noSourceAddress("pod/\(id)") }
        if pod.isFinished { throw .podHasEnded("pod/\(id)") }
        guard let name = pod.nodeName else { throw .podWaits("pod/\(id)") }
        guard let node = nodes[name] else { throw .noSourceAddress("pod/\(id)") }
        if !pod.usesHostNetwork { try checkRuns(pod) }
        if pod.usesHostNetwork {
            var origin = try nodeOrigin(name, interface: nil)
            origin.notes.append("pod/\(id) uses the host's network: its packets are those of node/\(name)")
            return origin
        }
        var origin = TraceOrigin(component: Component(.pod, "pod/\(id)"), fixedPlace: .pod(id))
        origin.ipv6 = pod.address(.ipv6)
        origin.ipv4 = pod.address(.ipv4)
        let interface = interfaces(of: node).first
        origin.subnetID = interface?.subnetID
        if node.isFargate, interface == nil {
            origin.unknown =
                "the network interface of pod/\(id), on Fargate, is not in the snapshot; collect "
                + Inventory.Kind.interfaces.command
        }
        // The address of a Fargate pod in the VPC is its interface's.
        if node.isFargate, origin.ipv4 == nil { origin.ipv4 = interface?.address(.ipv4) }
        return origin
    }

    private func nodeOrigin(_ name: String, interface: NetworkInterface?) throws(TraceError) -> TraceOrigin {
        guard let node = nodes[name] else { throw .noSourceAddress("node/\(name)") }
        if node.isHybrid { return hybridOrigin(node) }
        guard let interface = interface ?? interfaces(of: node).first else { throw .noInterface("node/\(name)") }
        var origin = TraceOrigin(component: Component(.node, "node/\(name)"), fixedPlace: .node(name))
        origin.ipv4 = interface.address(.ipv4)
        origin.ipv6 = interface.address(.ipv6)
        origin.subnetID = interface.subnetID
        return origin
    }

    private func interfaceOrigin(_ interface: NetworkInterface) throws(TraceError) -> TraceOrigin {
        if let node = node(of: interface) {
            if !node.isFargate { return try nodeOrigin(node.name, interface: interface) }
            if let pod = index.podByFargateNode[node.name] { return try podOrigin(pod) }
        }
        var origin = TraceOrigin(
            component: Component(.networkInterface, interface.id), fixedPlace: .interface(interface.id))
        if let instance = interface.instanceID { origin.component = Component(.instance, instance) }
        origin.ipv4 = interface.address(.ipv4)
        origin.ipv6 = interface.address(.ipv6)
        origin.subnetID = interface.subnetID
        return origin
    }

    private func severalOrigin(
        _ component: Component, _ interfaces: [NetworkInterface]
    ) throws(TraceError) -> TraceOrigin {
        guard let first = interfaces.first else { throw .noInterface(component.id) }
        var origin = TraceOrigin(component: component, interfaces: interfaces)
        origin.ipv4 = first.address(.ipv4)
        origin.ipv6 = first.address(.ipv6)
        origin.subnetID = first.subnetID
        if interfaces.count > 1 {
            origin.notes.append("\(component.id) sends from \(first.id), one of its \(interfaces.count) interfaces")
        }
        return origin
    }

    /// The interfaces with the one in the destination's subnet first.
    private func nearest(_ interfaces: [NetworkInterface], to destination: Endpoint) -> [NetworkInterface] {
        let address: IPAddress? =
            switch destination {
            case .pod(let id): pods[id]?.addresses.first
            case .node(let name): nodes[name]?.addresses.first
            case .address(let address): address
            default: nil
            }
        let subnet = address.flatMap { address in
            network.vpcs(containing: address).lazy.compactMap { network.interface(with: address, in: $0.id)?.subnetID }
                .first
        }
        return interfaces.filter { $0.subnetID == subnet } + interfaces.filter { $0.subnetID != subnet }
    }

    private func outside(_ address: IPAddress, _ place: Walk.Place, _ component: Component) -> TraceOrigin {
        var origin = TraceOrigin(component: component, fixedPlace: place)
        if address.family == .ipv4 { origin.ipv4 = address } else { origin.ipv6 = address }
        return origin
    }

    private func onPremisesOrigin(_ address: IPAddress) throws(TraceError) -> TraceOrigin {
        guard let gateway = network.vpnGateways.values.filter({ !$0.vpcIDs.isEmpty }).min(by: { $0.id < $1.id }) else {
            throw .noVPNGateway
        }
        return outside(address, .onPremises(gateway: gateway.id), Component(.onPremises, "on-premises/\(address)"))
    }

    /// A bare address: whatever in the snapshot has it, else a host on the internet.
    private func addressOrigin(_ address: IPAddress) throws(TraceError) -> TraceOrigin {
        if let id = index.podByAddress[address] { return try podOrigin(id) }
        let vpcs = network.vpcs(containing: address)
        for vpc in vpcs {
            guard let interface = network.interface(with: address, in: vpc.id) else { continue }
            guard
                interface.ipv6Addresses.contains(where: { .v6($0) == address })
                    || interface.ipv4Addresses.contains(where: { .v4($0.address) == address })
            else { continue }
            var origin = try interfaceOrigin(interface)
            if address.family == .ipv4 { origin.ipv4 = address } else { origin.ipv6 = address }
            return origin
        }
        if let vpc = vpcs.first { throw .addressOfNothing(address, vpc: vpc.id) }
        return outside(address, .internet, Component(.internet, "internet/\(address)"))
    }

    /// A hybrid node has no interface in the VPC: how its packets come there is not modelled.
    private func hybridOrigin(_ node: Node) -> TraceOrigin {
        var origin = TraceOrigin(component: Component(.node, "node/\(node.name)"), fixedPlace: .node(node.name))
        origin.ipv4 = node.addresses.first { $0.family == .ipv4 }
        origin.ipv6 = node.addresses.first { $0.family == .ipv6 }
        origin.unknown =
            "node/\(node.name) is a hybrid node: its network is on premises, and the way from there is not modelled"
        return origin
    }
}
