import IPAddresses
import PrefixTrie
import TestSupport
import Testing

@Suite("RadixTrie's memory and copies")
struct RadixTrieMemoryTests {
    @Test("A copy is not changed by changes to the other")
    func copyOnWrite() throws {
        let original: RadixTrie<IPv4Address, String> = try [
            .init(parsing: "10.0.0.0/8"): "a", .init(parsing: "10.1.0.0/16"): "b",
        ]
        var copy = original
        try copy[.init(parsing: "10.0.0.0/8")] = nil
        #expect(original.count == 2 && copy.count == 1 && original != copy)
        #expect(try original.longestMatch(for: .init(parsing: "10.2.0.1"))?.value == "a")
    }

    private func table(_ count: UInt32) -> RadixTrie<UInt32, UInt16> {
        var trie = RadixTrie<UInt32, UInt16>()
        for number in 0..<count {
            trie[Prefix(masking: number &* 2_654_435_761, length: 20 + Int(number % 9))] = UInt16(number % 999)
        }
        return trie
    }

    @Test("A change after a copy copies the pages that it touches; all others stay shared")
    func sharedPages() {
        let original = table(20_000)
        var copy = original
        copy[Prefix(masking: 77, length: 32)] = 1
        let (shared, all) = copy._sharedPages(with: original)
        #expect(all > 40 && all - shared <= 8, "\(all - shared) of \(all) pages were copied")
        // Both go on, each for itself.
        var other = original
        other[Prefix(masking: 99, length: 32)] = 2
        #expect(copy[Prefix(masking: 99, length: 32)] == nil && other[Prefix(masking: 77, length: 32)] == nil)
        copy._invariantCheck()
        other._invariantCheck()
        original._invariantCheck()
    }

    @Test("Copies that are dropped leave nothing behind: the next changes copy no more pages")
    func droppedCopies() {
        var trie = table(20_000)
        for round in 0..<50 as Range<UInt32> {
            let copy = trie
            trie[Prefix(masking: round, length: 32)] = 3
            #expect(copy.count + 1 == trie.count)
        }
        let bytes = trie.allocatedBytes
        for round in 0..<50 as Range<UInt32> { trie[Prefix(masking: round, length: 32)] = 4 }
        #expect(trie.allocatedBytes == bytes)
        trie._invariantCheck()
    }

    @Test("Values are released with the last copy that holds them")
    func releasedValues() {
        final class Counted: Sendable {
            let onEnd: @Sendable () -> Void
            init(_ onEnd: @escaping @Sendable () -> Void) { self.onEnd = onEnd }
            deinit { onEnd() }
        }
        let counter = Counter()
        do {
            var trie = RadixTrie<UInt32, Counted>()
            for number in 0..<600 as Range<UInt32> {
                trie[Prefix(masking: number << 12, length: 20)] = Counted { counter.count += 1 }
            }
            var copy = trie
            for number in 0..<600 as Range<UInt32> { copy[Prefix(masking: number << 12, length: 20)] = nil }
            #expect(counter.count == 0 && copy.isEmpty)
            for number in 0..<300 as Range<UInt32> { trie[Prefix(masking: number << 12, length: 20)] = nil }
            #expect(counter.count == 300)
        }
        #expect(counter.count == 600)
    }

    private final class Counter: @unchecked Sendable { var count = 0 }

    @Test("Freed cells and blocks are used again: endless updates do not grow the buffers")
    func boundedMemory() {
        var generator = SeededGenerator(seed: 7)
        var trie = RadixTrie<UInt32, Int>()
        let prefixes: [Prefix<UInt32>] = (0..<200).map { _ in clusteredPrefix(using: &generator) }
        for prefix in prefixes { trie[prefix] = 0 }
        var bytes = 0
        for step in 0..<100_000 {
            let prefix = prefixes[step % prefixes.count]
            trie[prefix] = trie[prefix] == nil ? step : nil
            if step <= 2_000 { bytes = max(bytes, trie.allocatedBytes) }
        }
        trie._invariantCheck()
        #expect(trie.allocatedBytes <= bytes)
    }

    @Test("Tables made to be hard take memory in proportion, and give it back")
    func hardTables() {
        typealias Trie = RadixTrie<UInt128, UInt16>
        var generator = SeededGenerator(seed: 4)
        let count = 4_000
        // Chains of every length along one key each, all host routes at random, and pairs that differ in the last bit.
        let chains = (0..<40).flatMap { _ -> [Prefix<UInt128>] in
            let key = UInt128(generator.next()) << 64 | UInt128(generator.next())
            return (0...128).map { Prefix(masking: key, length: $0) }
        }
        let hosts = (0..<count).map { _ in
            Prefix(host: UInt128(generator.next()) << 64 | UInt128(generator.next()))
        }
        let pairs = hosts.prefix(count / 2).flatMap { [$0, Prefix(host: $0.bits ^ 1)] }
        for (name, prefixes, limit) in [("chains", chains, 40), ("hosts", hosts, 180), ("pairs", pairs, 150)] {
            var trie = Trie()
            for prefix in prefixes { trie[prefix] = 1 }
            trie._invariantCheck()
            let each = trie.allocatedBytes / trie.count
            #expect(each <= limit, "\(name): \(each) bytes a prefix")
            for prefix in prefixes.dropFirst(prefixes.count / 10) { trie[prefix] = nil }
            trie._invariantCheck()
            let left = trie.allocatedBytes / max(1, trie.count)
            #expect(left <= 3 * limit, "\(name): \(left) bytes a prefix that is left of ten")
            for prefix in prefixes { trie[prefix] = nil }
            #expect(trie.allocatedBytes < 40_000)
        }
    }

    @Test("In and out in turns at one place")
    func inAndOut() {
        var trie = table(5_000)
        let bytes = trie.allocatedBytes
        for _ in 0..<20_000 {
            trie[Prefix(masking: 0xABCD_EF01, length: 32)] = 1
            trie[Prefix(masking: 0xABCD_EF01, length: 32)] = nil
        }
        #expect(trie.allocatedBytes <= bytes + 8_192)
        trie._invariantCheck()
    }
}
