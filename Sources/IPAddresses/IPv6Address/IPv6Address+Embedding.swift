extension IPv6Prefix {
    /// The well-known prefix of NAT64, 64:ff9b::/96 (RFC 6052 2.1).
    public static let wellKnownNAT64 = IPv6Prefix(masking: IPv6Address(high: 0x64_FF9B_0000_0000, low: 0), length: 96)

    /// The lengths that RFC 6052 2.2 gives a layout for.
    public static let embeddingLengths = [32, 40, 48, 56, 64, 96]

    /// The address that carries `address` behind this prefix (RFC 6052 2.2); the u octet, bits 64 to 71, is zero.
    ///
    /// - Returns: nil where the prefix length is not one of `embeddingLengths`.
    @inlinable
    public func embedding(_ address: IPv4Address) -> IPv6Address? {
        if length == 96 { return IPv6Address(bits: bits | UInt128(address.bits)) }
        return embeddingAroundU(address)
    }

    /// The same, for the lengths at which the u octet divides the address, or follows it.
    @usableFromInline
    func embeddingAroundU(_ address: IPv4Address) -> IPv6Address? {
        guard Self.embeddingLengths.contains(length) else { return nil }
        let value = UInt128(address.bits)
        let above = Swift.min(32, 64 - length)  // bits of the address that stand before the u octet
        let below = 32 - above
        var result = bits | (value &>> UInt128(below)) &<< 64
        result |= (value & ~(~0 &<< UInt128(below))) &<< UInt128(56 - below)
        return IPv6Address(bits: result)
    }

    /// The IPv4 address that `address` carries behind this prefix; nil where it does not begin with this prefix, or
    /// where the prefix length is not one of `embeddingLengths`.
    @inlinable
    public func extractEmbedded(from address: IPv6Address) -> IPv4Address? {
        guard contains(address) else { return nil }
        if length == 96 { return IPv4Address(bits: UInt32(truncatingIfNeeded: address.bits)) }
        return extractAroundU(address)
    }

    /// The same, for the lengths at which the u octet divides the address, or follows it.
    @usableFromInline
    func extractAroundU(_ address: IPv6Address) -> IPv4Address? {
        guard Self.embeddingLengths.contains(length) else { return nil }
        let above = Swift.min(32, 64 - length)
        let below = 32 - above
        let upper = address.bits &>> 64 & ~(~0 &<< UInt128(above))
        let lower = address.bits &>> UInt128(56 - below) & ~(~0 &<< UInt128(below))
        return IPv4Address(bits: UInt32(truncatingIfNeeded: upper &<< UInt128(below) | lower))
    }
}
