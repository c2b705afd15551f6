extension IPAddress {
    /// The address as a number, the first bit the highest: 32 bits for IPv4, 128 for IPv6.
    public var number: UInt128 {
        switch self {
        case .v4(let address): UInt128(address.bits)
        case .v6(let address): address.bits
        }
    }

    /// The address of a number; bits beyond the family's width are dropped.
    public init(_ family: IPFamily, number: UInt128) {
        switch family {
        case .ipv4: self = .v4(IPv4Address(bits: UInt32(truncatingIfNeeded: number)))
        case .ipv6: self = .v6(IPv6Address(bits: number))
        }
    }
}

extension IPFamily {
    /// The bits of an address: 32 or 128.
    public var bitWidth: Int { self == .ipv4 ? 32 : 128 }
}

extension IPPrefix {
    /// The first and the last address, as numbers.
    public var interval: ClosedRange<UInt128> {
        switch self {
        case .v4(let prefix): UInt128(prefix.first.bits)...UInt128(prefix.last.bits)
        case .v6(let prefix): prefix.first.bits...prefix.last.bits
        }
    }

    /// The prefix of a length that an address lies in.
    public init(masking address: IPAddress, length: Int) {
        switch address {
        case .v4(let address): self = .v4(IPv4Prefix(masking: address, length: length))
        case .v6(let address): self = .v6(IPv6Prefix(masking: address, length: length))
        }
    }

    /// The fewest prefixes that make up the addresses from `first` through `last`.
    public static func prefixes(_ family: IPFamily, from first: UInt128, through last: UInt128) -> [IPPrefix] {
        var result: [IPPrefix] = []
        var next = first
        while next <= last {
            // As large as the first address's alignment and the end allow.
            var hostBits = min(family.bitWidth, next == 0 ? family.bitWidth : next.trailingZeroBitCount)
            while hostBits > 0, hostBits == 128 ? last != .max : (next | ((1 &<< UInt128(hostBits)) - 1)) > last {
                hostBits -= 1
            }
            result.append(IPPrefix(masking: IPAddress(family, number: next), length: family.bitWidth - hostBits))
            let end = hostBits == 128 ? UInt128.max : next | ((1 &<< UInt128(hostBits)) - 1)
            if end == .max { break }
            next = end + 1
        }
        return result
    }
}
