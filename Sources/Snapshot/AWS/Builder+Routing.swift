import IPAddresses
import VPC

extension SnapshotBuilder {
    mutating func addRouteTable(_ cursor: Cursor) throws(SnapshotError) {
        let id = try cursor.string("RouteTableId")
        try refer(id, to: "Vpcs", cursor["VpcId"])
        var table = PendingRouteTable(
            id: id, vpcID: try cursor.optionalString("VpcId") ?? "", isMain: false, subnetIDs: [], gatewayIDs: [],
            routes: []
        )
        for association in try cursor.elements("Associations") {
            let state = try association["AssociationState"]?.optionalString("State") ?? "associated"
            if state != "associated", state != "associating" { continue }
            if try association.bool("Main", default: false) { table.isMain = true }
            if let subnet = association["SubnetId"] {
                try refer(id, to: "Subnets", subnet)
                _ = try isNew("the route table of", try subnet.string(), id, association)
                table.subnetIDs.append(try subnet.string())
            }
            if let gateway = try association.optionalString("GatewayId") { table.gatewayIDs.append(gateway) }
        }
        for route in try cursor.elements("Routes") { table.routes.append(try self.route(route, of: id)) }
        if try isNew("RouteTables", id, table, cursor) { routeTables.append(table) }
    }

    private mutating func route(_ cursor: Cursor, of table: String) throws(SnapshotError) -> Route {
        let destination: Route.Destination
        if let block = cursor["DestinationIpv6CidrBlock"] {
            destination = .prefix(.v6(try block.parse()))
        } else if let list = cursor["DestinationPrefixListId"] {
            try refer("a route of \(table)", to: "PrefixLists", list)
            destination = .prefixList(id: try list.string())
        } else {
            destination = .prefix(.v4(try cursor.required("DestinationCidrBlock").parse()))
        }
        let state = Route.State(rawValue: try cursor.optionalString("State") ?? "active")
        let target = try routeTarget(cursor, of: "a route of \(table)", isActive: state == .active)
        let origin = Route.Origin(
            rawValue: try cursor.optionalString("Origin") ?? Route.Origin.createRoute.rawValue)
        return Route(destination: destination, target: target, state: state, origin: origin)
    }

    /// The fields that may name a route's target, the ones that say more first, and where what they name is listed.
    private static let targetFields: [(field: String, kind: String, make: @Sendable (String) -> Route.Target)] = [
        ("EgressOnlyInternetGatewayId", "EgressOnlyInternetGateways", { .egressOnlyInternetGateway($0) }),
        ("NatGatewayId", "NatGateways", { .natGateway($0) }),
        ("VpcPeeringConnectionId", "VpcPeeringConnections", { .peering($0) }),
        ("NetworkInterfaceId", "NetworkInterfaces", { .networkInterface($0) }),
        ("InstanceId", "Reservations", { .instance($0) }),
    ]

    private static let gatewayPrefixes: [(prefix: String, kind: String, make: @Sendable (String) -> Route.Target)] = [
        ("igw-", "InternetGateways", { .internetGateway($0) }),
        ("vgw-", "VpnGateways", { .vpnGateway($0) }),
        ("vpce-", "VpcEndpoints", { .gatewayEndpoint($0) }),
        ("eigw-", "EgressOnlyInternetGateways", { .egressOnlyInternetGateway($0) }),
    ]

    private mutating func routeTarget(_ cursor: Cursor, of owner: String, isActive: Bool) throws(SnapshotError)
        -> Route.Target
    {
        for (field, kind, make) in Self.targetFields {
            guard let member = cursor[field] else { continue }
            if isActive { try refer(owner, to: kind, member) }
            return make(try member.string())
        }
        if let member = cursor["GatewayId"] {
            let id = try member.string()
            if id == "local" { return .local }
            for (prefix, kind, make) in Self.gatewayPrefixes where id.hasPrefix(prefix) {
                if isActive { try refer(owner, to: kind, member) }
                return make(id)
            }
            return .unsupported(field: "GatewayId", id: id)
        }
        for field in ["TransitGatewayId", "CarrierGatewayId", "LocalGatewayId", "CoreNetworkArn", "OdbNetworkArn"] {
            if let id = try cursor.optionalString(field) { return .unsupported(field: field, id: id) }
        }
        if !isActive { return .unsupported(field: "GatewayId", id: "deleted") }
        throw cursor.fault("the route names no target (GatewayId, NatGatewayId, …)")
    }

