import Cluster
import IPAddresses

extension SnapshotBuilder {
    /// Top-level keys of the calls whose output is a list, and what takes each element.
    static let lists: [String: @Sendable (inout SnapshotBuilder, Cursor) throws(SnapshotError) -> Void] = [
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
        "Rules": { builder, cursor throws(SnapshotError) in try builder.addRule(cursor) },
        "VpcBlockPublicAccessExclusions": { builder, cursor throws(SnapshotError) in
            try builder.addExclusion(cursor)
        },
    ]

    /// Takes one document, told apart by its content.
    ///
    /// `isWhole`: whether it is known that no page is missing after it.
    mutating func add(_ cursor: Cursor, isWhole: Bool = false) throws(SnapshotError) {
        if case .array = cursor.document { return try addPages(cursor.elements()) }
        guard case .object(let members) = cursor.document else {
            notes.append("\(cursor.path.file): skipped, \(cursor.document.kind) of no known kind")
            return
        }
        // An object of Kubernetes' has a kind; a List that other tools have gone over may have no version.
        if cursor["kind"] != nil, cursor["apiVersion"] ?? cursor["items"] != nil { return try addObject(cursor) }
        if !isWhole { try refusePage(cursor) }
        if try addElement(cursor, Set(members.map(\.key))) { return }
        for (key, _) in members where !Self.companions.contains(key) {
            guard let member = cursor[key] else { continue }
            if try add(key, member, in: cursor) { continue }
            try addUnmodelled(key, member, in: cursor)
        }
    }

    /// What is known by its kind only, or not at all.
    private mutating func addUnmodelled(_ key: String, _ member: Cursor, in cursor: Cursor) throws(SnapshotError) {
        guard let kind = ObjectKind.aws(key) else {
            notes.append("\(cursor.path.file): “\(key)” skipped, it is of no known kind")
            return
        }
        if kind.state == .irrelevant, key != "nodegroup" {
            notes.append("\(cursor.path.file): “\(key)” skipped, it decides about no packet")
        }
        guard kind.state == .unchecked, let scope = kind.scope, var effect = kind.effect else { return }
        notes.append(
            "\(cursor.path.file): “\(key)” skipped, such things are not modelled: traces that they could decide name them"
        )
        var elements = [member]
        if case .array = member.document { elements = try member.elements() }
        for element in elements {
            guard case .object = element.document else { continue }
            let id = kind.identifier ?? "Id"
            var name = try element.optionalString(id)
            if name == nil { name = try cursor.optionalString(id) }
            if key == "VpcEncryptionControls" {
                effect = try element.optionalString("Mode") == "enforce" ? .mayDeny : .named
            }
            let object = UnmodelledObject(
                kind: key, name: name ?? element.path.file, scope: scope, effect: effect)
            if !unmodelled.contains(object) { unmodelled.append(object) }
        }
    }

    /// The member that an element has beside its identifier, by which an element by itself is recognised: what
    /// `--query` and documentation leave of a list.
    private static let elements: [(id: String, other: String, list: String)] = [
        ("NetworkInterfaceId", "PrivateIpAddresses", "NetworkInterfaces"),
        ("EgressOnlyInternetGatewayId", "Attachments", "EgressOnlyInternetGateways"),
        ("InternetGatewayId", "Attachments", "InternetGateways"),
        ("NatGatewayId", "NatGatewayAddresses", "NatGateways"),
        ("VpcPeeringConnectionId", "RequesterVpcInfo", "VpcPeeringConnections"),
        ("VpcEndpointId", "ServiceName", "VpcEndpoints"), ("RouteTableId", "Routes", "RouteTables"),
        ("NetworkAclId", "Entries", "NetworkAcls"), ("GroupId", "IpPermissions", "SecurityGroups"),
        ("VpnGatewayId", "VpcAttachments", "VpnGateways"), ("ListenerArn", "DefaultActions", "Listeners"),
        ("RuleArn", "Priority", "Rules"), ("LoadBalancerArn", "LoadBalancerName", "LoadBalancers"),
        ("TargetGroupArn", "TargetGroupName", "TargetGroups"), ("ReservationId", "Instances", "Reservations"),
        ("PrefixListId", "Cidrs", "PrefixLists"),
        ("SubnetId", "AvailableIpAddressCount", "Subnets"), ("VpcId", "CidrBlockAssociationSet", "Vpcs"),
    ]

