import IPAddresses

extension RadixTrie {
    /// The value of exactly `prefix`; setting nil removes it.
    @inlinable
    public subscript(prefix: Prefix<Key>) -> Value? {
        get {
            let index = find(prefix)
            if index == .none { return nil }
            let slot = storage.nodes[Int(index)].value
            return slot == .none ? nil : storage.values[Int(slot)]
        }
        set {
            if let newValue { updateValue(newValue, for: prefix) } else { removeValue(for: prefix) }
        }
    }

    /// The longest prefix that holds `key`, and its value.
    @inlinable
    public func longestMatch(for key: Key) -> Element? { longestMatch(bits: key.bits, length: Key.bitWidth) }

    /// The longest prefix that covers `prefix`, which may be itself, and its value.
    @inlinable
    public func longestMatch(covering prefix: Prefix<Key>) -> Element? {
        longestMatch(bits: prefix.bits, length: prefix.length)
    }

    @inlinable
    func longestMatch(bits: Key.Bits, length: Int) -> Element? {
        var best = NodeIndex.none
        var index = storage.root
        if storage.directoryBits > 0, length >= storage.directoryBits {
            let entry = storage.directory[storage.slot(of: bits)]
            if entry.start != .none {
                index = entry.start
                best = entry.best
            }
        }
        while index != .none {
            let node = storage.nodes[Int(index)]
            guard node.covers(bits, length) else { break }
            if node.value != .none { best = index }
            if Int(node.length) == length { break }
            index = node.goesUpper(bits) ? node.upper : node.lower
        }
        return best == .none ? nil : element(at: best)
    }

    /// The node of exactly `prefix`, whether it has a value or not.
    @inlinable
    func find(_ prefix: Prefix<Key>) -> NodeIndex {
        var index = storage.root
        while index != .none {
            let node = storage.nodes[Int(index)]
            guard node.covers(prefix.bits, prefix.length) else { return .none }
            if Int(node.length) == prefix.length { return index }
            index = node.goesUpper(prefix.bits) ? node.upper : node.lower
        }
        return .none
    }

    /// The element of a node; nil where the node has no value.
    @inlinable
    func element(at index: NodeIndex) -> Element? {
        let node = storage.nodes[Int(index)]
        if node.value == .none { return nil }
        guard let value = storage.values[Int(node.value)] else { return nil }
        return (Prefix(uncheckedBits: node.bits, length: Int(node.length)), value)
    }

    /// Whether some prefix of the trie shares a key with `prefix`.
    public func overlaps(_ prefix: Prefix<Key>) -> Bool {
        longestMatch(covering: prefix) != nil || storage.firstCovered(by: prefix.bits, prefix.length) != .none
    }
}

extension RadixTrieStorage {
    /// The topmost node that lies within the prefix.
    @inlinable
    func firstCovered(by bits: Bits, _ length: Int) -> NodeIndex {
        var index = root
        while index != .none {
            let node = nodes[Int(index)]
            if Int(node.length) >= length {
                return (node.bits ^ bits) & .prefixMask(length) == 0 ? index : .none
            }
            guard node.covers(bits, length) else { return .none }
            index = node.goesUpper(bits) ? node.upper : node.lower
        }
        return .none
    }
}

extension RadixTrie {
    /// The value of exactly `prefix`, or `defaultValue`; changing it in place inserts it.
    @inlinable
    public subscript(prefix: Prefix<Key>, default defaultValue: @autoclosure () -> Value) -> Value {
        get { self[prefix] ?? defaultValue() }
        set { updateValue(newValue, for: prefix) }
    }
}
