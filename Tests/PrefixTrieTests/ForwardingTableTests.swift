import Foundation
import IPAddresses
import PrefixTrie
import TestSupport
import Testing

private let operations = TestLength.operations(60_000, short: 18_000)

@Suite("ForwardingTable")
struct ForwardingTableTests {
    @Test("random changes: every kernel answers as the golden model, IPv6", arguments: [1, 2, 3])
    func randomIPv6(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var sequence = ForwardingSequence(
            try ForwardingTable<UInt128>(compiling: RadixTrie()), limit: seed == 1 ? 12 : seed == 2 ? 60 : 300)
        for _ in 0..<operations / 6 {
            try sequence.perform(
                UInt8(truncatingIfNeeded: generator.next()), clusteredPrefix(using: &generator))
        }
        try sequence.checkWhole()
    }

    @Test("random changes: every kernel answers as the golden model, IPv4", arguments: [4, 5])
    func randomIPv4(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var sequence = ForwardingSequence(
            try ForwardingTable<UInt32>(compiling: RadixTrie()), limit: seed == 4 ? 12 : 200)
        for _ in 0..<operations / 60 {
            var prefix: Prefix<UInt32> = clusteredPrefix(using: &generator)
            // Short prefixes touch thousands of blocks: a few are enough.
            if prefix.length < 10, generator.next() % 8 != 0 {
                prefix = Prefix(masking: UInt32(prefix.bits), length: prefix.length + 12)
            }
            try sequence.perform(UInt8(truncatingIfNeeded: generator.next()), prefix)
        }
        try sequence.checkWhole()
    }

