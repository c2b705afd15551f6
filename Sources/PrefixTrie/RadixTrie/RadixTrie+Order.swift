import IPAddresses

extension RadixTrie {
    /// The first element in order. O(w).
    @inlinable
    public var first: Element? { first { _ in true } }

    /// The last element in order. O(w).
    @inlinable
    public var last: Element? { element(before: nil) }

    /// The first element after a prefix, whether that is there or not. O(w).
    @inlinable
    public func element(after prefix: Prefix<Key>) -> Element? {
        var elements = elements(from: prefix)
        guard let next = elements.next() else { return nil }
        return next.prefix == prefix ? elements.next() : next
    }

    /// The last element before a prefix, whether that is there or not. O(w).
    @inlinable
    public func element(before prefix: Prefix<Key>) -> Element? { element(before: .some(prefix)) }

    @inlinable
    func element(before prefix: Prefix<Key>?) -> Element? {
        read { core in
            core.last(before: prefix.map { ($0.bits, $0.length) }).map {
                (Self.prefix($0.bits, $0.length), core.value($0.payload))
            }
        } ?? nil
    }

    /// The elements from a prefix on, whether that is there or not, in order. O(w) for the first one, O(1) for each
    /// further one.
    @inlinable
    public func elements(from prefix: Prefix<Key>) -> Iterator {
        Iterator(box) { TrieCursor($0, from: prefix.bits, prefix.length) }
    }

    /// The prefixes, in order.
    @inlinable
    public var prefixes: some Sequence<Prefix<Key>> { lazy.map(\.prefix) }

    /// The values, in the order of their prefixes.
    @inlinable
    public var values: some Sequence<Value> { lazy.map(\.value) }
}
