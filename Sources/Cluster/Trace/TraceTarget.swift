import DNS64
import IPAddresses
import Translation
import VPC

/// The addresses that packets of a trace may be sent to.
struct TraceTarget {
    enum Choice {
        /// Each is another machine: all are followed.
        case all([IPAddress])
        /// All belong to one balancer: the first stands for the others where they come out alike.
        case alike([IPAddress])
        /// The source has no address of a family that the destination has.
        case unreachable(Explanation.Code, String)
        /// The snapshot does not say where packets go.
        case unknown(Component, Explanation.Code, String)
    }

    var choice: Choice

    /// The port that packets are sent to instead of the request's, where a name stands for another one.
    var port: UInt16?
    var notes: [String] = []
}

extension Cluster {
    func resolveDestination(_ request: TraceRequest, _ origin: TraceOrigin) throws(TraceError) -> TraceTarget {
        let text = "\(request.destination)"
        switch request.destination {
        case .address(let address), .internet(let address), .onPremises(let address):
            try checkSomethingIsHere(request, address)
            return family([address], request, origin)
        case .pod(let id):
            guard let pod = pods[id] else { throw .noSourceAddress(text) }
            try checkRuns(pod)
            guard !pod.addresses.isEmpty else { throw .noSourceAddress(text) }
            return family(podAddresses(pod), request, origin)
        case .node(let name):
            guard let node = nodes[name] else { throw .noSourceAddress(text) }
            let own = interfaces(of: node).first
            return family(own.map(addresses(of:)) ?? node.addresses, request, origin)
        case .instance(let id):
            guard let interface = network.interfaces(ofInstance: id).first else { throw .noInterface(text) }
            return family(addresses(of: interface, from: origin), request, origin)
        case .interface(let id):
            guard let interface = network.interfaces[id] else { throw .noInterface(text) }
            return family(addresses(of: interface, from: origin), request, origin)
        case .service(let id): return try serviceTarget(id, request, origin)
        case .loadBalancer(let name):
            guard let balancer = network.loadBalancer(named: name) else {
                throw .noInterface(text)
            }
            return try balancerTarget(balancer, request, origin)
        case .apiServer:
            let addresses = apiServerInterfaces.flatMap(addresses(of:))
            if addresses.isEmpty { throw .noInterface(text) }
            return family(addresses, request, origin)
        case .host(let name): return try hostTarget(name, request, origin)
        }
    }

    /// The addresses of one family: IPv6 where both ends have it (RFC 6724 5, rules 1, 2 and 6), else IPv4.
    func family(_ addresses: [IPAddress], _ request: TraceRequest, _ origin: TraceOrigin, alike: Bool = false)
        -> TraceTarget
    {
        var order: [IPFamily] = [.ipv6, .ipv4]
        if request.ipProtocol == .icmp { order = [.ipv4, .ipv6] }
        if let source = request.sourceAddress { order = [source.family, source.family == .ipv4 ? .ipv6 : .ipv4] }
        for family in order where request.sourceAddress?.family == family || origin.has(family) {
            let usable = addresses.filter { $0.family == family }
            if !usable.isEmpty { return TraceTarget(choice: alike ? .alike(usable) : .all(usable)) }
        }
        if case .pod = request.source, configuration.ipFamily == .ipv4, configuration.cni.hasIPv6Egress,
            addresses.contains(where: { $0.family == .ipv6 })
        {
            let text = "ENABLE_V6_EGRESS gives pods an IPv6 address of the node's own, which is not modelled"
            return TraceTarget(choice: .unknown(origin.component, .unsupported, text))
        }
        let families = Set(addresses.map(\.family)).map(\.description).sorted().joined(separator: " and ")
        if case .pod(let id) = request.source, families == "IPv4", !configuration.cni.hasIPv4Egress {
            let text = "pod/\(id) has no IPv4 address: ENABLE_V4_EGRESS is false; the destination has IPv4 only"
            return TraceTarget(choice: .unreachable(.podIPv4Disabled, text))
        }
        let text =
            "\(request.destination) has only \(families) addresses to send to, and \(request.source) has none of that family"
        return TraceTarget(choice: .unreachable(.noAddressOfFamily, text))
    }

    func addresses(of interface: NetworkInterface) -> [IPAddress] {
        [interface.address(.ipv6), interface.address(.ipv4)].compactMap { $0 }
    }

