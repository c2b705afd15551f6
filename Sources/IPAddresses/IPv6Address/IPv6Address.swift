/// An IPv6 address (RFC 4291), 128 bits. A zone (RFC 4007) is not part of it.
@frozen
public struct IPv6Address: FixedWidthAddress {
    /// The address in host byte order: `::1` is 1.
    public var bits: UInt128

    @inlinable
    public init(bits: UInt128) { self.bits = bits }

    /// Makes the address from its upper and lower 64 bits.
    @inlinable
    public init(high: UInt64, low: UInt64) { bits = UInt128(high) &<< 64 | UInt128(low) }

    /// The unspecified address, `::` (RFC 4291 2.5.2).
    public static let unspecified = IPv6Address(bits: 0)

    /// The upper 64 bits, the subnet prefix of most addresses.
    @inlinable
    public var high: UInt64 { UInt64(truncatingIfNeeded: bits &>> 64) }

    /// The lower 64 bits, the interface identifier of most addresses.
    @inlinable
    public var low: UInt64 { UInt64(truncatingIfNeeded: bits) }
}
