import ArgumentParser
import Cluster
import Foundation
import Snapshot

struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Say what is wrong with a cluster and its network, or is about to be, and what to change.",
        discussion: """
            All findings, the worst first: errors do not work or are refused, warnings work in part, advice has no effect \
            or could be simpler. docs/validation.md lists all identifiers.

            Exit codes: 0 no error (warnings and advice aside), 1 an error, 2 bad input.
            """
    )

    @Option(help: ArgumentHelp("The snapshot's folder.", valueName: "dir"), completion: .directory)
    var snapshot: String

    @Option(
        help: ArgumentHelp("An earlier snapshot of the same cluster, for what may never change.", valueName: "dir"),
        completion: .directory)
    var earlier: String?

    @Option(help: "seed (as the EKS IPv6 document says) or current (as AWS says now).")
    var rules: RuleSet = .seed

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let loaded: Snapshot
        do {
            loaded = try withProgress("reading \(snapshot)") { try Snapshot(folder: snapshot, toleratesMissing: true) }
        } catch {
            try reportMalformed(error)
            throw BadInput("\(error)")
        }
        let before = try earlier.map { try loadSnapshot($0, toleratesMissing: true) }
        let findings = withProgress("validating \(snapshot)") { progress in
            loaded.validate(rules, earlier: before) { progress.step($0, of: $1) }
        }
        for text in loaded.notes { note(text) }
        var output = Output()
        let unchecked = loaded.cluster.unchecked
        output.line(
            json
                ? FindingsJSON.render(findings, notes: loaded.notes, unchecked: unchecked).text()
                : FindingsText.render(findings, rules, unchecked: unchecked))
        output.flush()
        if findings.contains(where: { $0.severity == .error }) { throw ExitCode(1) }
    }

    /// A malformed address is a finding too, for those who read JSON; there can be no others, since nothing was read.
    private func reportMalformed(_ error: any Error) throws {
        guard json, let finding = (error as? SnapshotError)?.finding else { return }
        var output = Output()
        output.line(FindingsJSON.render([finding]).text())
        output.flush()
    }
}
