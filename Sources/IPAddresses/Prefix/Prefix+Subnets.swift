extension Prefix {
    /// The prefix of `length` bits that covers this one; nil where `length` is longer than this one's, or negative.
    @inlinable
    public func supernet(ofLength length: Int) -> Prefix? {
        guard length >= 0, length <= self.length else { return nil }
        return Prefix(uncheckedBits: bits & .prefixMask(length), length: length)
    }

    /// The prefixes of `length` bits within this one, in order; none where `length` is shorter than this one's or longer
    /// than the key.
    ///
    /// Computed one by one: there may be 2¹²⁸ of them.
    @inlinable
    public func subnets(ofLength length: Int) -> Subnets { Subnets(of: self, length: length) }

    /// Prefixes of one length, in order.
    @frozen
    public struct Subnets: Sequence, IteratorProtocol, Sendable {
        @usableFromInline var upcoming: Key.Bits?
        @usableFromInline let last: Key.Bits
        @usableFromInline let length: Int

        @inlinable
        init(of prefix: Prefix, length: Int) {
            self.length = length
            guard length >= prefix.length, length <= Key.bitWidth else {
                (upcoming, last) = (nil, 0)
                return
            }
            upcoming = prefix.bits
            last = prefix.last.bits & .prefixMask(length)
        }

        @inlinable
        public mutating func next() -> Prefix? {
            guard let bits = upcoming else { return nil }
            upcoming = bits == last ? nil : bits &+ 1 &<< Key.Bits(truncatingIfNeeded: Key.bitWidth - length)
            return Prefix(uncheckedBits: bits, length: length)
        }
    }

    /// The fewest prefixes that hold the keys of a range and no others, in order: at most twice the key's width.
    @inlinable
    public static func summarizing(_ range: ClosedRange<Key>) -> [Prefix] {
        var result: [Prefix] = []
        var (first, last) = (range.lowerBound.bits, range.upperBound.bits)
        while true {
            // As short as the first key's zeros and the range's end allow.
            var length = Key.bitWidth - Swift.min(first.trailingZeroBitCount, Key.bitWidth)
            while first | ~.prefixMask(length) > last { length += 1 }
            result.append(Prefix(uncheckedBits: first, length: length))
            let end = first | ~.prefixMask(length)
            if end >= last { return result }
            first = end + 1
            last = range.upperBound.bits
        }
    }

    /// The fewest prefixes that hold this one's keys without `other`'s, in order: this one where they share none.
    @inlinable
    public func excluding(_ other: Prefix) -> [Prefix] {
        if other.covers(self) { return [] }
        guard covers(other) else { return [self] }
        var result: [Prefix] = []
        var kept = other
        while kept.length > length, let sibling = kept.sibling, let parent = kept.parent {
            result.append(sibling)
            kept = parent
        }
        return result.sorted()
    }
}
