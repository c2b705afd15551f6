import IPAddresses

/// A map from prefixes to values that answers exactly: exact and longest match, all covering, all covered, in order.
///
/// A value type: copies share storage until one of them changes. Many threads may read one copy at once.
///
/// The structure is a binary radix trie with path compression (a node stands for the prefix that all below it share, so
/// that there are at most 2n − 1 nodes for n prefixes) and level compression at the root (a directory of the first bits,
/// which leads past the nodes that a lookup would begin with).
///
/// ## Topics
///
/// ### Lookups
/// - ``longestMatch(for:)``
/// - ``longestMatch(covering:)``
/// - ``matches(for:)``
/// - ``covering(_:)``
/// - ``covered(by:)``
///
/// ### Set views
/// - ``union(with:)``
/// - ``intersection(with:)``
/// - ``difference(from:)``
/// - ``coveringUnion(with:)``
/// - ``coveringDifference(from:)``
@frozen
public struct RadixTrie<Key: PrefixKey, Value> {
    /// A prefix and its value.
    public typealias Element = (prefix: Prefix<Key>, value: Value)

    @usableFromInline
    package var storage: RadixTrieStorage<Key.Bits, Value>

    /// Makes an empty trie.
    @inlinable
    public init() { storage = RadixTrieStorage() }

    /// Makes a trie of the elements; of several with one prefix the last one counts.
    @inlinable
    public init(_ elements: some Sequence<Element>) {
        self.init()
        for (prefix, value) in elements { updateValue(value, for: prefix) }
    }

    /// The number of prefixes.
    @inlinable
    public var count: Int { storage.values.count - storage.freeValues.count }

    @inlinable
    public var isEmpty: Bool { count == 0 }

    /// The bytes that the trie's buffers take, their spare capacity included; what values refer to is not counted.
    public var allocatedBytes: Int {
        storage.nodes.capacity * MemoryLayout<RadixTrieNode<Key.Bits>>.stride
            + storage.values.capacity * MemoryLayout<Value?>.stride
            + storage.freeValues.capacity * MemoryLayout<UInt32>.stride
            + storage.directory.capacity * MemoryLayout<DirectoryEntry>.stride
    }

    /// Makes room for `count` prefixes in all, so that growth copies nothing.
    public mutating func reserveCapacity(_ count: Int) {
        storage.nodes.reserveCapacity(2 * count)
        storage.values.reserveCapacity(count)
    }
}

extension RadixTrie: Sendable where Value: Sendable {}

extension RadixTrie: Equatable where Value: Equatable {
    /// Whether both hold the same prefixes with the same values.
    public static func == (left: RadixTrie, right: RadixTrie) -> Bool {
        left.count == right.count && left.elementsEqual(right, by: ==)
    }
}

extension RadixTrie: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (Prefix<Key>, Value)...) {
        self.init(elements.map { (prefix: $0.0, value: $0.1) })
    }
}
