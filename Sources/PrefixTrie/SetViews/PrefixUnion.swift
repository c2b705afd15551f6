import IPAddresses

/// All prefixes of two operands, in order, with the value of each side.
@frozen
public struct PrefixUnion<Left: PrefixOrdered, Right: PrefixOrdered>: Sequence, PrefixOrdered
where Left.OrderedKey == Right.OrderedKey {
    public typealias OrderedKey = Left.OrderedKey
    public typealias Value = (left: Left.Value?, right: Right.Value?)

    @usableFromInline let left: Left
    @usableFromInline let right: Right
    /// Whether a side without the prefix itself gives the value of its longest one that covers it.
    @usableFromInline let covering: Bool

    @inlinable
    init(left: Left, right: Right, covering: Bool) {
        (self.left, self.right, self.covering) = (left, right, covering)
    }

    @inlinable
    public func makeIterator() -> Iterator { Iterator(self) }

    @inlinable
    public func makeOrderedIterator() -> OrderedPairs<Iterator, OrderedKey, Left.Value?, Right.Value?> {
        OrderedPairs(makeIterator())
    }

    @frozen
    public struct Iterator: IteratorProtocol {
        @usableFromInline var left: PrefixWalk<Left>
        @usableFromInline var right: PrefixWalk<Right>
        @usableFromInline let covering: Bool

        @inlinable
        init(_ view: PrefixUnion) {
            left = PrefixWalk(view.left)
            right = PrefixWalk(view.right)
            covering = view.covering
        }

        @inlinable
        public mutating func next() -> (prefix: Prefix<OrderedKey>, left: Left.Value?, right: Right.Value?)? {
            let prefix: Prefix<OrderedKey>
            switch (left.head?.prefix, right.head?.prefix) {
            case (nil, nil): return nil
            case (let first?, nil): prefix = first
            case (nil, let second?): prefix = second
            case (let first?, let second?): prefix = Swift.min(first, second)
            }
            if covering { return (prefix, left.cover(prefix)?.value, right.cover(prefix)?.value) }
            return (prefix, left.take(prefix), right.take(prefix))
        }
    }
}

extension PrefixUnion: Sendable where Left: Sendable, Right: Sendable {}
