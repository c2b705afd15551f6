import Cluster
import Foundation
import IPAddresses
import Lab
import Testing
import TestSupport

@testable import dataplane

@Suite("The lab's plan")
struct LabTests {
    private func plan(_ edits: [ExampleCluster.Edit] = []) throws -> LabPlan {
        LabPlan(
            try Statements.cluster(edits), internet: [IPAddress("8.8.8.8")!, IPAddress("2606:4700::1")!],
            onPremises: [IPAddress("192.168.10.20")!], endpoints: [])
    }

    @Test("Each endpoint has a namespace, all names begin with the prefix, and nothing else is touched")
    func names() throws {
        let plan = try plan()
        for endpoint in [
            "pod/default/client", "pod/default/batch", "node/ip-10-0-16-10.ec2.internal", "instance/i-0bastion",
            "api-server",
            "load-balancer/web", "interface/eni-0database", "internet/8.8.8.8", "onprem/192.168.10.20",
        ] {
            #expect(plan.namespaces[endpoint]?.hasPrefix(LabPlan.prefix) == true, "\(endpoint)")
        }
        for line in plan.script.split(separator: "\n")
        where ["ip -n ", "ip netns ", "ip link "].contains(where: { line.hasPrefix($0) }) {
            #expect(line.contains(LabPlan.prefix), "\(line)")
        }
        // Two pods are never in one namespace.
        let pods = plan.namespaces.filter { $0.key.hasPrefix("pod/") }
        #expect(Set(pods.values).count == pods.count && pods.count == 14)
    }

    @Test("The script has the tables' own values, and those of an edit")
    func values() throws {
        let script = try plan().script
        for part in [
            "ip saddr 169.254.172.0/22 oifname \"eth0\" snat ip to 10.0.16.10", "ip daddr 45.33.32.156/32 drop",
            "udp dport { 32768-65535 } return",
            "ip6 daddr fd30:4a7c:1b2e::1234 tcp dport 80 dnat ip6 to numgen random mod 2",
            "ip daddr 198.51.100.20 dnat to 10.0.0.20", "route replace blackhole 100.64.7.0/24",
            "ip daddr 169.254.172.0/22 ct state new reject",
        ] {
            #expect(script.contains(part), "\(part)")
        }
        let edited = try plan([
            .init("ec2-describe-network-acls.json", after: #""RuleNumber":130,"#, #""From":32768"#, #""From":1024"#)
        ]).script
        #expect(edited.contains("udp dport { 1024-65535 } return"))
    }

    @Test("Load balancers are proxies to their targets; NAT gateways that are available do NAT64")
    func services() throws {
        let plan = try plan()
        #expect(Set(plan.proxies.map(\.port)) == [80, 443, 6000] && plan.nat64.count == 2)
        for proxy in plan.proxies { #expect(proxy.targets.allSatisfy { $0.contains("/8080") }) }
        let gone = try self.plan([
            .init("ec2-describe-nat-gateways.json", after: #""NatGatewayId":"nat-0a""#, "available", "deleted")
        ])
        #expect(gone.nat64.count == 1)
    }

    @Test(
        "A file of flows names the line and the value of its faults",
        arguments: [
            ("F1 client web-2\n", ":1"), ("# none\nF1 client web-2 sctp 80\n", ":2: “sctp”"),
            ("F1 client web-2 tcp http\n", "“http”"), ("F1 client web-2 tcp\n", "a port"),
            ("F1 client web-2 tcp 80 10.0.0.256\n", "“10.0.0.256”"),
        ])
    func faults(_ text: String, _ part: String) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(
            "flows-\(UInt64.random(in: 0 ... .max))"
        ).path
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let error = try #require(throws: BadInput.self) { try LabFlow.read(path) }
        #expect(error.message.contains(path) && error.message.contains(part), "\(error.message)")
    }

    @Test("Examples/flows.txt is read, and each of its flows can be traced")
    func examples() throws {
        let flows = try LabFlow.read(ExampleCluster.root + "/Examples/flows.txt")
        #expect(flows.count > 45)
        let cluster = try Statements.cluster()
        for flow in flows { _ = try LabRun.trace(cluster, flow, .seed) }
    }
}
