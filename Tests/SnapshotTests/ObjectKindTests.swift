import Cluster
import Foundation
import Snapshot
import TestSupport
import Testing

@Suite("What each kind of object does to verdicts")
struct ObjectKindTests {
    /// An object of the kind, as `aws` or `kubectl` would print it.
    private func object(_ kind: ObjectKind) -> String {
        switch kind.origin {
        case .aws:
            let id = "thing-1"
            let keys = [
                "Id", "Name", "TransitGatewayId", "VpcId", "TransitGatewayAttachmentId", "TransitGatewayRouteTableId",
                "VpnConnectionId", "CustomerGatewayId", "directConnectGatewayId", "virtualInterfaceId", "connectionId",
                "CarrierGatewayId", "LocalGatewayId", "CoreNetworkArn", "FirewallName", "FirewallPolicyName",
                "ClientVpnEndpointId", "ResolverRuleId", "AcceleratorArn", "LoadBalancerName",
            ]
            return #"{"\#(kind.name)": [{\#(keys.map { #""\#($0)": "\#(id)""# }.joined(separator: ", "))}]}"#
        case .kubernetes:
            let name = kind.name.prefix { $0 != "." }
            let group = kind.name.contains(".") ? String(kind.name.dropFirst(name.count + 1)) : "example.com"
            return "apiVersion: \(group)/v1\nkind: \(name)\nmetadata: {name: thing-1, namespace: shop}\n"
        }
    }

    @Test(
        "An object of each kind: read, or named as unchecked, or noted as deciding about nothing",
        arguments: ObjectKind.all)
    func each(_ kind: ObjectKind) throws {
        let files = try ExampleCluster.files([.adding("thing", object(kind))]).map {
            Snapshot.File(path: $0.path, bytes: $0.bytes)
        }
        switch kind.state {
        case .decides:
            // What is read asks for what it needs, or is taken; it is neither noted as skipped nor named as unchecked.
            guard let snapshot = try? Snapshot(files: files, name: "example", toleratesMissing: true) else { return }
            #expect(
                !snapshot.notes.contains { $0.contains("thing") && $0.contains("“\(kind.name)” skipped, it is of no") })
            #expect(!snapshot.cluster.inventory.unmodelled.contains { $0.name.contains("thing-1") })
        case .unchecked:
            let snapshot = try Snapshot(files: files, name: "example", toleratesMissing: true)
            let object = try #require(
                snapshot.cluster.inventory.unmodelled.first { $0.name.hasSuffix("thing-1") }, "\(kind.name)")
            #expect(object.scope == kind.scope)
            #expect(snapshot.cluster.unchecked.contains { $0.name == object.name })
            #expect(snapshot.notes.contains { $0.contains("thing") })
        case .irrelevant:
            let snapshot = try Snapshot(files: files, name: "example", toleratesMissing: true)
            #expect(!snapshot.cluster.inventory.unmodelled.contains { $0.name.contains("thing-1") })
        }
        #expect((kind.state == .unchecked) == (kind.scope != nil) && !kind.reason.isEmpty)
    }

    @Test("A policy of an engine that is not modelled makes what it could decide unknown, and is named")
    func unchecked() throws {
        let policy = """
            apiVersion: cilium.io/v2
            kind: CiliumNetworkPolicy
            metadata: {name: l7, namespace: default}
            spec: {}

            """
        let files = try ExampleCluster.files([.adding("cilium.yaml", policy)])
        let cluster = try Snapshot(files: files.map { .init(path: $0.path, bytes: $0.bytes) }, name: "example").cluster
        let trace = try cluster.trace(from: "client", to: "web-2", port: 8080)
        #expect(trace.verdict == .unknown)
        #expect(trace.unchecked.map(\.name) == ["default/l7"])
        // Other namespaces, and what meets no pod, are not its business.
        #expect(try cluster.trace(from: "front-7d9f-1", to: "cart-7d9f-1", port: 8080).verdict == .delivered)
        #expect(try cluster.trace(from: "i-0bastion", to: "8.8.8.8", port: 443).unchecked.isEmpty)
    }

    @Test("docs/kinds.md is the table, row by row")
    func table() throws {
        let text = try String(contentsOfFile: ExampleCluster.root + "/docs/kinds.md", encoding: .utf8)
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init)
        let expected = ObjectKind.all.map {
            "| `\($0.name)` | \($0.origin.rawValue) | \($0.state.rawValue) | \($0.reason) |"
        }
        #expect(rows == expected)
    }
}
