import Foundation
import IPAddresses
import PrefixTrie
import Testing
import TestSupport

@Suite("RadixTrie")
struct RadixTrieTests {
    /// A million for each key width unless the environment asks for fewer (sanitizers are slow).
    static let operations = ProcessInfo.processInfo.environment["TRIE_OPERATIONS"].flatMap(Int.init) ?? 1_000_000

    func randomOperations<Key: PrefixKey>(on _: Key.Type, seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var sequence = OperationSequence<Key>(limit: 48)
        for _ in 0..<Self.operations {
            let code = UInt8(truncatingIfNeeded: generator.next())
            try sequence.perform(code, clusteredPrefix(using: &generator))
        }
        try sequence.checkWhole()
        #expect(sequence.count > 0)
    }

    @Test("32 bits: random operations agree with the golden model")
    func operations32() throws { try randomOperations(on: UInt32.self, seed: 32) }

    @Test("64 bits: random operations agree with the golden model")
    func operations64() throws { try randomOperations(on: UInt64.self, seed: 64) }

    @Test("128 bits: random operations agree with the golden model")
    func operations128() throws { try randomOperations(on: IPv6Address.self, seed: 128) }

    @Test("An empty trie, one prefix, all prefixes of length 0 and of the full width")
    func edges() {
        var trie = RadixTrie<IPv6Address, Int>()
        trie._invariantCheck()
        #expect(trie.longestMatch(for: .unspecified) == nil && trie.isEmpty && Array(trie).isEmpty)
        trie[.all] = 1
        #expect(trie.longestMatch(for: IPv6Address(bits: .max))?.value == 1)
        trie[Prefix(host: IPv6Address(bits: .max))] = 2
        #expect(trie.longestMatch(for: IPv6Address(bits: .max))?.value == 2)
        #expect(trie.longestMatch(for: IPv6Address(bits: .max - 1))?.value == 1)
        trie._invariantCheck()
        trie[.all] = nil
        #expect(trie.longestMatch(for: .unspecified) == nil && trie.count == 1)
        trie.removeAll()
        #expect(trie.isEmpty)
        trie._invariantCheck()
    }

    @Test("A chain of nested prefixes, /0 to /128, in any order of insertion")
    func nestedChain() {
        let host = IPv6Address(bits: 0xFFFF << 64 | 0xAAAA)
        for lengths in [Array(0...128), Array((0...128).reversed()), Array(0...128).shuffled()] {
            var trie = RadixTrie<IPv6Address, Int>()
            for length in lengths { trie[Prefix(masking: host, length: length)] = length }
            trie._invariantCheck()
            #expect(trie.matches(for: host).map(\.value) == Array(0...128))
            for length in (0...128).reversed() {
                #expect(trie.longestMatch(for: host)?.value == length)
                #expect(trie.removeValue(for: Prefix(masking: host, length: length)) == length)
            }
            #expect(trie.isEmpty)
        }
    }

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

    @Test("Freed nodes and values are used again: endless updates do not grow the buffers")
    func boundedMemory() {
        var generator = SeededGenerator(seed: 7)
        var trie = RadixTrie<UInt32, Int>()
        let prefixes: [Prefix<UInt32>] = (0..<200).map { _ in clusteredPrefix(using: &generator) }
        for prefix in prefixes { trie[prefix] = 0 }
        var bytes = 0
        for step in 0..<100_000 {
            let prefix = prefixes[step % prefixes.count]
            trie[prefix] = trie[prefix] == nil ? step : nil
            if step == 1_000 { bytes = trie.allocatedBytes }
        }
        trie._invariantCheck()
        #expect(trie.allocatedBytes == bytes)
    }
}
