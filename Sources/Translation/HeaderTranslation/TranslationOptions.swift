/// What an operator chooses where RFC 7915 leaves it.
public struct TranslationOptions: Hashable, Sendable {
    /// The traffic class that packets take on; nil for their own (RFC 7915 4.1, 5.1).
    public var trafficClass: UInt8?

    /// The largest packets that the next hops take, in bytes.
    public var ipv4MTU = 1500
    public var ipv6MTU = 1500

    /// What IPv4 packets that may be fragmented are cut to, in bytes: the smallest MTU of the IPv6 network, 1280 where it is
    /// not known (RFC 7915 4.1).
    public var lowestIPv6MTU = 1280

    /// What becomes of UDP packets without a checksum, which IPv6 does not have (RFC 7915 4.5).
    public var zeroUDPChecksum = ZeroChecksum.compute

    public enum ZeroChecksum: String, Hashable, Sendable, CaseIterable {
        /// It gets one; of the first of several fragments none can be computed, and it is dropped.
        case compute
        case drop
    }

    public init() {}

    /// The bytes in front of a packet that translation may need: two IPv6 headers and a fragment header for two IPv4 ones.
    public static let headroom = 64

    /// The bytes after a packet that translation may need, to align an ICMP extension (RFC 4884).
    public static let tailroom = 32
}
