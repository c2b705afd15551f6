import IPAddresses

/// The words of a root, indexed by the keys' first bits, whose keys some prefix covers: ascending ranges, no
/// duplicates. All other words hold no route, so that a small table compiles in no time.
struct RootRanges<Key: PrefixKey>: Sequence, IteratorProtocol {
    private var prefixes: RadixTrie<Key, UInt16>.Iterator
    private let shift: Key.Bits
    private var unseen = 0

    init(_ trie: RadixTrie<Key, UInt16>, length: Int) {
        prefixes = trie.makeIterator()
        shift = Key.Bits(truncatingIfNeeded: Key.bitWidth - length)
    }

    mutating func next() -> Range<Int>? {
        while let (prefix, _) = prefixes.next() {
            let end = Int(truncatingIfNeeded: prefix.last.bits &>> shift) + 1
            let start = Swift.max(unseen, Int(truncatingIfNeeded: prefix.bits &>> shift))
            if start < end {
                unseen = end
                return start..<end
            }
        }
        return nil
    }
}
