import IPAddresses

extension RadixTrie {
    /// Sets the value of `prefix`.
    ///
    /// - Returns: the value that it had before.
    /// - Complexity: O(w), w the key's width in bits; in a full table some 20 nodes are visited.
    @inlinable
    @discardableResult
    public mutating func updateValue(_ value: Value, for prefix: Prefix<Key>) -> Value? {
        let bits = prefix.bits
        let length = prefix.length
        var parent = NodeIndex.none
        var index = storage.root
        while index != .none {
            let node = storage.nodes[Int(index)]
            guard node.covers(bits, length) else { break }
            if Int(node.length) == length { return setValue(value, at: index) }
            parent = index
            index = node.goesUpper(bits) ? node.upper : node.lower
        }
        let slot = storage.allocate(value: value)
        let new = storage.allocate(RadixTrieNode(bits: bits, length: length, value: slot))
        let top = index == .none ? new : join(new, with: index)
        storage.setChild(of: parent, for: bits, to: top)
        let highest = storage.nodes[Int(top)]
        storage.refreshDirectory(highest.bits, Int(highest.length))
        storage.growDirectory()
        return nil
    }

    @inlinable
    mutating func setValue(_ value: Value, at index: NodeIndex) -> Value? {
        let slot = storage.nodes[Int(index)].value
        if slot == .none {
            storage.nodes[Int(index)].value = storage.allocate(value: value)
            let node = storage.nodes[Int(index)]
            storage.refreshDirectory(node.bits, Int(node.length))
            storage.growDirectory()
            return nil
        }
        let old = storage.values[Int(slot)]
        storage.values[Int(slot)] = value
        return old
    }

    /// Puts the new node and one that it does not lie below under one top, which may be the new one itself.
    @inlinable
    mutating func join(_ new: NodeIndex, with other: NodeIndex) -> NodeIndex {
        let node = storage.nodes[Int(new)]
        let below = storage.nodes[Int(other)]
        let common = Swift.min((node.bits ^ below.bits).leadingZeroBitCount, Int(node.length))
        var top = new
        if common < Int(node.length) {
            top = storage.allocate(RadixTrieNode(bits: node.bits & .prefixMask(common), length: common))
            storage.setChild(of: top, for: node.bits, to: new)
        }
        storage.setChild(of: top, for: below.bits, to: other)
        return top
    }
}
