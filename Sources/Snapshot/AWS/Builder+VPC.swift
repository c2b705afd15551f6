import IPAddresses
import VPC

extension SnapshotBuilder {
    mutating func addVPC(_ cursor: Cursor) throws(SnapshotError) {
        let id = try cursor.string("VpcId")
        var ipv4: [IPv4Prefix] = []
        for association in try cursor.elements("CidrBlockAssociationSet")
        where try association.isAssociated("CidrBlockState") {
            ipv4.append(try association.required("CidrBlock").parse())
        }
        if ipv4.isEmpty, let block = cursor["CidrBlock"] { ipv4.append(try block.parse()) }
        var ipv6: [IPv6Prefix] = []
        for association in try cursor.elements("Ipv6CidrBlockAssociationSet")
        where try association.isAssociated("Ipv6CidrBlockState") {
            ipv6.append(try association.required("Ipv6CidrBlock").parse())
        }
        let vpc = VPC(id: id, ipv4Blocks: ipv4, ipv6Blocks: ipv6)
        if try isNew("Vpcs", id, vpc, cursor) { parts.vpcs[id] = vpc }
    }

    mutating func addSubnet(_ cursor: Cursor) throws(SnapshotError) {
        let id = try cursor.string("SubnetId")
        try refer(id, to: "Vpcs", cursor.required("VpcId"))
        var ipv6: [IPv6Prefix] = []
        for association in try cursor.elements("Ipv6CidrBlockAssociationSet")
        where try association.isAssociated("Ipv6CidrBlockState") {
            ipv6.append(try association.required("Ipv6CidrBlock").parse())
        }
        let subnet = Subnet(
            id: id, vpcID: try cursor.string("VpcId"),
            availabilityZone: try cursor.optionalString("AvailabilityZone") ?? "",
            ipv4Block: try cursor["CidrBlock"]?.parse(), ipv6Blocks: ipv6,
            enablesDNS64: try cursor.bool("EnableDns64", default: false),
            availableIPv4Addresses: try cursor["AvailableIpAddressCount"]?.integer()
        )
        if try isNew("Subnets", id, subnet, cursor) { parts.subnets[id] = subnet }
    }

    mutating func addACL(_ cursor: Cursor) throws(SnapshotError) {
        let id = try cursor.string("NetworkAclId")
        try refer(id, to: "Vpcs", cursor["VpcId"])
        var subnets: [String] = []
        for association in try cursor.elements("Associations") {
            guard let subnet = association["SubnetId"] else { continue }
            try refer(id, to: "Subnets", subnet)
            _ = try isNew("the network ACL of", try subnet.string(), id, association)
            subnets.append(try subnet.string())
        }
        var entries: [NetworkACL.Entry] = []
        for entry in try cursor.elements("Entries") { entries.append(try aclEntry(entry)) }
        guard try isNew("NetworkAcls", id, ACLIdentity(entries: entries, subnetIDs: subnets), cursor) else { return }
        parts.acls[id] = NetworkACL(
            id: id, vpcID: try cursor.optionalString("VpcId") ?? "",
            isDefault: try cursor.bool("IsDefault", default: false),
            subnetIDs: subnets, entries: entries
        )
    }

    /// By what two descriptions of one ACL are compared.
    private struct ACLIdentity: Hashable {
        var entries: [NetworkACL.Entry]
        var subnetIDs: [String]
    }

    private func aclEntry(_ cursor: Cursor) throws(SnapshotError) -> NetworkACL.Entry {
        let action = try cursor.required("RuleAction")
        let actionText = try action.string()
        guard ["allow", "deny"].contains(actionText) else { throw action.fault("“allow” or “deny” is expected here") }
        let prefix: IPPrefix
        if let block = cursor["Ipv6CidrBlock"] {
            prefix = .v6(try block.parse())
        } else {
            prefix = .v4(try cursor.required("CidrBlock").parse())
        }
        let protocolCursor = try cursor.required("Protocol")
        let ipProtocol = try ipProtocol(protocolCursor)
        var match = RuleMatch(ipProtocol: ipProtocol)
        if let range = cursor["PortRange"] { match.ports = try ports(range.required("From"), range.required("To")) }
        if let message = cursor["IcmpTypeCode"] { try addMessage(message["Type"], message["Code"], to: &match) }
        return NetworkACL.Entry(
            number: try cursor.required("RuleNumber").integer(), isEgress: try cursor.bool("Egress", default: false),
            allows: actionText == "allow", prefix: prefix, match: match
        )
    }

    /// A protocol's number or name; nil for -1, all.
    func ipProtocol(_ cursor: Cursor) throws(SnapshotError) -> IPProtocol? {
        switch try cursor.string().lowercased() {
        case "-1", "all": return nil
        case "tcp": return .tcp
        case "udp": return .udp
        case "icmp": return .icmp
        case "icmpv6": return .icmpv6
        case let text:
            guard let number = UInt8(text) else {
                throw cursor.fault("a protocol's number, -1, tcp, udp, icmp or icmpv6 is expected here")
            }
            return IPProtocol(number: number)
        }
    }