    private mutating func addElement(_ cursor: Cursor, _ members: Set<String>) throws(SnapshotError) -> Bool {
        guard let kind = Self.elements.first(where: { members.contains($0.id) && members.contains($0.other) }),
            let take = Self.lists[kind.list]
        else { return false }
        count(kind.list, 1)
        try take(&self, cursor)
        return true
    }

    private mutating func add(_ key: String, _ member: Cursor, in cursor: Cursor) throws(SnapshotError) -> Bool {
        if let take = Self.lists[key], case .array = member.document {
            let elements = try member.elements()
            count(key, elements.count)
            for element in elements { try take(&self, element) }
            if key == "Listeners" || key == "Rules" { try noteOwner(of: key, cursor) }
            return true
        }
        switch key {
        case "dataplaneCall": try addCall(member)
        case "Attributes": return try addAttributes(member, in: cursor)
        case "EnableDnsSupport", "EnableDnsHostnames": return try addDNS(key, member, in: cursor)
        case "VpcBlockPublicAccessOptions":
            count(key, 1)
            try addBlockPublicAccess(member)
        case "ManagedPrefixLists":
            kinds.insert("PrefixLists")
            for element in try member.elements() { try addPrefixList(element) }
        // get-managed-prefix-list-entries names no list: the collect script adds it.
        case "Entries":
            guard cursor["PrefixListId"] != nil else { return false }
            kinds.insert("PrefixLists")
            try addPrefixListEntries(cursor)
        case "TargetHealthDescriptions":
            count(key, try member.elements().count)
            try addTargetHealth(cursor)
        // Both as kept by a tool that puts the outputs of several calls into one file.
        case "LoadBalancerTargetHealth":
            kinds.insert("TargetHealthDescriptions")
            for element in try member.elements() {
                try refusePage(element)
                try addTargetHealth(element)
            }
        case "LoadBalancerAttributes":
            for element in try member.elements() {
                if let own = element["Attributes"] { _ = try addAttributes(own, in: element) }
            }
        case "LoadBalancerListeners":
            kinds.insert("Listeners")
            for element in try member.elements() {
                try refusePage(element)
                for listener in try element.elements("Listeners") { try addListener(listener) }
                try noteOwner(of: "Listeners", element)
            }
        case "cluster":
            count(key, 1)
            try addCluster(member)
        case "fargateProfile":
            for subnet in try member.elements("subnets") {
                configuration.fargateSubnetIDs.append(try subnet.string())
            }
        default: return false
        }
        return true
    }

    private mutating func addCluster(_ cursor: Cursor) throws(SnapshotError) {
        let name = try cursor.string("name")
        let network = cursor["kubernetesNetworkConfig"]
        let resources = cursor["resourcesVpcConfig"]
        try refer("cluster \(name)", to: "Vpcs", resources?["vpcId"])
        if let other = configuration.name, other != name {
            throw cursor.fault("a second cluster beside “\(other)”; keep each cluster's files in a folder of its own")
        }
        configuration.name = name
        configuration.ipFamily = try network?.optionalString("ipFamily") == "ipv4" ? .ipv4 : .ipv6
        configuration.vpcID = try resources?.optionalString("vpcId")
        configuration.serviceBlock = try (network?["serviceIpv6Cidr"] ?? network?["serviceIpv4Cidr"])?.parse()
        configuration.subnetIDs = try resources?.strings("subnetIds") ?? []
        configuration.endpointHost = try cursor.optionalString("endpoint").map { $0.replacing("https://", with: "") }
        if let isPublic = resources?["endpointPublicAccess"], let isPrivate = resources?["endpointPrivateAccess"] {
            var blocks: [IPPrefix] = []
            for block in try resources?.elements("publicAccessCidrs") ?? [] { blocks.append(try block.parse()) }
            configuration.endpointAccess = .init(
                isPublic: try isPublic.boolean(), isPrivate: try isPrivate.boolean(), publicBlocks: blocks)
        }
        for key in ["remoteNodeNetworks", "remotePodNetworks"] {
            for network in try cursor["remoteNetworkConfig"]?.elements(key) ?? [] {
                for block in try network.elements("cidrs") { configuration.remoteNetworks.append(try block.parse()) }
            }
        }
    }
}
