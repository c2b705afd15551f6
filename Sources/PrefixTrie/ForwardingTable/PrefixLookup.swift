import IPAddresses

/// Longest-prefix match on prefixes that are known from the start: few of them in a ``RadixTrie``, many compiled into a
/// ``ForwardingTable``. The answers are the same.
///
/// A table's root alone takes 256 KB for IPv6 and 1 MB for IPv4, which a hundred or so prefixes make up for.
@frozen
public struct PrefixLookup<Key: ForwardingKey, Value: Sendable>: Sendable {
    /// The number of prefixes from which on they are compiled.
    @inlinable
    public static var compiledFrom: Int { 256 }

    @frozen
    @usableFromInline
    enum Form: Sendable {
        case trie(RadixTrie<Key, Value>)
        /// Next hops are positions in `elements`.
        case table(ForwardingTable<Key>, elements: [RadixTrie<Key, Value>.Element])
    }

    @usableFromInline let form: Form

    /// Whether the prefixes are compiled.
    @inlinable
    public var isCompiled: Bool { if case .table = form { true } else { false } }

    @inlinable
    init(_ trie: RadixTrie<Key, Value>, compile: (RadixTrie<Key, UInt16>) -> ForwardingTable<Key>?) {
        if trie.count >= Self.compiledFrom, trie.count <= Int(NextHop.maximum) + 1 {
            let elements = Array(trie)
            var positions = RadixTrie<Key, UInt16>()
            for (position, element) in elements.enumerated() {
                positions[element.prefix] = UInt16(truncatingIfNeeded: position)
            }
            if let table = compile(positions) {
                form = .table(table, elements: elements)
                return
            }
        }
        form = .trie(trie)
    }

    /// The longest prefix that holds `key`, and its value.
    @inlinable
    public func longestMatch(for key: Key) -> RadixTrie<Key, Value>.Element? {
        switch form {
        case .trie(let trie): return trie.longestMatch(for: key)
        case .table(let table, let elements):
            let hop = table.lookup(key)
            return hop == NextHop.noRoute ? nil : elements[Int(hop)]
        }
    }
}

extension PrefixLookup where Key.Bits == UInt32 {
    /// Takes the prefixes of a trie.
    @inlinable
    public init(_ trie: RadixTrie<Key, Value>) { self.init(trie) { try? ForwardingTable(compiling: $0) } }
}

extension PrefixLookup where Key.Bits == UInt128 {
    /// Takes the prefixes of a trie.
    @inlinable
    public init(_ trie: RadixTrie<Key, Value>) { self.init(trie) { try? ForwardingTable(compiling: $0) } }
}
