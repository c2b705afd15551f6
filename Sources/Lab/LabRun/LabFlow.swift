import Cluster
import Foundation
import IPAddresses

/// A flow to check: a line of a file.
public struct LabFlow: Hashable, Sendable {
    public var name: String
    public var from: String
    public var to: String
    public var ipProtocol: TraceRequest.ProtocolChoice
    public var port: UInt16?
    public var source: IPAddress?

    public init(
        name: String, from: String, to: String, ipProtocol: TraceRequest.ProtocolChoice, port: UInt16? = nil,
        source: IPAddress? = nil
    ) {
        (self.name, self.from, self.to, self.ipProtocol) = (name, from, to, ipProtocol)
        (self.port, self.source) = (port, source)
    }

    /// Reads a file's text: a name, from, to, protocol, port, and maybe a source address a line; `#` begins a comment.
    ///
    /// - Parameters:
    ///   - text: the file's.
    ///   - path: the file, for errors.
    /// - Throws: ``LabError`` with the file, the line, the value and what is due there.
    public static func parse(_ text: String, file path: String) throws(LabError) -> [LabFlow] {
        var result: [LabFlow] = []
        for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).map(String.init)
            if words.isEmpty { continue }
            func fault(_ value: String, _ reason: String) -> LabError {
                LabError("\(path):\(number + 1): “\(value)”: \(reason)")
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
public struct LabResult: Hashable, Sendable {
    public enum Outcome: String, Sendable {
        case agrees
        case disagrees
        case skipped
    }

    public var flow: LabFlow
    public var outcome: Outcome

    /// The trace's.
    public var verdict: String

    /// What was seen, or why it was skipped.
    public var seen: String
}

/// Why a lab can't be built or used, or flows can't be read.
public struct LabError: Error, Hashable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
