/// The keys that begin with the same `length` bits: `2001:db8::/32`.
///
/// Prefixes order by their first key, and a shorter one before the longer ones that it covers.
@frozen
public struct Prefix<Key: PrefixKey>: Hashable, Sendable {
    /// The first key; bits after `length` are zero.
    public let bits: Key.Bits

    /// The number of leading bits that count, 0 to the key's width.
    public let length: Int

    /// Makes the prefix of `length` bits that holds `key`; the bits after are cleared.
    ///
    /// - Precondition: `length` is 0 to the key's width.
    @inlinable
    public init(masking key: Key, length: Int) {
        precondition(length >= 0 && length <= Key.bitWidth, "a prefix length is 0 to the key's width")
        bits = key.bits & .prefixMask(length)
        self.length = length
    }

    /// For callers that have checked both.
    @inlinable
    package init(uncheckedBits bits: Key.Bits, length: Int) {
        self.bits = bits
        self.length = length
    }

    /// Makes the prefix that holds only `key`.
    @inlinable
    public init(host key: Key) {
        bits = key.bits
        length = Key.bitWidth
    }

    /// The prefix of length 0, which covers every key.
    @inlinable
    public static var all: Prefix { .init(uncheckedBits: 0, length: 0) }
}

/// An IPv4 prefix (RFC 4632), spelled `10.0.0.0/8`.
public typealias IPv4Prefix = Prefix<IPv4Address>

/// An IPv6 prefix (RFC 4291 2.3), spelled `2001:db8::/32`.
public typealias IPv6Prefix = Prefix<IPv6Address>
