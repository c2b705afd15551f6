import Cluster

/// Findings for people: a block each, the worst first, and their number.
enum FindingsText {
    static func render(_ findings: [Finding], _ ruleSet: RuleSet, unchecked: [Unchecked] = []) -> String {
        var lines: [String] = []
        for finding in findings {
            let severity = finding.severity.rawValue.padding(to: 7)
            lines.append(
                "\(style(finding.severity)(severity))  \(Style.bold(finding.id.rawValue))  \(finding.component.id)")
            lines.append("         \(finding.message)")
            lines.append("         fix: \(finding.fix)")
            lines.append(Style.dim("         \(finding.source)"))
            lines.append("")
        }
        let counts = Finding.Severity.allCases.map { severity in
            let count = findings.count { $0.severity == severity }
            let plural = severity == .advice || count == 1 ? "" : "s"
            return "\(count) \(severity.rawValue)\(plural)"
        }
        let rules = ruleSet == .seed ? "" : "  (rule set \(ruleSet.name))"
        for one in unchecked {
            lines.append(Style.yellow("unchecked: \(one.kind) \(one.name)") + ": \(one.reason)")
        }
        lines.append(counts.joined(separator: ", ") + rules)
        return lines.joined(separator: "\n")
    }

    private static func style(_ severity: Finding.Severity) -> Style {
        switch severity {
        case .error: .red
        case .warning: .yellow
        case .advice: .cyan
        }
    }
}

/// Findings as the contract has them.
enum FindingsJSON {
    /// `notes`: what the loader has passed over; `unchecked`: objects that are not modelled.
    static func render(_ findings: [Finding], notes: [String] = [], unchecked: [Unchecked] = []) -> JSON {
        .object([
            (
                "findings",
                .array(
                    findings.map { finding in
                        .object([
                            ("id", .string(finding.id.rawValue)), ("severity", .string(finding.severity.rawValue)),
                            ("component", .string(finding.component.id)), ("message", .string(finding.message)),
                            ("fix", .string(finding.fix)), ("source", .string(finding.source)),
                        ])
                    })
            ),
            ("unchecked", .array(unchecked.map(TraceJSON.unchecked))),
            ("notes", .array(notes.map { .string($0) })),
        ])
    }
}

extension String {
    /// The text padded with blanks up to a width.
    func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
