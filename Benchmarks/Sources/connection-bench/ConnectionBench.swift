import ArgumentParser
import BenchmarkSupport
import CPeers
import Foundation
import IPAddresses
import Translation

/// Connections: the table and the translators over it, and DPDK's hash table alongside.
@main
struct ConnectionBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connection-bench",
        abstract: "Measure ConnectionTable; with --peers, DPDK's rte_hash in the same run.",
        discussion: """
            Prints a row for each measure; ratios over 1 mean that ours is better. The peer holds one key a connection,
            ours both directions. Peers have large pages on advice, as our tables have.
            Exit codes: 0 done, 1 answers differ, 2 bad input, 3 peers requested but missing.
            """
    )

    @Option(help: ArgumentHelp("How many connections to hold.", valueName: "n"))
    var flows = 4_000_000

    @Option(help: ArgumentHelp("How many threads to use where several are measured.", valueName: "n"))
    var threads = max(2, min(8, ProcessInfo.processInfo.activeProcessorCount))

    @Option(help: ArgumentHelp("How many rounds to take the median of.", valueName: "n"))
    var rounds = 5

    @Flag(help: "Run DPDK's rte_hash alongside ours, on the same tuples.")
    var peers = false

    @Flag(help: "Print a JSON array.")
    var json = false

    mutating func validate() throws {
        guard (1_000...100_000_000).contains(flows), (1...64).contains(threads), (1...100).contains(rounds) else {
            throw ValidationError("--flows is 1000 to 100000000, --threads 1 to 64, --rounds 1 to 100")
        }
    }

    mutating func run() throws {
        if peers, let reason = peers_start_hash() {
            note("--peers: \(String(cString: reason))")
            throw ExitCode(3)
        }
        if peers, peers_large_pages() == 0 { note("DPDK's memory has no large pages here; ours has") }
        do {
            var rows = try measure(IPv4Address.self)
            rows += try measure(IPv6Address.self)
            try rows.report(json: json)
        } catch let error as WrongAnswer {
            note("answers differ: \(error.text)")
            throw ExitCode(1)
        }
    }
}

extension ConnectionBench {
    private func measure<Address: BenchFamily>(_: Address.Type) throws -> [BenchmarkSupport.Measurement] {
        let bench = FamilyBench<Address>(flows: flows, threads: threads, rounds: rounds, peers: peers)
        return try bench.run() + bench.runDirections() + bench.runTranslators() + bench.runThreads()
            + bench.runLongest()
            + bench.runFlood()
    }
}

/// An answer that is not what was put in.
struct WrongAnswer: Error {
    var text: String
}
