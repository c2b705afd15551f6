import IPAddresses

// What a forwarding table asks of the trie that it follows.
extension RadixTrie {
    /// Sets the value of a node that has one.
    ///
    /// - Returns: the old value, and whether longer prefixes lie below.
    package mutating func replaceValue(_ value: Value, at index: NodeIndex) -> (old: Value, hasLonger: Bool)? {
        let node = storage.nodes[Int(index)]
        guard let old = storage.values[Int(node.value)] else { return nil }
        storage.values[Int(node.value)] = value
        return (old, node.lower != .none || node.upper != .none)
    }

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
    package func hasLonger(than prefix: Prefix<Key>) -> Bool {
        let index = storage.firstCovered(by: prefix.bits, prefix.length)
        if index == .none { return false }
        let node = storage.nodes[Int(index)]
        return Int(node.length) > prefix.length || node.lower != .none || node.upper != .none
    }

    /// Calls `body` with the longer prefixes that `prefix` covers and no other longer one does, in order.
    package func forEachNextLonger(than prefix: Prefix<Key>, _ body: (Prefix<Key>) -> Void) {
        let top = storage.firstCovered(by: prefix.bits, prefix.length)
        if top == .none { return }
        var stack: [NodeIndex] = [top]
        while let index = stack.popLast() {
            let node = storage.nodes[Int(index)]
            if node.value != .none, Int(node.length) > prefix.length {
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
