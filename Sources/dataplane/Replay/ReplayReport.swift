import Foundation

/// Prints what became of the packets: a line each, or JSON.
struct ReplayReport {
    let json: Bool
    let quiet: Bool
    private var output = Output()
    private var isFirst = true

    init(json: Bool, quiet: Bool) {
        (self.json, self.quiet) = (json, quiet)
        if json { output.write(quiet ? "{" : "{\n  \"packets\": [") }
    }

    mutating func add(_ outcome: Replay.Outcome) {
        if quiet { return }
        if json {
            output.write((isFirst ? "\n    " : ",\n    ") + value(outcome).text(indent: "    "))
            isFirst = false
        } else {
            output.line(line(outcome))
        }
    }

    private func value(_ outcome: Replay.Outcome) -> JSON {
        .object([
            ("number", .integer(outcome.number)), ("time", .string(seconds(outcome.time))),
            ("length", .integer(outcome.length)), ("verdict", .string(outcome.verdict)),
            ("to", outcome.side.map { .string($0) }), ("new", outcome.isNew ? .bool(true) : nil),
            ("reason", outcome.reason.map { .string($0) }), ("answer", outcome.answer.map { .string($0) }),
            ("written", .integer(outcome.written)),
        ])
    }

    private func line(_ outcome: Replay.Outcome) -> String {
        var text = String(outcome.number).leftPadded(to: 6) + "  " + seconds(outcome.time) + "  "
        switch outcome.verdict {
        case "forwarded":
            text += Style.green("forwarded") + " to the \(outcome.side ?? "")"
            if outcome.isNew { text += ", new connection" }
            if outcome.written > 1 { text += ", \(outcome.written) packets" }
        case "refused": text += Style.red("refused") + "    \(outcome.reason ?? "")"
        case "held": text += Style.yellow("held") + "       until the first fragment comes"
        default: text += Style.dim("skipped") + "    \(outcome.reason ?? "")"
        }
        if let answer = outcome.answer { text += ", answered: \(answer)" }
        return text
    }

    /// Seconds since 1970 with nine digits behind the point.
    private func seconds(_ time: UInt64) -> String {
        let fraction = String(time % 1_000_000_000)
        return "\(time / 1_000_000_000).\(String(repeating: "0", count: 9 - fraction.count))\(fraction)"
    }

    mutating func finish(_ summary: Replay.Summary) {
        let reasons = summary.reasons.sorted { $0.count > $1.count }
        if json {
            let value = JSON.object([
                ("packets", .integer(summary.packets)), ("forwarded", .integer(summary.forwarded)),
                ("refused", .integer(summary.refused)), ("held", .integer(summary.held)),
                ("skipped", .integer(summary.skipped)), ("answers", .integer(summary.answers)),
                ("reasons", .object(reasons.map { ($0.reason, .integer($0.count)) })),
            ])
            if !quiet { output.write(isFirst ? "]," : "\n  ],") }
            output.line("\n  \"summary\": \(value.text(indent: "  "))\n}")
        } else {
            var text = "\(summary.packets) packets: \(summary.forwarded) forwarded, \(summary.refused) refused"
            if summary.held > 0 { text += ", \(summary.held) held" }
            if summary.skipped > 0 { text += ", \(summary.skipped) skipped" }
            if summary.answers > 0 { text += "; \(summary.answers) answers sent" }
            output.line(text)
            for reason in reasons { output.line("  refused \(reason.count): \(reason.reason)") }
        }
        output.flush()
    }
}

/// How far a replay has come, on standard error where that is a terminal.
struct ReplayProgress {
    private let size: Int?
    private let isShown = isatty(2) == 1
    private let started = ContinuousClock.now
    private var last = ContinuousClock.now

    init(size: Int?) { self.size = size }

    mutating func update(packets: Int, bytes: Int) {
        guard isShown, packets % 4096 == 0 else { return }
        let now = ContinuousClock.now
        guard now - started > .seconds(1), now - last > .milliseconds(500) else { return }
        last = now
        let share = size.map { " (\(bytes * 100 / max(1, $0)) %)" } ?? ""
        FileHandle.standardError.write(Data("\r\(packets) packets\(share) ".utf8))
    }

    func finish() {
        if isShown, ContinuousClock.now - started > .seconds(1) {
            FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
        }
    }
}

extension String {
    func leftPadded(to width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
