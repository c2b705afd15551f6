import IPAddresses

/// A set of prefixes, in order: a ``RadixTrie`` without values, which take no memory.
///
/// Copies are free, and the first change after one copies the pages that it touches. Set operations with labels
/// (`union(with:)`) give views that build nothing; those of `SetAlgebra` (`union(_:)`) make sets.
@frozen
public struct PrefixSet<Key: PrefixKey> {
    /// Nothing, which a trie holds for each prefix of a set.
    @frozen
    public struct Presence: Hashable, Sendable {
        @inlinable
        init() {}
    }

    @usableFromInline var trie = RadixTrie<Key, Presence>()

    /// Makes an empty set, which allocates nothing.
    @inlinable
    public init() {}

    /// Makes a set of the prefixes. O(n · w).
    @inlinable
    public init(_ prefixes: some Sequence<Prefix<Key>>) {
        for prefix in prefixes { trie.updateValue(Presence(), for: prefix) }
    }

    /// Makes a set of what set operations have left, in order. O(n · w).
    @inlinable
    public init<Elements: PrefixOrdered>(ordered elements: Elements) where Elements.OrderedKey == Key {
        var iterator = elements.makeOrderedIterator()
        while let (prefix, _) = iterator.next() { trie.updateValue(Presence(), for: prefix) }
    }

    /// The number of prefixes. O(1).
    @inlinable
    public var count: Int { trie.count }

    /// Whether there is none. O(1).
    @inlinable
    public var isEmpty: Bool { trie.isEmpty }

    /// The bytes that the set's buffers take. O(1).
    public var allocatedBytes: Int { trie.allocatedBytes }

    /// Whether some prefix holds the key. O(w).
    @inlinable
    public func covers(_ key: Key) -> Bool { trie.longestMatch(for: key) != nil }

    /// Whether some prefix covers this one, or is it. O(w).
    @inlinable
    public func covers(_ prefix: Prefix<Key>) -> Bool { trie.longestMatch(covering: prefix) != nil }

    /// Whether some prefix shares a key with this one. O(w).
    @inlinable
    public func overlaps(_ prefix: Prefix<Key>) -> Bool { trie.overlaps(prefix) }

    /// The longest prefix that holds the key. O(w).
    @inlinable
    public func longestMatch(for key: Key) -> Prefix<Key>? { trie.longestMatch(for: key)?.prefix }

    /// The longest prefix that covers this one, which may be itself. O(w).
    @inlinable
    public func longestMatch(covering prefix: Prefix<Key>) -> Prefix<Key>? {
        trie.longestMatch(covering: prefix)?.prefix
    }

    /// The shortest prefix that holds the key. O(w).
    @inlinable
    public func shortestMatch(for key: Key) -> Prefix<Key>? { trie.shortestMatch(for: key)?.prefix }

    /// The prefixes that cover this one, itself among them, the shortest first. O(w) for all of them.
    @inlinable
    public func covering(_ prefix: Prefix<Key>) -> some Sequence<Prefix<Key>> {
        trie.covering(prefix).lazy.map(\.prefix)
    }

    /// The prefixes that this one covers, itself among them, in order. O(w) for the first one, O(1) for each further one.
    @inlinable
    public func covered(by prefix: Prefix<Key>) -> some Sequence<Prefix<Key>> {
        trie.covered(by: prefix).lazy.map(\.prefix)
    }

    /// The first prefix in order, the last one, and those next to a prefix, which need not be there. O(w).
    @inlinable public var first: Prefix<Key>? { trie.first?.prefix }
    @inlinable public var last: Prefix<Key>? { trie.last?.prefix }
    @inlinable
    public func element(after prefix: Prefix<Key>) -> Prefix<Key>? { trie.element(after: prefix)?.prefix }
    @inlinable
    public func element(before prefix: Prefix<Key>) -> Prefix<Key>? { trie.element(before: prefix)?.prefix }

    /// Removes all prefixes that one covers, itself among them, and says how many they were. O(k · w).
    @discardableResult
    public mutating func removeAll(coveredBy prefix: Prefix<Key>) -> Int { trie.removeAll(coveredBy: prefix) }

    /// The fewest prefixes that hold the same keys. O(n · w).
    public func aggregated() -> PrefixSet {
        var result = PrefixSet()
        result.trie = trie.aggregated()
        return result
    }
}

extension PrefixSet: Sequence {
    @inlinable
    public func makeIterator() -> Iterator { Iterator(trie.makeIterator()) }

    @inlinable
    public var underestimatedCount: Int { count }

    /// The prefixes in order.
    @frozen
    public struct Iterator: IteratorProtocol {
        @usableFromInline var base: RadixTrie<Key, Presence>.Iterator

        @inlinable
        init(_ base: RadixTrie<Key, Presence>.Iterator) { self.base = base }

        @inlinable
        public mutating func next() -> Prefix<Key>? { base.next()?.prefix }
    }
}

extension PrefixSet: PrefixOrdered {
    public typealias OrderedKey = Key
    public typealias Value = Presence

    @inlinable
    public func makeOrderedIterator() -> RadixTrie<Key, Presence>.Iterator { trie.makeIterator() }
}

extension PrefixSet: Hashable, Sendable {}
