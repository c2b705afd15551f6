import Cluster
import Foundation
import IPAddresses
import Snapshot
import Testing
import TestSupport
import VPC

@testable import dataplane

/// A trace through a dump, worked out by hand from its tables.
private struct DumpRow: Sendable, CustomTestStringConvertible {
    var dump: String
    var from: String
    var to: String
    var ipProtocol = TraceRequest.ProtocolChoice.tcp
    var port: UInt16?
    var verdict: Trace.Verdict
    var seen: [String]

    init(
        _ dump: String, _ from: String, _ to: String, _ port: UInt16?, _ verdict: Trace.Verdict, _ seen: [String],
        _ ipProtocol: TraceRequest.ProtocolChoice = .tcp
    ) {
        (self.dump, self.from, self.to, self.port, self.verdict) = (dump, from, to, port, verdict)
        (self.seen, self.ipProtocol) = (seen, ipProtocol)
    }

    var testDescription: String { "\(dump): \(from) → \(to) \(ipProtocol.rawValue) \(port.map(String.init) ?? "")" }
}

private let dumps = [
    "hybrid-cloud-aws", "test-load-balancer", "test-nat-gateway", "test-public-private-subnet", "test-public-subnet",
    "test-vpc-peering", "test-vpn-gateway",
]

private let dumpRows: [DumpRow] = [
    // A private instance, its NAT gateway in the public subnet, the internet gateway; acl-0792… has rule 200 for all.
    .init(
        "test-nat-gateway", "i-0a128d26e59be60f3", "8.8.8.8", 443, .delivered,
        [
            "10.1.1.98:32768-60999 → 8.8.8.8:443", "0.0.0.0/0 → nat-07ab4846da51f4612", "acl-0792adae678b88f85",
            "ingress 200 allow all", "3.135.127.225:1024-65535", "0.0.0.0/0 → igw-071753b9c23d8a9b2", "reply",
            "ingress 200 allow all", "8.8.8.8:443 → 10.1.1.98:32768-60999", "i-0a128d26e59be60f3",
        ]),
    // Rule 100 of the same ACL is for ICMP from 10.1.1.0/24.
    .init(
        "test-nat-gateway", "i-0a128d26e59be60f3", "8.8.8.8", nil, .delivered,
        ["acl-0792adae678b88f85", "ingress 100 allow icmp 10.1.1.0/24", "reply", "ingress 200 allow all"], .icmp),
    // 10.1.20.0/24 is in the main table, which has only the local route.
    .init(
        "test-nat-gateway", "i-0a73a1a6021c03ddb", "8.8.8.8", 443, .blocked,
        ["rtb-0e169c4a1e0b27b55", "NO_ROUTE_TO_DESTINATION"]),
    .init(
        "test-nat-gateway", "i-0a73a1a6021c03ddb", "i-0a128d26e59be60f3", 22, .delivered,
        ["10.1.0.0/16 → local", "sg-0253af84ae6485905", "ingress: tcp 22 from 0.0.0.0/0"]),
    .init(
        "test-nat-gateway", "i-0a73a1a6021c03ddb", "i-0a128d26e59be60f3", 80, .blocked,
        ["sg-0253af84ae6485905", "ENI_SG_RULES_MISMATCH"]),
    .init(
        "test-nat-gateway", "internet/1.2.3.4", "18.216.129.140", nil, .delivered,
        [
            "igw-071753b9c23d8a9b2", "1.2.3.4 → 10.1.250.116 icmp type 8", "icmp type 8", "reply",
            "18.216.129.140 → 1.2.3.4",
        ],
        .icmp),
    .init(
        "test-nat-gateway", "internet/1.2.3.4", "3.135.127.225", 443, .blocked, ["NAT_GATEWAY_NO_CONNECTION"]),
    // 192.168.0.0/16 twice: each is peered with 10.10.0.0/16, which routes to the subnet of each by its own connection.
    .init(
        "test-vpc-peering", "i-06ba034d88c84ef07", "192.168.2.229", 22, .delivered,
        [
            "192.168.2.0/24 → pcx-0d5b836985ac8ca8c", "vpc-09095dbf2886404ee", "reply",
            "10.10.0.0/16 → pcx-0d5b836985ac8ca8c",
        ]),
    .init(
        "test-vpc-peering", "i-0b14080af811fda3d", "i-06ba034d88c84ef07", 22, .delivered,
        ["10.10.0.0/16 → pcx-0b89b559e3319d6cf", "reply", "192.168.1.0/24 → pcx-0b89b559e3319d6cf"]),
    .init(
        "test-vpc-peering", "i-0b14080af811fda3d", "i-06ba034d88c84ef07", 80, .blocked,
        ["sg-09606ce9642cac154", "ENI_SG_RULES_MISMATCH"]),
    // The other 192.168.0.0/16 is not reached: the local route is more specific than none.
    .init(
        "test-vpc-peering", "i-0b14080af811fda3d", "192.168.2.229", 22, .blocked,
        ["192.168.0.0/16 → local", "no interface in vpc-00a31ce9d0c06675c has 192.168.2.229"]),
    .init("test-vpc-peering", "i-0b14080af811fda3d", "8.8.8.8", 443, .blocked, ["igw-0a2c9ae201b441bff", "BLACKHOLE"]),
    // An internal Network Load Balancer: listener TCP 80, targets two instances on port 22, the client's address kept.
    .init(
        "test-load-balancer", "i-0c8ce8bbdd98cc4e8", "load-balancer/test-lb", 80, .delivered,
        [
            "share 1/2", "the client's address kept", "10.1.250.112:32768-60999 → 10.1.20.95:22",
            "ingress: tcp 22 from 0.0.0.0/0", "reply", "10.1.20.123:80 → 10.1.250.112", "share 1/2",
            "10.1.250.112:32768-60999 → 10.1.1.189:22", "acl-03881316d16ba9771",
        ]),
    .init(
        "test-load-balancer", "i-0c8ce8bbdd98cc4e8", "load-balancer/test-lb", 22, .blocked,
        ["ELBV2_LISTENERS_MISMATCH", "only TCP 80"]),
    .init(
        "test-load-balancer", "i-055b0db7be365202c", "8.8.8.8", 443, .blocked,
        ["rtb-08a3882c161001ceb", "NO_ROUTE_TO_DESTINATION"]),
    .init(
        "test-vpn-gateway", "i-099cf38911942421c", "on-premises/172.16.5.5", 22, .delivered,
        ["0.0.0.0/0 → vgw-0c09bd7fadac961bf", "reply", "a tracked connection's reply"]),
    .init(
        "test-vpn-gateway", "on-premises/172.16.5.5", "i-099cf38911942421c", 22, .delivered, ["tcp 22 from 0.0.0.0/0"]),
    .init("test-vpn-gateway", "on-premises/172.16.5.5", "i-099cf38911942421c", 80, .blocked, ["ENI_SG_RULES_MISMATCH"]),
    .init(
        "test-public-private-subnet", "i-094a9e5b545a4fde4", "8.8.8.8", 443, .delivered,
        ["0.0.0.0/0 → igw-0eac198308206c358", "13.58.55.60:32768-60999 → 8.8.8.8:443"]),
    .init(
        "test-public-private-subnet", "i-099cf38911942421c", "8.8.8.8", 443, .delivered,
        ["0.0.0.0/0 → vgw-070087240d6fa2989"]),
    .init(
        "test-public-private-subnet", "i-094a9e5b545a4fde4", "i-099cf38911942421c", 22, .delivered,
        ["10.0.0.0/16 → local", "sg-063f2bb51713c3236"]),
    .init(
        "test-public-subnet", "internet/1.2.3.4", "18.216.80.133", 22, .delivered,
        ["1.2.3.4:32768-60999 → 10.0.0.91:22", "reply", "18.216.80.133:22 → 1.2.3.4"]),
    .init("test-public-subnet", "internet/1.2.3.4", "18.216.80.133", 443, .blocked, ["ENI_SG_RULES_MISMATCH"]),
    // Its instances are stopped, and its interfaces attached to nothing.
    .init("hybrid-cloud-aws", "192.168.1.186", "8.8.8.8", 443, .blocked, ["BAD_STATE"]),
    .init("hybrid-cloud-aws", "i-075dc46a9bc347264", "192.168.2.22", 179, .blocked, ["BAD_STATE"]),
    .init("hybrid-cloud-aws", "eni-822b55ac", "eni-0681f828", 80, .blocked, ["BAD_STATE"]),
    .init("hybrid-cloud-aws", "eni-822b55ac", "eni-0681f828", 8080, .blocked, ["BAD_STATE"]),
    .init("hybrid-cloud-aws", "eni-0681f828", "eni-822b55ac", 8080, .blocked, ["BAD_STATE"]),
]

