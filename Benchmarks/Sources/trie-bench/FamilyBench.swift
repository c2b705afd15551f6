import BenchmarkSupport
import CPeers
import IPAddresses
import PrefixTrie

/// All measures of one family.
struct FamilyBench<Key: BenchKey> {
    typealias Trie = RadixTrie<Key, UInt16>

    let table: [Prefix<Key>]
    let updates: [Update<Key>]
    let rounds: Int
    let usesKernel: Bool
    private var keys: [Key] = []
    private var hosts: [Key: UInt16] = [:]
    private var times: [String: [Double]] = [:]
    private var order: [String] = []
    private var trie = Trie()

    init(table: [Prefix<Key>], updates: [Update<Key>], rounds: Int, usesKernel: Bool) {
        (self.table, self.updates, self.rounds, self.usesKernel) = (table, updates, rounds, usesKernel)
        var generator = SplitMix(state: 2)
        keys = (0..<1 << 20).map { _ in
            let prefix = table[Int(generator.next() % UInt64(table.count))]
            return Key(bits: prefix.bits | Key.random(using: &generator).bits & (prefix.first.bits ^ prefix.last.bits))
        }
        for (index, prefix) in table.enumerated() { hosts[prefix.first] = UInt16(index % 250) }
    }

    private mutating func time(_ measure: String, per count: Int, _ body: (inout FamilyBench) -> Void) {
        let time = nanoseconds(per: max(1, count)) { body(&self) }
        if times[measure] == nil { order.append(measure) }
        times[measure, default: []].append(time)
    }

    private func filled() -> Trie {
        var trie = Trie()
        trie._setUsesKernel(usesKernel)
        for (index, prefix) in table.enumerated() { trie[prefix] = UInt16(index % 250) }
        return trie
    }

    mutating func run(peers: Bool) throws -> [Measurement] {
        for _ in 0..<rounds {
            var fresh = Trie()
            time("insert, random order", per: table.count) { fresh = $0.filled() }
            trie = fresh
            lookups()
            changes()
            if peers { try peerRound() }
        }
        trie = filled()
        trie._invariantCheck()
        let kernel = usesKernel ? "popcnt" : "portable"
        let suffix = usesKernel ? "" : ", portable"
        var rows = order.filter { !$0.hasPrefix(Self.peer) }.map { measure in
            Measurement(
                "\(Key.family) \(measure)\(suffix)", ours: times[measure, default: [0]].median, unit: "ns",
                kernel: kernel, bytes: trie.allocatedBytes)
        }
        for (measure, peer, name) in pairs {
            guard let row = rows.firstIndex(where: { $0.measure == "\(Key.family) \(measure)\(suffix)" }),
                let time = times[peer]
            else { continue }
            rows.append(rows[row].against(time.median, name))
        }
        rows.append(
            Measurement(
                "\(Key.family) bytes a prefix, 16-bit values\(suffix)",
                ours: Double(trie.allocatedBytes) / Double(trie.count), unit: "bytes", kernel: kernel,
                bytes: trie.allocatedBytes))
        return rows
    }

    private mutating func lookups() {
        var sum = 0
        time("longest match", per: keys.count) { bench in
            let trie = bench.trie
            for key in bench.keys {
                if let match = trie.longestMatch(for: key) { sum &+= Int(match.value) &+ match.prefix.length }
            }
        }
        time("longest match, each found by the last", per: keys.count) { bench in
            let trie = bench.trie
            var last = 0
            for index in bench.keys.indices {
                if let match = trie.longestMatch(for: bench.keys[(index ^ last & 1) & (bench.keys.count - 1)]) {
                    last = match.prefix.length ^ Int(match.value)
                    sum &+= last
                }
            }
        }
        time("longest match, batches of 32", per: keys.count) { bench in
            let trie = bench.trie
            var matches = [Trie.Element?](repeating: nil, count: 32)
            for start in stride(from: 0, to: bench.keys.count, by: 32) {
                var span = matches.mutableSpan
                trie.longestMatches(for: bench.keys.span.extracting(start..<start + 32), into: &span)
                for index in 0..<32 where matches[index] != nil {
                    sum &+= Int(matches[index].unsafelyUnwrapped.value)
                }
            }
        }
        time("exact match", per: table.count) { bench in
            let trie = bench.trie
            for prefix in bench.table { sum &+= Int(trie[prefix] ?? 0) }
        }
        time("exact match in a Dictionary of addresses", per: table.count) { bench in
            for prefix in bench.table { sum &+= Int(bench.hosts[prefix.first] ?? 0) }
        }
        time("exact match in a Dictionary, each found by the last", per: table.count) { bench in
            var last = 0
            for index in bench.table.indices {
                last = Int(
                    bench.hosts[bench.table[index ^ last & 1 < bench.table.count ? index ^ last & 1 : index].first] ?? 0
                )
                sum &+= last
            }
        }
        time("iteration in order, a prefix", per: table.count) { bench in
            let trie = bench.trie
            for (prefix, value) in trie { sum &+= prefix.length &+ Int(value) }
        }
        keep(sum)
    }

