import Lab
import Cluster
import Foundation
import IPAddresses
import Snapshot
import TestSupport
import Testing

@testable import dataplane

@Suite("Fewer facts, never more certainty")
struct AbsenceTests {
    private typealias File = (path: String, bytes: [UInt8])

    /// The example with one of its objects taken away, for each of them, and each file.
    private func reduced() throws -> [(what: String, files: [File])] {
        let files = try ExampleCluster.files()
        var result: [(what: String, files: [File])] = []
        for (index, file) in files.enumerated() where file.path != "hosts" {
            let others = files[..<index] + files[(index + 1)...]
            result.append((file.path, Array(others)))
            for (number, rest) in try objects(file).enumerated() {
                result.append(("\(file.path)[\(number)]", others + [(file.path, rest)]))
            }
        }
        return result
    }

    /// The file without each of its objects.
    private func objects(_ file: File) throws -> [[UInt8]] {
        if file.path.hasSuffix(".yaml") {
            let text = String(decoding: file.bytes, as: UTF8.self)
            let parts = text.components(separatedBy: "\n- apiVersion")
            return parts.indices.dropFirst().map { lost in
                Array(
                    parts.enumerated().filter { $0.offset != lost }.map(\.element).joined(separator: "\n- apiVersion")
                        .utf8)
            }
        }
        guard
            let root = try JSONSerialization.jsonObject(with: Data(file.bytes)) as? [String: Any],
            let key = root.keys.first(where: { root[$0] is [Any] }), let list = root[key] as? [Any]
        else { return [] }
        return try list.indices.map { lost in
            var root = root
            root[key] = list.enumerated().filter { $0.offset != lost }.map(\.element)
            return Array(try JSONSerialization.data(withJSONObject: root))
        }
    }

    private func verdicts(_ files: [File], _ flows: [LabFlow]) -> [Trace.Verdict?] {
        guard
            let cluster = try? Snapshot(files: files.map { .init(path: $0.path, bytes: $0.bytes) }, name: "example")
                .cluster
        else { return flows.map { _ in nil } }
        return flows.map { try? LabRun.trace(cluster, $0, .seed).verdict }
    }

    @Test("An object taken away never makes a verdict delivered that was not: it is unknown then, or the input refused")
    func takenAway() throws {
        let all = try LabFlow.read(ExampleCluster.root + "/Examples/flows.txt")
        let verdicts = verdicts(try ExampleCluster.files(), all)
        #expect(verdicts.allSatisfy { $0 != nil && $0 != .unknown })
        // What is delivered cannot become it.
        let flows = zip(all, verdicts).filter { $0.1 != .delivered }.map(\.0)
        #expect(flows.count > 20)
        var wrong: [String] = []
        var checked = 0
        for (what, files) in try reduced() {
            for (flow, after) in zip(flows, self.verdicts(files, flows)) {
                checked += 1
                if after == .delivered {
                    wrong.append("\(flow.name) \(flow.from) → \(flow.to) without \(what)")
                }
            }
        }
        #expect(wrong.isEmpty, "\(wrong.count): \(wrong.joined(separator: "; "))")
        #expect(checked > 4_000)
    }
}
