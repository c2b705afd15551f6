import Cluster
import IPAddresses
import VPC

extension ClusterMap {
    private var network: Network { cluster.network }

    func box(_ vpc: VPC) -> MapBox {
        let subnets = network.subnets.values.filter { $0.vpcID == vpc.id }.sorted {
            ($0.availabilityZone, $0.id) < ($1.availabilityZone, $1.id)
        }
        let roles = Dictionary(grouping: subnets, by: role)
        let rows = [Role.public, .private, .isolated].compactMap { role -> MapBox? in
            guard let subnets = roles[role] else { return nil }
            return MapBox("", style: "plain", columns: 3, subnets.map { box($0, role) })
        }
        let gateways = gateways(of: vpc)
        let gatewayRow = gateways.isEmpty ? [] : [MapBox("", style: "plain", columns: 6, gateways)]
        return MapBox(
            "VPC \(vpc.id)",
            [(vpc.ipv4Blocks.map(\.description) + vpc.ipv6Blocks.map(\.description)).joined(separator: "  ")],
            style: "vpc", ids: [vpc.id], columns: 1, gatewayRow + rows)
    }

    /// What a subnet's default routes make of it.
    enum Role: Hashable {
        case `public`
        case `private`
        case isolated

        var style: String {
            switch self {
            case .public: "public"
            case .private: "private"
            case .isolated: "other"
            }
        }
    }

    private func defaultTargets(_ subnet: Subnet) -> [Route] {
        (network.routeTable(ofSubnet: subnet.id)?.routes ?? []).filter {
            [.prefix(.v4(.all)), .prefix(.v6(.all))].contains($0.destination)
        }
    }

    private func role(_ subnet: Subnet) -> Role {
        let targets = defaultTargets(subnet).map(\.target)
        if targets.contains(where: { if case .internetGateway = $0 { true } else { false } }) { return .public }
        return targets.isEmpty ? .isolated : .private
    }

    private func gateways(of vpc: VPC) -> [MapBox] {
        var result: [MapBox] = []
        func add(_ kind: String, _ id: String, _ lines: [String] = []) {
            result.append(MapBox("\(kind) \(id)", lines, style: "box", ids: [id]))
        }
        for gateway in network.internetGateways.values where gateway.vpcIDs.contains(vpc.id) {
            add("internet gateway", gateway.id)
        }
        for gateway in network.egressOnlyGateways.values where gateway.vpcIDs.contains(vpc.id) {
            add("egress-only gateway", gateway.id)
        }
        for gateway in network.vpnGateways.values where gateway.vpcIDs.contains(vpc.id) {
            add("VPN gateway", gateway.id)
        }
        for peering in network.peerings.values where [peering.requesterVPCID, peering.accepterVPCID].contains(vpc.id) {
            add("peering", peering.id, ["to \(peering.peer(of: vpc.id)), \(peering.status)"])
        }
        for endpoint in network.endpoints.values where endpoint.vpcID == vpc.id && endpoint.type == "Gateway" {
            add("endpoint", endpoint.id, [endpoint.serviceName])
        }
        return result.sorted { $0.title < $1.title }
    }

    private func box(_ subnet: Subnet, _ role: Role) -> MapBox {
        let table = network.routeTable(ofSubnet: subnet.id)
        let acl = network.acl(ofSubnet: subnet.id)
        var lines = [
            ([subnet.ipv4Block?.description].compactMap { $0 } + subnet.ipv6Blocks.map(\.description)).joined(
                separator: "  ")
        ]
        if !subnet.availabilityZone.isEmpty { lines[0] += "  \(subnet.availabilityZone)" }
        lines.append(
            [table?.id, acl?.id, subnet.enablesDNS64 ? "DNS64" : nil].compactMap { $0 }.joined(separator: "  "))
        for route in defaultTargets(subnet) {
            lines.append("\(route.destination) → \(route.target.id)" + (route.state == .blackhole ? "  (gone)" : ""))
        }
        let interfaces = network.interfaces.values.filter { $0.subnetID == subnet.id }.sorted { $0.id < $1.id }
        let nodes = interfaces.compactMap { interface in cluster.node(of: interface).map { (interface, $0) } }
        let others = interfaces.filter { cluster.node(of: $0) == nil }
        var children = nodes.prefix(Self.maximumNodes).map { box($0.1, $0.0) }
        if nodes.count > Self.maximumNodes {
            let rest = nodes.dropFirst(Self.maximumNodes)
            let pods = rest.reduce(0) { $0 + (podsByNode[$1.1.name]?.count ?? 0) }
            children.append(
                MapBox(
                    "and \(rest.count) more nodes", ["\(pods) pods"], style: "box",
                    ids: Set(rest.flatMap { ids($0.1, $0.0) })))
        }
        children += others.prefix(Self.maximumNodes).map(box)
        if others.count > Self.maximumNodes {
            children.append(
                MapBox(
                    "and \(others.count - Self.maximumNodes) more interfaces", style: "box",
                    ids: Set(others.dropFirst(Self.maximumNodes).map(\.id))))
        }
        return MapBox(
            "\(role) subnet \(subnet.id)", lines, style: role.style,
            ids: Set([subnet.id, table?.id, acl?.id].compactMap { $0 }), columns: 2, children)
    }