    /// The type and the code of ICMP messages: -1 stands for all (Amazon EC2 API Reference, IcmpTypeCode and IpPermission).
    private func addMessage(_ type: Cursor?, _ code: Cursor?, to match: inout RuleMatch) throws(SnapshotError) {
        match.icmpType = try type.flatMap { type throws(SnapshotError) in try message(type) }
        guard match.icmpType != nil else { return }
        match.icmpCode = try code.flatMap { code throws(SnapshotError) in try message(code) }
    }

    private func message(_ cursor: Cursor) throws(SnapshotError) -> UInt8? {
        let number = try cursor.integer()
        if number == -1 { return nil }
        guard let result = UInt8(exactly: number) else {
            throw cursor.fault("an ICMP type or code of 0 to 255 is expected here, or -1 for all")
        }
        return result
    }

    func ports(_ from: Cursor, _ to: Cursor) throws(SnapshotError) -> PortSet {
        let (first, last) = (try from.port(), try to.port())
        guard first <= last else { throw from.fault("the range of ports ends at \(last), before it begins") }
        return PortSet(first...last)
    }

    mutating func addGroup(_ cursor: Cursor) throws(SnapshotError) {
        let id = try cursor.string("GroupId")
        try refer(id, to: "Vpcs", cursor["VpcId"])
        var rules: [SecurityGroup.Rule] = []
        for permission in try cursor.elements("IpPermissions") {
            rules += try groupRules(permission, id, isEgress: false, cursor)
        }
        for permission in try cursor.elements("IpPermissionsEgress") {
            rules += try groupRules(permission, id, isEgress: true, cursor)
        }
        let pending = PendingGroup(
            id: id, name: try cursor.optionalString("GroupName") ?? id,
            vpcID: try cursor.optionalString("VpcId") ?? "", rules: rules)
        if try isNew("SecurityGroups", id, pending, cursor) { groups.append(pending) }
    }

    private mutating func groupRules(
        _ cursor: Cursor, _ id: String, isEgress: Bool, _ group: Cursor
    ) throws(SnapshotError) -> [SecurityGroup.Rule] {
        var match = RuleMatch(ipProtocol: try ipProtocol(cursor.required("IpProtocol")))
        if let from = cursor["FromPort"], let to = cursor["ToPort"], let ipProtocol = match.ipProtocol {
            if ipProtocol.isICMP {
                try addMessage(from, to, to: &match)
            } else if try from.integer() >= 0 {
                match.ports = try ports(from, to)
            }
        }
        var peers: [SecurityGroup.Peer] = []
        for range in try cursor.elements("IpRanges") {
            peers.append(.prefix(.v4(try range.required("CidrIp").parse())))
        }
        for range in try cursor.elements("Ipv6Ranges") {
            peers.append(.prefix(.v6(try range.required("CidrIpv6").parse())))
        }
        for list in try cursor.elements("PrefixListIds") {
            peers.append(.unknownPrefixList(id: try list.string("PrefixListId")))
        }
        for pair in try cursor.elements("UserIdGroupPairs") {
            guard let other = pair["GroupId"] else { continue }
            let (user, owner) = (try pair.optionalString("UserId"), try group.optionalString("OwnerId"))
            let isForeign = pair["VpcPeeringConnectionId"] != nil || user != owner
            if !isForeign { try refer(id, to: "SecurityGroups", other, mayLack: true) }
            peers.append(.group(id: try other.string()))
        }
        return peers.map { SecurityGroup.Rule(groupID: id, isEgress: isEgress, peer: $0, match: match) }
    }

    /// `describe-vpc-attribute`: one attribute a call.
    mutating func addDNS(_ key: String, _ member: Cursor, in cursor: Cursor) throws(SnapshotError) -> Bool {
        guard let id = try cursor.optionalString("VpcId"), let value = member["Value"] else { return false }
        dns[id, default: [:]][key] = try value.boolean()
        return true
    }

    mutating func addBlockPublicAccess(_ cursor: Cursor) throws(SnapshotError) {
        guard let mode = cursor["InternetGatewayBlockMode"] else { return }
        guard let parsed = BlockPublicAccess.Mode(rawValue: try mode.string()) else {
            throw mode.fault("“off”, “block-bidirectional” or “block-ingress” is expected here")
        }
        blockMode = parsed
    }

    mutating func addExclusion(_ cursor: Cursor) throws(SnapshotError) {
        let state = try cursor.optionalString("State") ?? "create-complete"
        if state.hasPrefix("delete") || state.hasSuffix("failed") { return }
        // The resource is an ARN that ends in the identifier.
        let resource = try cursor.string("ResourceArn").split(separator: "/").last.map(String.init) ?? ""
        exclusions.append(
            .init(
                id: try cursor.optionalString("ExclusionId") ?? resource, resourceID: resource,
                allowsIngress: try cursor.optionalString("InternetGatewayExclusionMode") == "allow-bidirectional"))
    }
}

extension Cursor {
    /// Whether a block's association is in force.
    fileprivate func isAssociated(_ key: String) throws(SnapshotError) -> Bool {
        guard let state = try self[key]?.optionalString("State") else { return true }
        return state == "associated" || state == "associating"
    }
}
