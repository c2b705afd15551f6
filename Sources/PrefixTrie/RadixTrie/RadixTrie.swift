import IPAddresses
import Synchronization

/// A map from prefixes to values that answers exactly: exact and longest match, all covering, all covered, in order.
///
/// A value type. A copy is free, and the first change after it copies the pages of 4 KB that it touches, not the trie.
/// Many threads may read one copy at once, and each may change a copy of its own.
///
/// The structure is a tree bitmap with strides of six bits in flat, paged buffers: a lookup touches a cache line for six
/// bits of the key that the trie tells apart, and one for the value. docs/radix-trie.md has its layout and figures.
///
/// In each complexity below, w is the key's width in bits: a constant for a type of key, 32 or 128. None of them grows
/// with the number of prefixes unless it says so.
///
/// ## Topics
///
/// ### Lookups
/// - ``longestMatch(for:)``
/// - ``longestMatch(covering:)``
/// - ``longestMatches(for:into:)``
/// - ``shortestMatch(for:)``
/// - ``matches(for:)``
/// - ``covering(_:)``
/// - ``covered(by:)``
///
/// ### Order
/// - ``first``
/// - ``last``
/// - ``element(after:)``
/// - ``element(before:)``
/// - ``elements(from:)``
///
/// ### Changes
/// - ``updateValue(_:for:)``
/// - ``update(_:_:)``
/// - ``removeValue(for:)``
/// - ``removeAll(coveredBy:)``
/// - ``removeAll(where:)``
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
    package typealias Handle = TrieHandle<Key.Bits, Value>

    /// Owns the core; nil as long as nothing has been put in.
    @usableFromInline
    package var box: TrieBox<Key.Bits, Value>?

    /// The box's core: lookups read it without counting references to the box.
    @usableFromInline
    package var core: Handle?

    /// Makes an empty trie, which allocates nothing.
    @inlinable
    public init() {
        box = nil
        core = nil
    }

    @inlinable
    init(_ box: TrieBox<Key.Bits, Value>?) {
        self.box = box
        core = box?.core
    }

    /// Makes a trie of the elements; of several with one prefix the last one counts.
    ///
    /// - Complexity: O(n · w), n the number of elements.
    @inlinable
    public init(_ elements: some Sequence<Element>) {
        self.init()
        for (prefix, value) in elements { updateValue(value, for: prefix) }
    }

    /// The number of prefixes. O(1).
    @inlinable
    public var count: Int { read { $0.pointer.pointee.count } ?? 0 }

    /// Whether there is no prefix. O(1).
    @inlinable
    public var isEmpty: Bool { count == 0 }

    /// The bytes that the trie's buffers take, their spare capacity included; what values refer to is not counted, and
    /// pages that copies share are counted in each. O(1).
    public var allocatedBytes: Int {
        guard let box else { return 0 }
        let core = box.core.pointer.pointee
        return core.cells.allocatedBytes + core.blocks.allocatedBytes + core.slots.allocatedBytes
            + MemoryLayout<TrieCore<Key.Bits, Value>>.stride + 64
    }

    /// Has no effect any more: buffers grow by pages, and growth copies nothing.
    @available(*, deprecated, message: "the trie grows by pages and copies nothing")
    public mutating func reserveCapacity(_: Int) {}

    /// Reads the core, which lives at least as long.
    @inlinable
    @inline(__always)
    func read<Result>(_ body: (Handle) throws -> Result) rethrows -> Result? {
        guard let core else { return nil }
        defer { withExtendedLifetime(box) {} }
        return try body(core)
    }

    /// The core to be changed: a version of this copy's own.
    @inlinable
    mutating func unique() -> Handle {
        if box == nil || !isKnownUniquelyReferenced(&box) { makeUnique() }
        let core = core.unsafelyUnwrapped
        core.pointer.pointee.beginGeneration(core.generation.pointee.load(ordering: .acquiring))
        return core
    }

    @inlinable
    @inline(never)
    mutating func makeUnique() {
        box = box.map { TrieBox(sharing: $0) } ?? TrieBox()
        core = box?.core
    }

    @inlinable
    static func prefix(_ bits: Key.Bits, _ length: Int) -> Prefix<Key> { Prefix(uncheckedBits: bits, length: length) }
}

extension RadixTrie: Sendable where Value: Sendable {}

extension RadixTrie: Equatable where Value: Equatable {
    /// Whether both hold the same prefixes with the same values. O(n); O(1) for copies of which none has changed.
    public static func == (left: RadixTrie, right: RadixTrie) -> Bool {
        left.box === right.box || (left.count == right.count && left.elementsEqual(right, by: ==))
    }
}

extension RadixTrie: Hashable where Value: Hashable {
    /// O(n).
    public func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        for (prefix, value) in self {
            hasher.combine(prefix)
            hasher.combine(value)
        }
    }
}

extension RadixTrie: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (Prefix<Key>, Value)...) {
        self.init(elements.map { (prefix: $0.0, value: $0.1) })
    }
}
