import IPAddresses

/// The block that an IPv6 cluster's services have their addresses of: a /108 of fd00::/8, chosen when the cluster is created,
/// not by the user, and never changed.
///
/// Source: Amazon EKS User Guide, "Learn about IPv6 addresses to clusters, Pods, and services".
public enum ServiceBlock {
    /// Unique local space with the L bit set (RFC 4193 3.1).
    public static let space = IPv6Prefix(masking: IPv6Address(high: 0xFD00 &<< 48, low: 0), length: 8)
    public static let length = 108

    /// Why a block is refused.
    public enum Refusal: Error, Hashable, Sendable, CustomStringConvertible {
        case namedAtCreation(IPPrefix)
        case changed(from: IPPrefix, to: IPPrefix)

        public var description: String {
            switch self {
            case .namedAtCreation(let block):
                "the service block of an IPv6 cluster is chosen by EKS: remove \(block) from the request"
            case .changed(let old, let new):
                "the service block \(old) never changes: \(new) needs a new cluster"
            }
        }
    }

    /// Chooses a new cluster's block, as EKS does: a random global ID and subnet (RFC 4193 3.2.2).
    ///
    /// `requested`: what the user has named, which is refused.
    public static func choose(
        requested: IPPrefix? = nil, using generator: inout some RandomNumberGenerator
    ) throws(Refusal) -> IPv6Prefix {
        if let requested { throw .namedAtCreation(requested) }
        let random = UInt128.random(in: 0...(.max), using: &generator)
        let address = IPv6Address(bits: space.bits | random & ~(.max &<< 120))
        return IPv6Prefix(masking: address, length: length)
    }

    /// Lets a cluster keep its block, and refuses another.
    public static func update(_ block: IPPrefix, to new: IPPrefix) throws(Refusal) {
        if block != new { throw .changed(from: block, to: new) }
    }

    /// Whether a block is one that EKS would have chosen.
    public static func isValid(_ block: IPPrefix) -> Bool {
        if case .v6(let block) = block { space.covers(block) && block.length == length } else { false }
    }
}
