import IPAddresses
import VPC

extension Walk {
    /// Starts the walk where packets come from.
    mutating func leave(_ place: Place) -> Outcome {
        switch place {
        case .pod(let id): return leavePod(id)
        case .node(let name):
            guard let node = cluster.nodes[name] else { return .blocked }
            if flow.destination.isLoopback || (leg == .reply && flow.source.isLoopback) {
                return arrive(.node(name), Component(.node, "node/\(name)"), "its own loopback address")
            }
            return passNode(node, .fromHost)
        case .interface(let id):
            guard let interface = network.interfaces[id] else { return .blocked }
            pass(owner(of: interface), leg == .forward ? "sends" : "replies") { $0.vpcID = interface.vpcID }
            if let outcome = linkLocalService(interface, cameThroughPod: false) { return outcome }
            return send(from: interface)
        case .apiServer(let id):
            guard let interface = network.interfaces[id] else { return .blocked }
            pass(Component(.apiServer, "api-server"), "through the cross-account interface \(id)")
            return send(from: interface)
        case .internet:
            pass(Component(.internet, "internet/\(flow.source)"), leg == .forward ? "sends" : "replies")
            if let outcome = publicEndpoint() { return outcome }
            // The answer of the cluster's public endpoint to someone outside.
            if leg == .reply, cluster.isPublicEndpoint(flow.source), network.vpcs(containing: flow.destination).isEmpty,
                !isPublicAddress(flow.destination)
            {
                return arrive(.internet, Component(.internet, "internet/\(flow.destination)"), "arrives")
            }
            return enterFromInternet()
        case .onPremises(let gateway):
            pass(Component(.onPremises, "on-premises/\(flow.source)"), leg == .forward ? "sends" : "replies")
            return enterFromVPNGateway(gateway)
        case .gatewayEndpoint(let id):
            guard let endpoint = network.endpoints[id] else { return .blocked }
            pass(Component(.vpcEndpoint, id), "replies from \(endpoint.serviceName)")
            return deliver(inVPC: endpoint.vpcID, fromSubnet: nil)
        case .linkLocal(let component, let id):
            pass(component, "replies")
            guard let interface = network.interfaces[id] else { return .blocked }
            if let node = cluster.node(of: interface) { return passNode(node, .fromInterface(interface)) }
            return arrive(.interface(id), owner(of: interface), "arrives")
        }
    }

    private mutating func leavePod(_ id: String) -> Outcome {
        guard let pod = cluster.pods[id], let node = pod.nodeName.flatMap({ cluster.nodes[$0] }) else {
            return .blocked
        }
        if leg == .forward, let branch = pod.branchInterfaceID {
            return stop(
                Component(.pod, "pod/\(id)"), .unsupported,
                "pod/\(id) has the branch interface \(branch) (security groups for pods), which is not modelled; the trace ends here"
            )
        }
        if leg == .forward, pod.hasSeveralInterfaces, cluster.configuration.cni.usesSeveralCards {
            return stop(
                Component(.pod, "pod/\(id)"), .unsupported,
                "pod/\(id) has interfaces of several network cards (ENABLE_MULTI_NIC), which is not modelled; the trace ends here"
            )
        }
        let isAssumed = pod.assumedIPv4.map { flow.source == .v4($0) } ?? false
        pass(
            Component(.pod, "pod/\(id)"),
            (leg == .forward ? "sends" : "replies") + (isAssumed ? ", from its host-local IPv4 address (assumed)" : "")
        )
        let assumed = pod.assumedIPv4.map { IPAddress.v4($0) }
        if pod.addresses.contains(flow.destination) || assumed == flow.destination || flow.destination.isLoopback {
            return arrive(.pod(id), Component(.pod, "pod/\(id)"), "its own address: packets do not leave the pod")
        }
        if case .standard = cluster.policyEnforcement {
        } else {
            guard passPolicies(of: pod, isEgress: true) else { return .blocked }
        }
        return passNode(node, .fromPod(pod))
    }

    private func isPublicAddress(_ address: IPAddress) -> Bool {
        guard case .v4(let own) = address else { return false }
        return network.interface(withPublic: own) != nil || network.natGateway(withPublic: own) != nil
    }

    /// What an interface belongs to, for people.
    func owner(of interface: NetworkInterface) -> Component {
        if let balancer = network.loadBalancer(of: interface) {
            return Component(.loadBalancer, "load-balancer/\(balancer.name)")
        }
        if let gateway = network.natGateway(of: interface) { return Component(.natGateway, gateway.id) }
        if cluster.apiServerInterfaces.contains(where: { $0.id == interface.id }) {
            return Component(.apiServer, "api-server")
        }
        if let node = cluster.node(of: interface) { return Component(.node, "node/\(node.name)") }
        if let instance = interface.instanceID { return Component(.instance, instance) }
        return Component(.networkInterface, interface.id)
    }
}

extension IPAddress {
    /// 127.0.0.0/8 (RFC 1122 3.2.1.3) or ::1 (RFC 4291 2.5.3).
    fileprivate var isLoopback: Bool {
        switch self {
        case .v4(let address): address.isLoopback
        case .v6(let address): address.isLoopback
        }
    }
}
