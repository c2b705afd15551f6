import IPAddresses

/// Which IPv4 addresses may stand behind an IPv6 prefix (RFC 6052).
public enum AddressPolicy: String, Hashable, Sendable, CaseIterable {
    /// Behind the well-known prefix 64:ff9b::/96 only global ones (RFC 6052 3.1). Documentation blocks, 198.18.0.0/15
    /// and 192.0.0.0/24 count as global against its letter, since examples and tests stand for real addresses.
    case rfc6052
    /// All, as NAT gateways of AWS do it, which lead to private addresses too.
    case aws
}

/// A prefix that carries IPv4 addresses, and the policy for it.
public struct TranslationPrefix: Hashable, Sendable {
    public let prefix: IPv6Prefix
    public let policy: AddressPolicy

    /// Whether addresses are looked at: just behind the well-known prefix.
    @usableFromInline let isStrict: Bool

    /// - Throws: where the length is not one that RFC 6052 2.2 has a layout for, or bits 64 to 71 are not zero.
    public init(_ prefix: IPv6Prefix, policy: AddressPolicy = .rfc6052) throws(TranslationPrefixError) {
        guard IPv6Prefix.embeddingLengths.contains(prefix.length) else { throw .length(prefix.length) }
        guard prefix.bits >> 56 & 0xFF == 0 else { throw .reservedOctet }
        self.init(unchecked: prefix, policy)
    }

    private init(unchecked prefix: IPv6Prefix, _ policy: AddressPolicy) {
        self.prefix = prefix
        self.policy = policy
        isStrict = policy == .rfc6052 && prefix == .wellKnownNAT64
    }

    /// 64:ff9b::/96 (RFC 6052 2.1).
    public static func wellKnown(policy: AddressPolicy) -> TranslationPrefix {
        TranslationPrefix(unchecked: .wellKnownNAT64, policy)
    }

    /// The IPv6 address of an IPv4 one.
    @inlinable
    public func ipv6(_ address: IPv4Address) throws(PacketRefusal) -> IPv6Address {
        if isStrict && !address.isRoutedOnInternet { throw PacketRefusal(.notGlobal) }
        guard let result = prefix.embedding(address) else { throw PacketRefusal(.addressNotTranslated) }
        return result
    }

    /// The IPv4 address of an IPv6 one; nil where it is not behind the prefix.
    @inlinable
    public func ipv4(_ address: IPv6Address) throws(PacketRefusal) -> IPv4Address? {
        guard let result = prefix.extractEmbedded(from: address) else { return nil }
        if isStrict && !result.isRoutedOnInternet { throw PacketRefusal(.notGlobal) }
        return result
    }
}

/// Why a prefix can't carry IPv4 addresses.
public enum TranslationPrefixError: Error, Hashable, CustomStringConvertible {
    case length(Int)
    case reservedOctet

    public var description: String {
        switch self {
        case .length(let length):
            "a prefix of /\(length) carries no IPv4 addresses; give /32, /40, /48, /56, /64 or /96 (RFC 6052 2.2)"
        case .reservedOctet: "bits 64 to 71 of the prefix have to be zero (RFC 6052 2.2)"
        }
    }
}
