extension Prefix {
    /// The first key.
    @inlinable
    public var first: Key { Key(bits: bits) }

    /// The last key.
    @inlinable
    public var last: Key { Key(bits: bits | ~.prefixMask(length)) }

    /// Whether `key` begins with this prefix.
    @inlinable
    public func contains(_ key: Key) -> Bool { key.bits & .prefixMask(length) == bits }

    /// Whether each key of `other` is one of this prefix's; a prefix covers itself.
    @inlinable
    public func covers(_ other: Prefix) -> Bool {
        length <= other.length && other.bits & .prefixMask(length) == bits
    }

    /// Whether some key is in both: one covers the other.
    @inlinable
    public func overlaps(_ other: Prefix) -> Bool {
        (bits ^ other.bits) & .prefixMask(Swift.min(length, other.length)) == 0
    }

    /// The next shorter prefix that covers this one; nil for the prefix of length 0.
    @inlinable
    public var parent: Prefix? {
        length == 0 ? nil : Prefix(uncheckedBits: bits & .prefixMask(length - 1), length: length - 1)
    }

    /// The other half of `parent`; nil for the prefix of length 0.
    @inlinable
    public var sibling: Prefix? {
        length == 0
            ? nil
            : Prefix(uncheckedBits: bits ^ (1 &<< Key.Bits(truncatingIfNeeded: Key.bitWidth - length)), length: length)
    }

    /// The two halves, lower first; nil for a single key.
    @inlinable
    public var halves: (Prefix, Prefix)? {
        guard length < Key.bitWidth else { return nil }
        let upper = bits | 1 &<< Key.Bits(truncatingIfNeeded: Key.bitWidth - length - 1)
        return (Prefix(uncheckedBits: bits, length: length + 1), Prefix(uncheckedBits: upper, length: length + 1))
    }
}

extension Prefix: Comparable {
    @inlinable
    public static func < (left: Prefix, right: Prefix) -> Bool {
        left.bits == right.bits ? left.length < right.length : left.bits < right.bits
    }
}
