import Cluster
import IPAddresses
import Snapshot
import Testing
import TestSupport
import VPC

@Suite("Statements: VPC and subnets")
struct NetworkStatements {
    private func network(_ ipv4: [String], _ ipv6: [String], subnet: (String?, [String])? = nil) throws -> Cluster {
        var parts = Network.Parts()
        parts.vpcs["vpc"] = VPC(
            id: "vpc", ipv4Blocks: try ipv4.map { try #require(IPv4Prefix($0)) },
            ipv6Blocks: try ipv6.map { try #require(IPv6Prefix($0)) })
        if let (block, blocks) = subnet {
            parts.subnets["subnet"] = Subnet(
                id: "subnet", vpcID: "vpc", availabilityZone: "a", ipv4Block: block.flatMap { IPv4Prefix($0) },
                ipv6Blocks: try blocks.map { try #require(IPv6Prefix($0)) }, enablesDNS64: false,
                availableIPv4Addresses: nil)
        }
        return Cluster(network: Network(parts))
    }

    @Test(
        "S01: a VPC has IPv4 blocks of /16 to /28 and one global IPv6 /56; anything else is an error that names the block"
    )
    func s01() throws {
        for length in 8...30 {
            let findings = try network(["10.0.0.0/\(length)"], ["2001:db8:0:100::/56"]).validate()
            #expect(findings.isEmpty == (16...28).contains(length))
            for finding in findings {
                #expect(finding.severity == .error && finding.message.contains("10.0.0.0/\(length)"))
            }
        }
        for length in [40, 44, 52, 55, 56, 57, 60, 64] {
            let block = "2001:db8::/\(length)"
            let seed = try network([], [block]).validate()
            #expect(seed.isEmpty == (length == 56))
            for finding in seed { #expect(finding.id == .vpcIPv6Size && finding.message.contains(block)) }
            // `current`: /44 to /60 in steps of four.
            let current = try network([], [block]).validate(.current)
            #expect(current.isEmpty == [44, 48, 52, 56, 60].contains(length))
        }
        let two = try network([], ["2001:db8::/56", "2001:db8:0:100::/56"])
        #expect(two.validate().map(\.id) == [.vpcIPv6Size] && two.validate(.current).isEmpty)
        #expect(try network([], ["4000::/56"]).validate().map(\.id) == [.vpcIPv6Size])
    }

    @Test(
        "S02: a subnet has a /64 within the VPC's /56; IPv4 only, dual stack or IPv6 only; none overlap, in either family"
    )
    func s02() throws {
        for subnet: (String?, [String]) in [
            ("10.0.1.0/24", []), ("10.0.1.0/24", ["2001:db8:0:1::/64"]), (nil, ["2001:db8:0:1::/64"]),
        ] {
            #expect(try network(["10.0.0.0/16"], ["2001:db8::/56"], subnet: subnet).validate().isEmpty)
        }
        let outside = try network(["10.0.0.0/16"], ["2001:db8::/56"], subnet: ("10.1.0.0/24", ["2001:db8:1::/64"]))
        #expect(outside.validate().map(\.id) == [.subnetOutsideVPC, .subnetOutsideVPC])
        let size = try network([], ["2001:db8::/56"], subnet: (nil, ["2001:db8::/60"]))
        #expect(size.validate().map(\.id) == [.subnetIPv6Size] && size.validate(.current).isEmpty)
        for (old, new) in [("10.0.32.0/20", "10.0.16.0/21"), ("2001:db8:1234:1a20::/64", "2001:db8:1234:1a10::/64")] {
            let overlap = try Statements.findings(.subnetOverlap, [.init("ec2-describe-subnets.json", old, new)])
            #expect(overlap.count == 1 && overlap[0].message.contains(new))
        }
    }

    @Test(
        "S03: route tables, network ACLs, peering and names act on IPv6 as on IPv4",
        arguments: [
            ("routes", "93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", UInt16(443), Trace.Verdict.delivered),
            ("ACLs", "45.33.32.156", "2600:3c01::f03c:91ff:fe18:bb2f", 443, .blocked),
            ("peering", "10.1.16.5", "2001:db8:1234:1b10::5", 5432, .delivered),
            ("groups across peering", "10.1.16.5", "2001:db8:1234:1b10::5", 22, .blocked),
            ("names", "ipv4only.example.net", "example.com", 443, .delivered),
        ])
    func s03(_ what: String, _ ipv4: String, _ ipv6: String, _ port: UInt16, _ verdict: Trace.Verdict) throws {
        for (to, family) in [(ipv4, IPFamily.ipv4), (ipv6, .ipv6)] {
            let trace = try Statements.trace("client", to, .tcp, port).trace
            #expect(trace.verdict == verdict, "\(what)")
            #expect(trace.forward.first?.inbound?.family == family, "\(what)")
        }
    }

    @Test("S04: a unique local block is refused for a VPC, whoever owns it; `current` has private blocks from IPAM")
    func s04() throws {
        for pool in ["Amazon", "ipv6pool-ec2-0123456789abcdef0"] {
            let edits: [ExampleCluster.Edit] = [
                .init("ec2-describe-vpcs.json", "2001:db8:1234:1a00::/56", "fd12:3456:789a:100::/56"),
                .init("ec2-describe-vpcs.json", #""Ipv6Pool": "Amazon""#, #""Ipv6Pool": "\#(pool)""#),
            ]
            let seed = try Statements.findings(.vpcIPv6UniqueLocal, edits)
            #expect(seed.map(\.severity) == [.error] && seed[0].message.contains("fd12:3456:789a:100::/56"))
            let current = try Statements.findings(.vpcIPv6UniqueLocal, edits, ruleSet: .current)
            #expect(current.map(\.severity) == [.advice])
        }
        #expect(RuleSet.Rule.privateIPv6Blocks.source.contains("private IPv6"))
    }

    @Test("S05: a VPC's IPv6 addresses are routable on the internet: only routes and gateways decide")
    func s05() throws {
        let bastion = try Statements.trace("internet/2001:db8:beef::1", "2001:db8:1234:1a00::20", .tcp, 22)
        #expect(bastion.verdict == .delivered && bastion.trace.isUntranslated)
        let table = "ec2-describe-route-tables.json"
        let toInternetGateway = ExampleCluster.Edit(
            table, after: #""RouteTableId":"rtb-0private-a""#, #""EgressOnlyInternetGatewayId":"eigw-0demo""#,
            #""GatewayId":"igw-0demo""#)
        let fromOutside = ExampleCluster.Edit(
            "ec2-describe-security-groups.json", after: #""GroupId":"sg-0cluster""#, #""Ipv6Ranges":[]"#,
            #""Ipv6Ranges":[{"CidrIpv6":"::/0"}]"#)
        // With the same address: by the gateway, and for the routes of its subnet.
        #expect(try Statements.trace("internet/2606:4700::1", "client", .tcp, 8080, [fromOutside]).verdict == .blocked)
        #expect(
            try Statements.trace("internet/2606:4700::1", "client", .tcp, 8080, [fromOutside, toInternetGateway])
                .verdict
                == .delivered)
    }

    @Test("S06: an egress-only gateway lets IPv6 out and its replies in, drops all else, and translates nothing")
    func s06() throws {
        let out = try Statements.trace("client", "2606:4700::1", .tcp, 443).trace
        #expect(out.verdict == .delivered && out.isUntranslated)
        #expect(out.forward.contains { $0.component.type == .egressOnlyInternetGateway })
        #expect(out.reply.contains { $0.component.type == .egressOnlyInternetGateway })
        let incoming = try Statements.trace("internet/2606:4700::1", "client", .tcp, 443).trace
        #expect(incoming.verdict == .blocked && incoming.codes == [.egressOnlyNoConnection])
    }

    @Test(
        "S07: public subnets have a default route to an internet gateway, private ones to a NAT and an egress-only gateway"
    )
    func s07() throws {
        func kinds(_ from: String, _ to: String) throws -> [Component.Kind] {
            try Statements.trace(from, to).trace.forward.map(\.component.type)
        }
        for to in ["93.184.216.34", "2606:4700::1"] {
            let way = try kinds("instance/i-0bastion", to)
            #expect(
                way.contains(.internetGateway) && !way.contains(.natGateway)
                    && !way.contains(.egressOnlyInternetGateway))
        }
        #expect(try kinds("client", "93.184.216.34").contains(.natGateway))
        #expect(try kinds("client", "2606:4700::1").contains(.egressOnlyInternetGateway))
        let wrong = try Statements.findings(
            .natGatewayInPrivateSubnet,
            [.init("ec2-describe-nat-gateways.json", "subnet-0public-a", "subnet-0private-a")])
        #expect(wrong.map(\.component.id) == ["nat-0a"])
    }
}
