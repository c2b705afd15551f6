import ArgumentParser
import BenchmarkSupport
import CPeers
import Foundation
import IPAddresses
import PrefixTrie
import TableFile

/// The trie's figures on full tables, against a dictionary in the same process and DPDK's routing tables.
@main
struct TrieBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trie-bench",
        abstract: "Measure RadixTrie on full tables: lookups, changes, order, sets, snapshots, memory.",
        discussion: """
            Prefixes come in random order, keys are random hosts within random prefixes, values have 16 bits. Times are \
            medians of the rounds; those of peers are taken in the same rounds.

            Exit codes: 0 done, 1 answers differ, 2 bad input, 3 --peers without DPDK.
            """
    )

    @Option(help: ArgumentHelp("The folder with the tables; by default Benchmarks/Data.", valueName: "dir"))
    var data: String?

    @Option(help: ArgumentHelp("The most prefixes of each family to use.", valueName: "n"))
    var limit = Int.max

    @Option(help: ArgumentHelp("How many rounds to take the median of.", valueName: "n"))
    var rounds = 5

    @Option(help: ArgumentHelp("ipv4 or ipv6; by default both.", valueName: "family"))
    var family: String?

    @Flag(help: "Measure with the portable walks too.")
    var portable = false

    @Flag(help: "Measure DPDK's rte_rib and rte_rib6 alongside ours, where they are installed.")
    var peers = false

    @Flag(help: "Print a JSON array.")
    var json = false

    func validate() throws {
        if rounds < 1 || limit < 64 { throw ValidationError("--rounds is 1 or more, --limit 64 or more") }
        if let family, family != "ipv4", family != "ipv6" { throw ValidationError("--family is ipv4 or ipv6") }
    }

    mutating func run() throws {
        do {
            if peers, let reason = peers_start_rib() {
                throw InputError("--peers: \(String(cString: reason))", code: 3)
            }
            var rows: [BenchmarkSupport.Measurement] = []
            if family != "ipv4" {
                let table: [IPv6Prefix] = try prefixes("ris-ipv6-table.txt.gz") { prefix in
                    if case .v6(let prefix) = prefix { prefix } else { nil }
                }
                rows += try measure(table, updates: try recordedUpdates())
            }
            if family != "ipv6" {
                let table: [IPv4Prefix] = try prefixes("ipv4-prefixes.txt.gz") { prefix in
                    if case .v4(let prefix) = prefix { prefix } else { nil }
                }
                rows += try measure(table, updates: Self.inventedUpdates(table))
            }
            try rows.report(json: json)
        } catch let error as InputError {
            note("\(error)")
            throw ExitCode(error.code)
        }
    }

    private func measure<Key: BenchKey>(
        _ table: [Prefix<Key>], updates: [Update<Key>]
    ) throws -> [BenchmarkSupport.Measurement] {
        note("\(Key.family): \(table.count) prefixes, \(updates.count) updates")
        var rows: [BenchmarkSupport.Measurement] = []
        for usesKernel in portable ? [true, false] : [true] {
            var family = FamilyBench(table: table, updates: updates, rounds: rounds, usesKernel: usesKernel)
            rows += try family.run(peers: peers && usesKernel)
        }
        return rows
    }

    private func prefixes<Key>(_ name: String, _ pick: (IPPrefix) -> Prefix<Key>?) throws -> [Prefix<Key>] {
        var result: [Prefix<Key>] = []
        do {
            try file(name).forEachPrefix { prefix, _ in if let prefix = pick(prefix) { result.append(prefix) } }
        } catch let error as TableFile.Failure {
            throw InputError("\(path(name)): \(error)", code: 2)
        }
        var generator = SplitMix(state: 1)
        result.shuffle(using: &generator)
        return Array(result.prefix(limit))
    }

    private func file(_ name: String) throws -> TableFile {
        guard let bytes = FileManager.default.contents(atPath: path(name)) else {
            throw InputError("\(path(name)): can't be read; say where the tables are with --data", code: 2)
        }
        return try TableFile(Array(bytes))
    }

    private func path(_ name: String) -> String { data.map { "\($0)/\(name)" } ?? dataFile(name) }

    private func recordedUpdates() throws -> [Update<IPv6Address>] {
        let name = "ris-ipv6-updates.txt.gz"
        var result: [Update<IPv6Address>] = []
        try file(name).forEachLine { (number, line) throws(TableFile.Failure) in
            do throws(AddressParseError) {
                result.append(
                    Update(
                        prefix: try IPv6Prefix(parsing: line.extracting(2..<line.count)),
                        value: line[0] == 0x41 ? UInt16(truncatingIfNeeded: number) : nil))
            } catch {
                throw .init(line: number, text: String(decoding: line), reason: "\(error)")
            }
        }
        return limit == .max ? result : Array(result.prefix(4 * limit))
    }

    /// There are no recorded ones for IPv4: prefixes of the table, four of five announced, one withdrawn.
    private static func inventedUpdates<Key>(_ table: [Prefix<Key>]) -> [Update<Key>] {
        var generator = SplitMix(state: 3)
        return (0..<min(1_000_000, 4 * table.count)).map { number in
            let prefix = table[Int(generator.next() % UInt64(table.count))]
            return Update(prefix: prefix, value: generator.next() % 5 == 0 ? nil : UInt16(truncatingIfNeeded: number))
        }
    }
}

/// A file that can't be read or says something else than a table, or a peer that is missing.
struct InputError: Error, CustomStringConvertible {
    let description: String
    let code: Int32
    init(_ description: String, code: Int32) { (self.description, self.code) = (description, code) }
}

struct Update<Key: PrefixKey> {
    var prefix: Prefix<Key>
    var value: UInt16?
}

protocol BenchKey: PrefixKey {
    static var family: String { get }
    static var peerName: String { get }
    static func random(using generator: inout SplitMix) -> Self
    /// As DPDK takes it: network order, or a word in the machine's.
    var peerBytes: [UInt8] { get }
}

extension IPv4Address: BenchKey {
    static let family = "ipv4"
    static let peerName = "rte_rib"
    var peerBytes: [UInt8] { withUnsafeBytes(of: bits) { Array($0) } }
    static func random(using generator: inout SplitMix) -> Self {
        Self(bits: UInt32(truncatingIfNeeded: generator.next()))
    }
}

extension IPv6Address: BenchKey {
    static let family = "ipv6"
    static let peerName = "rte_rib6"
    var peerBytes: [UInt8] { withUnsafeBytes(of: bits.bigEndian) { Array($0) } }
    static func random(using generator: inout SplitMix) -> Self {
        Self(bits: UInt128(generator.next()) << 64 | UInt128(generator.next()))
    }
}
