import IPAddresses
import VPC

extension Walk {
    /// What kube-proxy did with packets.
    enum ServiceOutcome {
        case none
        case translated(masquerades: Bool)
        case stopped(Outcome)
    }

    /// How packets address a service.
    private enum Access {
        case clusterAddress
        case externalAddress
        case nodePort
        case loadBalancerAddress
    }

    /// kube-proxy's translation of a service's address and port, or of a node port, to one endpoint.
    mutating func translateService(at node: Node, _ arrival: Arrival) -> ServiceOutcome {
        guard let (service, port, access, taken) = matchService(at: node) else { return .none }
        let component = Component(.node, "node/\(node.name)")
        let isExternal = access != .clusterAddress
        if access == .loadBalancerAddress, !service.sourceRanges.isEmpty,
            !service.sourceRanges.contains(where: { $0.contains(flow.source) })
        {
            return .stopped(
                block(
                    component, .serviceSourceRanges,
                    "service/\(service.id) takes connections to \(flow.destination) from its loadBalancerSourceRanges only, and \(flow.source) "
                        + "is not among \(service.sourceRanges.map(\.description).joined(separator: ", "))"))
        }
        // What the host itself sends to an external address goes to all endpoints, whatever the policy (kubernetes/kubernetes,
        // pkg/proxy/iptables/proxier.go, the KUBE-EXT chain); its pods' packets too, where kube-proxy can recognise
        // them.
        let isHosts: Bool
        switch arrival {
        case .fromHost: isHosts = true
        case .fromPod: isHosts = cluster.configuration.kubeProxyDetectsLocal ?? false
        case .fromInterface: isHosts = false
        }
        let isLocalOnly = isExternal ? service.externalTrafficIsLocal && !isHosts : service.internalTrafficIsLocal
        if let lack = missingSlices(of: service) { return .stopped(stop(component, .notInSnapshot, lack)) }
        let all = endpoints(of: service, port)
        let usable =
            isLocalOnly ? endpoints(of: service, port, onNode: node.name) : hinted(all, node, service)
        if all.isEmpty {
            return .stopped(
                block(
                    component, .serviceHasNoEndpoints,
                    "service/\(service.id) port \(port.port) has no ready endpoints: kube-proxy rejects; see its selector and its pods",
                    rejects: true
                )
            )
        }
        if usable.isEmpty {
            let policy = isExternal ? "externalTrafficPolicy" : "internalTrafficPolicy"
            return .stopped(
                block(
                    component, .serviceHasNoLocalEndpoints,
                    "service/\(service.id) has \(policy) Local, and no ready endpoint on \(component.id)"
                )
            )
        }
        if taken.count < flow.classes.count {
            isPartial = true
            explain(
                component, .serviceHasNoEndpoints, "service/\(service.id) takes only \(port.ipProtocol) \(port.port)")
        }
        flow.classes = taken
        let endpoint = usable[choices.choose(usable.map { _ in 1 })]
        let before = flow
        flow.destination = endpoint.address
        for index in flow.classes.indices { flow.classes[index].destinationPorts = PortSet(endpoint.port) }
        let affinity = service.hasClientAffinity ? "; ClientIP affinity keeps to one" : ""
        let count = usable.count == 1 ? "its one endpoint" : "one of \(usable.count) endpoints\(affinity)"
        passTranslated(
            component, .service, from: before, "kube-proxy: service/\(service.id) → \(endpoint.name), \(count)")
        let isHairpin = endpoint.address == before.source
        return .translated(masquerades: isHairpin || (isExternal && (!service.externalTrafficIsLocal || isHosts)))
    }

    /// Why a service's endpoints are not known; nil where they are. The controller makes at least one slice for each service that
    /// selects pods.
    private func missingSlices(of service: Service) -> String? {
        if !cluster.inventory.isComplete(.endpointSlices) {
            return
                "the endpoints of service/\(service.id) are not known: \(cluster.inventory.lack(of: .endpointSlices))"
        }
        if cluster.endpointSlices[service.id] == nil, !service.selector.isEmpty {
            return
                "no endpoint slice of service/\(service.id) is in the snapshot, and each service that selects pods has one; collect "
                + Inventory.Kind.endpointSlices.command
        }
        return nil
    }

    /// The endpoints that hints leave a node: those of the node, or of its zone, where each endpoint has a hint and one of them
    /// is for it; else all (kubernetes/kubernetes, pkg/proxy/topology.go).
    private func hinted(_ endpoints: [ServiceEndpoint], _ node: Node, _ service: Service) -> [ServiceEndpoint] {
        if !endpoints.contains(where: { $0.hintedNodes.isEmpty }) {
            let own = endpoints.filter { $0.hintedNodes.contains(node.name) }
            if !own.isEmpty { return own }
        }
        guard let zone = node.availabilityZone, !endpoints.contains(where: { $0.hintedZones.isEmpty }) else {
            return endpoints
        }
        let own = endpoints.filter { $0.hintedZones.contains(zone) }
        return own.isEmpty ? endpoints : own
    }

