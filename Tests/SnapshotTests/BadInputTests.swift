import Cluster
import Foundation
import Snapshot
import Testing
import TestSupport

@Suite("Bad snapshots")
struct BadInputTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let edit: ExampleCluster.Edit
        let named: [String]

        init(_ name: String, _ file: String, _ old: String, _ new: String, _ named: [String]) {
            testDescription = name
            edit = .init(file, old, new)
            self.named = [file] + named
        }
    }

    @Test(
        "An error names the file, the place, the value and what to do",
        arguments: [
            Case(
                "route to a missing gateway", "ec2-describe-route-tables.json", #""NatGatewayId": "nat-0b""#,
                #""NatGatewayId": "nat-0gone""#,
                ["RouteTables[3].Routes[4].NatGatewayId", "nat-0gone", "rtb-0private-b"]),
            Case(
                "a prefix where an address is expected", "ec2-describe-network-interfaces.json",
                "2001:db8:1234:1a40::9",
                "2001:db8::/64", ["NetworkInterfaces[4].Ipv6Addresses[0].Ipv6Address", "2001:db8::/64", "remove"]),
            Case(
                "a pod on a missing node", "kubectl-get-pods.yaml", "nodeName: fargate-ip-10-0-32-77.ec2.internal",
                "nodeName: nowhere", ["items[14].spec.nodeName", "nowhere", "pod/default/batch"]),
            Case(
                "a malformed prefix", "ec2-describe-vpcs.json", "2001:db8:1234:1a00::/56",
                "2001:db8:1234:1a00:1::2::/64", ["Vpcs[0].Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlock", "position 23"]),
            Case(
                "an octet over 255", "ec2-describe-nat-gateways.json", "10.0.0.100", "10.0.0.256",
                ["NatGateways[0].NatGatewayAddresses[0].PrivateIp", "over 255"]),
            Case(
                "host bits set", "ec2-describe-subnets.json", "10.0.16.0/20", "10.0.16.1/20",
                ["Subnets[2].CidrBlock", "10.0.16.0/20"]),
            Case(
                "a rule action of its own", "ec2-describe-network-acls.json", #""RuleAction": "deny""#,
                #""RuleAction": "drop""#, ["Entries[4].RuleAction", "drop", "allow"]),
            Case(
                "a port over 65535", "ec2-describe-security-groups.json", #""FromPort": 8080"#, #""FromPort": 80800"#,
                ["IpPermissions[1].FromPort", "80800"]),
            Case("not JSON", "ec2-describe-vpcs.json", #""Vpcs": ["#, #""Vpcs": [,"#, ["line 2"]),
            Case("not YAML", "kubectl-get-nodes.yaml", "kind: List", "kind: [List", ["line 3"]),
        ]
    )
    func named(_ bad: Case) throws {
        let error = try #require(throws: SnapshotError.self) {
            try Snapshot(
                files: ExampleCluster.files([bad.edit]).map { .init(path: $0.path, bytes: $0.bytes) }, name: "cluster")
        }
        for part in bad.named { #expect("\(error)".contains(part), "\(error)") }
    }

    @Test("A JSON file cut off anywhere is an error with a line, never a crash")
    func truncated() throws {
        let files = try ExampleCluster.files()
        let vpcs = try #require(files.first { $0.path == "ec2-describe-vpcs.json" })
        for length in stride(from: 1, to: vpcs.bytes.count - 3, by: 7) {
            let error = try #require(throws: SnapshotError.self) {
                try Snapshot(files: [.init(path: "vpcs", bytes: Array(vpcs.bytes[..<length]))], name: "cut")
            }
            #expect("\(error)".contains("line"))
        }
    }

    @Test("A YAML file cut off anywhere never crashes")
    func truncatedYAML() throws {
        let pods = try #require(ExampleCluster.files().first { $0.path == "kubectl-get-pods.yaml" })
        for length in stride(from: 0, to: pods.bytes.count, by: 97) {
            _ = try? Snapshot(files: [.init(path: "pods", bytes: Array(pods.bytes[..<length]))], name: "cut")
        }
    }

    @Test("A folder that is empty, absent, a file, or full of binary files is one clear error")
    func folders() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "snapshot-\(UInt64.random(in: 0 ... .max))"
        ).path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let empty = try #require(throws: SnapshotError.self) { try Snapshot(folder: folder) }
        #expect("\(empty)".contains("holds no files"))
        for index in 0..<3 {
            try Data([0x89] + (0..<512).map { _ in UInt8.random(in: 0...255) } + [0]).write(
                to: URL(fileURLWithPath: folder + "/\(index).bin"))
        }
        let binary = try #require(throws: SnapshotError.self) { try Snapshot(folder: folder) }
        #expect("\(binary)".contains("nothing in it"))
        let absent = try #require(throws: SnapshotError.self) { try Snapshot(folder: folder + "/none") }
        #expect("\(absent)".contains("no such folder"))
        let file = try #require(throws: SnapshotError.self) { try Snapshot(folder: folder + "/0.bin") }
        #expect("\(file)".contains("a snapshot is a folder"))
    }

    @Test("Unknown kinds are named in a note and skipped; whole folders of JSON or of YAML read alike")
    func notes() throws {
        var files = try ExampleCluster.files().map { Snapshot.File(path: $0.path, bytes: $0.bytes) }
        files.append(.init(path: "odd.json", bytes: Array(#"{"Volumes": []}"#.utf8)))
        files.append(
            .init(path: "odd.yaml", bytes: Array("apiVersion: v1\nkind: Deployment\nmetadata: {name: a}\n".utf8)))
        files.append(.init(path: "noise.bin", bytes: [1, 0, 2]))
        let snapshot = try Snapshot(files: files, name: "cluster")
        for part in ["odd.json: “Volumes”", "odd.yaml: skipped, kind “Deployment”", "noise.bin"] {
            #expect(snapshot.notes.contains { $0.contains(part) }, "\(snapshot.notes)")
        }
        #expect(snapshot.cluster.pods.count == 20 && snapshot.cluster.nodes.count == 4)
    }

    @Test("Deep nesting, in JSON and in YAML, is an error")
    func deep() {
        let json = String(repeating: "[", count: 100_000)
        let error = #expect(throws: SnapshotError.self) {
            try Snapshot(files: [.init(path: "deep", bytes: Array(json.utf8))], name: "deep")
        }
        #expect("\(error!)".contains("nested deeper"))
    }
}
