import IPAddresses

extension RadixTrie {
    /// Stops the program where the structure is not as it should be: O(n), for tests.
    public func _invariantCheck() {
        var visited = 0
        var slots: Set<UInt32> = []
        check(storage.root, visited: &visited, slots: &slots)
        var free = 0
        var index = storage.freeNode
        while index != .none {
            free += 1
            precondition(free <= storage.nodes.count, "the free list has no end")
            index = storage.nodes[Int(index)].lower
        }
        precondition(visited + free == storage.nodes.count, "a node is neither in the trie nor free")
        precondition(slots.count == count, "a value belongs to no node")
        precondition(slots.isDisjoint(with: storage.freeValues), "a value in use is free")
        for (slot, value) in storage.values.enumerated() {
            precondition(
                (value != nil) == slots.contains(UInt32(slot)), "a value without a node, or a node without one")
        }
        var fresh = storage
        fresh.directory = ContiguousArray(repeating: .none, count: storage.directory.count)
        fresh.refreshDirectory(0, 0)
        precondition(
            storage.directoryBits == 0 || fresh.directory == storage.directory, "an entry of the directory is stale")
        precondition(storage.directory.count == (storage.directoryBits == 0 ? 0 : 1 << storage.directoryBits))
        precondition(visited <= Swift.max(0, 2 * count - 1), "more than 2n - 1 nodes")
    }

    private func check(_ index: NodeIndex, visited: inout Int, slots: inout Set<UInt32>) {
        guard index != .none else { return }
        let node = storage.nodes[Int(index)]
        visited += 1
        precondition(Int(node.length) <= Key.bitWidth, "a prefix is longer than the key")
        precondition(node.bits & .prefixMask(Int(node.length)) == node.bits, "bits are set behind the length")
        if node.value == .none {
            precondition(node.lower != .none && node.upper != .none, "a node without a value has two children")
        } else {
            precondition(slots.insert(node.value).inserted, "two nodes share a value")
        }
        for (child, isUpper) in [(node.lower, false), (node.upper, true)] where child != .none {
            let below = storage.nodes[Int(child)]
            precondition(
                below.length > node.length && node.covers(below.bits, Int(below.length)), "a child lies outside")
            precondition(node.goesUpper(below.bits) == isUpper, "a child is on the wrong side")
            check(child, visited: &visited, slots: &slots)
        }
    }
}
