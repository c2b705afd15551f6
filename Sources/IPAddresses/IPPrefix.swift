/// A prefix of either family.
@frozen
public enum IPPrefix: TextualAddress, Comparable {
    // IPv4 prefixes order before IPv6 ones.
    case v4(IPv4Prefix)
    case v6(IPv6Prefix)

    /// Parses either family; bits set after the length are refused.
    public init(parsing utf8: Span<UInt8>) throws(AddressParseError) {
        try self.init(parsing: utf8, hostBits: .refused)
    }

    /// Parses either family.
    public init(parsing utf8: Span<UInt8>, hostBits: HostBits) throws(AddressParseError) {
        self =
            utf8.isIPv6
            ? .v6(try IPv6Prefix(parsing: utf8, hostBits: hostBits))
            : .v4(try IPv4Prefix(parsing: utf8, hostBits: hostBits))
    }

    /// Makes the prefix that holds only `address`.
    public init(host address: IPAddress) {
        switch address {
        case .v4(let address): self = .v4(.init(host: address))
        case .v6(let address): self = .v6(.init(host: address))
        }
    }

    public var description: String {
        switch self {
        case .v4(let prefix): prefix.description
        case .v6(let prefix): prefix.description
        }
    }

    /// The family of the prefix.
    public var family: IPFamily {
        switch self {
        case .v4: .ipv4
        case .v6: .ipv6
        }
    }

    /// The number of leading bits that count.
    public var length: Int {
        switch self {
        case .v4(let prefix): prefix.length
        case .v6(let prefix): prefix.length
        }
    }

    /// Whether `address` is of this family and begins with this prefix.
    public func contains(_ address: IPAddress) -> Bool {
        switch (self, address) {
        case (.v4(let prefix), .v4(let address)): prefix.contains(address)
        case (.v6(let prefix), .v6(let address)): prefix.contains(address)
        default: false
        }
    }

    /// Whether `other` is of this family and lies within this prefix.
    public func covers(_ other: IPPrefix) -> Bool {
        switch (self, other) {
        case (.v4(let prefix), .v4(let other)): prefix.covers(other)
        case (.v6(let prefix), .v6(let other)): prefix.covers(other)
        default: false
        }
    }

    /// Whether some address is in both.
    public func overlaps(_ other: IPPrefix) -> Bool { covers(other) || other.covers(self) }
}
