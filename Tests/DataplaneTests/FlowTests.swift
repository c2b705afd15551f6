import Cluster
import Foundation
import IPAddresses
import Snapshot
import Testing
import TestSupport

@testable import dataplane

@Suite("Flows through the example cluster")
struct FlowTests {
    func cluster(_ edits: [ExampleCluster.Edit]) throws -> Cluster {
        try Snapshot(
            files: ExampleCluster.files(edits).map { .init(path: $0.path, bytes: $0.bytes) }, name: "Examples/cluster"
        ).cluster
    }

    @Test(
        "A row comes out as it must, in text and in JSON",
        arguments: flowRows + moreRows + policyRows + balancerRows + nodeRows)
    func row(_ row: FlowRow) throws {
        let cluster = try cluster(row.edits)
        let request = try TraceRequest(
            from: cluster.endpoint(named: row.from), to: cluster.endpoint(named: row.to), protocol: row.ipProtocol,
            port: row.port,
            sourceAddress: row.source.flatMap { .init($0) }, ruleSet: row.ruleSet, http: row.http
        )
        let trace = try cluster.trace(request)
        #expect(trace.verdict == row.verdict)
        #expect(abs(trace.branches.reduce(0) { $0 + $1.share } - 1) < 1e-9)

        let text = TraceText.render(trace, request)
        expectInOrder(row.seen, in: text)
        for part in row.unseen { #expect(!text.contains(part), "\(text)") }

        let json = try #require(
            JSONSerialization.jsonObject(with: Data(TraceJSON.render(trace).text().utf8)) as? [String: Any])
        #expect(json["Verdict"] as? String == row.verdict.rawValue)
        if row.verdict == .unknown {
            #expect(json["NetworkPathFound"] is NSNull)
        } else {
            #expect(json["NetworkPathFound"] as? Bool == (row.verdict == .delivered))
        }
        #expect(json["RuleSet"] as? String == row.ruleSet.name)
        let forward = try #require(json["ForwardPathComponents"] as? [[String: Any]])
        #expect(forward.map { $0["SequenceNumber"] as? Int } == (1...forward.count).map { $0 })
        let reply = try #require(json["ReturnPathComponents"] as? [[String: Any]])
        #expect(row.verdict > .partial || !reply.isEmpty)
        #expect(
            (json["Branches"] as? [[String: Any]])?.count == (trace.branches.count > 1 ? trace.branches.count : nil))
        let explanations = try #require(json["Explanations"] as? [[String: Any]])
        #expect(explanations.isEmpty == (row.verdict == .delivered))
        // Each of the text's components stands in the JSON too.
        let ids = Set((forward + reply).compactMap { ($0["Component"] as? [String: Any])?["Id"] as? String })
        for hop in (trace.branches.first?.forward ?? []) + (trace.branches.first?.reply ?? []) {
            #expect(ids.contains(hop.component.id))
        }
    }

    @Test("JSON: the fields of rules, routes, headers and translations")
    func jsonFields() throws {
        let trace = try cluster([]).trace(from: "client", to: "93.184.216.34", port: 443)
        let json = try #require(
            JSONSerialization.jsonObject(with: Data(TraceJSON.render(trace).text().utf8)) as? [String: Any])
        let hops = try #require(json["ForwardPathComponents"] as? [[String: Any]])
        let acl = try #require(hops.first { $0["AclRule"] != nil }?["AclRule"] as? [String: Any])
        #expect(
            acl["RuleNumber"] as? Int == 100 && acl["Cidr"] as? String == "0.0.0.0/0" && acl["Egress"] as? Bool == true)
        #expect(acl["Protocol"] as? String == "-1" && acl["RuleAction"] as? String == "allow")
        let route = try #require(hops.first { $0["RouteTableRoute"] != nil }?["RouteTableRoute"] as? [String: Any])
        #expect(route["DestinationCidr"] as? String == "0.0.0.0/0" && route["NatGatewayId"] as? String == "nat-0a")
        let translation = try #require(hops.first { $0["Translation"] != nil }?["Translation"] as? [String: Any])
        #expect(translation["Kind"] as? String == "SourceNAT")
        let after = try #require(translation["After"] as? [String: Any])
        #expect(after["SourceAddresses"] as? [String] == ["10.0.16.10"])
        #expect((after["SourcePortRanges"] as? [[String: Int]]) == [["From": 1024, "To": 65535]])
    }

    @Test("S39, S40: the formula gives 434 for m5.large")
    func maxPods() {
        let figures = MaxPods(interfaces: 3, addressesPerInterface: 10, vCPUs: 2)
        #expect(figures.formula == 434 && figures.recommended == 110 && figures.secondaryIP == 29)
        #expect(figures.managed(.ipv6) == 110 && figures.managed(.ipv4) == 29)
        #expect(MaxPods(interfaces: 15, addressesPerInterface: 50, vCPUs: 96).recommended == 250)
        #expect(MaxPods(interfaces: 2, addressesPerInterface: 2, vCPUs: 2).managed(.ipv6) == 34)
    }
}
