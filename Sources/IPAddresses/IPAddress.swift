/// An address of either family.
@frozen
public enum IPAddress: TextualAddress, Comparable {
    // IPv4 addresses order before IPv6 ones.
    case v4(IPv4Address)
    case v6(IPv6Address)

    /// Parses either family, told apart by a colon, which only IPv6 has.
    public init(parsing utf8: Span<UInt8>) throws(AddressParseError) {
        self = utf8.isIPv6 ? .v6(try IPv6Address(parsing: utf8)) : .v4(try IPv4Address(parsing: utf8))
    }

    public var description: String {
        switch self {
        case .v4(let address): address.description
        case .v6(let address): address.description
        }
    }

    /// The family of the address.
    public var family: IPFamily {
        switch self {
        case .v4: .ipv4
        case .v6: .ipv6
        }
    }
}

/// An address family, spelled as Kubernetes and EKS spell it.
public enum IPFamily: String, Codable, Sendable, CaseIterable, CustomStringConvertible {
    case ipv4
    case ipv6

    /// IPv4 or IPv6, for people.
    public var description: String { self == .ipv4 ? "IPv4" : "IPv6" }
}

extension Span<UInt8> {
    /// Only IPv6 texts hold a colon.
    var isIPv6: Bool {
        for index in indices where self[index] == 0x3A { return true }
        return false
    }
}
