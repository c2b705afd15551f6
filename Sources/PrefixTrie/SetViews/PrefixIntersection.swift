import IPAddresses

/// The prefixes that two operands have, in order, with both values.
@frozen
public struct PrefixIntersection<Left: PrefixOrdered, Right: PrefixOrdered>: Sequence, PrefixOrdered
where Left.OrderedKey == Right.OrderedKey {
    public typealias OrderedKey = Left.OrderedKey
    public typealias Value = (left: Left.Value, right: Right.Value)

    @usableFromInline let left: Left
    @usableFromInline let right: Right

    @inlinable
    init(left: Left, right: Right) { (self.left, self.right) = (left, right) }

    @inlinable
    public func makeIterator() -> Iterator { Iterator(self) }

    @inlinable
    public func makeOrderedIterator() -> OrderedPairs<Iterator, OrderedKey, Left.Value, Right.Value> {
        OrderedPairs(makeIterator())
    }

    @frozen
    public struct Iterator: IteratorProtocol {
        @usableFromInline var left: Left.OrderedIterator
        @usableFromInline var right: PrefixWalk<Right>

        @inlinable
        init(_ view: PrefixIntersection) {
            left = view.left.makeOrderedIterator()
            right = PrefixWalk(view.right)
        }

        @inlinable
        public mutating func next() -> (prefix: Prefix<OrderedKey>, left: Left.Value, right: Right.Value)? {
            while let (prefix, value) = left.next() {
                if let other = right.take(prefix) { return (prefix, value, other) }
            }
            return nil
        }
    }
}

extension PrefixIntersection: Sendable where Left: Sendable, Right: Sendable {}

/// The elements of one operand that stand in some relation to the other one's prefixes, in order.
@frozen
public struct PrefixSelection<Left: PrefixOrdered, Right: PrefixOrdered>: Sequence, PrefixOrdered
where Left.OrderedKey == Right.OrderedKey {
    public typealias OrderedKey = Left.OrderedKey
    public typealias Value = Left.Value

    /// Which elements are kept.
    @frozen
    @usableFromInline
    enum Relation: Sendable { case missing, uncovered, covered, covering }

    @usableFromInline let left: Left
    @usableFromInline let right: Right
    @usableFromInline let kept: Relation

    @inlinable
    init(left: Left, right: Right, kept: Relation) { (self.left, self.right, self.kept) = (left, right, kept) }

    @inlinable
    public func makeIterator() -> Iterator { Iterator(self) }

    @inlinable
    public func makeOrderedIterator() -> Iterator { makeIterator() }

    @frozen
    public struct Iterator: IteratorProtocol {
        @usableFromInline var left: Left.OrderedIterator
        @usableFromInline var right: PrefixWalk<Right>
        @usableFromInline let kept: Relation

        @inlinable
        init(_ view: PrefixSelection) {
            left = view.left.makeOrderedIterator()
            right = PrefixWalk(view.right)
            kept = view.kept
        }

        @inlinable
        public mutating func next() -> (prefix: Prefix<OrderedKey>, value: Left.Value)? {
            while let element = left.next() {
                let isKept =
                    switch kept {
                    case .missing: right.take(element.prefix) == nil
                    case .uncovered: right.cover(element.prefix) == nil
                    case .covered: right.cover(element.prefix) != nil
                    case .covering: right.hasCovered(by: element.prefix)
                    }
                if isKept { return element }
            }
            return nil
        }
    }
}

extension PrefixSelection: Sendable where Left: Sendable, Right: Sendable {}
