extension IPv6Address {
    /// The IPv4-mapped address, ::ffff:a.b.c.d (RFC 4291 2.5.5.2).
    @inlinable
    public init(mapping address: IPv4Address) { self.init(bits: 0xFFFF &<< 32 | UInt128(address.bits)) }

    /// The IPv4 address of an IPv4-mapped one; nil for others.
    @inlinable
    public var mappedIPv4: IPv4Address? {
        bits &>> 32 == 0xFFFF ? IPv4Address(bits: UInt32(truncatingIfNeeded: bits)) : nil
    }
}

extension IPAddress {
    /// The address as an IPv6 one: an IPv4 address as its IPv4-mapped one.
    public var mapped: IPv6Address {
        switch self {
        case .v4(let address): IPv6Address(mapping: address)
        case .v6(let address): address
        }
    }

    /// Makes the IPv4 address of an IPv4-mapped one, and others as they are.
    public init(unmapping address: IPv6Address) { self = address.mappedIPv4.map { .v4($0) } ?? .v6(address) }
}
