import Lab

/// The results, for people and as JSON.
enum LabReport {
    static func text(_ results: [LabResult]) -> [String] {
        let rows = results.map { result in
            [
                result.flow.name, result.outcome.rawValue, result.verdict, "\(result.flow.from) → \(result.flow.to)",
                result.seen,
            ]
        }
        let counts = [LabResult.Outcome.agrees, .disagrees, .skipped].map { outcome in
            "\(results.count { $0.outcome == outcome }) \(outcome == .agrees ? "agree" : outcome == .disagrees ? "disagree" : "skipped")"
        }
        return TextTable.lines(rows) + ["", counts.joined(separator: ", ")]
    }

    static func json(_ results: [LabResult]) -> JSON {
        .object([
            (
                "flows",
                .array(
                    results.map { result in
                        .object([
                            ("name", .string(result.flow.name)), ("from", .string(result.flow.from)),
                            ("to", .string(result.flow.to)), ("verdict", .string(result.verdict)),
                            ("outcome", .string(result.outcome.rawValue)), ("seen", .string(result.seen)),
                        ])
                    })
            ), ("agree", .integer(results.count { $0.outcome == .agrees })),
            ("disagree", .integer(results.count { $0.outcome == .disagrees })),
            ("skipped", .integer(results.count { $0.outcome == .skipped })),
        ])
    }
}
