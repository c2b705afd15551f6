import Cluster
import Testing
import TestSupport

/// A row of the table of flows: what must come out, and what must be seen, in order.
struct FlowRow: Sendable, CustomTestStringConvertible {
    let id: String
    let from: String
    let to: String
    let verdict: Trace.Verdict
    /// Texts of the rendered trace, in order.
    let seen: [String]
    var ipProtocol = TraceRequest.ProtocolChoice.tcp
    var port: UInt16?
    var source: String?
    var http: HTTPRequest?
    var ruleSet = RuleSet.seed
    var edits: [ExampleCluster.Edit] = []
    /// Texts that must not appear.
    var unseen: [String] = []

    var testDescription: String { "\(id) \(from) → \(to)" }

    init(
        _ id: String, _ from: String, _ to: String, _ ipProtocol: TraceRequest.ProtocolChoice, _ port: UInt16?,
        _ verdict: Trace.Verdict,
        _ seen: [String], source: String? = nil, http: HTTPRequest? = nil, ruleSet: RuleSet = .seed,
        edits: [ExampleCluster.Edit] = [], unseen: [String] = []
    ) {
        (self.id, self.from, self.to, self.ipProtocol, self.port, self.verdict) = (
            id, from, to, ipProtocol, port, verdict
        )
        self.http = http
        (self.seen, self.source, self.ruleSet, self.edits, self.unseen) = (seen, source, ruleSet, edits, unseen)
    }
}
