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

    private static let tokens = [
        #""NextToken": "abc""#, #""nextToken": "abc""#, #""NextToken": 12345"#, #""Marker": "abc""#,
        #""IsTruncated": true"#, #""NextRecordName": "a.example.com""#,
    ]

    @Test(
        "Output that was cut off is refused, with the file, the token, the call and its options: before the list or after it",
        arguments: tokens)
    func cutOff(_ token: String) throws {
        for text in [
            #"{"NetworkAcls": [], \#(token)}"#, #"{\#(token), "NetworkAcls": []}"#,
            #"[{"NetworkAcls": [], \#(token)}]"#,
        ] {
            let error = try #require(throws: SnapshotError.self) { try snapshot([.adding("page.json", text)]) }
            #expect(error.file == "page.json" && error.path.hasSuffix(String(token.dropFirst().prefix { $0 != "\"" })))
            for part in ["aws ec2 describe-network-acls", "--max-items", "--starting-token", "--no-paginate"] {
                #expect(error.reason.contains(part), "\(error)")
            }
        }
    }

    @Test("A token that is empty, null or false is none")
    func noToken() throws {
        for token in [#""NextToken": """#, #""NextToken": null"#, #""IsTruncated": false"#] {
            let notes = try snapshot([.adding("page.json", #"{"NetworkAcls": [], \#(token)}"#)]).notes
            #expect(!notes.contains { $0.contains("page.json") }, "\(notes)")
        }
    }

    @Test("Pages of yaml-stream keep their tokens: all are there where the last one has none, else it is refused")
    func streamedPages() throws {
        let name = "ec2-describe-vpn-gateways.json"
        let pages = """
            - NextToken: abc
              VpnGateways:
              - VpnGatewayId: vgw-0onprem
                VpcAttachments:
                - {VpcId: vpc-0demo, State: attached}
            - VpnGateways:
              - VpnGatewayId: vgw-0other
                VpcAttachments: []

            """
        let gateways = try replaced(name, Array(pages.utf8)).cluster.network.vpnGateways
        #expect(Set(gateways.keys) == ["vgw-0onprem", "vgw-0other"])
        for cut in [pages + "  NextToken: def\n", pages + "- NextToken: def\n  NatGateways: []\n"] {
            let error = try #require(throws: SnapshotError.self) { try replaced(name, Array(cut.utf8)) }
            #expect("\(error)".contains("only one page") && error.value == "def", "\(error)")
        }
        // What another call gives is not a next page.
        let other = "- NextToken: abc\n  VpnGateways: []\n- NatGateways: []\n"
        #expect(throws: SnapshotError.self) { try replaced(name, Array(other.utf8)) }
    }

    @Test(
        "Lists of kinds that are not used name the kinds of their items, in every shape; an empty one says that it names none"
    )
    func lists() throws {
        for (text, kind) in [
            ("apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Secret, metadata: {name: a}}]\n", "“Secret”"),
            (
                #"{"kind": "List", "items": [{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}}]}"#,
                "“Secret”"
            ),
            (#"{"apiVersion": "v1", "kind": "SecretList", "items": [{"metadata": {"name": "a"}}]}"#, "“Secret”"),
            ("apiVersion: v1\nkind: List\nitems: []\n", "a List without items"),
        ] {
            let notes = try snapshot([.adding("list", text)]).notes.filter { $0.hasPrefix("list:") }
            #expect(notes.count == 1 && notes[0].contains(kind) && !notes[0].contains("“List”"), "\(notes)")
        }
        let call =
            #"{"dataplaneCall": {"file": "list", "command": "kubectl get x", "kind": "NetworkPolicy", "count": 0}}"#
        let empty = "apiVersion: v1\nkind: List\nitems: []\n"
        let recorded = try snapshot([.adding("list", empty), .adding("manifest.jsonl", call)])
        #expect(!recorded.notes.contains { $0.hasPrefix("list:") })
        let error = try #require(throws: SnapshotError.self) {
            try snapshot([.adding("list", "apiVersion: v1\nkind: List\nitems: [{metadata: {name: a}}]\n")])
        }
        #expect("\(error)".contains("items[0]: “kind” is missing"), "\(error)")
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
            #expect("\(error)".contains("differently from") && "\(error)".contains("other."), "\(error)")
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
