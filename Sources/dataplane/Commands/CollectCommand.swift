import ArgumentParser
import Cluster

struct CollectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collect",
        abstract:
            "Print the shell script of read-only aws and kubectl calls that makes a snapshot folder. Runs nothing.",
        discussion: """
            dataplane collect --cluster demo > collect.sh; read it; sh collect.sh

            The script goes on when a call fails, and records each one in manifest.jsonl: what was asked, when, with \
            what status, and how many objects came. What is missing then makes verdicts unknown, not wrong.
            """
    )

    @Option(help: ArgumentHelp("The EKS cluster.", valueName: "name"))
    var cluster: String

    @Option(help: ArgumentHelp("The folder that the script makes.", valueName: "dir"))
    var output = "snapshot"

    @Flag(help: "Print the calls as JSON.")
    var json = false

    func validate() throws {
        let isName = { (text: String) in
            text.first.map { $0.isLetter || $0.isNumber } ?? false
                && text.unicodeScalars.allSatisfy {
                    $0.isASCII
                        && ($0.properties.isAlphabetic || ("0"..."9").contains($0)
                            || "-_./".unicodeScalars.contains($0))
                }
        }
        guard isName(cluster), !cluster.contains("/") else {
            throw ValidationError("“\(cluster)” is not a cluster name: letters, digits, - and _.")
        }
        guard isName(output) else {
            throw ValidationError("“\(output)” is not a folder name: letters, digits, -, _, . and /.")
        }
    }

    func run() throws {
        if json {
            print(
                JSON.array(
                    CollectedCalls.all(cluster).map {
                        .object([
                            ("file", .string($0.file)), ("command", .string($0.command)), ("kind", .string($0.kind)),
                        ])
                    }
                ).text())
            return
        }
        print(CollectScript(cluster: cluster, output: output).text)
    }
}
