import IPAddresses

/// Prefixes in order, no duplicates, each with a value: a trie, a set, a part of one, or what set operations make of
/// them.
///
/// Set operations on these build nothing: each gives a view that walks its operands side by side, and views are
/// operands again.
///
///     for (prefix, value) in routes.difference(from: withdrawn).covered(byAnyOf: customers) { … }
///
/// All of them take O(n + m) for a walk over the whole, n and m the operands' numbers of prefixes, and O(w) memory, w
/// the key's width in bits.
public protocol PrefixOrdered<OrderedKey, Value> {
    /// The key whose bits are matched: an address, or a bare integer.
    associatedtype OrderedKey: PrefixKey
    associatedtype Value
    associatedtype OrderedIterator: IteratorProtocol<(prefix: Prefix<OrderedKey>, value: Value)>

    /// The prefixes in order, a shorter one before those that it covers, with their values.
    func makeOrderedIterator() -> OrderedIterator
}

extension RadixTrie: PrefixOrdered {
    public typealias OrderedKey = Key

    @inlinable
    public func makeOrderedIterator() -> Iterator { makeIterator() }
}

extension RadixTrie.CoveredView: PrefixOrdered {
    public typealias OrderedKey = Key

    @inlinable
    public func makeOrderedIterator() -> RadixTrie<Key, Value>.Iterator { makeIterator() }
}

extension PrefixOrdered {
    /// All prefixes of either, with the value of each side that has it.
    @inlinable
    public func union<Other: PrefixOrdered>(with other: Other) -> PrefixUnion<Self, Other>
    where Other.OrderedKey == OrderedKey {
        PrefixUnion(left: self, right: other, covering: false)
    }

    /// All prefixes of either; where one side does not have the prefix itself, the value of its longest one that covers
    /// it.
    @inlinable
    public func coveringUnion<Other: PrefixOrdered>(
        with other: Other
    ) -> PrefixUnion<Self, Other> where Other.OrderedKey == OrderedKey {
        PrefixUnion(left: self, right: other, covering: true)
    }

    /// The prefixes that both have, with both values.
    @inlinable
    public func intersection<Other: PrefixOrdered>(
        with other: Other
    ) -> PrefixIntersection<Self, Other> where Other.OrderedKey == OrderedKey {
        PrefixIntersection(left: self, right: other)
    }

    /// The prefixes that `other` does not have.
    @inlinable
    public func difference<Other: PrefixOrdered>(
        from other: Other
    ) -> PrefixSelection<Self, Other> where Other.OrderedKey == OrderedKey {
        PrefixSelection(left: self, right: other, kept: .missing)
    }

    /// The prefixes that none of `other` covers, itself among them.
    @inlinable
    public func coveringDifference<Other: PrefixOrdered>(
        from other: Other
    ) -> PrefixSelection<Self, Other> where Other.OrderedKey == OrderedKey {
        PrefixSelection(left: self, right: other, kept: .uncovered)
    }

    /// The prefixes that one of `other` covers, itself among them.
    @inlinable
    public func covered<Other: PrefixOrdered>(
        byAnyOf other: Other
    ) -> PrefixSelection<Self, Other> where Other.OrderedKey == OrderedKey {
        PrefixSelection(left: self, right: other, kept: .covered)
    }

    /// The prefixes that cover one of `other`, itself among them.
    @inlinable
    public func covering<Other: PrefixOrdered>(
        anyOf other: Other
    ) -> PrefixSelection<Self, Other> where Other.OrderedKey == OrderedKey {
        PrefixSelection(left: self, right: other, kept: .covering)
    }

    /// Whether some key has a longest match in both.
    @inlinable
    public func overlaps<Other: PrefixOrdered>(_ other: Other) -> Bool where Other.OrderedKey == OrderedKey {
        var elements = coveringUnion(with: other).makeIterator()
        while let element = elements.next() {
            if element.left != nil, element.right != nil { return true }
        }
        return false
    }
}

extension RadixTrie {
    /// Makes a trie of what set operations have left, in order. O(n · w).
    @inlinable
    public init<Elements: PrefixOrdered>(ordered elements: Elements)
    where Elements.OrderedKey == Key, Elements.Value == Value {
        self.init()
        var iterator = elements.makeOrderedIterator()
        while let (prefix, value) = iterator.next() { updateValue(value, for: prefix) }
    }
}
