/// A key of fixed width whose leading bits can be matched: an address, or a bare unsigned integer.
///
/// `bits` orders as the key does: the most significant bit is the one matched first.
public protocol PrefixKey: Comparable, Hashable, Sendable {
    /// The unsigned integer that holds the key; its bit width is the key's width.
    associatedtype Bits: FixedWidthInteger & UnsignedInteger & Sendable

    /// The key as an integer, most significant bit first.
    var bits: Bits { get }

    /// Makes the key that the integer stands for.
    init(bits: Bits)
}

extension PrefixKey {
    /// The key's width in bits: 32 for IPv4, 128 for IPv6.
    @inlinable
    public static var bitWidth: Int { Bits.bitWidth }

    @inlinable
    public static func < (left: Self, right: Self) -> Bool { left.bits < right.bits }
}

extension FixedWidthInteger where Self: UnsignedInteger {
    /// The mask that keeps the first `length` bits; `length` is 0 to the width.
    @inlinable
    package static func prefixMask(_ length: Int) -> Self {
        length == 0 ? 0 : ~0 &<< Self(truncatingIfNeeded: Self.bitWidth &- length)
    }
}

extension UInt16: PrefixKey {
    @inlinable public var bits: UInt16 { self }
    @inlinable public init(bits: UInt16) { self = bits }
}

extension UInt32: PrefixKey {
    @inlinable public var bits: UInt32 { self }
    @inlinable public init(bits: UInt32) { self = bits }
}

extension UInt64: PrefixKey {
    @inlinable public var bits: UInt64 { self }
    @inlinable public init(bits: UInt64) { self = bits }
}

extension UInt128: PrefixKey {
    @inlinable public var bits: UInt128 { self }
    @inlinable public init(bits: UInt128) { self = bits }
}
