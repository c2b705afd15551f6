import IPAddresses

/// One operand of a set operation: its next element, and those before it that cover the place where the walk stands.
@frozen
@usableFromInline
struct PrefixWalk<Elements: PrefixOrdered> {
    @usableFromInline typealias Element = (prefix: Prefix<Elements.OrderedKey>, value: Elements.Value)

    @usableFromInline var iterator: Elements.OrderedIterator
    @usableFromInline var head: Element?
    @usableFromInline var above: ContiguousArray<Element> = []

    @inlinable
    init(_ elements: Elements) {
        iterator = elements.makeOrderedIterator()
        head = iterator.next()
    }

    /// The value of exactly the prefix, which is not before any that was asked for earlier.
    @inlinable
    mutating func take(_ prefix: Prefix<Elements.OrderedKey>) -> Elements.Value? {
        while let element = head, element.prefix < prefix { head = iterator.next() }
        guard let element = head, element.prefix == prefix else { return nil }
        head = iterator.next()
        return element.value
    }

    /// The longest element that covers the prefix, which is not before any that was asked for earlier.
    @inlinable
    mutating func cover(_ prefix: Prefix<Elements.OrderedKey>) -> Element? {
        while let element = head, element.prefix <= prefix {
            drop(notCovering: element.prefix)
            above.append(element)
            head = iterator.next()
        }
        drop(notCovering: prefix)
        return above.last
    }

    @inlinable
    mutating func drop(notCovering prefix: Prefix<Elements.OrderedKey>) {
        while let last = above.last, !last.prefix.covers(prefix) { above.removeLast() }
    }

    /// Whether the prefix covers an element, itself among them.
    @inlinable
    mutating func hasCovered(by prefix: Prefix<Elements.OrderedKey>) -> Bool {
        while let element = head, element.prefix < prefix { head = iterator.next() }
        return head.map { prefix.covers($0.prefix) } ?? false
    }
}

/// Turns a view's elements into those of an operand.
@frozen
public struct OrderedPairs<Base: IteratorProtocol, Key: PrefixKey, Left, Right>: IteratorProtocol
where Base.Element == (prefix: Prefix<Key>, left: Left, right: Right) {
    @usableFromInline var base: Base

    @inlinable
    init(_ base: Base) { self.base = base }

    @inlinable
    public mutating func next() -> (prefix: Prefix<Key>, value: (left: Left, right: Right))? {
        base.next().map { ($0.prefix, ($0.left, $0.right)) }
    }
}
