import Foundation
import IPAddresses
import Snapshot
import TestSupport
import VPC

@testable import Cluster

/// A case of the tables of Kubernetes' end-to-end tests and of cyclonus: namespaces, pods and policies, and who connects to whom.
struct ConformanceCase {
    var id: String
    var cluster: Cluster
    var probes: [Probe]

    struct Probe {
        var traffic: TrafficClass
        var allowed: Set<[String]>
    }

    /// The pods in the table's order.
    var pods: [Pod] { cluster.pods.values.sorted { $0.id < $1.id } }

    /// All cases of the file; the policies are read as a snapshot's are.
    static func all(_ engine: (inout ClusterConfiguration) -> Void) throws -> [ConformanceCase] {
        let path = ExampleCluster.root + "/Tests/ClusterTests/NetworkPolicy/conformance.json"
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        let root = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
        let models = root["models"] as? [String: [String: Any]] ?? [:]
        let base = try Snapshot(
            files: ExampleCluster.files().map { .init(path: $0.path, bytes: $0.bytes) }, name: "example"
        ).cluster
        var configuration = base.configuration
        engine(&configuration)
        return try (root["cases"] as? [[String: Any]] ?? []).map { value in
            let model = models[value["model"] as? String ?? ""] ?? [:]
            let labels = value["labels"] as? [String: [String: [String: String]]] ?? [:]
            let parts = try parts(model, labels, value["policies"] as? [[String: Any]] ?? [])
            let cluster = Cluster(
                network: base.network, configuration: configuration, nodes: Array(base.nodes.values),
                pods: Array(parts.pods.values), namespaces: Array(parts.namespaces.values),
                networkPolicies: parts.networkPolicies.values.flatMap { $0 })
            return ConformanceCase(
                id: value["id"] as? String ?? "?", cluster: cluster,
                probes: try (value["probes"] as? [[String: Any]] ?? []).flatMap {
                    try probes($0, parts.pods.keys.sorted())
                })
        }
    }

    private static let nodes = [
        "2001:db8:1234:1a10:aaaa::/80": "ip-10-0-16-10.ec2.internal",
        "2001:db8:1234:1a20:bbbb::/80": "ip-10-0-32-10.ec2.internal",
        "2001:db8:1234:1a10:cccc::/80": "ip-10-0-16-11.ec2.internal",
    ]

    /// The objects of a case as a snapshot.
    private static func parts(
        _ model: [String: Any], _ labels: [String: [String: [String: String]]], _ policies: [[String: Any]]
    ) throws -> Cluster {
        var items: [[String: Any]] = policies
        for (name, own) in model["namespaces"] as? [String: [String: String]] ?? [:] {
            items.append([
                "apiVersion": "v1", "kind": "Namespace",
                "metadata": ["name": name, "labels": labels["namespaces"]?[name] ?? own],
            ])
        }
        for pod in model["pods"] as? [[String: Any]] ?? [] {
            let (namespace, name) = (pod["namespace"] as? String ?? "", pod["name"] as? String ?? "")
            let address = pod["address"] as? String ?? ""
            let node = nodes.first { IPPrefix($0.key)!.contains(IPAddress(address)!) }?.value
            items.append([
                "apiVersion": "v1", "kind": "Pod",
                "metadata": [
                    "namespace": namespace, "name": name,
                    "labels": labels["pods"]?["\(namespace)/\(name)"] ?? pod["labels"] ?? [:],
                    "ownerReferences": [["kind": "ReplicaSet"]],
                ],
                "spec": ["nodeName": node ?? "", "containers": pod["containers"] ?? []],
                "status": ["phase": "Running", "podIPs": [["ip": address]]],
            ])
        }
        let list: [String: Any] = ["apiVersion": "v1", "kind": "List", "items": items]
        let bytes = Array(try JSONSerialization.data(withJSONObject: list))
        return try Snapshot(files: [.init(path: "case.json", bytes: bytes)], name: "case").cluster
    }

    /// A probe for each protocol and port: what is listed, or all that is not.
    private static func probes(_ value: [String: Any], _ pods: [String]) throws -> [Probe] {
        let all = Set(pods.flatMap { from in pods.map { [from, $0] } })
        let allowed =
            (value["allowed"] as? [[String]]).map(Set.init)
            ?? all.subtracting(value["refused"] as? [[String]] ?? [])
        return (value["on"] as? [String] ?? []).map { text in
            let parts = text.split(separator: "/")
            let ipProtocol: IPProtocol = parts[0] == "TCP" ? .tcp : parts[0] == "UDP" ? .udp : .sctp
            return Probe(
                traffic: TrafficClass(
                    ipProtocol, sourcePorts: .linuxEphemeral, destinationPorts: PortSet(UInt16(parts[1])!)),
                allowed: allowed)
        }
    }
}
