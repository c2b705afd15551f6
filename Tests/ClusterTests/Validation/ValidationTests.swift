import Cluster
import Foundation
import IPAddresses
import Snapshot
import Testing
import TestSupport

@Suite("The validator")
struct ValidationTests {
    @Test(
        "An edit is found, with its component, its values, a fix and a source",
        arguments: ValidationCase.network + ValidationCase.cluster + ValidationCase.knowledge)
    func edit(_ row: ValidationCase) throws {
        let earlier = try row.earlier.map { try exampleSnapshot($0) }
        let findings = try exampleSnapshot(row.edits).validate(row.ruleSet, earlier: earlier)
        let found = findings.filter { $0.id == row.id && $0.component.id == row.component }
        let exact = found.filter { finding in row.values.allSatisfy { finding.message.contains($0) } }
        #expect(!exact.isEmpty, "\(found.map(\.message)) of \(findings.map(\.id.rawValue))")
        for finding in exact {
            #expect(finding.severity == row.severity && !finding.fix.isEmpty && !finding.source.isEmpty)
        }
        // The edit is what makes the finding.
        let unedited = try exampleSnapshot().validate(row.ruleSet)
        for finding in exact { #expect(!unedited.contains(finding)) }
        #expect(findings == findings.sortedBySeverity())
    }

    @Test("Each identifier is found in some edit, and nowhere in the unedited example beyond the golden list")
    func complete() throws {
        let tested = Set((ValidationCase.network + ValidationCase.cluster + ValidationCase.knowledge).map(\.id)).union([
            .malformedAddress, .podIPv4Exhausted,
        ])
        #expect(tested == Set(Finding.Identifier.allCases))
        let golden = try String(
            contentsOfFile: ExampleCluster.root + "/Tests/ClusterTests/Validation/golden.txt", encoding: .utf8)
        let expected = golden.split(separator: "\n").map(String.init)
        let found = try exampleSnapshot().validate().map {
            "\($0.severity.rawValue) \($0.id.rawValue) \($0.component.id)"
        }
        #expect(found == expected)
    }

    @Test("`current` allows what it has come to allow")
    func current() throws {
        let udp = ExampleCluster.Edit("elbv2-describe-listeners.json", #""Protocol": "TCP""#, #""Protocol": "UDP""#)
        let prefixes = ExampleCluster.Edit(
            "elbv2-describe-load-balancers.json", after: #""LoadBalancerName":"game","#, #""Type":"network""#,
            #""Type":"network","EnablePrefixForIpv6SourceNat":"on""#)
        #expect(
            try !exampleSnapshot([udp, prefixes]).validate(.current).contains { $0.id == .loadBalancerUDPDualStack })
        #expect(try exampleSnapshot([udp, prefixes]).validate(.seed).contains { $0.id == .loadBalancerUDPDualStack })

        let dns64 = ExampleCluster.Edit(
            "ec2-describe-subnets.json", after: #""SubnetId":"subnet-0v6only-a""#, #""EnableDns64":true"#,
            #""EnableDns64":false"#)
        #expect(try !exampleSnapshot([dns64]).validate(.current).contains { $0.id == .eksAPIUnreachable })

        let imds = ExampleCluster.Edit(
            "ec2-describe-instances.json", #""HttpProtocolIpv6": "disabled""#, #""HttpProtocolIpv6": "enabled""#)
        #expect(try !exampleSnapshot([imds]).validate(.current).contains { $0.id == .imdsIPv6Required })
        #expect(try exampleSnapshot([imds]).validate(.seed).count { $0.id == .imdsIPv6Required } == 6)

        let block = ExampleCluster.Edit("ec2-describe-vpcs.json", "2001:db8:1234:1a00::/56", "2001:db8:1200::/44")
        #expect(try !exampleSnapshot([block]).validate(.current).contains { $0.id == .vpcIPv6Size })
        #expect(try exampleSnapshot([block]).validate(.seed).contains { $0.id == .vpcIPv6Size })
    }

    @Test("eks-api-unreachable: each missing part has a message of its own, and two missing parts have two")
    func parts() throws {
        let edits: [ExampleCluster.Edit] = [
            .init(
                "ec2-describe-subnets.json", after: #""SubnetId":"subnet-0v6only-a""#, #""EnableDns64":true"#,
                #""EnableDns64":false"#),
            .init(
                "ec2-describe-nat-gateways.json", after: #""NatGatewayId":"nat-0a""#, #""State":"available""#,
                #""State":"deleted""#),
        ]
        let findings = try exampleSnapshot(edits).validate().filter { $0.id == .eksAPIUnreachable }
        #expect(findings.count == 2 && Set(findings.map(\.message)).count == 2)
    }

    @Test("malformed-address: an error of the loader, which names the file, the path and the value, and is a finding")
    func malformed() throws {
        for text in ["2001:db8:1234:1a00:1::2::/64", "10.0.0.256"] {
            let error = try #require(throws: SnapshotError.self) {
                try exampleSnapshot([.init("ec2-describe-vpcs.json", "2001:db8:1234:1a00::/56", text)])
            }
            let finding = try #require(error.finding)
            #expect(finding.id == .malformedAddress && finding.severity == .error)
            for part in [
                "ec2-describe-vpcs.json", "Vpcs[0].Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlock", text,
            ] {
                #expect(finding.message.contains(part), "\(finding.message)")
            }
            #expect(finding.component.id.contains("ec2-describe-vpcs.json"))
        }
        let other = try #require(throws: SnapshotError.self) {
            try exampleSnapshot([.init("ec2-describe-vpcs.json", #""Vpcs": ["#, #""Vpcs": [,"#)])
        }
        #expect(other.finding == nil)
    }

    @Test("S16: over 1,021 pods on a node: those beyond have no IPv4 address, those that run keep theirs")
    func exhausted() throws {
        let example = try exampleSnapshot().cluster
        let node = "ip-10-0-16-10.ec2.internal"
        func cluster(_ count: Int) -> Cluster {
            let pods = (0..<count).map { index in
                Pod(
                    namespace: "many", name: "p\(10_000 + index)", nodeName: node,
                    addresses: [
                        .v6(IPv6Address(bits: 0x2001_0db8_1234_1a10_aaaa_0000_0000_0000 + UInt128(index + 16)))
                    ],
                    usesHostNetwork: false, isFinished: false, created: "2026-01-01T00:00:00Z")
            }
            return Cluster(
                network: example.network, configuration: example.configuration, nodes: Array(example.nodes.values),
                pods: pods)
        }
        #expect(!cluster(1021).validate().contains { $0.id == .podIPv4Exhausted })
        let full = cluster(1023)
        let finding = try #require(full.validate().first { $0.id == .podIPv4Exhausted })
        #expect(finding.component.id == "node/\(node)" && finding.message.contains("2 pods more"))
        #expect(full.pods["many/p10000"]?.assumedIPv4?.description == "169.254.172.2")
        #expect(full.pods["many/p11020"]?.assumedIPv4?.description == "169.254.175.254")
        #expect(full.pods["many/p11021"]?.assumedIPv4 == nil)
    }
}