    @Test("next hops above the maximum are refused by name, and change nothing")
    func nextHopRange() throws {
        let prefix = try #require(IPv6Prefix("2001:db8::/32"))
        for hop in [NextHop.maximum + 1, NextHop.noRoute, .max] {
            #expect(throws: ForwardingTableError.nextHopOutOfRange(hop)) {
                try ForwardingTable(compiling: RadixTrie([(prefix, hop)]))
            }
        }
        let table = try ForwardingTable(compiling: RadixTrie([(prefix, NextHop.maximum)]))
        #expect(throws: ForwardingTableError.nextHopOutOfRange(.max)) { try table.updateValue(.max, for: prefix) }
        #expect(table.lookup(prefix.first) == NextHop.maximum)
        #expect("\(ForwardingTableError.nextHopOutOfRange(.max))".contains("65535"))
    }

    @Test("more values than next hops are refused by name")
    func tooManyNextHops() throws {
        let most = Int(NextHop.maximum) + 1
        var trie = RadixTrie<UInt32, Int>()
        for value in 0..<most { trie[Prefix(masking: UInt32(value) << 8, length: 24)] = value }
        let numbered = try trie.numbered()
        let table = try ForwardingTable(compiling: numbered.trie)
        for value in stride(from: 0, to: most, by: 977) {
            #expect(numbered.values[Int(table.lookup(UInt32(value) << 8 | 5))] == value)
        }
        trie[Prefix(masking: .max, length: 24)] = -1
        #expect(throws: ForwardingTableError.tooManyNextHops(most + 1)) { try trie.numbered() }
    }

    @Test(
        "batches of every size up to 100, from any alignment, agree with single lookups",
        arguments: LookupKernel.available)
    func batchSizes(kernel: LookupKernel) throws {
        var generator = SeededGenerator(seed: 21)
        var trie = RadixTrie<UInt128, UInt16>()
        for hop in 0..<500 { trie[clusteredPrefix(using: &generator)] = UInt16(hop) }
        let table = try ForwardingTable(compiling: trie, kernel: kernel)
        #expect(table.kernel == kernel)
        let keys = (0..<200).map { _ in (clusteredPrefix(using: &generator) as Prefix<UInt128>).last }
        var reader = table.makeReader()
        for size in 0...100 {
            var hops = [UInt16](repeating: 7, count: size + 1)
            keys[size..<2 * size].withUnsafeBufferPointer { keys in
                hops.withUnsafeMutableBufferPointer { reader.lookup(keys, into: $0) }
            }
            let expected = keys[size..<2 * size].map { trie.longestMatch(for: $0)?.value ?? NextHop.noRoute }
            #expect(hops == expected + [7])
            var span = [UInt16](repeating: 7, count: size)
            var mutable = span.mutableSpan
            reader.lookup(Array(keys[size..<2 * size]).span, into: &mutable)
            #expect(span == expected)
        }
    }

    @Test("tables made to be hard: answers, and memory in proportion to the prefixes")
    func worstCases() throws {
        var generator = SeededGenerator(seed: 4)
        let base: UInt128 = 0x2001_0db8 << 96
        let random = (0..<60_000).map { _ in generator.next() }
        let chain = UInt128(generator.next()) << 64 | UInt128(generator.next())
        try check("random /64s below one /32", random[..<20_000].map { (base | UInt128($0 >> 32) << 64, 64) }, 120)
        try check("a chain /1 to /128", (1...128).map { (chain, $0) }, 120)
        try check("all /48s of one /32", (0..<UInt128(1) << 16).map { (base | $0 << 80, 48) }, 12)
        try check(
            "host routes", (0..<20_000).map { (UInt128(random[$0]) << 64 | UInt128(random[$0 + 20_000]), 128) }, 450)
        try check("empty", [], 0)
        try check("default route", [(0, 0)], 0)
    }

    /// `limit`: bytes for each prefix, beyond the root's 256 KB and one line.
    private func check(_ name: Comment, _ routes: [(UInt128, Int)], _ limit: Int) throws {
        var trie = RadixTrie<UInt128, UInt16>()
        for (bits, length) in routes { trie[Prefix(masking: bits, length: length)] = UInt16(trie.count % 300) }
        let table = try ForwardingTable(compiling: trie)
        try table._invariantCheck()
        #expect(table.usedBytes <= (4 << 16) + 64 + limit * trie.count, name)
        let prefixes = trie.map(\.prefix)
        let step = max(1, prefixes.count / 2_000)
        var keys: [UInt128] = [0, .max]
        for index in stride(from: 0, to: prefixes.count, by: step) {
            keys += [prefixes[index].first, prefixes[index].last, prefixes[index].last &+ 1]
        }
        let expected = keys.map { trie.longestMatch(for: $0)?.value ?? NextHop.noRoute }
        for kernel in LookupKernel.available {
            let answers = try #require(table.answers(for: keys, by: kernel))
            #expect(answers.batch == expected, name)
            #expect(answers.single == expected, name)
        }
        // Down to nothing again, one by one: the memory follows.
        for prefix in prefixes { table.removeValue(for: prefix) }
        table.reclaim()
        try table._invariantCheck()
        #expect(table.count == 0, name)
        #expect(table.usedBytes <= (4 << 16) + 64 * 64, name)
        #expect(keys.allSatisfy { table.lookup($0) == NextHop.noRoute }, name)
    }

    @Test("built only by updates, a table answers like a compiled one, and is no more than twice as large")
    func builtByUpdates() throws {
        var generator = SeededGenerator(seed: 6)
        let table = try ForwardingTable<UInt128>(compiling: RadixTrie())
        var trie = RadixTrie<UInt128, UInt16>()
        for hop in 0..<30_000 {
            let bits = UInt128(0x2a00 + generator.next() % 4) << 112 | UInt128(generator.next() >> 32) << 80
            let prefix = Prefix<UInt128>(masking: bits, length: 29 + Int(generator.next() % 20))
            trie[prefix] = UInt16(hop % 1_000)
            try table.updateValue(UInt16(hop % 1_000), for: prefix)
        }
        try table._invariantCheck()
        let compiled = try ForwardingTable(compiling: trie)
        table.reclaim()
        #expect(table.usedBytes - (4 << 16) <= 2 * (compiled.usedBytes - (4 << 16)))
        let keys = trie.map { UInt128($0.prefix.last) }
        #expect(table.answers(for: keys, by: .portable)?.batch == compiled.answers(for: keys, by: .portable)?.batch)
    }

    @Test("PrefixLookup answers alike below and above the number from which it compiles")
    func prefixLookup() throws {
        var generator = SeededGenerator(seed: 9)
        var trie = RadixTrie<IPv4Address, String>()
        while trie.count < 2 * PrefixLookup<IPv4Address, String>.compiledFrom {
            let random = generator.next()
            let prefix = Prefix(masking: IPv4Address(bits: UInt32(random >> 32)), length: Int(random % 33))
            trie[prefix] = "value \(trie.count)"
            guard [1, 255, 256, 257, 512].contains(trie.count) else { continue }
            let lookup = PrefixLookup(trie)
            #expect(lookup.isCompiled == (trie.count >= PrefixLookup<IPv4Address, String>.compiledFrom))
            for _ in 0..<500 {
                let key = IPv4Address(bits: UInt32(truncatingIfNeeded: generator.next()))
                let (ours, theirs) = (lookup.longestMatch(for: key), trie.longestMatch(for: key))
                #expect(ours?.prefix == theirs?.prefix)
                #expect(ours?.value == theirs?.value)
            }
        }
    }
}
