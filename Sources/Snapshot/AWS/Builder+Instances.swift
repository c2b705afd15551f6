import IPAddresses
import VPC

extension SnapshotBuilder {
    mutating func addInterface(_ cursor: Cursor, isNested: Bool = false) throws(SnapshotError) {
        let id = try cursor.string("NetworkInterfaceId")
        if !isNested {
            try refer(id, to: "Vpcs", cursor["VpcId"])
            try refer(id, to: "Subnets", cursor["SubnetId"])
        }
        var groupIDs: [String] = []
        for group in try cursor.elements("Groups") {
            if !isNested { try refer(id, to: "SecurityGroups", group.required("GroupId")) }
            groupIDs.append(try group.string("GroupId"))
        }
        var ipv4: [NetworkInterface.IPv4Assignment] = []
        for address in try cursor.elements("PrivateIpAddresses") {
            ipv4.append(
                .init(
                    address: try privateAddress(address.required("PrivateIpAddress"), isNested),
                    isPrimary: try address.bool("Primary", default: false),
                    publicAddress: try address["Association"]?["PublicIp"]?.parse()
                )
            )
        }
        var ipv6: [IPv6Address] = []
        for address in try cursor.elements("Ipv6Addresses") { ipv6.append(try address.required("Ipv6Address").parse()) }
        var ipv4Prefixes: [IPv4Prefix] = []
        for prefix in try cursor.elements("Ipv4Prefixes") {
            ipv4Prefixes.append(try prefix.required("Ipv4Prefix").parse())
        }
        var ipv6Prefixes: [IPv6Prefix] = []
        for prefix in try cursor.elements("Ipv6Prefixes") {
            ipv6Prefixes.append(try prefix.required("Ipv6Prefix").parse())
        }
        let attachment = cursor["Attachment"]
        var interface = NetworkInterface(
            id: id, vpcID: try cursor.optionalString("VpcId") ?? "",
            subnetID: try cursor.optionalString("SubnetId") ?? "",
            groupIDs: groupIDs, type: try cursor.optionalString("InterfaceType") ?? "interface",
            details: try cursor.optionalString("Description") ?? "",
            sourceDestinationCheck: try cursor.bool("SourceDestCheck", default: true),
            instanceID: try attachment?.optionalString("InstanceId"),
            deviceIndex: try attachment?["DeviceIndex"]?.integer(),
            ipv4Addresses: ipv4, ipv6Addresses: ipv6, ipv4Prefixes: ipv4Prefixes, ipv6Prefixes: ipv6Prefixes
        )
        interface.isAttached = try cursor.optionalString("Status") ?? "in-use" != "available"
        interface.deniesInternetGateways = try cursor.bool("DenyAllIgwTraffic", default: false)
        if isNested {
            nestedInterfaces.append(interface)
            nestedPlaces[id] = cursor
        } else if try isNew("NetworkInterfaces", id, interface, cursor) {
            parts.interfaces[id] = interface
        }
    }

    /// A private address. AWS's own examples have it with dashes in an instance's interfaces, as in host names: there that is
    /// read, and noted.
    private mutating func privateAddress(_ cursor: Cursor, _ isNested: Bool) throws(SnapshotError) -> IPv4Address {
        let text = try cursor.string()
        guard isNested, text.contains("-"), let address = IPv4Address(text.replacing("-", with: ".")) else {
            return try cursor.parse()
        }
        notes.append("\(cursor.path.file): \(cursor.path.text): “\(text)” is read as \(address)")
        return address
    }

    mutating func addReservation(_ cursor: Cursor) throws(SnapshotError) {
        for instance in try cursor.elements("Instances") {
            let id = try instance.string("InstanceId")
            if try instance["State"]?.optionalString("Name") == "terminated" { continue }
            let options = instance["MetadataOptions"]
            var name: String?
            for tag in try instance.elements("Tags") where try tag.optionalString("Key") == "Name" {
                name = try tag.optionalString("Value")
            }
            var entry = Instance(
                id: id, name: name, type: try instance.optionalString("InstanceType") ?? "",
                metadata: .init(
                    isEnabled: try options?.optionalString("HttpEndpoint") ?? "enabled" == "enabled",
                    isIPv6Enabled: try options?.optionalString("HttpProtocolIpv6") == "enabled",
                    hopLimit: try options?["HttpPutResponseHopLimit"]?.integer() ?? 1
                )
            )
            entry.state = try instance["State"]?.optionalString("Name") ?? "running"
            entry.metadata.answersWithoutToken = try options?.optionalString("HttpTokens") == "optional"
            entry.metadata.isKnown = options != nil
            guard try isNew("Reservations", id, entry, instance) else { continue }
            parts.instances[id] = entry
            for interface in try instance.elements("NetworkInterfaces") where interface["NetworkInterfaceId"] != nil {
                try addInterface(interface, isNested: true)
                nestedInterfaces[nestedInterfaces.count - 1].instanceID = id
            }
        }
    }

    mutating func addInstanceType(_ cursor: Cursor) throws(SnapshotError) {
        let name = try cursor.string("InstanceType")
        let network = try cursor.required("NetworkInfo")
        let isBareMetal = try cursor.bool("BareMetal", default: false)
        let hypervisor = try cursor.optionalString("Hypervisor")
        // The CNI plugin uses only the interfaces of the default network card.
        let card = try network["DefaultNetworkCardIndex"]?.integer() ?? 0
        var ofCard: Cursor?
        for element in try network.elements("NetworkCards")
        where try element["NetworkCardIndex"]?.integer() ?? 0 == card {
            ofCard = element
        }
        parts.instanceTypes[name] = InstanceType(
            name: name, isNitro: isBareMetal || hypervisor == "nitro",
            vCPUs: try cursor["VCpuInfo"]?["DefaultVCpus"]?.integer() ?? 0,
            maximumInterfaces: try (ofCard ?? network).required("MaximumNetworkInterfaces").integer(),
            ipv4AddressesPerInterface: try network.required("Ipv4AddressesPerInterface").integer()
        )
    }
}
