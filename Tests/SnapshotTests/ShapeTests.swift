import Cluster
import Foundation
import Snapshot
import TestSupport
import Testing
import VPC

@Suite("Shapes that outputs come in")
struct ShapeTests {
    private func snapshot(_ edits: [ExampleCluster.Edit]) throws -> Snapshot {
        try Snapshot(files: ExampleCluster.files(edits).map { .init(path: $0.path, bytes: $0.bytes) }, name: "example")
    }

    private func bytes(_ name: String) throws -> [UInt8] {
        try #require(try ExampleCluster.files().first { $0.path == name }?.bytes)
    }

    private func replaced(_ name: String, _ bytes: [UInt8]) throws -> Snapshot {
        let files = try ExampleCluster.files([.removing(name)]).map { Snapshot.File(path: $0.path, bytes: $0.bytes) }
        return try Snapshot(files: files + [.init(path: name, bytes: bytes)], name: "example")
    }

    @Test("Byte order marks, and UTF-16 in both orders, with and without one, in JSON and YAML (YAML 1.2 5.2)")
    func encodings() throws {
        for name in ["kubectl-get-services.yaml", "ec2-describe-vpcs.json"] {
            let text = String(decoding: try bytes(name), as: UTF8.self)
            let units = Array(text.utf16)
            let big = units.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
            let little = units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
            for variant in [
                [0xEF, 0xBB, 0xBF] + Array(text.utf8), [0xFF, 0xFE] + little, [0xFE, 0xFF] + big, little, big,
            ] {
                let cluster = try replaced(name, variant).cluster
                #expect(try cluster.trace(from: "client", to: "service/default/web", port: 80).verdict == .delivered)
            }
        }
    }

    @Test("JSON lines, several documents in one file, pages of yaml-stream, and what --query leaves")
    func documents() throws {
        let name = "ec2-describe-vpn-gateways.json"
        let text = String(decoding: try bytes(name), as: UTF8.self)
        let line = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.joined()
        let empty = #"{"NatGateways": []}"#
        let element = line.dropFirst(#"{"VpnGateways": "#.count).dropLast()
        for variant in [
            line + "\n" + empty + "\n", text + empty, "[" + line + "]", String(element),
            "- VpnGateways:\n  - VpnGatewayId: vgw-0onprem\n    VpcAttachments:\n    - VpcId: vpc-0demo\n      State: attached\n",
        ] {
            let cluster = try replaced(name, Array(variant.utf8)).cluster
            #expect(cluster.network.vpnGateways["vgw-0onprem"]?.vpcIDs == ["vpc-0demo"], "\(variant.prefix(60))")
        }
    }

    @Test(
        "A page of several, an error's text, a table and tab-separated text are refused by name",
        arguments: [
            (#"{"NetworkAcls": [], "NextToken": "abc"}"#, "only one page"),
            (#"{"LoadBalancers": [], "NextMarker": "abc"}"#, "only one page"),
            ("apiVersion: v1\nkind: PodList\nmetadata: {continue: abc}\nitems: []\n", "only one page"),
            (
                "\nAn error occurred (UnauthorizedOperation) when calling the DescribeVpcs operation: no\n",
                "an error of aws"
            ),
            ("Unable to locate credentials. You can configure credentials\n", "an error of aws"),
            ("Error from server (Forbidden): pods is forbidden\n", "an error of kubectl"),
            ("VPCS\t10.0.0.0/16\tdopt-1\tdefault\n", "--output text"),
            ("----------------\n|  DescribeVpcs  |\n+--------------+\n", "--output table"),
            ("NAME    READY   STATUS\nweb-1   1/1     Running\n", "a table of kubectl's"),
        ])
    func refused(_ text: String, _ part: String) throws {
        let error = try #require(throws: SnapshotError.self) { try snapshot([.adding("odd.txt", text)]) }
        #expect(error.file == "odd.txt" && "\(error)".contains(part), "\(error)")
    }

    @Test("A list that mixes kinds: what is known is read, each other kind is noted once, by its own name")
    func mixed() throws {
        let list = """
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: apps/v1, kind: Deployment, metadata: {name: a}}
            - {apiVersion: apps/v1, kind: Deployment, metadata: {name: b}}
            - {apiVersion: example.com/v1, kind: Widget, metadata: {name: c}}
            - {apiVersion: v1, kind: Namespace, metadata: {name: late, labels: {team: a}}}

            """
        let snapshot = try snapshot([.adding("all.yaml", list)])
        #expect(snapshot.cluster.namespaces["late"]?.labels["team"] == "a")
        #expect(snapshot.notes.count { $0.contains("“Deployment”") } == 1)
        #expect(snapshot.notes.count { $0.contains("“Widget”") && $0.contains("not known") } == 1)
    }

    @Test("An object that is in two files counts once; two that contradict each other are an error that names both")
    func twice() throws {
        let slices = String(decoding: try bytes("kubectl-get-endpointslices.yaml"), as: UTF8.self)
        let acls = String(decoding: try bytes("ec2-describe-network-acls.json"), as: UTF8.self)
        let cluster = try snapshot([.adding("again.yaml", slices), .adding("again.json", acls)]).cluster
        #expect(cluster.endpointSlices["default/web"]?.count == 1)
        let trace = try cluster.trace(from: "client", to: "service/default/web", port: 80)
        #expect(trace.branches.count == 2)
        for edit in [
            ExampleCluster.Edit.adding(
                "other.yaml", slices.replacingOccurrences(of: "ready: true", with: "ready: false")),
            .adding("other.json", acls.replacingOccurrences(of: "\"allow\"", with: "\"deny\"")),
        ] {
            let error = try #require(throws: SnapshotError.self) { try snapshot([edit]) }
            #expect("\(error)".contains("otherwise than in") && "\(error)".contains("other."), "\(error)")
        }
    }

    @Test("ICMP types and codes outside of 0 to 255 are refused, -1 is all")
    func messages() throws {
        let file = "ec2-describe-network-acls.json"
        _ = try snapshot([.init(file, #""Type": -1"#, #""Type": 3"#)])
        let error = try #require(throws: SnapshotError.self) {
            try snapshot([.init(file, #""Type": -1"#, #""Type": 256"#)])
        }
        #expect("\(error)".contains("“256”") && "\(error)".contains("IcmpTypeCode.Type"))
    }
}
