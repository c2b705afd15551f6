import IPAddresses
import VPC

extension Walk {
    /// Out through a NAT gateway: in and out of its subnet, IPv6 behind 64:ff9b::/96 made IPv4.
    ///
    /// Source: Amazon VPC User Guide, "NAT gateway basics", "DNS64 and NAT64".
    mutating func passNATGateway(_ id: String, fromSubnet: String) -> Outcome {
        let component = Component(.natGateway, id)
        guard let gateway = network.natGateways[id] else {
            return stop(component, .notInSnapshot, "\(id) is not known: \(cluster.inventory.lack(of: .natGateways))")
        }
        guard gateway.state == "available" else {
            let reason = gateway.failure.map { " (\($0))" } ?? ""
            return block(component, .badState, "\(id) is \(gateway.state)\(reason), not available")
        }
        guard let address = address(of: gateway, fromSubnet: fromSubnet) else {
            return stop(
                component, .notInSnapshot,
                "\(id) has no address in the snapshot\(gateway.isRegional ? " for the zone of \(fromSubnet)" : ""); collect it again"
            )
        }
        if !gateway.isRegional, gateway.subnetID != fromSubnet {
            guard passACL(ofSubnet: gateway.subnetID, isEgress: false) else { return .blocked }
        }
        guard takesProtocols(of: component) else {
            return block(component, .protocolRestriction, "NAT gateways take TCP, UDP and ICMP only")
        }
        let before = flow
        var kind = Hop.Translation.Kind.natGateway
        if case .v6(let destination) = flow.destination {
            guard let embedded = destination.behindNAT64 else {
                return block(
                    component, .nat64DestinationNotIPv4,
                    "NAT gateways take IPv6 packets only to 64:ff9b::/96, not to \(destination)")
            }
            kind = .nat64
            flow.destination = .v4(embedded)
            flow.classes = flow.classes.map(\.inOtherFamily)
        }
        let table = routeTable(of: gateway)
        // The internet gateway's step to the public address is shown here, as AWS's documentation does.
        var source = address.privateAddress
        var isPublic = false
        if gateway.isPublic, let publicAddress = address.publicAddress,
            case .internetGateway = table?.route(to: flow.destination)?.route.target
        {
            source = publicAddress
            isPublic = true
        }
        flow.source = .v4(source)
        remapSourcePorts()
        let what = kind == .nat64 ? "NAT64" : "SNAT"
        if let reason = track(id, kind, from: before) { return refuse(component, reason, before) }
        passTranslated(component, kind, from: before, "\(what) to its \(isPublic ? "public" : "private") address")
        return leaveNATGateway(gateway, table)
    }

    /// Back through a NAT gateway, to whoever opened the connection; there is no other way in.
    mutating func returnThroughNATGateway(_ gateway: NATGateway) -> Outcome {
        let component = Component(.natGateway, gateway.id)
        guard let (connection, answer) = connection(at: gateway.id) else {
            return block(
                component, .natNoConnection,
                "\(gateway.id) has no connection that these packets answer: it lets none in")
        }
        let before = flow
        flow = answer
        passTranslated(
            component, connection.kind ?? .natGateway, from: before, "a tracked connection's reply, translated back")
        return leaveNATGateway(gateway, routeTable(of: gateway))
    }

    /// Regional gateways have a route table of their own (Amazon VPC User Guide, "Regional NAT gateways").
    private func routeTable(of gateway: NATGateway) -> RouteTable? {
        gateway.isRegional
            ? gateway.routeTableID.flatMap { network.routeTables[$0] }
            : network.routeTable(ofSubnet: gateway.subnetID)
    }

    /// The address that packets of a subnet get: of a regional gateway that of the subnet's zone, else another zone's.
    private func address(of gateway: NATGateway, fromSubnet subnetID: String) -> NATGateway.Address? {
        guard gateway.isRegional else { return gateway.addresses.first }
        let zone = network.subnets[subnetID]?.availabilityZone
        return gateway.addresses.first { $0.availabilityZone == zone }
            ?? (gateway.expands ? gateway.addresses.first : nil)
    }

    private mutating func leaveNATGateway(_ gateway: NATGateway, _ table: RouteTable?) -> Outcome {
        let component = Component(.natGateway, gateway.id)
        guard mayRoute() else {
            return block(component, .loop, "the packet has met 64 route tables: the routes form a loop")
        }
        if gateway.isRegional, let table { return follow(table, fromSubnet: "", of: gateway.vpcID) }
        guard let subnet = network.subnets[gateway.subnetID], let table else {
            return stop(
                component, .notInSnapshot,
                "the subnet or the route table of \(gateway.id) is not in the snapshot; collect "
                    + "\(Inventory.Kind.subnets.command) and \(Inventory.Kind.routeTables.command)")
        }
        if subnet.contains(flow.destination) { return deliver(inVPC: gateway.vpcID, fromSubnet: gateway.subnetID) }
        guard passACL(ofSubnet: gateway.subnetID, isEgress: true) else { return .blocked }
        return follow(table, fromSubnet: gateway.subnetID, of: gateway.vpcID)
    }

    /// Drops what NAT gateways do not take.
    private mutating func takesProtocols(of component: Component) -> Bool {
        let taken = flow.classes.filter { $0.ipProtocol?.hasPorts ?? false || $0.ipProtocol?.isICMP ?? false }
        if taken.isEmpty { return false }
        if taken.count < flow.classes.count {
            isPartial = true
            explain(component, .protocolRestriction, "\(component.id): NAT gateways take TCP, UDP and ICMP only")
            flow.classes = taken
        }
        return true
    }
}
