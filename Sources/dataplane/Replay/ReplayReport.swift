import Captures
import Foundation
import Replay

/// Prints what became of the packets: a line each, or JSON.
struct ReplayReport {
    let json: Bool
    let quiet: Bool

    private let write: (String) -> Void
    private var isFirst = true

    /// `write`: takes the text, piece by piece.
    init(json: Bool, quiet: Bool, _ write: @escaping (String) -> Void) {
        (self.json, self.quiet, self.write) = (json, quiet, write)
        if json { write(quiet ? "{" : "{\n  \"packets\": [") }
    }

    mutating func add(_ outcome: Replay.Outcome) {
        if quiet { return }
        if json {
            write((isFirst ? "\n    " : ",\n    ") + value(outcome).text(indent: "    "))
            isFirst = false
        } else {
            write(line(outcome) + "\n")
        }
    }

    private func value(_ outcome: Replay.Outcome) -> JSON {
        .object([
            ("number", .integer(outcome.number)), ("time", .string(seconds(outcome.time))),
            ("length", .integer(outcome.length)),
            ("captured", outcome.captured < outcome.length ? .integer(outcome.captured) : nil),
            ("verdict", .string(outcome.verdict)), ("to", outcome.side.map { .string($0) }),
            ("new", outcome.isNew ? .bool(true) : nil), ("reason", outcome.reason.map { .string($0) }),
            ("answer", outcome.answer.map { .string($0) }),
            ("unanswered", outcome.unanswered.map { .string($0) }), ("written", .integer(outcome.written)),
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
        if let reason = outcome.unanswered { text += ", not answered: \(reason)" }
        return text
    }

    /// Seconds since 1970 with nine digits after the point.
    private func seconds(_ time: UInt64) -> String {
        let fraction = String(time % 1_000_000_000)
        return "\(time / 1_000_000_000).\(String(repeating: "0", count: 9 - fraction.count))\(fraction)"
    }

    /// Prints the summary, and ends the JSON.
    ///
    /// `fault`: why the capture was not read to its end, and the file that it is in.
    mutating func finish(_ summary: Replay.Summary, _ fault: (file: String, error: CaptureError)? = nil) {
        if json {
            if !quiet { write(isFirst ? "]," : "\n  ],") }
            write("\n  \"summary\": \(value(summary).text(indent: "  "))")
            if let fault { write(",\n  \"error\": \(value(fault.file, fault.error).text(indent: "  "))") }
            write("\n}\n")
        } else {
            write(text(summary))
        }
    }

    private func value(_ summary: Replay.Summary) -> JSON {
        let unread = summary.unreadInterfaces.map { unread in
            JSON.object([
                ("interface", .integer(unread.interface)), ("linkType", .integer(Int(unread.linkType))),
                ("name", LinkTypeName(unread.linkType).name.map { .string($0) }), ("packets", .integer(unread.count)),
            ])
        }
        return .object([
            ("packets", .integer(summary.packets)), ("forwarded", .integer(summary.forwarded)),
            ("refused", .integer(summary.refused)), ("held", .integer(summary.held)),
            ("skipped", .integer(summary.skipped)), ("answers", .integer(summary.answers)),
            ("reasons", .object(sorted(summary).map { ($0.reason, .integer($0.count)) })),
            ("unreadInterfaces", unread.isEmpty ? nil : .array(unread)),
        ])
    }

    private func value(_ file: String, _ error: CaptureError) -> JSON {
        .object([
            ("file", .string(file)), ("packet", error.place?.packet.map { .integer($0) }),
            ("block", error.place.flatMap { $0.packet == nil ? .integer($0.record) : nil }),
            ("offset", error.place.map { .integer($0.offset) }), ("message", .string(error.fault)),
            ("fix", error.fix.map { .string($0) }),
        ])
    }

    private func sorted(_ summary: Replay.Summary) -> [(reason: String, count: Int)] {
        summary.reasons.sorted { $0.count > $1.count }
    }

    private func text(_ summary: Replay.Summary) -> String {
        var text = "\(summary.packets) packets: \(summary.forwarded) forwarded, \(summary.refused) refused"
        if summary.held > 0 { text += ", \(summary.held) held" }
        if summary.skipped > 0 { text += ", \(summary.skipped) skipped" }
        if summary.answers > 0 { text += "; \(summary.answers) answers sent" }
        for reason in sorted(summary) { text += "\n  refused \(reason.count): \(reason.reason)" }
        for unread in summary.unreadInterfaces {
            let type = LinkTypeName(unread.linkType)
            text += "\n  skipped \(unread.count): interface \(unread.interface), link type \(type), is not supported"
        }
        return text + "\n"
    }
}

extension String {
    func leftPadded(to width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
