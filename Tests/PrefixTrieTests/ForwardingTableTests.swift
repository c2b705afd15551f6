import Foundation
import IPAddresses
import PrefixTrie
import TestSupport
import Testing

/// The length of the long tests: TRIE_OPERATIONS shortens them.
private let operations = ProcessInfo.processInfo.environment["TRIE_OPERATIONS"].flatMap { Int($0) } ?? 60_000

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
}