    private mutating func changes() {
        var changed = trie
        var half = Trie()
        for (index, element) in trie.enumerated() where index % 2 == 0 { half[element.prefix] = element.value }
        var sum = 0
        time("union with every second prefix, a prefix", per: table.count) { bench in
            for element in bench.trie.union(with: half) { sum &+= element.prefix.length }
        }
        time("intersection with every second prefix, a prefix", per: table.count) { bench in
            for element in bench.trie.intersection(with: half) { sum &+= element.prefix.length }
        }
        time("updates", per: updates.count) { bench in
            // Its own from the start, as a table is that is updated.
            bench.trie = Trie()
            for update in bench.updates {
                if let value = update.value {
                    changed.updateValue(value, for: update.prefix)
                } else {
                    changed.removeValue(for: update.prefix)
                }
            }
        }
        let steps = min(50_000, updates.count)
        time("copy, then one change", per: steps) { bench in
            for update in bench.updates.prefix(steps) {
                let snapshot = changed
                if let value = update.value {
                    changed.updateValue(value, for: update.prefix)
                } else {
                    changed.removeValue(for: update.prefix)
                }
                sum &+= snapshot.count
            }
        }
        time("removal, random order", per: table.count) { bench in
            for prefix in bench.table { changed.removeValue(for: prefix) }
        }
        keep(sum)
    }

    /// Which rows are printed next to a peer's.
    private var pairs: [(measure: String, peer: String, name: String)] {
        let dictionary = "exact match in a Dictionary of addresses"
        return [
            (
                "longest match, each found by the last", "exact match in a Dictionary, each found by the last",
                "Dictionary"
            ),
            ("longest match", dictionary, "Dictionary"), ("exact match", dictionary, "Dictionary"),
        ]
            + ["insert, random order", "longest match", "exact match", "removal, random order"].map {
                ($0, Self.peer + $0, Key.peerName)
            }
    }

    private static var peer: String { "DPDK's " }

    /// The same on DPDK's trie.
    private mutating func peerRound() throws {
        let bytes = Int32(Key.bitWidth / 8)
        guard let rib = peers_rib_create(bytes, Int32(table.count)) else {
            throw InputError("\(Key.peerName) can't be made: it takes memory for \(table.count) prefixes", code: 3)
        }
        defer { peers_rib_free(rib, bytes) }
        let addresses = table.flatMap(\.first.peerBytes)
        let lengths = table.map { UInt8($0.length) }
        let keyBytes = keys.flatMap(\.peerBytes)
        var taken = 0
        var sum: UInt64 = 0
        time(Self.peer + "insert, random order", per: table.count) {
            taken = peers_rib_insert(rib, bytes, addresses, lengths, $0.table.count)
        }
        if taken != table.count { throw InputError("\(Key.peerName) took \(taken) of \(table.count)", code: 1) }
        time(Self.peer + "longest match", per: keys.count) {
            sum = peers_rib_lookup(rib, bytes, keyBytes, $0.keys.count)
        }
        let trie = filled()
        let ours = keys.reduce(UInt64(0)) { $0 + UInt64(trie.longestMatch(for: $1)?.value ?? 0) }
        if sum != ours { throw InputError("\(Key.peerName) answers differently: \(sum), ours \(ours)", code: 1) }
        time(Self.peer + "exact match", per: table.count) {
            sum = peers_rib_exact(rib, bytes, addresses, lengths, $0.table.count)
        }
        time(Self.peer + "removal, random order", per: table.count) {
            peers_rib_remove(rib, bytes, addresses, lengths, $0.table.count)
        }
        keep(sum)
    }
}
