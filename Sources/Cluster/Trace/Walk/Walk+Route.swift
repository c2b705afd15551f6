import IPAddresses
import VPC

extension Walk {
    /// Through the router of a subnet: straight to an interface of the same subnet, else network ACL and route table.
    mutating func route(fromSubnet subnetID: String, of vpcID: String) -> Outcome {
        let component = Component(.subnet, subnetID)
        guard mayRoute() else {
            return block(component, .loop, "the packet has met 64 route tables: the routes form a loop")
        }
        guard let subnet = network.subnets[subnetID] else {
            return stop(component, .notInSnapshot, "\(subnetID) is not known: \(cluster.inventory.lack(of: .subnets))")
        }
        if subnet.contains(flow.destination) {
            pass(component, "the same subnet: no network ACL, no route table") { $0.vpcID = vpcID }
            return deliver(inVPC: vpcID, fromSubnet: subnetID)
        }
        guard passACL(ofSubnet: subnetID, isEgress: true) else { return .blocked }
        guard let table = network.routeTable(ofSubnet: subnetID) else {
            return stop(
                component, .notInSnapshot,
                "no route table of the snapshot is \(subnetID)'s, nor the main one of \(vpcID); collect all of \(Inventory.Kind.routeTables.command)"
            )
        }
        return follow(table, fromSubnet: subnetID, of: vpcID)
    }

    /// Follows the route that a table has for the destination.
    mutating func follow(_ table: RouteTable, fromSubnet subnetID: String, of vpcID: String) -> Outcome {
        let component = Component(.routeTable, table.id)
        let unknownLists = table.routes.compactMap { route in
            if case .prefixList(let id) = route.destination, route.destination.prefixes(network.prefixLists).isEmpty {
                id
            } else {
                nil
            }
        }
        let found = table.route(to: flow.destination)
        // Entries that are not known may be more specific than what is; the local route is preferred to those within the VPC.
        if let id = unknownLists.first, found?.route.target != .local, network.prefixLists[id]?.isComplete != true {
            doubtWay(
                component, .notInSnapshot,
                "\(table.id) has a route for the prefix list \(id), whose entries are not in the snapshot; collect get-managed-prefix-list-entries"
            )
        }
        guard let match = found else {
            return block(component, .noRoute, "\(table.id) has no route to \(flow.destination); add one") {
                $0.subnetID = subnetID
            }
        }
        let list = if case .prefixList(let id) = match.route.destination { " (\(id))" } else { "" }
        let text = "\(match.prefix)\(list) → \(match.route.target.id)"
        if match.isAmbiguous {
            doubtWay(
                component, .notInSnapshot,
                "\(table.id) has two prefix lists with \(match.prefix) and different targets: AWS takes one of them at random"
            )
        }
        if match.route.state != .active, match.route.state != .blackhole {
            return stop(
                component, .notInSnapshot,
                "AWS calls the route \(text) “\(match.route.state.rawValue)”: whether packets take it is not documented"
            )
        }
        if match.route.state == .blackhole {
            return block(component, .blackhole, "blackhole: \(text) is gone; change or remove the route in \(table.id)")
            {
                $0.route = match
                $0.subnetID = subnetID
            }
        }
        let origin =
            match.route.origin.isStatic
            ? "" : match.route.origin == .propagated ? " (propagated)" : " (\(match.route.origin.rawValue))"
        pass(component, text + origin) {
            $0.route = match
            $0.subnetID = subnetID
            $0.vpcID = vpcID
        }
        return enter(match.route.target, fromSubnet: subnetID, of: vpcID)
    }

    private mutating func enter(_ target: Route.Target, fromSubnet subnetID: String, of vpcID: String) -> Outcome {
        switch target {
        case .local: return deliver(inVPC: vpcID, fromSubnet: subnetID)
        case .natGateway(let id): return passNATGateway(id, fromSubnet: subnetID)
        case .internetGateway(let id): return leaveThroughInternetGateway(id, of: vpcID, fromSubnet: subnetID)
        case .egressOnlyInternetGateway(let id):
            return leaveThroughEgressOnlyGateway(id, of: vpcID, fromSubnet: subnetID)
        case .peering(let id): return passPeering(id, from: vpcID)
        case .vpnGateway(let id): return leaveThroughVPNGateway(id, of: vpcID)
        case .gatewayEndpoint(let id): return enterGatewayEndpoint(id)
        case .networkInterface(let id): return enterAppliance(network.interfaces[id], id)
        case .instance(let id): return enterAppliance(network.interfaces(ofInstance: id).first, id)
        case .unsupported(let field, let id):
            return stop(
                Component(.other, id), .unsupported,
                "\(field) \(id): targets of this kind are not modelled; the trace ends here")
        }
    }

    /// An instance that routes: it takes packets for others only without the check, and what it does with them is its own.
    private mutating func enterAppliance(_ interface: NetworkInterface?, _ id: String) -> Outcome {
        guard let interface else {
            return stop(
                Component(.instance, id), .notInSnapshot,
                "\(id) has no network interface in the snapshot; collect \(Inventory.Kind.interfaces.command)")
        }
        let component = Component(.networkInterface, interface.id)
        if interface.sourceDestinationCheck {
            return block(
                component, .sourceDestinationCheck,
                "the destination check of \(interface.id): \(flow.destination) is not among its addresses; disable the check for an appliance"
            )
        }
        return stop(
            component, .unsupported,
            "\(owner(of: interface).id) forwards by rules of its own, which no snapshot holds; the trace ends here")
    }

