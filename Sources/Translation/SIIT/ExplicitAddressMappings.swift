import IPAddresses
import PrefixTrie

/// Pairs of an IPv4 and an IPv6 prefix whose addresses stand for each other (RFC 7757 3).
///
///     IPv4:        | prefix | suffix |
///     IPv6: | prefix        | suffix | zeros |
public struct ExplicitAddressMappings: Sendable {
    private var byIPv4 = RadixTrie<IPv4Address, IPv6Prefix>()
    private var byIPv6 = RadixTrie<IPv6Address, IPv4Prefix>()
    public private(set) var count = 0

    public init() {}

    /// Adds a pair.
    ///
    /// - Throws: where the IPv4 suffix does not fit the IPv6 one, or one of the prefixes has a pair.
    public mutating func add(_ ipv4: IPv4Prefix, _ ipv6: IPv6Prefix) throws(ExplicitAddressMappingError) {
        guard 32 - ipv4.length <= 128 - ipv6.length else { throw .suffixTooLong(ipv4, ipv6) }
        guard byIPv4[ipv4] == nil else { throw .mapped("\(ipv4)") }
        guard byIPv6[ipv6] == nil else { throw .mapped("\(ipv6)") }
        byIPv4[ipv4] = ipv6
        byIPv6[ipv6] = ipv4
        count += 1
    }

    /// The IPv6 address of an IPv4 one, by the longest prefix that it has.
    public func ipv6(_ address: IPv4Address) -> IPv6Address? {
        guard count > 0, let (ipv4, ipv6) = byIPv4.longestMatch(for: address) else { return nil }
        let suffixLength = 32 - ipv4.length
        let suffix = UInt128(address.bits & ~UInt32.prefixMask(ipv4.length))
        return IPv6Address(bits: ipv6.bits | suffix << UInt128(128 - ipv6.length - suffixLength))
    }

    /// The IPv4 address of an IPv6 one, by the longest prefix that it has.
    public func ipv4(_ address: IPv6Address) -> IPv4Address? {
        guard count > 0, let (ipv6, ipv4) = byIPv6.longestMatch(for: address) else { return nil }
        let suffixLength = 32 - ipv4.length
        let shifted = UInt32(truncatingIfNeeded: address.bits >> UInt128(128 - ipv6.length - suffixLength))
        return IPv4Address(bits: ipv4.bits | shifted & ~UInt32.prefixMask(ipv4.length))
    }
}

/// Why a pair can't be added.
public enum ExplicitAddressMappingError: Error, Hashable, CustomStringConvertible {
    case suffixTooLong(IPv4Prefix, IPv6Prefix)
    case mapped(String)

    public var description: String {
        switch self {
        case .suffixTooLong(let ipv4, let ipv6):
            "\(ipv4) has \(32 - ipv4.length) bits of addresses, and \(ipv6) \(128 - ipv6.length): give a shorter IPv6 prefix"
        case .mapped(let prefix): "\(prefix) has a mapping already"
        }
    }
}
