import Cluster
import Drawing
import IPAddresses
import VPC

/// A trace for people: a line a hop, the header where it changes, the reason at the end.
struct TraceText {
    private var lines: [String] = []

    static func render(_ trace: Trace, _ request: TraceRequest) -> String {
        var text = TraceText()
        text.lines.append(Style.bold(title(trace, request)))
        for (index, branch) in trace.branches.enumerated() {
            if trace.branches.count > 1 {
                text.lines.append("")
                text.lines.append(
                    Style.bold("target \(index + 1) of \(trace.branches.count), share \(share(branch.share))") + "  "
                        + verdict(branch.verdict) + (branch.condition.map { "  by \($0)" } ?? ""))
                for assumption in branch.assumptions { text.lines.append(Style.dim("  taking \(assumption)")) }
            }
            text.leg("forward", branch.forward)
            text.leg("reply", branch.reply)
        }
        text.lines.append("")
        text.lines.append(verdict(trace.verdict) + (trace.ruleSet == .seed ? "" : "  (rule set \(trace.ruleSet.name))"))
        var told: [Explanation] = []
        for explanation in trace.branches.flatMap(\.explanations) where !told.contains(explanation) {
            told.append(explanation)
            let leg = explanation.leg == .reply ? "reply: " : ""
            text.lines.append("  \(Style.yellow(explanation.code.rawValue))  \(leg)\(explanation.text)")
        }
        for one in trace.unchecked {
            text.lines.append(Style.yellow("  unchecked: \(one.kind) \(one.name)") + ": \(one.reason)")
        }
        if let other = trace.otherRuleSet {
            for rule in other.rules {
                text.lines.append(
                    "  by rule set \(other.ruleSet.name): \(other.verdict.rawValue)\(other.verdict == trace.verdict ? ", for another reason" : ""); it goes by \(rule.rawValue): \(rule.statement) (\(rule.source); \(rule.date))"
                )
            }
        }
        for note in trace.notes { text.lines.append(Style.dim("  note: \(note)")) }
        return text.lines.joined(separator: "\n")
    }

    /// What was traced: `pod/default/client → 8.8.8.8  udp 53`.
    static func title(_ trace: Trace, _ request: TraceRequest) -> String {
        let port = request.port.map { " \($0)" } ?? ""
        return "\(trace.source) → \(trace.destination)  \(request.ipProtocol.rawValue)\(port)"
    }

    private static func share(_ share: Double) -> String {
        let count = (1 / share).rounded()
        return abs(1 / share - count) < 1e-9 ? "1/\(Int(count))" : "\((share * 1000).rounded() / 10) %"
    }

    private static func verdict(_ verdict: Trace.Verdict) -> String {
        switch verdict {
        case .delivered: Style.green(verdict.rawValue)
        case .partial, .unknown: Style.yellow(verdict.rawValue)
        case .blocked, .rejected: Style.red(verdict.rawValue)
        }
    }

    private mutating func leg(_ name: String, _ hops: [Hop]) {
        if hops.isEmpty { return }
        lines.append("")
        lines.append(Style.bold(name))
        let width = hops.map(\.component.id.count).max() ?? 0
        for (index, hop) in hops.enumerated() {
            let number = "\(index + 1)"
            let id = hop.component.id
            let padding = String(repeating: " ", count: width - id.count)
            let mark = hop.isBlocking ? Style.red("✗") : hop.isUnknown ? Style.yellow("?") : " "
            let body = hop.isBlocking ? Style.red(hop.text) : hop.isUnknown ? Style.yellow(hop.text) : hop.text
            lines.append(
                "\(Style.dim(String(repeating: " ", count: max(0, 3 - number.count)) + number))\(mark) \(id)\(padding)  \(body)"
            )
            let shown = index == 0 ? hop.inbound : hop.translation?.after
            if let shown { lines.append(Style.cyan(String(repeating: " ", count: width + 7) + shown.header)) }
        }
    }
}
