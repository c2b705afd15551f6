import IPAddresses
import VPC

extension Walk {
    /// Through the router of a subnet: straight to an interface of the same subnet, else network ACL and route table.
    mutating func route(fromSubnet subnetID: String, of vpcID: String) -> Outcome {
        let component = Component(.subnet, subnetID)
        guard mayRoute() else {
            return block(component, .loop, "the packet has met 64 route tables: the routes make a loop")
        }
        guard let subnet = network.subnets[subnetID] else {
            return block(component, .unsupported, "\(subnetID) is not in the snapshot; collect describe-subnets")
        }
        if subnet.contains(flow.destination) {
            pass(component, "the same subnet: no network ACL, no route table") { $0.vpcID = vpcID }
            return deliver(inVPC: vpcID, fromSubnet: subnetID)
        }
        guard passACL(ofSubnet: subnetID, isEgress: true) else { return .blocked }
        guard let table = network.routeTable(ofSubnet: subnetID) else {
            return block(
                component, .noRoute, "\(subnetID) has no route table in the snapshot; collect describe-route-tables")
        }
        return follow(table, fromSubnet: subnetID, of: vpcID)
    }

    /// Follows the route that a table has for the destination.
    mutating func follow(_ table: RouteTable, fromSubnet subnetID: String, of vpcID: String) -> Outcome {
        let component = Component(.routeTable, table.id)
        guard let match = table.route(to: flow.destination) else {
            return block(component, .noRoute, "\(table.id) has no route to \(flow.destination); add one") {
                $0.subnetID = subnetID
            }
        }
        let list = if case .prefixList(let id) = match.route.destination { " (\(id))" } else { "" }
        let text = "\(match.prefix)\(list) → \(match.route.target.id)"
        if match.route.state == .blackhole {
            return block(component, .blackhole, "blackhole: \(text) is gone; change or remove the route in \(table.id)")
            {
                $0.route = match
                $0.subnetID = subnetID
            }
        }
        pass(component, text + (match.route.origin == .propagated ? " (propagated)" : "")) {
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
        case .internetGateway(let id): return leaveThroughInternetGateway(id, of: vpcID)
        case .egressOnlyInternetGateway(let id): return leaveThroughEgressOnlyGateway(id, of: vpcID)
        case .peering(let id): return passPeering(id, from: vpcID)
        case .vpnGateway(let id): return leaveThroughVPNGateway(id, of: vpcID)
        case .gatewayEndpoint(let id): return enterGatewayEndpoint(id)
        case .networkInterface(let id): return enterAppliance(network.interfaces[id], id)
        case .instance(let id): return enterAppliance(network.interfaces(ofInstance: id).first, id)
        case .unsupported(let field, let id):
            return block(
                Component(.other, id), .unsupported,
                "\(field) \(id): targets of this kind are not modelled; the trace ends here")
        }
    }

    /// An instance that routes: it takes packets for others only without the check, and what it does with them is its own.
    private mutating func enterAppliance(_ interface: NetworkInterface?, _ id: String) -> Outcome {
        guard let interface else {
            return block(
                Component(.instance, id), .noInterfaceHasAddress, "\(id) has no network interface in the snapshot")
        }
        let component = Component(.networkInterface, interface.id)
        if interface.sourceDestinationCheck {
            return block(
                component, .sourceDestinationCheck,
                "the destination check of \(interface.id): \(flow.destination) is none of its addresses; disable the check for an appliance"
            )
        }
        return block(
            component, .unsupported,
            "\(owner(of: interface).id) forwards by rules of its own, which no snapshot holds; the trace ends here")
    }

    private mutating func passPeering(_ id: String, from vpcID: String) -> Outcome {
        let component = Component(.peeringConnection, id)
        guard let peering = network.peerings[id] else {
            return block(
                component, .unsupported, "\(id) is not in the snapshot; collect describe-vpc-peering-connections")
        }
        guard peering.status == "active" else {
            return block(component, .badState, "\(id) is \(peering.status), not active")
        }
        let peer = peering.peer(of: vpcID)
        guard let vpc = network.vpcs[peer] else {
            return block(
                component, .unsupported, "the other end, \(peer), is not in the snapshot; collect its account too")
        }
        guard vpc.contains(flow.destination), network.vpcs[vpcID]?.contains(flow.source) ?? true else {
            return block(
                component, .peeringAddressOutside,
                "\(id) carries packets between addresses of \(vpcID) and \(peer) alone: peering is not transitive"
            )
        }
        pass(component, "to \(peer)") { $0.vpcID = peer }
        return deliver(inVPC: peer, fromSubnet: nil)
    }

    private mutating func enterGatewayEndpoint(_ id: String) -> Outcome {
        let component = Component(.vpcEndpoint, id)
        guard let endpoint = network.endpoints[id] else {
            return block(component, .unsupported, "\(id) is not in the snapshot; collect describe-vpc-endpoints")
        }
        guard endpoint.type == "Gateway" else {
            return block(
                component, .unsupported,
                "\(id) is a \(endpoint.type) endpoint, which is not modelled; the trace ends here")
        }
        guard endpoint.state.lowercased() == "available" else {
            return block(component, .badState, "\(id) is \(endpoint.state)")
        }
        let taken = flow.classes.filter { $0.ipProtocol == .tcp || $0.icmpType == 8 || $0.icmpType == 128 }
        guard taken.count == flow.classes.count else {
            return block(component, .endpointProtocol, "gateway endpoints take TCP and ICMP echo alone")
        }
        return arrive(.gatewayEndpoint(id), component, endpoint.serviceName)
    }

    private mutating func leaveThroughVPNGateway(_ id: String, of vpcID: String) -> Outcome {
        let component = Component(.vpnGateway, id)
        guard network.vpnGateways[id]?.vpcIDs.contains(vpcID) ?? false else {
            return block(component, .unattached, "\(id) is not attached to \(vpcID)")
        }
        pass(component, "to the on-premises network")
        return arrive(.onPremises(gateway: id), Component(.onPremises, "on-premises/\(flow.destination)"), "arrives")
    }

    mutating func enterFromVPNGateway(_ id: String) -> Outcome {
        let component = Component(.vpnGateway, id)
        guard let vpcID = network.vpnGateways[id]?.vpcIDs.first else {
            return block(component, .unattached, "\(id) is attached to no VPC")
        }
        pass(component, "from the on-premises network") { $0.vpcID = vpcID }
        return deliver(inVPC: vpcID, fromSubnet: nil)
    }
}