    private mutating func passPeering(_ id: String, from vpcID: String) -> Outcome {
        let component = Component(.peeringConnection, id)
        guard let peering = network.peerings[id] else {
            return stop(component, .notInSnapshot, "\(id) is not known: \(cluster.inventory.lack(of: .peerings))")
        }
        guard peering.status == "active" else {
            return block(component, .badState, "\(id) is \(peering.status), not active")
        }
        let peer = peering.peer(of: vpcID)
        guard let vpc = network.vpcs[peer] else {
            return stop(
                component, .notInSnapshot, "the other end, \(peer), is not in the snapshot; collect its account too")
        }
        guard vpc.contains(flow.destination), network.vpcs[vpcID]?.contains(flow.source) ?? true else {
            return block(
                component, .peeringAddressOutside,
                "\(id) carries packets only between addresses of \(vpcID) and \(peer): peering is not transitive"
            )
        }
        pass(component, "to \(peer)") { $0.vpcID = peer }
        return deliver(inVPC: peer, fromSubnet: nil)
    }

    private mutating func enterGatewayEndpoint(_ id: String) -> Outcome {
        let component = Component(.vpcEndpoint, id)
        guard let endpoint = network.endpoints[id] else {
            return stop(component, .notInSnapshot, "\(id) is not known: \(cluster.inventory.lack(of: .endpoints))")
        }
        guard endpoint.type == "Gateway" else {
            return stop(
                component, .unsupported,
                "\(id) is a \(endpoint.type) endpoint, which is not modelled; the trace ends here")
        }
        guard endpoint.isAvailable else {
            return block(component, .badState, "\(id) is \(endpoint.state)")
        }
        let taken = flow.classes.filter { $0.ipProtocol == .tcp || $0.icmpType == 8 || $0.icmpType == 128 }
        guard taken.count == flow.classes.count else {
            return block(component, .endpointProtocol, "gateway endpoints take TCP and ICMP echo only")
        }
        return arrive(.gatewayEndpoint(id), component, endpoint.serviceName)
    }

    private mutating func leaveThroughVPNGateway(_ id: String, of vpcID: String) -> Outcome {
        let component = Component(.vpnGateway, id)
        guard isAttached(network.vpnGateways[id]?.vpcIDs, component, vpcID, .vpnGateways) else {
            return block(component, .unattached, "\(id) is not attached to \(vpcID)")
        }
        pass(component, "to the on-premises network")
        let pod = cluster.index.podByAddress[flow.destination]
        if leg == .forward,
            pod != nil || cluster.configuration.remoteNetworks.contains(where: { $0.contains(flow.destination) })
        {
            doubt(
                component, .unsupported,
                "\(pod.map { "pod/\($0)" } ?? "\(flow.destination)") is of a hybrid node's network, on premises, which is not modelled"
            )
        }
        return arrive(.onPremises(gateway: id), Component(.onPremises, "on-premises/\(flow.destination)"), "arrives")
    }

    mutating func enterFromVPNGateway(_ id: String) -> Outcome {
        let component = Component(.vpnGateway, id)
        // Where no such gateways were collected, routes name the VPC; the doubt is reported on the way out.
        let users = network.routeTables.values.filter { table in table.routes.contains { $0.target == .vpnGateway(id) }
        }
        let assumed = network.vpnGateways[id] == nil ? users.map(\.vpcID).min() : nil
        guard let vpcID = network.vpnGateways[id]?.vpcIDs.first ?? assumed else {
            return block(component, .unattached, "\(id) is attached to no VPC")
        }
        pass(component, "from the on-premises network") { $0.vpcID = vpcID }
        if let outcome = edgeRoute(of: id) { return outcome }
        return deliver(inVPC: vpcID, fromSubnet: nil)
    }

    /// Whether a gateway is attached to a VPC. Where no such gateways were collected, it is assumed to be attached,
    /// with a doubt.
    mutating func isAttached(
        _ vpcIDs: [String]?, _ component: Component, _ vpcID: String, _ kind: Inventory.Kind
    ) -> Bool {
        if let vpcIDs { return vpcIDs.contains(vpcID) }
        doubt(component, .notInSnapshot, "\(component.id) is not known: \(cluster.inventory.lack(of: kind))")
        return true
    }

    /// What a route table that is associated with a gateway does to packets that come in by it; nil where they go straight to
    /// their destination.
    mutating func edgeRoute(of gateway: String, to address: IPAddress? = nil) -> Outcome? {
        guard let table = network.routeTable(ofGateway: gateway),
            let match = table.route(to: address ?? flow.destination),
            match.route.target != .local
        else { return nil }
        return stop(
            Component(.routeTable, table.id), .unsupported,
            "\(table.id) sends what comes in through \(gateway) to \(match.route.target.id), an appliance; the trace ends here"
        )
    }
}