    /// The service and port that packets are for, and those of them that are.
    private func matchService(at node: Node) -> (Service, Service.Port, Access, [TrafficClass])? {
        if let id = cluster.index.service(at: flow.destination), let service = cluster.services[id] {
            // kube-proxy knows no address of a family that the service does not have.
            guard service.clusterAddresses.contains(where: { $0.family == flow.family }) else { return nil }
            for port in service.ports {
                let taken = flow.classes.taking(port.ipProtocol, port.port)
                let access: Access =
                    service.clusterAddresses.contains(flow.destination)
                    ? .clusterAddress
                    : service.balancerAddresses.contains(flow.destination) ? .loadBalancerAddress : .externalAddress
                if !taken.isEmpty { return (service, port, access, taken) }
            }
            return nil
        }
        let isNodes = cluster.interfaces(of: node).contains { $0.address(flow.family) == flow.destination }
        guard isNodes, !node.isFargate else { return nil }
        for traffic in flow.classes where traffic.destinationPorts.count == 1 {
            for id in cluster.index.servicesByNodePort[traffic.destinationPorts.ranges[0].lowerBound] ?? [] {
                guard let service = cluster.services[id],
                    service.clusterAddresses.contains(where: { $0.family == flow.family })
                else { continue }
                for port in service.ports where port.nodePort == traffic.destinationPorts.ranges[0].lowerBound {
                    let taken = flow.classes.taking(port.ipProtocol, traffic.destinationPorts.ranges[0].lowerBound)
                    if !taken.isEmpty { return (service, port, .nodePort, taken) }
                }
            }
        }
        return nil
    }

    /// An endpoint of a service, and its name for people.
    struct ServiceEndpoint {
        var address: IPAddress
        var port: UInt16
        var nodeName: String?
        var name: String
        var hintedZones: [String]
        var hintedNodes: [String]
    }

    /// The endpoints that take new connections: the ready ones; where none is, those that still serve while they
    /// terminate (KEP-1669): of the whole cluster, or of one node.
    private func endpoints(of service: Service, _ port: Service.Port, onNode node: String? = nil) -> [ServiceEndpoint] {
        let key = TraceMemory.ServiceKey(
            service: service.id, port: port.port, ipProtocol: port.ipProtocol, family: flow.family, node: node)
        if let known = memory.endpoints[key] { return known }
        let list = listEndpoints(of: service, port, onNode: node)
        memory.endpoints[key] = list
        return list
    }

    private func listEndpoints(of service: Service, _ port: Service.Port, onNode node: String?) -> [ServiceEndpoint] {
        var ready: [ServiceEndpoint] = []
        var terminating: [ServiceEndpoint] = []
        // An endpoint counts once, however many slices name it.
        var seen: Set<IPAddress> = []
        for slice in cluster.endpointSlices[service.id] ?? [] {
            // Ports are matched by name, which is how named target ports come to their numbers.
            guard
                let target = slice.ports.first(where: { $0.name == port.name && $0.ipProtocol == port.ipProtocol })?
                    .port
            else { continue }
            for endpoint in slice.endpoints {
                guard let address = endpoint.addresses.first, address.family == flow.family,
                    node == nil || endpoint.nodeName == node
                else { continue }
                let name = cluster.index.podByAddress[address].map { "pod/\($0)" } ?? "\(address)"
                let entry = ServiceEndpoint(
                    address: address, port: target, nodeName: endpoint.nodeName, name: name,
                    hintedZones: endpoint.hintedZones, hintedNodes: endpoint.hintedNodes)
                if seen.contains(address) { continue }
                if endpoint.isReady {
                    seen.insert(address)
                    ready.append(entry)
                } else if endpoint.isServing, endpoint.isTerminating {
                    terminating.append(entry)
                }
            }
        }
        return ready.isEmpty ? terminating : ready
    }
}

extension [TrafficClass] {
    /// The packets of a protocol to a port.
    func taking(_ ipProtocol: IPProtocol, _ port: UInt16) -> [TrafficClass] {
        compactMap { traffic in
            guard traffic.ipProtocol == ipProtocol, traffic.destinationPorts.contains(port) else { return nil }
            var result = traffic
            result.destinationPorts = PortSet(port)
            return result
        }
    }
}