@Suite("AWS dumps of others")
struct DumpTests {
    private static let data = ExampleCluster.root + "/Tests/SnapshotTests/Data/aws"

    @Test("A dump loads as it is, and validates", arguments: dumps)
    func load(_ dump: String) throws {
        let snapshot = try Snapshot(folder: Self.data + "/batfish/" + dump)
        #expect(!snapshot.cluster.network.vpcs.isEmpty && !snapshot.cluster.network.interfaces.isEmpty)
        let findings = snapshot.validate()
        // IPv4 accounts without a cluster: nothing of Kubernetes is found in them.
        for finding in findings {
            #expect(
                ["route-", "nacl-", "peering-", "snapshot-incomplete"].contains { finding.id.rawValue.hasPrefix($0) },
                "\(finding)")
        }
        let blackholes = findings.filter { $0.id == .routeBlackhole }.map(\.component.id)
        #expect(
            blackholes
                == (["hybrid-cloud-aws": ["rtb-f28e418b"], "test-vpc-peering": ["rtb-017c36290c9baf017"]][dump] ?? []))
    }

    @Test("A trace comes out as its tables say", arguments: dumpRows)
    fileprivate func row(_ row: DumpRow) throws {
        let cluster = try Snapshot(folder: Self.data + "/batfish/" + row.dump).cluster
        let request = try TraceRequest(
            from: cluster.endpoint(named: row.from), to: cluster.endpoint(named: row.to), protocol: row.ipProtocol,
            port: row.port)
        let trace = try cluster.trace(request)
        let text = TraceText.render(trace, request)
        #expect(trace.verdict == row.verdict, "\(text)")
        expectInOrder(row.seen, in: text)
    }

    @Test("The AWS CLI's examples load together, elements by themselves among them; what is not an element is named")
    func examples() throws {
        let snapshot = try Snapshot(folder: Self.data + "/cli-examples", toleratesMissing: true)
        let network = snapshot.cluster.network
        #expect(network.egressOnlyGateways["eigw-015e0e244e24dfe8a"]?.vpcIDs == ["vpc-0c62a468"])
        #expect(network.interfaces["eni-e5aa89a3"]?.primaryIPv4?.description == "10.0.1.17")
        #expect(network.vpcs.values.contains { $0.ipv4Blocks.map(\.description) == ["30.1.0.0/16"] })
        #expect(network.acls.values.contains { $0.ingress.entries.contains { $0.number == 32768 } })
        for (file, part) in [
            ("describe-instances.1.json", "“10-0-0-157” is read as 10.0.0.157"),
            ("describe-instances.2.json", "“Name” skipped"), ("describe-instances.4.json", "“Subnet” skipped"),
            ("describe-security-group-rules.1.json", "“SecurityGroupRules” skipped"),
        ] {
            #expect(snapshot.notes.contains { $0.contains(file) && $0.contains(part) }, "\(file)")
        }
    }
}

