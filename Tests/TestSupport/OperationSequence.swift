import IPAddresses
import PrefixTrie

/// A sequence of operations done on a trie and on the golden model at once; every answer is compared.
public struct OperationSequence<Key: PrefixKey> {
    public struct Mismatch: Error, CustomStringConvertible {
        public let description: String
    }

    private var trie = RadixTrie<Key, Int>()
    private var golden = GoldenTable<Key, Int>()
    private var snapshots: [(trie: RadixTrie<Key, Int>, golden: GoldenTable<Key, Int>)] = []
    private var step = 0

    /// The most prefixes held at once, which bounds the golden model's time.
    private let limit: Int

    public init(limit: Int) { self.limit = limit }

    /// The number of prefixes held now.
    public var count: Int { trie.count }

    /// Does one operation. Two in three change the table; `code` picks which.
    public mutating func perform(_ code: UInt8, _ prefix: Prefix<Key>) throws {
        step += 1
        switch code % 12 {
        case 0...4 where trie.count < limit:
            try expect(
                trie.updateValue(step, for: prefix), golden.updateValue(step, for: prefix), "updateValue", prefix)
        case 5...7, 0...4:
            // An existing prefix most of the time, so that removals remove.
            let victim =
                golden.elements.isEmpty || code > 200 ? prefix : golden.elements[step % golden.elements.count].prefix
            try expect(trie.removeValue(for: victim), golden.removeValue(for: victim), "removeValue", victim)
        case 8:
            try expect(trie[prefix], golden[prefix], "subscript", prefix)
        case 9:
            let (ours, model) = (trie.longestMatch(for: prefix.first), golden.longestMatch(for: prefix.first))
            try expect(ours?.prefix, model?.prefix, "longestMatch", prefix)
            try expect(ours?.value, model?.value, "longestMatch", prefix)
        case 10:
            let (ours, model) = (trie.longestMatch(covering: prefix), golden.longestMatch(covering: prefix))
            try expect(ours?.prefix, model?.prefix, "longestMatch(for: Prefix)", prefix)
            try expect(
                Array(trie.covering(prefix)).map(\.prefix), golden.covering(prefix).map(\.prefix), "covering", prefix)
        default:
            try expect(
                trie.covered(by: prefix).map(\.value), golden.covered(by: prefix).map(\.value), "covered", prefix)
            try expect(trie.overlaps(prefix), golden.overlaps(prefix), "overlaps", prefix)
        }
        if step % 4096 == 0 { try checkWhole() }
    }

    /// Compares all elements, the structure's invariants, and a copy that was taken before later changes.
    public mutating func checkWhole() throws {
        trie._invariantCheck()
        for (trie, golden) in snapshots + [(trie, golden)] {
            guard trie.elementsEqual(golden.elements, by: ==) else {
                throw Mismatch(description: "step \(step): elements differ")
            }
        }
        snapshots = [(trie, golden)]
    }

    private func expect<Answer: Equatable>(_ ours: Answer, _ model: Answer, _ name: String, _ prefix: Prefix<Key>)
        throws
    {
        if ours != model {
            throw Mismatch(
                description:
                    "step \(step): \(name)(\(prefix.bits)/\(prefix.length)) is \(ours), the model says \(model)")
        }
    }
}

/// Prefixes that collide often: few distinct leading bits, every length.
public func clusteredPrefix<Key: PrefixKey>(using generator: inout SeededGenerator) -> Prefix<Key> {
    let random = generator.next()
    let width = Key.bitWidth
    var bits = Key.Bits(truncatingIfNeeded: random & 7) << Key.Bits(width - 3)
    if random & 0x100 != 0 { bits |= Key.Bits(truncatingIfNeeded: generator.next()) & 0xF }
    if random & 0x200 != 0 { bits |= Key.Bits(truncatingIfNeeded: random >> 32) << Key.Bits(width / 2) }
    if random & 0xC00 == 0 { bits = ~bits }
    let length = random & 0x1000 == 0 ? Int(random >> 16 & 0xFF) % (width + 1) : Int(random >> 16 & 7)
    return Prefix(masking: Key(bits: bits), length: length)
}
