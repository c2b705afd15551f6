import Cluster
import IPAddresses

extension SnapshotBuilder {
    /// Top-level keys of the calls whose output is a list, and what takes each element.
    private static let lists: [String: @Sendable (inout SnapshotBuilder, Cursor) throws(SnapshotError) -> Void] = [
        "Vpcs": { builder, cursor throws(SnapshotError) in try builder.addVPC(cursor) },
        "Subnets": { builder, cursor throws(SnapshotError) in try builder.addSubnet(cursor) },
        "RouteTables": { builder, cursor throws(SnapshotError) in try builder.addRouteTable(cursor) },
        "NetworkAcls": { builder, cursor throws(SnapshotError) in try builder.addACL(cursor) },
        "SecurityGroups": { builder, cursor throws(SnapshotError) in try builder.addGroup(cursor) },
        "InternetGateways": { builder, cursor throws(SnapshotError) in try builder.addInternetGateway(cursor) },
        "EgressOnlyInternetGateways": { builder, cursor throws(SnapshotError) in
            try builder.addEgressOnlyGateway(cursor)
        },
        "NatGateways": { builder, cursor throws(SnapshotError) in try builder.addNATGateway(cursor) },
        "VpnGateways": { builder, cursor throws(SnapshotError) in try builder.addVPNGateway(cursor) },
        "VpcPeeringConnections": { builder, cursor throws(SnapshotError) in try builder.addPeering(cursor) },
        "VpcEndpoints": { builder, cursor throws(SnapshotError) in try builder.addEndpoint(cursor) },
        "PrefixLists": { builder, cursor throws(SnapshotError) in try builder.addPrefixList(cursor) },
        "NetworkInterfaces": { builder, cursor throws(SnapshotError) in try builder.addInterface(cursor) },
        "Reservations": { builder, cursor throws(SnapshotError) in try builder.addReservation(cursor) },
        "InstanceTypes": { builder, cursor throws(SnapshotError) in try builder.addInstanceType(cursor) },
        "LoadBalancers": { builder, cursor throws(SnapshotError) in try builder.addBalancer(cursor) },
        "Listeners": { builder, cursor throws(SnapshotError) in try builder.addListener(cursor) },
        "TargetGroups": { builder, cursor throws(SnapshotError) in try builder.addTargetGroup(cursor) },
    ]

    /// Keys that stand beside others and mean nothing by themselves.
    private static let companions: Set<String> = [
        "TargetGroupArn", "PrefixListId", "NextToken", "nextToken", "NextMarker", "ResponseMetadata",
    ]

    /// Takes one document, told apart by its content.
    mutating func add(_ cursor: Cursor) throws(SnapshotError) {
        guard case .object(let members) = cursor.document else {
            notes.append("\(cursor.path.file): skipped, \(cursor.document.kind) of no known kind")
            return
        }
        if cursor["kind"] != nil, cursor["apiVersion"] != nil {
            if try !addObject(cursor) {
                notes.append("\(cursor.path.file): skipped, kind “\(try cursor.string("kind"))” is not used")
            }
            return
        }
        if try addElement(cursor, Set(members.map(\.key))) { return }
        for (key, _) in members where !Self.companions.contains(key) {
            guard let member = cursor[key] else { continue }
            if try add(key, member, in: cursor) { continue }
            notes.append(
                Self.unmodelled.contains(key)
                    ? "\(cursor.path.file): “\(key)” skipped, such things are not modelled: a trace ends where one is reached"
                    : "\(cursor.path.file): “\(key)” skipped, it is of no known kind"
            )
        }
    }

    /// Keys of what is known by name and not looked into.
    private static let unmodelled: Set<String> = [
        "TransitGateways", "TransitGatewayAttachments", "TransitGatewayVpcAttachments", "TransitGatewayRouteTables",
        "TransitGatewayPeeringAttachments", "VpnConnections", "CustomerGateways", "directConnectGateways",
        "virtualInterfaces", "connections", "CarrierGateways", "LocalGateways", "CoreNetworks",
    ]

    /// The member that an element has beside its identifier, by which an element by itself is told: what `--query` and
    /// documentation leave of a list.
    private static let elements: [(id: String, other: String, list: String)] = [
        ("NetworkInterfaceId", "PrivateIpAddresses", "NetworkInterfaces"),
        ("EgressOnlyInternetGatewayId", "Attachments", "EgressOnlyInternetGateways"),
        ("InternetGatewayId", "Attachments", "InternetGateways"),
        ("NatGatewayId", "NatGatewayAddresses", "NatGateways"),
        ("VpcPeeringConnectionId", "RequesterVpcInfo", "VpcPeeringConnections"),
        ("VpcEndpointId", "ServiceName", "VpcEndpoints"), ("RouteTableId", "Routes", "RouteTables"),
        ("NetworkAclId", "Entries", "NetworkAcls"), ("GroupId", "IpPermissions", "SecurityGroups"),
        ("SubnetId", "AvailableIpAddressCount", "Subnets"), ("VpcId", "CidrBlockAssociationSet", "Vpcs"),
    ]

    private mutating func addElement(_ cursor: Cursor, _ members: Set<String>) throws(SnapshotError) -> Bool {
        guard let kind = Self.elements.first(where: { members.contains($0.id) && members.contains($0.other) }),
            let take = Self.lists[kind.list]
        else { return false }
        kinds.insert(kind.list)
        try take(&self, cursor)
        return true
    }

    private mutating func add(_ key: String, _ member: Cursor, in cursor: Cursor) throws(SnapshotError) -> Bool {
        if let take = Self.lists[key], case .array = member.document {
            kinds.insert(key)
            for element in try member.elements() { try take(&self, element) }
            return true
        }
        switch key {
        case "ManagedPrefixLists":
            kinds.insert("PrefixLists")
            for element in try member.elements() { try addPrefixList(element) }
        // get-managed-prefix-list-entries names no list: the collect script adds it.
        case "Entries":
            guard cursor["PrefixListId"] != nil else { return false }
            kinds.insert("PrefixLists")
            try addPrefixListEntries(cursor)
        case "TargetHealthDescriptions": try addTargetHealth(cursor)
        // Both as kept by a tool that puts the outputs of several calls into one file.
        case "LoadBalancerTargetHealth": for element in try member.elements() { try addTargetHealth(element) }
        case "LoadBalancerListeners":
            kinds.insert("Listeners")
            for element in try member.elements() {
                for listener in try element.elements("Listeners") { try addListener(listener) }
            }
        case "cluster": try addCluster(member)
        case "fargateProfile":
            for subnet in try member.elements("subnets") {
                configuration.fargateSubnetIDs.append(try subnet.string())
            }
        case "nodegroup": break
        default: return false
        }
        return true
    }

    private mutating func addCluster(_ cursor: Cursor) throws(SnapshotError) {
        let name = try cursor.string("name")
        let network = cursor["kubernetesNetworkConfig"]
        let resources = cursor["resourcesVpcConfig"]
        try refer("cluster \(name)", to: "Vpcs", resources?["vpcId"])
        configuration.name = name
        configuration.ipFamily = try network?.optionalString("ipFamily") == "ipv4" ? .ipv4 : .ipv6
        configuration.vpcID = try resources?.optionalString("vpcId")
        configuration.serviceBlock = try (network?["serviceIpv6Cidr"] ?? network?["serviceIpv4Cidr"])?.parse()
        configuration.subnetIDs = try resources?.strings("subnetIds") ?? []
        configuration.endpointHost = try cursor.optionalString("endpoint").map { $0.replacing("https://", with: "") }
    }
}
