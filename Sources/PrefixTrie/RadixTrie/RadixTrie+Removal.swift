import IPAddresses

extension RadixTrie {
    /// Removes `prefix`; longer and shorter ones stay.
    ///
    /// - Returns: the value that it had; nil where it was not there.
    @inlinable
    @discardableResult
    public mutating func removeValue(for prefix: Prefix<Key>) -> Value? {
        var grandparent = NodeIndex.none
        var parent = NodeIndex.none
        var index = storage.root
        while index != .none {
            let node = storage.nodes[Int(index)]
            guard node.covers(prefix.bits, prefix.length) else { return nil }
            if Int(node.length) == prefix.length { break }
            grandparent = parent
            parent = index
            index = node.goesUpper(prefix.bits) ? node.upper : node.lower
        }
        guard index != .none, storage.nodes[Int(index)].value != .none else { return nil }
        let value = storage.free(value: storage.nodes[Int(index)].value)
        storage.nodes[Int(index)].value = .none
        var highest = storage.nodes[Int(index)]
        contract(index, under: parent, for: prefix.bits)
        // A parent without a value that has lost one of its two children has no reason to stay.
        if parent != .none, storage.nodes[Int(parent)].value == .none {
            highest = storage.nodes[Int(parent)]
            contract(parent, under: grandparent, for: prefix.bits)
        }
        storage.refreshDirectory(highest.bits, Int(highest.length))
        return value
    }

    /// Takes a node without a value out of the path, unless it has two children.
    @inlinable
    mutating func contract(_ index: NodeIndex, under parent: NodeIndex, for bits: Key.Bits) {
        let node = storage.nodes[Int(index)]
        if node.lower != .none, node.upper != .none { return }
        storage.setChild(of: parent, for: bits, to: node.lower == .none ? node.upper : node.lower)
        storage.free(index)
    }

    /// Removes all prefixes.
    public mutating func removeAll(keepingCapacity: Bool = false) {
        storage.nodes.removeAll(keepingCapacity: keepingCapacity)
        storage.values.removeAll(keepingCapacity: keepingCapacity)
        storage.freeValues.removeAll(keepingCapacity: keepingCapacity)
        storage.directory.removeAll()
        storage.directoryBits = 0
        storage.root = .none
        storage.freeNode = .none
    }
}