    /// From outside, an interface is reached at its public IPv4 address.
    private func addresses(of interface: NetworkInterface, from origin: TraceOrigin) -> [IPAddress] {
        guard origin.fixedPlace == .internet else { return addresses(of: interface) }
        let publicAddresses = interface.ipv4Addresses.compactMap(\.publicAddress).map { IPAddress.v4($0) }
        return interface.ipv6Addresses.prefix(1).map { .v6($0) }
            + (publicAddresses.isEmpty ? addresses(of: interface) : publicAddresses)
    }

    private func podAddresses(_ pod: Pod) -> [IPAddress] {
        guard let node = pod.nodeName.flatMap({ nodes[$0] }), node.isFargate, let interface = interfaces(of: node).first
        else { return pod.addresses }
        return pod.addresses + [interface.address(.ipv4)].compactMap { $0 }
    }

    func serviceTarget(_ id: String, _ request: TraceRequest, _ origin: TraceOrigin) throws(TraceError)
        -> TraceTarget
    {
        guard let service = services[id] else { throw .noSourceAddress("service/\(id)") }
        if origin.component.type == .apiServer { return endpointTarget(service, request, origin) }
        if service.kind == .externalName { return try externalTarget(service, request, origin) }
        if !service.clusterAddresses.isEmpty { return family(service.clusterAddresses, request, origin) }
        if !inventory.isComplete(.endpointSlices) || (endpointSlices[id] == nil && !service.selector.isEmpty) {
            let text =
                "the endpoints of service/\(id), which is headless, are not in the snapshot; collect "
                + Inventory.Kind.endpointSlices.command
            return TraceTarget(choice: .unknown(Component(.service, "service/\(id)"), .notInSnapshot, text))
        }
        // A headless service's name leads straight to the pods behind it.
        var ready: [IPAddress] = []
        for address in (endpointSlices[id] ?? []).flatMap(\.endpoints).filter(\.isReady).flatMap(\.addresses)
        where !ready.contains(address) {
            ready.append(address)
        }
        if ready.isEmpty {
            let text = "service/\(id) is headless and has no ready endpoints: its name has no address"
            return TraceTarget(choice: .unreachable(.serviceHasNoEndpoints, text))
        }
        var target = family(ready, request, origin)
        target.notes.append("service/\(id) is headless: its name leads to the pods' own addresses")
        return target
    }

    /// The API servers run no kube-proxy: they resolve a service to its endpoints, so that the cluster's security group has
    /// to allow a webhook's target port. No source was looked up for this: docs/trace.md says so.
    private func endpointTarget(_ service: Service, _ request: TraceRequest, _ origin: TraceOrigin) -> TraceTarget {
        let port = service.ports.first {
            $0.port == request.port && $0.ipProtocol == (request.ipProtocol == .udp ? .udp : .tcp)
        }
        var addresses: [IPAddress] = []
        var target: UInt16?
        for slice in endpointSlices[service.id] ?? [] {
            guard let port, let number = slice.ports.first(where: { $0.name == port.name })?.port else { continue }
            target = number
            addresses += slice.endpoints.filter(\.isReady).compactMap(\.addresses.first)
        }
        if addresses.isEmpty,
            !inventory.isComplete(.endpointSlices) || (endpointSlices[service.id] == nil && !service.selector.isEmpty)
        {
            let text =
                "the endpoints of service/\(service.id) are not in the snapshot; collect "
                + Inventory.Kind.endpointSlices.command
            return TraceTarget(choice: .unknown(Component(.service, "service/\(service.id)"), .notInSnapshot, text))
        }
        guard !addresses.isEmpty else {
            let text = "service/\(service.id) has no ready endpoints for port \(request.port.map { "\($0)" } ?? "none")"
            return TraceTarget(choice: .unreachable(.serviceHasNoEndpoints, text))
        }
        var result = family(addresses, request, origin)
        result.port = target
        result.notes.append("the API server resolves service/\(service.id) to its endpoints itself")
        return result
    }

    func balancerTarget(_ balancer: LoadBalancer, _ request: TraceRequest, _ origin: TraceOrigin)
        throws(TraceError) -> TraceTarget
    {
        let interfaces = answering(balancer)
        if interfaces.isEmpty {
            let text =
                "load-balancer/\(balancer.name) has no network interface in the snapshot; collect "
                + Inventory.Kind.interfaces.command
            return TraceTarget(
                choice: .unknown(Component(.loadBalancer, "load-balancer/\(balancer.name)"), .notInSnapshot, text))
        }
        // Names of internet-facing balancers lead to the public addresses, from inside the VPC too.
        let ipv4 = interfaces.compactMap { interface in
            balancer.isInternetFacing
                ? interface.ipv4Addresses.lazy.compactMap(\.publicAddress).first ?? interface.primaryIPv4
                : interface.primaryIPv4
        }
        let ipv6 = balancer.isDualStack ? interfaces.compactMap(\.ipv6Addresses.first) : []
        return family(ipv6.map { .v6($0) } + ipv4.map { .v4($0) }, request, origin, alike: true)
    }

