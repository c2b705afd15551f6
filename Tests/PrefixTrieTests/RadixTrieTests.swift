import Foundation
import IPAddresses
import PrefixTrie
import TestSupport
import Testing

@Suite("RadixTrie")
struct RadixTrieTests {
    /// Each test does a share of them: 400,000 for each key width in full (``TestLength``).
    static let operations = TestLength.operations(1_000_000, short: 300_000)

    func randomOperations<Key: PrefixKey, Value>(
        on _: Key.Type, seed: UInt64, share: Int = 5, usesKernel: Bool = true, wideFrom: Int? = nil,
        value: @escaping (Int) -> Value
    ) throws where Value: Equatable {
        var generator = SeededGenerator(seed: seed)
        var sequence = OperationSequence<Key, Value>(
            limit: 48, usesKernel: usesKernel, wideFrom: wideFrom, value: value)
        for _ in 0..<Self.operations / share {
            let code = UInt8(truncatingIfNeeded: generator.next())
            try sequence.perform(code, clusteredPrefix(using: &generator))
        }
        try sequence.checkWhole()
        #expect(sequence.count > 0)
    }

    @Test("32 bits: random operations agree with the golden model", arguments: [true, false])
    func operations32(usesKernel: Bool) throws {
        try randomOperations(on: UInt32.self, seed: 32, usesKernel: usesKernel) { $0 }
    }

    @Test("64 bits: random operations agree with the golden model", arguments: [true, false])
    func operations64(usesKernel: Bool) throws {
        try randomOperations(on: UInt64.self, seed: 64, usesKernel: usesKernel) { UInt16(truncatingIfNeeded: $0) }
    }

    @Test("128 bits: random operations agree with the golden model", arguments: [true, false])
    func operations128(usesKernel: Bool) throws {
        try randomOperations(on: IPv6Address.self, seed: 128, usesKernel: usesKernel) { $0 }
    }

    @Test("16 bits, values of a byte: random operations agree with the golden model", arguments: [true, false])
    func operations16(usesKernel: Bool) throws {
        try randomOperations(on: UInt16.self, seed: 16, share: 16, usesKernel: usesKernel) {
            UInt8(truncatingIfNeeded: $0)
        }
    }

    @Test("Values that count references: random operations agree with the golden model", arguments: [true, false])
    func operationsApart(usesKernel: Bool) throws {
        try randomOperations(on: IPv4Address.self, seed: 33, share: 8, usesKernel: usesKernel) { "value \($0)" }
    }

    @Test("Values of 40 bytes, of three, of none: random operations agree with the golden model")
    func operationsOnSizes() throws {
        struct Wide: Equatable {
            var (a, b, c, d, e) = (0, 1, 2, 3, 4)
            init(_ number: Int) { c = number }
        }
        struct Three: Equatable { var (a, b, c): (UInt8, UInt8, UInt8) }
        struct Nothing: Equatable {}
        try randomOperations(on: UInt32.self, seed: 40, share: 16) { number in Wide(number) }
        try randomOperations(on: UInt128.self, seed: 3, share: 16) {
            Three(a: UInt8(truncatingIfNeeded: $0), b: 7, c: UInt8(truncatingIfNeeded: $0 >> 8))
        }
        try randomOperations(on: UInt32.self, seed: 0, share: 16) { _ in Nothing() }
    }

    @Test(
        "A top of 12 bits that comes and goes: random operations agree with the golden model", arguments: [true, false])
    func operationsAtTheTop(usesKernel: Bool) throws {
        try randomOperations(on: UInt32.self, seed: 12, share: 64, usesKernel: usesKernel, wideFrom: 24) { $0 }
        try randomOperations(on: UInt128.self, seed: 13, share: 64, usesKernel: usesKernel, wideFrom: 24) { "\($0)" }
    }

    @Test("An empty trie, one prefix, all prefixes of length 0 and of the full width")
    func edges() {
        var trie = RadixTrie<IPv6Address, Int>()
        trie._invariantCheck()
        #expect(trie.longestMatch(for: .unspecified) == nil && trie.isEmpty && Array(trie).isEmpty)
        #expect(trie.first == nil && trie.last == nil && trie.element(after: .all) == nil)
        #expect(trie.allocatedBytes == 0 && trie.removeValue(for: .all) == nil)
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

    @Test("The top of 12 bits at its own number of prefixes: answers stay, before and after")
    func wideTop() {
        var trie = RadixTrie<IPv4Address, UInt32>()
        let short = (0...11).map { Prefix(masking: IPv4Address(bits: 0xC000_0000), length: $0) }
        for prefix in short { trie[prefix] = UInt32(prefix.length) }
        let count: UInt32 = 40_000
        func prefix(_ number: UInt32) -> IPv4Prefix {
            Prefix(masking: IPv4Address(bits: number &* 2_654_435_761), length: 24)
        }
        for number in 0..<count { trie[prefix(number)] = number }
        trie._invariantCheck()
        for prefix in short { #expect(trie[prefix] == UInt32(prefix.length)) }
        var portable = trie
        portable._setUsesKernel(false)
        for number in stride(from: 0, to: count, by: 7) {
            let key = prefix(number).last
            #expect(trie.longestMatch(for: key)?.value == portable.longestMatch(for: key)?.value)
        }
        for number in 0..<count { trie[prefix(number)] = nil }
        trie._invariantCheck()
        #expect(trie.map(\.prefix) == short)
        #expect(trie.allocatedBytes < 40_000, "what the prefixes took is given back")
    }
}
