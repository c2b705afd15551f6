import BenchmarkSupport
import ArgumentParser
import CPeers
import Foundation
import IPAddresses
import PrefixTrie
import TableFile

/// Longest-prefix match: ForwardingTable, and DPDK's tables alongside.
@main
struct LPMBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lpm-bench",
        abstract: "Measure ForwardingTable on full tables; with --peers, DPDK's rte_fib6 and rte_fib in the same run.",
        discussion: """
            Prints a row for each measure; ratios over 1 mean that ours is better. With --peers all answers are compared.
            The variable DATAPLANE_LOOKUP_KERNEL forces a kernel: portable, avx2, avx512 or neon.
            Exit codes: 0 done, 1 answers differ, 2 bad input, 3 peers requested but missing.
            """
    )

    @Option(
        help: ArgumentHelp(
            "A table, one prefix a line, plain or gzip; by default the full tables of Data/.", valueName: "file")
    )
    var table: String?

    @Option(help: ArgumentHelp("Updates of the IPv6 table, one a line: A or W and a prefix.", valueName: "file"))
    var updates: String?

    @Option(help: "The addresses: uniform, within, zipf or all.")
    var addresses = "all"

    @Flag(help: "Run DPDK's tables alongside ours, on the same addresses.")
    var peers = false

    @Flag(help: "Print a JSON array.")
    var json = false

    @Option(help: ArgumentHelp("How many addresses to look up each round.", valueName: "n"))
    var count = 1 << 21

    @Option(help: ArgumentHelp("How many rounds to take the median of.", valueName: "n"))
    var rounds = 7

    @Option(help: ArgumentHelp("How many threads look up while updates run.", valueName: "n"))
    var readers = max(1, ProcessInfo.processInfo.activeProcessorCount - 1)

    @Option(help: ArgumentHelp("How many next hops the prefixes have.", valueName: "n"))
    var hops = 256

    @Option(help: ArgumentHelp("The most updates to replay.", valueName: "n"))
    var updateLimit = Int.max

    @Flag(help: "Leave out the adversarial tables.")
    var skipWorst = false

    mutating func validate() throws {
        if addresses != "all", AddressKind(rawValue: addresses) == nil {
            throw ValidationError("--addresses \(addresses): give uniform, within, zipf or all")
        }
        if count < 64 || rounds < 1 || hops < 1 || hops > 0x7000 || readers < 0 || updateLimit < 0 {
            throw ValidationError("--count is 64 or more, --rounds and --hops 1 or more (hops up to 28672)")
        }
    }

    mutating func run() throws {
        do {
            if peers, let reason = peers_start() {
                note("--peers: \(String(cString: reason))")
                throw ExitCode(3)
            }
            let rows = try measure()
            try rows.report(json: json)
        } catch let error as BenchmarkError {
            note("answers differ: \(error)")
            throw ExitCode(1)
        } catch let error as InputError {
            note("\(error)")
            throw ExitCode(2)
        }
    }

    private func measure() throws -> [BenchmarkSupport.Measurement] {
        var rows: [BenchmarkSupport.Measurement] = []
        let six = try prefixes(table ?? dataFile("ris-ipv6-table.txt.gz")) { prefix -> IPv6Prefix? in
            if case .v6(let prefix) = prefix { prefix } else { nil }
        }
        let four = try prefixes(table ?? dataFile("ipv4-prefixes.txt.gz")) { prefix -> IPv4Prefix? in
            if case .v4(let prefix) = prefix { prefix } else { nil }
        }
        if six.isEmpty, four.isEmpty { throw InputError("\(table ?? "Data"): no prefixes") }
        if !six.isEmpty {
            let list =
                table == nil || updates != nil ? try readUpdates(updates ?? dataFile("ris-ipv6-updates.txt.gz")) : []
            rows += try measure(six, updates: list)
        }
        if !four.isEmpty { rows += try measure(four, updates: []) }
        if !skipWorst { rows += try WorstCases(rounds: rounds, note: note).run() }
        return rows
    }

    private func measure<Key: PeerKey>(
        _ prefixes: [(prefix: Prefix<Key>, hop: UInt16)], updates: [(prefix: Prefix<Key>, hop: UInt16?)]
    ) throws -> [BenchmarkSupport.Measurement] {
        let trie = RadixTrie(prefixes.map { ($0.prefix, $0.hop) })
        var table = try Key.table(compiling: trie)
        let compile = try (0..<3).map { _ in try nanoseconds(per: trie.count) { table = try Key.table(compiling: trie) }
        }
        note("\(Key.family): \(trie.count) prefixes, \(table.usedBytes) bytes, kernel \(table.kernel)")
        let peer = peers ? try Peer(prefixes) : nil
        if peers, peer == nil { throw InputError("\(Key.family): DPDK's table can't be made") }
        let kinds = AddressKind(rawValue: addresses).map { [$0] } ?? AddressKind.allCases
        var rows = try LookupBench(
            prefixes: prefixes, table: table, peer: peer, count: count, rounds: rounds, note: note
        ).run(kinds)
        rows.append(
            BenchmarkSupport.Measurement(
                "\(Key.family) compile", ours: compile.median, unit: "ns a prefix", kernel: "\(table.kernel)",
                bytes: table.usedBytes))
        if !updates.isEmpty {
            rows += try UpdateBench(
                prefixes: prefixes, updates: updates, trie: trie, peer: peer, readers: readers, note: note
            ).run()
        }
        return rows
    }
}

/// A file that can't be read or says something else than a table.
struct InputError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension LPMBench {
    private func file(_ path: String) throws -> TableFile {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw InputError("\(path): can't be read; run in Benchmarks/, or name a file")
        }
        do { return try TableFile(Array(data)) } catch { throw InputError("\(path): \(error)") }
    }

    private func prefixes<Key: PeerKey>(
        _ path: String, _ pick: (IPPrefix) -> Prefix<Key>?
    ) throws -> [(prefix: Prefix<Key>, hop: UInt16)] {
        var result: [(prefix: Prefix<Key>, hop: UInt16)] = []
        var generator = SplitMix(state: 1)
        do {
            try file(path).forEachPrefix { prefix, _ in
                guard let prefix = pick(prefix) else { return }
                result.append((prefix, UInt16(generator.next() % UInt64(hops))))
            }
        } catch let error as TableFile.Failure {
            throw InputError("\(path): \(error)")
        }
        return result
    }

    private func readUpdates(_ path: String) throws -> [(prefix: IPv6Prefix, hop: UInt16?)] {
        var result: [(prefix: IPv6Prefix, hop: UInt16?)] = []
        var generator = SplitMix(state: 2)
        do {
            try file(path).forEachLine { (number, line) throws(TableFile.Failure) in
                if result.count >= updateLimit { return }
                let text = line.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
                guard line.count > 2, let prefix = IPv6Prefix(String(text.dropFirst(2))), "AW".contains(text.prefix(1))
                else {
                    throw TableFile.Failure(line: number, text: text, reason: "expected A or W, a space and a prefix")
                }
                let hop = UInt16(generator.next() % UInt64(hops))
                result.append((prefix, text.first == "A" ? hop : nil))
            }
        } catch let error as TableFile.Failure {
            throw InputError("\(path): \(error)")
        }
        return result
    }
}
