import ArgumentParser
import Cluster
import Foundation
import Snapshot

/// Makes a large snapshot, reads it, and traces on it.
@main
struct SnapshotBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot-bench",
        abstract:
            "Make a snapshot of many nodes, pods and network policies, and time its loading and traces on it (median of five)."
    )

    @Option(help: "Nodes.")
    var nodes = 500

    @Option(help: "Pods.")
    var pods = 10_000

    @Option(help: "Network policies.")
    var policies = 200

    @Option(help: ArgumentHelp("Keep the snapshot in this folder.", valueName: "dir"))
    var out: String?

    func validate() throws {
        guard (2...50_000).contains(nodes), (1...1_000_000).contains(pods), (0...60_000).contains(policies) else {
            throw ValidationError("--nodes is 2 to 50000, --pods 1 to 1000000, --policies 0 to 60000.")
        }
    }

    func run() throws {
        let folder =
            out ?? FileManager.default.temporaryDirectory.path
            + "/snapshot-bench-\(ProcessInfo.processInfo.processIdentifier)"
        try Generator(nodes: nodes, pods: pods, policies: policies).write(to: folder)
        defer { if out == nil { try? FileManager.default.removeItem(atPath: folder) } }
        var snapshot: Snapshot?
        let load = try median { snapshot = try Snapshot(folder: folder) }
        guard let cluster = snapshot?.cluster else { return }
        guard cluster.pods.count == pods, cluster.nodes.count == nodes,
            cluster.networkPolicies.values.joined().count == policies
        else { throw ExitCode(1) }
        print("load: \(nodes) nodes, \(pods) pods, \(policies) network policies: \(load)")
        var findings: [Finding] = []
        let validation = median { findings = snapshot?.validate() ?? [] }
        print("validate: \(validation), \(findings.count) findings")
        if findings.contains(where: { $0.severity == .error }) {
            for finding in findings.prefix(3) { print("\(finding.id.rawValue) \(finding.message)") }
            throw ExitCode(1)
        }
        for (name, to, port) in [
            ("pod to pod", "pod-1", UInt16(8080)), ("pod to internet", "2606:4700::1", 443),
            ("pod to service", "service/app-0", 80),
        ] {
            var trace: Trace?
            let time = try median { trace = try cluster.trace(from: "pod-0", to: to, port: port) }
            print("trace \(name): \(time), \(trace?.branches.count ?? 0) branches, \(trace?.verdict.rawValue ?? "")")
            guard let trace, trace.verdict == .delivered else {
                for explanation in trace?.branches.first?.explanations ?? [] { print("  \(explanation.text)") }
                throw ExitCode(1)
            }
        }
    }

    private func median(_ body: () throws -> Void) rethrows -> Duration {
        var times: [Duration] = []
        for _ in 0..<5 { times.append(try ContinuousClock().measure(body)) }
        return times.sorted()[2]
    }
}
