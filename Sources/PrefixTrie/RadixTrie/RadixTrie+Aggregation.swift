import IPAddresses

extension RadixTrie where Value: Equatable {
    /// A trie of fewer prefixes in which each key has the same longest match's value, or none, as in this one.
    ///
    /// A prefix goes where the next shorter one that covers it has the same value; two halves with one value become
    /// the prefix that they make up. Not the least possible: optimal route table construction (Draves et al., 1999) also moves
    /// values up and leaves exceptions below.
    public func aggregated() -> RadixTrie {
        var result = self
        for (prefix, value) in self where result.isRedundant(prefix, value) { result.removeValue(for: prefix) }
        // Longest first, so that halves that have just been joined can be joined again.
        var pending = result.map(\.prefix).sorted { $0.length > $1.length }
        var index = 0
        while index < pending.count {
            let prefix = pending[index]
            index += 1
            guard let value = result[prefix], let sibling = prefix.sibling, let parent = prefix.parent,
                result[sibling] == value
            else { continue }
            result.removeValue(for: prefix)
            result.removeValue(for: sibling)
            result.updateValue(value, for: parent)
            if result.isRedundant(parent, value) { result.removeValue(for: parent) } else { pending.append(parent) }
        }
        return result
    }

    /// Whether the next shorter prefix has the same value.
    private func isRedundant(_ prefix: Prefix<Key>, _ value: Value) -> Bool {
        guard let parent = prefix.parent, let covering = longestMatch(covering: parent) else { return false }
        return covering.value == value
    }
}