    private func ids(_ node: Node, _ interface: NetworkInterface) -> Set<String> {
        let pods = (podsByNode[node.name] ?? []).map { "pod/\($0.id)" }
        return Set(
            ["node/\(node.name)", interface.id, "instance/\(node.instanceID ?? "")"] + pods + interface.groupIDs)
    }

    private func box(_ node: Node, _ interface: NetworkInterface) -> MapBox {
        let pods = podsByNode[node.name] ?? []
        let name = node.instanceID.flatMap { network.instances[$0]?.name } ?? node.name
        var lines = [
            ([interface.primaryIPv4?.description].compactMap { $0 } + interface.ipv6Addresses.map(\.description))
                .joined(
                    separator: "  ")
        ]
        if node.isFargate {
            lines.append(pods.first.map { "pod/\($0.id)" } ?? "no pod")
        } else {
            lines += interface.ipv6Prefixes.map { "\($0) for pods" }
            lines.append(
                "\(pods.count) pods" + (node.maxPods.map { " of at most \($0)" } ?? "")
                    + (node.instanceType.map { "  \($0)" } ?? ""))
        }
        return MapBox(node.isFargate ? "Fargate pod" : "node \(name)", lines, style: "node", ids: ids(node, interface))
    }

    private func box(_ interface: NetworkInterface) -> MapBox {
        var ids: Set<String> = [interface.id]
        var title = interface.details.isEmpty ? interface.id : interface.details
        if let balancer = network.loadBalancer(of: interface) {
            title = "load balancer \(balancer.name)"
            ids.insert("load-balancer/\(balancer.name)")
            for listener in balancer.listeners {
                for forward in listener.actions.flatMap(\.groups) {
                    if let group = network.targetGroups[forward.arn] {
                        ids.insert("target-group/\(group.name)")
                    }
                }
            }
        } else if let gateway = network.natGateway(of: interface) {
            title = "NAT gateway \(gateway.id)"
            ids.insert(gateway.id)
        } else if let instance = interface.instanceID {
            title = "instance \(network.instances[instance]?.name ?? instance)"
            ids.insert("instance/\(instance)")
        } else if cluster.apiServerInterfaces.contains(where: { $0.id == interface.id }) {
            title = "API server"
        }
        ids.formUnion(interface.groupIDs)
        let addresses = interface.ipv4Addresses.map { own in
            "\(own.address)" + (own.publicAddress.map { " = \($0)" } ?? "")
        }
        return MapBox(
            TextLayout.shortened(title, columns: 40),
            (addresses + interface.ipv6Addresses.map(\.description)).prefix(3).map { $0 }, style: "box", ids: ids)
    }

    var servicesBox: MapBox? {
        if cluster.services.isEmpty { return nil }
        let services = cluster.services.values.sorted { $0.id < $1.id }
        var children = services.prefix(Self.maximumServices).map { service in
            let endpoints = (cluster.endpointSlices[service.id] ?? []).flatMap(\.endpoints)
            let ports = service.ports.map { "\($0.port)/\($0.ipProtocol)" + ($0.nodePort.map { " node \($0)" } ?? "") }
            return MapBox(
                service.id,
                [
                    service.clusterAddresses.isEmpty
                        ? "headless" : service.clusterAddresses.map(\.description).joined(separator: "  "),
                    ports.joined(separator: ", "),
                    "\(endpoints.count { $0.isReady }) of \(endpoints.count) endpoints ready",
                ], style: "box", ids: ["service/\(service.id)", "ingress/\(service.id)"])
        }
        if services.count > Self.maximumServices {
            children.append(MapBox("and \(services.count - Self.maximumServices) more services", style: "box"))
        }
        return MapBox(
            "services" + (cluster.configuration.serviceBlock.map { " of \($0)" } ?? ""), style: "vpc",
            ids: ["cluster/\(cluster.configuration.name ?? "")", "daemonset/kube-system/aws-node"], columns: 4, children
        )
    }
}