    /// A name, resolved as the source's resolver would: DNS64 where the subnet has it and the name has no AAAA (RFC 6147
    /// 5.1), then one family (RFC 6724).
    func hostTarget(_ name: String, _ request: TraceRequest, _ origin: TraceOrigin) throws(TraceError)
        -> TraceTarget
    {
        if let target = try resolverTarget(name, request, origin) { return target }
        return try recordTarget(name, hosts.addresses(of: name), request, origin)
    }

    /// The addresses of a name's records, through DNS64 where the source's resolver does it.
    func recordTarget(
        _ name: String, _ records: [IPAddress], _ request: TraceRequest, _ origin: TraceOrigin
    ) throws(TraceError) -> TraceTarget {
        var addresses = records
        let subnet = origin.subnetID.flatMap { network.subnets[$0] }
        var notes: [String] = []
        let (ipv4, ipv6) = addresses.byFamily
        let hasAAAA = !ipv6.isEmpty
        if let subnet, subnet.enablesDNS64 {
            let resolved = DNS64(prefix: .wellKnown(policy: .aws)).addresses(ipv6: ipv6, ipv4: ipv4)
            if resolved != ipv6 {
                let list = resolved.map(\.description).joined(separator: ", ")
                notes.append("DNS64 of \(subnet.id): \(name) is \(list)")
            }
            addresses = ipv4.map { .v4($0) } + resolved.map { .v6($0) }
        }
        if let id = origin.subnetID, subnet == nil, !hasAAAA {
            let text = "whether \(id) has DNS64 is not known: \(inventory.lack(of: .subnets))"
            return TraceTarget(choice: .unknown(Component(.subnet, id), .notInSnapshot, text))
        }
        if records.isEmpty {
            let text =
                serviceID(named: name) != nil && origin.component.type != .pod
                ? "\(name) is a name of the cluster's DNS, which only pods ask; use an address"
                : "the addresses of \(name) are not in the snapshot; add them to its hosts file"
            return serviceID(named: name) != nil
                ? TraceTarget(choice: .unreachable(.nameUnknown, text))
                : TraceTarget(choice: .unknown(origin.component, .nameUnknown, text))
        }
        if !hasAAAA, origin.ipv4 == nil, origin.ipv6 != nil, let subnet, !subnet.enablesDNS64 {
            let text =
                "\(name) has no AAAA, and \(origin.component.id) has no IPv4 address; enable DNS64 on \(subnet.id) (EnableDns64)"
            return TraceTarget(choice: .unreachable(.dns64Disabled, text))
        }
        var target = family(addresses, request, origin)
        // A connection takes the first address; the others stand in for it.
        if case .all(let usable) = target.choice {
            target.choice = .all(Array(usable.prefix(1)))
            notes.append("\(name) is \(usable[0])" + (usable.count > 1 ? ", the first of \(usable.count)" : ""))
        }
        target.notes = notes
        return target
    }

    /// Two addresses outside have nothing of this network between them.
    private func checkSomethingIsHere(_ request: TraceRequest, _ address: IPAddress) throws(TraceError) {
        switch request.source {
        case .internet, .onPremises: break
        case .address(let source) where network.vpcs(containing: source).isEmpty && index.podByAddress[source] == nil:
            break
        default: return
        }
        if !network.vpcs(containing: address).isEmpty || isPublicEndpoint(address) { return }
        if case .v4(let ipv4) = address, network.interface(withPublic: ipv4) != nil { return }
        throw .nothingOfTheSnapshot("\(request.source)", "\(address)")
    }
}

extension [IPAddress] {
    /// The addresses of each family, in their order.
    fileprivate var byFamily: (ipv4: [IPv4Address], ipv6: [IPv6Address]) {
        var result: (ipv4: [IPv4Address], ipv6: [IPv6Address]) = ([], [])
        for address in self {
            switch address {
            case .v4(let address): result.ipv4.append(address)
            case .v6(let address): result.ipv6.append(address)
            }
        }
        return result
    }
}
