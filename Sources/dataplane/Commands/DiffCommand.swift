import ArgumentParser
import Cluster
import Foundation
import Snapshot

struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Say which flows change verdict between two snapshots of a network: what closes, and what opens.",
        discussion: """
            All senders of the snapshots, the internet and the on-premises network among them, against all addresses, \
            protocols and ports, IPv4 and IPv6. Computed on sets, not by sampling: docs/difference.md.

            Exit codes: 0 nothing changes, 1 something does, 2 bad input.
            """
    )

    @Option(help: ArgumentHelp("The snapshot before the change.", valueName: "dir"), completion: .directory)
    var before: String

    @Option(help: ArgumentHelp("The snapshot after it.", valueName: "dir"), completion: .directory)
    var after: String

    @Option(help: "seed (as the EKS IPv6 document says) or current (as AWS says now).")
    var rules: RuleSet = .seed

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let (old, new) = (try loadSnapshot(before), try loadSnapshot(after))
        let notes = Set(old.notes).union(new.notes).sorted()
        let unchecked = Set(old.cluster.unchecked).union(new.cluster.unchecked).sorted {
            ($0.kind, $0.name) < ($1.kind, $1.name)
        }
        for text in notes { note(text) }
        let difference = withProgress("comparing") { progress in
            old.cluster.difference(to: new.cluster, ruleSet: rules) { progress.step($0, of: $1) }
        }
        var output = Output()
        output.line(
            json
                ? DifferenceReport.json(difference, notes: notes, unchecked: unchecked).text()
                : DifferenceReport.text(difference, unchecked: unchecked))
        output.flush()
        if !difference.isEmpty { throw ExitCode(1) }
    }
}
