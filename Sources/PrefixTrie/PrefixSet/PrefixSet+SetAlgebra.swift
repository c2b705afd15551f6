import IPAddresses

extension PrefixSet: SetAlgebra, ExpressibleByArrayLiteral {
    /// Whether exactly this prefix is there. O(w).
    @inlinable
    public func contains(_ prefix: Prefix<Key>) -> Bool { trie.contains(prefix) }

    /// O(w), amortised.
    @inlinable
    @discardableResult
    public mutating func insert(_ prefix: Prefix<Key>) -> (inserted: Bool, memberAfterInsert: Prefix<Key>) {
        (trie.updateValue(Presence(), for: prefix) == nil, prefix)
    }

    /// O(w), amortised.
    @inlinable
    @discardableResult
    public mutating func remove(_ prefix: Prefix<Key>) -> Prefix<Key>? {
        trie.removeValue(for: prefix) == nil ? nil : prefix
    }

    /// O(w), amortised.
    @inlinable
    @discardableResult
    public mutating func update(with prefix: Prefix<Key>) -> Prefix<Key>? {
        trie.updateValue(Presence(), for: prefix) == nil ? nil : prefix
    }

    /// The prefixes of either. O(m · w), m the number of the other's.
    @inlinable
    public func union(_ other: PrefixSet) -> PrefixSet {
        var result = self
        result.formUnion(other)
        return result
    }

    @inlinable
    public mutating func formUnion(_ other: PrefixSet) { for prefix in other { insert(prefix) } }

    /// The prefixes that both have. O((n + m) · w).
    @inlinable
    public func intersection(_ other: PrefixSet) -> PrefixSet { PrefixSet(ordered: intersection(with: other)) }

    @inlinable
    public mutating func formIntersection(_ other: PrefixSet) { self = intersection(other) }

    /// The prefixes that the other one does not have. O(m · w).
    @inlinable
    public func subtracting(_ other: PrefixSet) -> PrefixSet {
        var result = self
        result.subtract(other)
        return result
    }

    @inlinable
    public mutating func subtract(_ other: PrefixSet) { for prefix in other { remove(prefix) } }

    /// The prefixes that exactly one of the two has. O(m · w).
    @inlinable
    public func symmetricDifference(_ other: PrefixSet) -> PrefixSet {
        var result = self
        result.formSymmetricDifference(other)
        return result
    }

    @inlinable
    public mutating func formSymmetricDifference(_ other: PrefixSet) {
        for prefix in other where remove(prefix) == nil { insert(prefix) }
    }
}

extension PrefixSet: CustomStringConvertible, CustomDebugStringConvertible {
    public var description: String { "[" + map { "\($0)" }.joined(separator: ", ") + "]" }

    /// The prefixes as a tree, each below the one that covers it.
    public var debugDescription: String { trie.debugDescription.replacingValues() }
}

extension String {
    /// Without the presence that stands after each prefix.
    fileprivate func replacingValues() -> String {
        split(separator: "\n", omittingEmptySubsequences: false)
            .map { line in line.firstRange(of: ": Presence").map { String(line[..<$0.lowerBound]) } ?? String(line) }
            .joined(separator: "\n")
    }
}

extension PrefixSet: Encodable where Key: FixedWidthAddress {
    /// Encodes an array of texts in order.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        for prefix in self { try container.encode(prefix) }
    }
}

extension PrefixSet: Decodable where Key: FixedWidthAddress {
    /// Decodes an array of texts in any order.
    public init(from decoder: any Decoder) throws {
        self.init()
        var container = try decoder.unkeyedContainer()
        while !container.isAtEnd { insert(try container.decode(Prefix<Key>.self)) }
    }
}
