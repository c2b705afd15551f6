import ArgumentParser
import BenchmarkSupport
import Foundation
import IPAddresses
import PrefixTrie
import TableFile

/// Loads full tables, and replays the recorded updates against a model: a dictionary for exact answers, a linear scan of
/// all prefixes for longest matches.
@main
struct TrieReplay: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trie-replay",
        abstract: "Load full tables into RadixTrie, and replay the recorded updates against a model.",
        discussion: "Exit codes: 0 all answers agree, 1 some differ, 2 bad input."
    )

    @Option(help: ArgumentHelp("The folder with the tables; by default Benchmarks/Data.", valueName: "dir"))
    var data: String?

    @Option(help: ArgumentHelp("Compare a longest match by linear scan after every n-th update.", valueName: "n"))
    var every = 1_000

    @Option(help: ArgumentHelp("The most updates to replay.", valueName: "n"))
    var updates = Int.max

    mutating func run() throws {
        try load("ipv4-prefixes.txt.gz", "ipv4") { prefix in if case .v4(let prefix) = prefix { prefix } else { nil } }
        let table = try prefixes("ris-ipv6-table.txt.gz") { prefix in
            if case .v6(let prefix) = prefix { prefix } else { nil }
        }
        var trie = Self.measure("ipv6", table)
        let differences = try replay(&trie, table)
        if differences > 0 { throw ExitCode(1) }
    }

    private func bytes(_ name: String) throws -> TableFile {
        try TableFile(Array(Data(contentsOf: URL(fileURLWithPath: data.map { "\($0)/\(name)" } ?? dataFile(name)))))
    }

    private func prefixes<Key>(_ name: String, _ pick: (IPPrefix) -> Prefix<Key>?) throws -> [Prefix<Key>] {
        var result: [Prefix<Key>] = []
        try bytes(name).forEachPrefix { prefix, _ in if let prefix = pick(prefix) { result.append(prefix) } }
        return result
    }

    private func load(_ name: String, _ family: String, _ pick: (IPPrefix) -> IPv4Prefix?) throws {
        _ = Self.measure(family, try prefixes(name, pick))
    }

    private static func measure<Key>(_ family: String, _ prefixes: [Prefix<Key>]) -> RadixTrie<Key, UInt32> {
        var times: [Duration] = []
        var trie = RadixTrie<Key, UInt32>()
        for _ in 0..<5 {
            let shuffled = prefixes.shuffled()
            times.append(
                ContinuousClock().measure {
                    trie = RadixTrie()
                    for (index, prefix) in shuffled.enumerated() { trie[prefix] = UInt32(index) }
                }
            )
        }
        trie._invariantCheck()
        var sum: UInt32 = 0
        let shuffled = prefixes.shuffled()
        let lookup = ContinuousClock().measure {
            for prefix in shuffled { sum &+= trie.longestMatch(for: prefix.first)?.value ?? 0 }
        }
        print("\(family) longest match: \(lookup / shuffled.count) each, random order (\(sum))")
        let perPrefix = Double(trie.allocatedBytes) / Double(trie.count)
        print(
            "\(family) load: \(trie.count) prefixes, shuffled, median \(times.sorted()[2]), \((perPrefix * 10).rounded() / 10) bytes a prefix"
        )
        return trie
    }

    private func replay(_ trie: inout RadixTrie<IPv6Address, UInt32>, _ table: [IPv6Prefix]) throws -> Int {
        var model = Dictionary(uniqueKeysWithValues: trie.map { ($0.prefix, $0.value) })
        var lines: [(isAnnouncement: Bool, prefix: IPv6Prefix)] = []
        try bytes("ris-ipv6-updates.txt.gz").forEachLine { (number, line) throws(TableFile.Failure) in
            do throws(AddressParseError) {
                lines.append((line[0] == 0x41, try IPv6Prefix(parsing: line.extracting(2..<line.count))))
            } catch {
                throw .init(line: number, text: String(decoding: line), reason: "\(error)")
            }
        }
        lines = Array(lines.prefix(updates))
        var differences = 0
        var scans = 0
        for (index, line) in lines.enumerated() {
            let value = UInt32(truncatingIfNeeded: index)
            let ours =
                line.isAnnouncement ? trie.updateValue(value, for: line.prefix) : trie.removeValue(for: line.prefix)
            let models =
                line.isAnnouncement
                ? model.updateValue(value, forKey: line.prefix) : model.removeValue(forKey: line.prefix)
            if ours != models { differences += 1 }
            guard index % every == 0 else { continue }
            scans += 1
            let best = model.filter { $0.key.contains(line.prefix.last) }.max { $0.key.length < $1.key.length }
            let match = trie.longestMatch(for: line.prefix.last)
            if match?.prefix != best?.key || match?.value != best?.value { differences += 1 }
        }
        trie._invariantCheck()
        let ordered = model.sorted { $0.key < $1.key }
        if !trie.elementsEqual(ordered, by: { $0.prefix == $1.key && $0.value == $1.value }) { differences += 1 }
        print(
            "ipv6 update: \(lines.count) replayed, each answer compared, \(scans) longest matches scanned, \(differences) differences; \(trie.count) prefixes in the end, all compared in order"
        )
        var copy = RadixTrie<IPv6Address, UInt32>()
        for (index, prefix) in table.enumerated() { copy[prefix] = UInt32(index) }
        let time = ContinuousClock().measure {
            for line in lines { if line.isAnnouncement { copy[line.prefix] = 1 } else { copy[line.prefix] = nil } }
        }
        if !lines.isEmpty { print("ipv6 update: \(time / lines.count) each") }
        return differences
    }
}