@Suite("What a network may have besides the document's")
struct SupportTests {
    private func trace(
        _ from: String, _ to: String, _ port: UInt16, _ edits: [ExampleCluster.Edit]
    ) throws -> (trace: Trace, text: String) {
        let result = try Statements.trace(from, to, .tcp, port, edits)
        return (result.trace, result.text)
    }

    private let tables = "ec2-describe-route-tables.json"

    private func route(_ route: String) -> ExampleCluster.Edit {
        .init(
            tables, after: #""RouteTableId":"rtb-0private-a""#, #"{"DestinationPrefixListId":"#,
            route + #",{"DestinationPrefixListId":"#)
    }

    @Test("Transit gateways, carrier gateways, local gateways, core networks: a trace ends there, and names them")
    func unsupported() throws {
        for (field, id) in [
            ("TransitGatewayId", "tgw-0123"), ("CarrierGatewayId", "cagw-0123"), ("LocalGatewayId", "lgw-0123"),
            ("CoreNetworkArn", "arn:aws:networkmanager::1:core-network/cn-0"),
        ] {
            let edit = route(#"{"DestinationCidrBlock":"172.16.0.0/12","\#(field)":"\#(id)","State":"active"}"#)
            let (trace, text) = try trace("client", "172.16.1.1", 443, [edit])
            #expect(trace.verdict == .unknown && trace.codes == [.unsupported])
            #expect(text.contains(id) && text.contains(field) && text.contains("not modelled"))
            let findings = try Statements.findings(.routeTargetUnsupported, [edit])
            #expect(findings.count == 1 && findings[0].message.contains(id))
        }
    }

    @Test("An interface endpoint is an interface of its subnet: groups and ACLs count")
    func interfaceEndpoint() throws {
        let endpoint = #"""
            {"NetworkInterfaceId":"eni-0vpce","SubnetId":"subnet-0private-b","VpcId":"vpc-0demo","InterfaceType":"vpc_endpoint","Description":"VPC Endpoint Interface vpce-0ecr","SourceDestCheck":true,"Groups":[{"GroupId":"sg-0alb","GroupName":"alb"}],"Ipv6Addresses":[{"Ipv6Address":"2001:db8:1234:1a20::e"}],"PrivateIpAddresses":[{"PrivateIpAddress":"10.0.32.99","Primary":true}]},
            """#
        let edits: [ExampleCluster.Edit] = [
            .init(
                "ec2-describe-network-interfaces.json", after: "{", #""NetworkInterfaces":["#,
                #""NetworkInterfaces":["# + endpoint),
            .init(
                "ec2-describe-vpc-endpoints.json", after: "{", #""VpcEndpoints":["#,
                #""VpcEndpoints":[{"VpcEndpointId":"vpce-0ecr","VpcEndpointType":"Interface","VpcId":"vpc-0demo","ServiceName":"com.amazonaws.us-east-1.ecr.api","State":"available","NetworkInterfaceIds":["eni-0vpce"]},"#
            ),
        ]
        for to in ["10.0.32.99", "2001:db8:1234:1a20::e"] {
            #expect(try trace("client", to, 443, edits).trace.verdict == .delivered)
            #expect(try trace("client", to, 8443, edits).trace.codes == [.securityGroupRulesMismatch])
        }
    }

    @Test("Direct Connect ends at a virtual private gateway: what is propagated from it routes as a VPN's does")
    func directConnect() throws {
        let (trace, text) = try trace("client", "192.168.10.20", 443, [])
        #expect(trace.verdict == .delivered && text.contains("vgw-0onprem (propagated)"))
        var files = try ExampleCluster.files().map { Snapshot.File(path: $0.path, bytes: $0.bytes) }
        files.append(
            .init(path: "dx.json", bytes: Array(#"{"directConnectGateways": [], "virtualInterfaces": []}"#.utf8)))
        let notes = try Snapshot(files: files, name: "cluster").notes
        #expect(notes.count { $0.contains("dx.json") && $0.contains("not modelled") } == 2)
    }

    @Test("Secondary CIDR blocks of a VPC count: for local routes, subnets and on both sides of a peering")
    func secondaryBlocks() throws {
        let folder = ExampleCluster.root + "/Tests/SnapshotTests/Data/aws/batfish/test-vpc-peering"
        let vpc = try Snapshot(folder: folder).cluster.network.vpcs["vpc-0404e08ceddf7f650"]
        // 10.11.0.0/16 stands there too, disassociated.
        #expect(vpc?.ipv4Blocks.map(\.description) == ["10.10.0.0/16"])
        let edits: [ExampleCluster.Edit] = [
            .init(
                "ec2-describe-vpcs.json", after: "{", #""CidrBlockAssociationSet":["#,
                #""CidrBlockAssociationSet":[{"CidrBlock":"10.64.0.0/16","CidrBlockState":{"State":"associated"}},"#),
            .init("ec2-describe-subnets.json", "10.0.48.0/28", "10.64.0.0/28"),
            .init(
                tables, after: #""RouteTableId":"rtb-0private-a""#, #""Routes":["#,
                #""Routes":[{"DestinationCidrBlock":"10.64.0.0/16","GatewayId":"local","State":"active"},"#),
        ]
        #expect(try Statements.snapshot(edits).validate().allSatisfy { $0.severity != .error })
        #expect(try trace("client", "10.64.0.5", 443, edits).text.contains("10.64.0.0/16 → local"))
    }

    @Test(
        "Prefix lists as sources of rules: by their entries; without entries nobody knows what the rule matches, and that is said"
    )
    func prefixListRules() throws {
        let rule = ExampleCluster.Edit(
            "ec2-describe-security-groups.json", after: #""GroupId":"sg-0bastion""#, #""PrefixListIds":[]"#,
            #""PrefixListIds":[{"PrefixListId":"pl-0office"}]"#)
        let entries = #"{"PrefixListId": "pl-0office", "Entries": [{"Cidr": "192.0.2.0/24"}]}"#
        func snapshot(_ extra: [String]) throws -> Snapshot {
            let files = try ExampleCluster.files([rule]).map { Snapshot.File(path: $0.path, bytes: $0.bytes) }
            return try Snapshot(
                files: files + extra.enumerated().map { .init(path: "extra-\($0)", bytes: Array($1.utf8)) },
                name: "cluster")
        }
        let list = #"{"PrefixLists": [{"PrefixListId": "pl-0office", "PrefixListName": "office"}]}"#
        for extra in [[entries], [list, entries], [entries, list]] {
            let whole = try snapshot(extra)
            #expect(
                try whole.cluster.trace(from: "internet/192.0.2.1", to: "198.51.100.20", port: 22).verdict == .delivered
            )
            #expect(!whole.notes.contains { $0.contains("pl-0office") })
        }
        for extra in [[], [list]] {
            let part = try snapshot(extra)
            #expect(
                try part.cluster.trace(from: "internet/192.0.2.1", to: "198.51.100.20", port: 22).verdict == .unknown)
            #expect(part.notes.contains { $0.contains("pl-0office") && $0.contains("sg-0bastion") })
        }
    }

    @Test("Groups of the peer VPC as sources of rules match its interfaces, across the peering")
    func groupsAcrossPeering() throws {
        let rule = ExampleCluster.Edit(
            "ec2-describe-security-groups.json", after: #""GroupId":"sg-0database""#, #""IpPermissions":["#,
            #""IpPermissions":[{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"UserIdGroupPairs":[{"GroupId":"sg-0cluster","UserId":"111122223333","VpcId":"vpc-0demo","VpcPeeringConnectionId":"pcx-0database"}]},"#
        )
        for to in ["10.1.16.5", "2001:db8:1234:1b10::5"] {
            let (trace, text) = try trace("client", to, 22, [rule])
            #expect(trace.verdict == .delivered && text.contains("tcp 22 from sg-0cluster"))
        }
        #expect(try trace("instance/i-0bastion", "10.1.16.5", 22, [rule]).trace.verdict == .blocked)
    }

    @Test("A rule for all protocols and all addresses lets all in")
    func wildcard() throws {
        let rule = ExampleCluster.Edit(
            "ec2-describe-security-groups.json", after: #""GroupId":"sg-0database""#, #""IpPermissions":["#,
            #""IpPermissions":[{"IpProtocol":"-1","IpRanges":[{"CidrIp":"0.0.0.0/0"}],"Ipv6Ranges":[{"CidrIpv6":"::/0"}]},"#
        )
        for to in ["10.1.16.5", "2001:db8:1234:1b10::5"] {
            #expect(try trace("client", to, 22, [rule]).trace.verdict == .delivered)
        }
    }
}