    mutating func addPrefixList(_ cursor: Cursor) throws(SnapshotError) {
        let id = try cursor.string("PrefixListId")
        var prefixes: [IPPrefix] = []
        for prefix in try cursor.elements("Cidrs") { prefixes.append(try prefix.parse()) }
        // Managed prefix lists are described without their entries; what has them wins.
        if prefixes.isEmpty { prefixes = parts.prefixLists[id]?.prefixes ?? [] }
        let isComplete = cursor["Cidrs"] != nil || parts.prefixLists[id]?.isComplete ?? false
        parts.prefixLists[id] = PrefixList(
            id: id, name: try cursor.optionalString("PrefixListName") ?? id, prefixes: prefixes, isComplete: isComplete)
    }

    /// The entries of a managed prefix list, in one file or several.
    mutating func addPrefixListEntries(_ cursor: Cursor) throws(SnapshotError) {
        let id = try cursor.string("PrefixListId")
        var list = parts.prefixLists[id] ?? PrefixList(id: id, name: id, prefixes: [])
        for entry in try cursor.elements("Entries") {
            let prefix: IPPrefix = try entry.required("Cidr").parse()
            if !list.prefixes.contains(prefix) { list.prefixes.append(prefix) }
        }
        list.isComplete = true
        parts.prefixLists[id] = list
    }

    private func attachments(_ cursor: Cursor, _ key: String) throws(SnapshotError) -> [String] {
        var result: [String] = []
        for attachment in try cursor.elements(key) {
            let state = try attachment.optionalString("State") ?? "attached"
            if state == "attached" || state == "available" { result.append(try attachment.string("VpcId")) }
        }
        return result
    }

    mutating func addInternetGateway(_ cursor: Cursor) throws(SnapshotError) {
        let id = try cursor.string("InternetGatewayId")
        let gateway = InternetGateway(id: id, vpcIDs: try attachments(cursor, "Attachments"))
        if try isNew("InternetGateways", id, gateway, cursor) { parts.internetGateways[id] = gateway }
    }

    mutating func addEgressOnlyGateway(_ cursor: Cursor) throws(SnapshotError) {
        let id = try cursor.string("EgressOnlyInternetGatewayId")
        let gateway = EgressOnlyInternetGateway(id: id, vpcIDs: try attachments(cursor, "Attachments"))
        if try isNew("EgressOnlyInternetGateways", id, gateway, cursor) { parts.egressOnlyGateways[id] = gateway }
    }

    mutating func addVPNGateway(_ cursor: Cursor) throws(SnapshotError) {
        let id = try cursor.string("VpnGatewayId")
        let gateway = VPNGateway(id: id, vpcIDs: try attachments(cursor, "VpcAttachments"))
        if try isNew("VpnGateways", id, gateway, cursor) { parts.vpnGateways[id] = gateway }
    }

