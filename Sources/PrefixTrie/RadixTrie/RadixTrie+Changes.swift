import IPAddresses

// What a forwarding table asks of the trie that it follows.
extension RadixTrie {
    /// Sets the value of a node that has one, and returns the old one.
    mutating func replaceValue(_ value: Value, at index: NodeIndex) -> Value? {
        let slot = Int(storage.nodes[Int(index)].value)
        let old = storage.values[slot]
        storage.values[slot] = value
        return old
    }

    /// Whether longer prefixes lie below a node.
    func hasLonger(thanAt index: NodeIndex) -> Bool {
        let node = storage.nodes[Int(index)]
        return node.lower != .none || node.upper != .none
    }

    /// The topmost node within a prefix, none where the trie holds nothing in it.
    func topmost(within prefix: Prefix<Key>) -> NodeIndex { storage.firstCovered(by: prefix.bits, prefix.length) }

    /// Calls `body` with each node that has a value.
    func forEachNode(_ body: (NodeIndex) -> Void) {
        var stack = storage.root == .none ? [] : [storage.root]
        while let index = stack.popLast() {
            let node = storage.nodes[Int(index)]
            if node.value != .none { body(index) }
            if node.upper != .none { stack.append(node.upper) }
            if node.lower != .none { stack.append(node.lower) }
        }
    }

    /// Whether the trie holds a longer prefix that `prefix` covers.
    func hasLonger(than prefix: Prefix<Key>) -> Bool {
        let top = topmost(within: prefix)
        if top == .none { return false }
        return Int(storage.nodes[Int(top)].length) > prefix.length || hasLonger(thanAt: top)
    }

    /// Calls `body` with the prefixes from a node down that are longer than `length`, those excepted that lie within
    /// another such one; in order.
    func forEachTopmost(from top: NodeIndex, longerThan length: Int, _ body: (Prefix<Key>) -> Void) {
        if top == .none { return }
        var stack: [NodeIndex] = [top]
        while let index = stack.popLast() {
            let node = storage.nodes[Int(index)]
            if node.value != .none, Int(node.length) > length {
                body(Prefix(uncheckedBits: node.bits, length: Int(node.length)))
                continue
            }
            if node.upper != .none { stack.append(node.upper) }
            if node.lower != .none { stack.append(node.lower) }
        }
    }
}

extension RadixTrie {
    /// The same trie over bare integers.
    func rekeyed() -> RadixTrie<Key.Bits, Value> where Key.Bits: PrefixKey, Key.Bits.Bits == Key.Bits {
        var trie = RadixTrie<Key.Bits, Value>()
        trie.storage = storage
        return trie
    }
}
