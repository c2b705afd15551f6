import IPAddresses

/// The model that every trie is tested against: a sorted array, scanned linearly.
public struct GoldenTable<Key: PrefixKey, Value> {
    public private(set) var elements: [(prefix: Prefix<Key>, value: Value)] = []

    public init() {}

    @discardableResult
    public mutating func updateValue(_ value: Value, for prefix: Prefix<Key>) -> Value? {
        for index in elements.indices {
            if elements[index].prefix == prefix {
                let old = elements[index].value
                elements[index].value = value
                return old
            }
            if prefix < elements[index].prefix {
                elements.insert((prefix, value), at: index)
                return nil
            }
        }
        elements.append((prefix, value))
        return nil
    }

    @discardableResult
    public mutating func removeValue(for prefix: Prefix<Key>) -> Value? {
        guard let index = elements.firstIndex(where: { $0.prefix == prefix }) else { return nil }
        return elements.remove(at: index).value
    }

    public subscript(prefix: Prefix<Key>) -> Value? { elements.first { $0.prefix == prefix }?.value }

    public func longestMatch(covering prefix: Prefix<Key>) -> (prefix: Prefix<Key>, value: Value)? {
        var best: (prefix: Prefix<Key>, value: Value)?
        for element in elements where element.prefix.covers(prefix) && element.prefix.length >= best?.prefix.length ?? 0
        {
            best = element
        }
        return best
    }

    public func longestMatch(for key: Key) -> (prefix: Prefix<Key>, value: Value)? {
        longestMatch(covering: Prefix(host: key))
    }

    public func covering(_ prefix: Prefix<Key>) -> [(prefix: Prefix<Key>, value: Value)] {
        elements.filter { $0.prefix.covers(prefix) }
    }

    public func covered(by prefix: Prefix<Key>) -> [(prefix: Prefix<Key>, value: Value)] {
        elements.filter { prefix.covers($0.prefix) }
    }

    public func overlaps(_ prefix: Prefix<Key>) -> Bool { elements.contains { $0.prefix.overlaps(prefix) } }
}
