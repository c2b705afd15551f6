import IPAddresses

/// Where the trie's node of a prefix is, found without the walk to it: most updates announce a prefix that is there.
///
///     slots   | node | none | node | …      open addressing, probed in order, at most five eighths full
///
/// The hash has a seed of its own for each table, so that no announcement can be made to collide.
struct ExactIndex {
    private var slots: [NodeIndex] = []
    private var count = 0
    private let seed: UInt64

    init(_ trie: RadixTrie<UInt128, UInt16>) {
        seed = .random(in: .min ... .max)
        resize(for: trie.count, trie)
        trie.forEachNode { node in insert(node, trie.storage.prefix(of: node), trie) }
    }

    private func hash(_ prefix: Prefix<UInt128>) -> UInt64 {
        let low = UInt64(truncatingIfNeeded: prefix.bits) ^ UInt64(truncatingIfNeeded: prefix.length)
        let high = UInt64(truncatingIfNeeded: prefix.bits &>> 64) ^ seed
        let product = (high ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: low ^ seed &* 0xD6E8_FEB8_6659_FD93 | 1)
        return (product.high ^ product.low ^ high) &* 0xD6E8_FEB8_6659_FD93
    }

    private func home(_ prefix: Prefix<UInt128>) -> Int {
        Int(truncatingIfNeeded: hash(prefix) &>> UInt64(64 - slots.count.trailingZeroBitCount))
    }

    /// The node of the prefix, or none.
    func find(_ prefix: Prefix<UInt128>, _ trie: RadixTrie<UInt128, UInt16>) -> NodeIndex {
        var slot = home(prefix)
        while slots[slot] != .none {
            let node = trie.storage.nodes[Int(slots[slot])]
            if node.bits == prefix.bits, Int(node.length) == prefix.length { return slots[slot] }
            slot = (slot + 1) & (slots.count - 1)
        }
        return .none
    }

    /// Adds a node that is not there.
    mutating func insert(_ node: NodeIndex, _ prefix: Prefix<UInt128>, _ trie: RadixTrie<UInt128, UInt16>) {
        if (count + 1) * 8 > slots.count * 5 { resize(for: 2 * count, trie) }
        var slot = home(prefix)
        while slots[slot] != .none { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = node
        count += 1
    }

    /// Removes a node, while the trie still has it; those that were pushed on by it move back.
    ///
    /// - Returns: whether it was there.
    mutating func remove(_ prefix: Prefix<UInt128>, _ trie: RadixTrie<UInt128, UInt16>) -> Bool {
        var gap = home(prefix)
        let node = find(prefix, trie)
        guard node != .none else { return false }
        while slots[gap] != node { gap = (gap + 1) & (slots.count - 1) }
        var slot = gap
        while true {
            slot = (slot + 1) & (slots.count - 1)
            if slots[slot] == .none { break }
            let home = home(trie.storage.prefix(of: slots[slot]))
            // Whether the one at `slot` may stand at the gap: its home does not lie between.
            if (slot - home) & (slots.count - 1) >= (slot - gap) & (slots.count - 1) {
                slots[gap] = slots[slot]
                gap = slot
            }
        }
        slots[gap] = .none
        count -= 1
        return true
    }

    private mutating func resize(for prefixes: Int, _ trie: RadixTrie<UInt128, UInt16>) {
        var size = 16
        while size * 5 < (prefixes + 1) * 8 { size *= 2 }
        let old = slots
        slots = Array(repeating: .none, count: size)
        count = 0
        for node in old where node != .none { insert(node, trie.storage.prefix(of: node), trie) }
    }
}

extension RadixTrieStorage where Bits == UInt128 {
    fileprivate func prefix(of node: NodeIndex) -> Prefix<UInt128> {
        Prefix(uncheckedBits: nodes[Int(node)].bits, length: Int(nodes[Int(node)].length))
    }
}
