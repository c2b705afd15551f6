import Cluster
import IPAddresses
import Snapshot
import Testing
import TestSupport
import VPC

@testable import dataplane

/// What the rows of the document are asked by: traces and findings on the example cluster, as it is or edited.
struct Statements {
    static func snapshot(_ edits: [ExampleCluster.Edit] = []) throws -> Snapshot {
        try Snapshot(
            files: ExampleCluster.files(edits).map { .init(path: $0.path, bytes: $0.bytes) }, name: "Examples/cluster",
            toleratesMissing: true)
    }

    static func cluster(_ edits: [ExampleCluster.Edit] = []) throws -> Cluster { try snapshot(edits).cluster }

    /// A trace, and its text as the command prints it.
    static func trace(
        _ from: String, _ to: String, _ ipProtocol: TraceRequest.ProtocolChoice = .tcp, _ port: UInt16? = 443,
        _ edits: [ExampleCluster.Edit] = [], ruleSet: RuleSet = .seed
    ) throws -> (verdict: Trace.Verdict, text: String, trace: Trace) {
        let cluster = try cluster(edits)
        let port = ipProtocol == .icmp || ipProtocol == .icmpv6 ? nil : port
        let request = try TraceRequest(
            from: cluster.endpoint(named: from), to: cluster.endpoint(named: to), protocol: ipProtocol, port: port,
            ruleSet: ruleSet)
        let trace = try cluster.trace(request)
        return (trace.verdict, TraceText.render(trace, request), trace)
    }

    static func findings(
        _ id: Finding.Identifier, _ edits: [ExampleCluster.Edit], ruleSet: RuleSet = .seed
    ) throws -> [Finding] {
        try snapshot(edits).validate(ruleSet).filter { $0.id == id }
    }

    /// The kinds of translation on the way there, or on the way back, in their order.
    static func translations(_ hops: [Hop]) -> [Hop.Translation.Kind] { hops.compactMap(\.translation?.kind) }
}

extension Trace {
    var forward: [Hop] { branches.first?.forward ?? [] }
    var reply: [Hop] { branches.first?.reply ?? [] }
    var codes: Set<Explanation.Code> { Set(branches.flatMap(\.explanations).map(\.code)) }

    /// Whether packets have the same header at each hop, there and back.
    var isUntranslated: Bool {
        [forward, reply].allSatisfy { leg in
            let flows = leg.flatMap { [$0.inbound, $0.outbound].compactMap { $0 } }
            return flows.allSatisfy { $0.source == flows[0].source && $0.destination == flows[0].destination }
        }
    }
}
