import Cluster
import Foundation
import IPAddresses

/// A flow to check: a line of a file.
struct LabFlow {
    var name: String
    var from: String
    var to: String
    var ipProtocol: TraceRequest.ProtocolChoice
    var port: UInt16?
    var source: IPAddress?

    /// Reads a file: a name, from, to, protocol, port, and maybe a source address a line; `#` begins a comment.
    static func read(_ path: String) throws -> [LabFlow] {
        let text = try readText(path)
        var result: [LabFlow] = []
        for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).map(String.init)
            if words.isEmpty { continue }
            func fault(_ value: String, _ reason: String) -> BadInput {
                BadInput("\(path):\(number + 1): “\(value)”: \(reason)")
            }
            guard words.count >= 4 else {
                throw fault(
                    String(line),
                    "a name, from, to, protocol and port are expected here, such as F02 client web-2 tcp 8080")
            }
            guard let ipProtocol = TraceRequest.ProtocolChoice(rawValue: words[3]), ipProtocol != .any,
                ipProtocol != .sctp
            else {
                throw fault(words[3], "tcp, udp, icmp or icmpv6 is expected here")
            }
            var flow = LabFlow(name: words[0], from: words[1], to: words[2], ipProtocol: ipProtocol)
            if ipProtocol == .tcp || ipProtocol == .udp {
                guard words.count >= 5, let port = UInt16(words[4]) else {
                    throw fault(
                        words.count < 5 ? String(line) : words[4], "a port of 0 to 65535 is expected after \(words[3])")
                }
                flow.port = port
                if words.count > 5 {
                    guard let source = IPAddress(words[5]) else {
                        throw fault(words[5], "a source address is expected here")
                    }
                    flow.source = source
                }
            }
            result.append(flow)
        }
        return result
    }
}

/// What became of a flow in the lab.
struct LabResult {
    enum Outcome: String {
        case agrees
        case disagrees
        case skipped
    }

    var flow: LabFlow
    var outcome: Outcome
    var verdict: String

    /// What was seen, or why it was skipped.
    var seen: String
}

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