    mutating func addNATGateway(_ cursor: Cursor) throws(SnapshotError) {
        let id = try cursor.string("NatGatewayId")
        let state = try cursor.optionalString("State") ?? "available"
        let isGone = ["deleted", "deleting", "failed"].contains(state)
        if !isGone {
            try refer(id, to: "Vpcs", cursor["VpcId"])
            try refer(id, to: "Subnets", cursor["SubnetId"])
        }
        var addresses: [NATGateway.Address] = []
        for address in try cursor.elements("NatGatewayAddresses") {
            let status = try address.optionalString("Status") ?? "succeeded"
            if status != "succeeded" { continue }
            // Addresses of regional gateways may come without a private one.
            guard let privateAddress = address["PrivateIp"] ?? address["PublicIp"] else { continue }
            let entry = NATGateway.Address(
                interfaceID: try address.optionalString("NetworkInterfaceId"),
                privateAddress: try privateAddress.parse(),
                publicAddress: try address["PublicIp"]?.parse(),
                availabilityZone: try address.optionalString("AvailabilityZone")
            )
            if try address.bool("IsPrimary", default: false) {
                addresses.insert(entry, at: 0)
            } else {
                addresses.append(entry)
            }
        }
        var gateway = NATGateway(
            id: id, vpcID: try cursor.optionalString("VpcId") ?? "",
            subnetID: try cursor.optionalString("SubnetId") ?? "", state: state,
            isPublic: try cursor.optionalString("ConnectivityType") ?? "public" == "public", addresses: addresses
        )
        gateway.isRegional = try cursor.optionalString("AvailabilityMode") == "regional"
        gateway.expands = try cursor.optionalString("AutoProvisionZones") == "enabled"
        gateway.routeTableID = try cursor.optionalString("RouteTableId")
        gateway.failure = try cursor.optionalString("FailureMessage")
        if gateway.failure == nil { gateway.failure = try cursor.optionalString("FailureCode") }
        if try isNew("NatGateways", id, gateway, cursor) { parts.natGateways[id] = gateway }
    }

    mutating func addPeering(_ cursor: Cursor) throws(SnapshotError) {
        let id = try cursor.string("VpcPeeringConnectionId")
        let peering = PeeringConnection(
            id: id, requesterVPCID: try cursor.required("RequesterVpcInfo").string("VpcId"),
            accepterVPCID: try cursor.required("AccepterVpcInfo").string("VpcId"),
            status: try cursor["Status"]?.optionalString("Code") ?? "active"
        )
        if try isNew("VpcPeeringConnections", id, peering, cursor) { parts.peerings[id] = peering }
    }

    mutating func addEndpoint(_ cursor: Cursor) throws(SnapshotError) {
        let id = try cursor.string("VpcEndpointId")
        try refer(id, to: "Vpcs", cursor["VpcId"])
        var names: [String] = []
        for entry in try cursor.elements("DnsEntries") {
            if let name = try entry.optionalString("DnsName") { names.append(name) }
        }
        let hasPrivateDNS = try cursor.bool("PrivateDnsEnabled", default: false)
        let service = try cursor.optionalString("ServiceName") ?? ""
        // The service's own name, where the output does not list it: `com.amazonaws.REGION.SERVICE`.
        if hasPrivateDNS, let own = Self.privateName(of: service), !names.contains(own) { names.append(own) }
        let endpoint = VPCEndpoint(
            id: id, vpcID: try cursor.optionalString("VpcId") ?? "",
            serviceName: try cursor.optionalString("ServiceName") ?? "",
            type: try cursor.optionalString("VpcEndpointType") ?? "Gateway",
            state: try cursor.optionalString("State") ?? "available",
            interfaceIDs: try cursor.strings("NetworkInterfaceIds"), hasPrivateDNS: hasPrivateDNS, dnsNames: names
        )
        if try isNew("VpcEndpoints", id, endpoint, cursor) { parts.endpoints[id] = endpoint }
    }

    /// `sts.us-east-1.amazonaws.com` for `com.amazonaws.us-east-1.sts`; nil for services of others.
    private static func privateName(of service: String) -> String? {
        let labels = service.split(separator: ".").map(String.init)
        guard labels.count >= 4, labels[0] == "com", labels[1] == "amazonaws", labels[2] != "vpce" else { return nil }
        return (labels[3...].reversed() + [labels[2], "amazonaws", "com"]).joined(separator: ".")
    }
}
