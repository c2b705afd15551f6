import ArgumentParser
import Cluster
import Foundation
import IPAddresses
import Lab
import Snapshot

struct LabCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lab",
        abstract: "Build a snapshot out of network namespaces, and compare what real packets do with what trace says.",
        discussion: """
            Needs Linux, root, and ip, nft, ping and python3. All names begin with dplab-; down removes only these. \
            Packets stay inside the namespaces. docs/lab.md says how elements are built, and what can't be.
            """,
        subcommands: [Up.self, Down.self, Check.self]
    )

    struct Options: ParsableArguments {
        @Option(help: ArgumentHelp("The snapshot's folder.", valueName: "dir"), completion: .directory)
        var snapshot: String

        @Option(
            help: ArgumentHelp(
                "Flows, one a line: a name, from, to, protocol and port; a source address may follow.",
                valueName: "file"),
            completion: .file())
        var flows: String

        /// The lab of the snapshot, with the hosts that the flows need.
        func lab(_ rules: RuleSet = .seed) throws -> LabRun {
            try LabRun(loadSnapshot(snapshot).cluster, LabFlow.read(flows), rules)
        }
    }

    struct Up: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Build the lab.")

        @OptionGroup var options: Options

        @Flag(help: "Print the script instead of running it.")
        var print = false

        func run() throws {
            let lab = try options.lab()
            if print { return Swift.print(lab.plan.script, terminator: "") }
            try lab.up()
            for text in lab.plan.skipped { note("skipped: \(text)") }
        }
    }

    struct Down: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove the lab, whatever snapshot it was built from.")

        func run() throws { try LabRun.down() }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send real packets for flows, and compare what arrives with what trace says, in both directions.",
            discussion: """
                Builds the lab and removes it again. Exit codes: 0 all that can be built agrees, 1 something does not, 2 bad \
                input, or no root.
                """)

        @OptionGroup var options: Options

        @Option(help: "seed or current.")
        var rules: RuleSet = .seed

        @Flag(help: "Leave the lab up at the end.")
        var keep = false

        @Flag(help: "Print JSON.")
        var json = false

        func run() throws {
            let lab = try options.lab(rules)
            defer { if !keep { try? LabRun.down() } }
            try withProgress("building the lab") { try lab.up() }
            try lab.serve()
            let results = try withProgress("sending packets") { progress in
                try lab.flows.indices.map { index in
                    progress.step(index, of: lab.flows.count)
                    return try lab.check(index)
                }
            }
            var output = Output()
            if json {
                output.line(LabReport.json(results).text())
            } else {
                for line in LabReport.text(results) { output.line(line) }
            }
            output.flush()
            if results.contains(where: { $0.outcome == .disagrees }) { throw ExitCode(1) }
        }
    }
}
