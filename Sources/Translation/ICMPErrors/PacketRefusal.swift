/// Why a packet does not go on, and what its sender is told.
@frozen
public struct PacketRefusal: Error, Hashable, Sendable {
    public var reason: Refusal

    /// Nil where nothing answers it.
    public var answer: Answer?

    @inlinable
    public init(_ reason: Refusal, _ answer: Answer? = nil) {
        self.reason = reason
        self.answer = answer
    }

    /// The same for a packet that is refused on its way back, as its sender inside is told of it (RFC 7915 5.4): it has sent
    /// an IPv6 packet, and was to get one delivered.
    ///
    /// `mtu`: what the inside takes, in bytes.
    func turnedRound(mtu: Int) -> PacketRefusal {
        switch answer {
        case .tooBig: PacketRefusal(reason, .tooBig(mtu: mtu))
        case .sourceRouteFailed, .reset: PacketRefusal(reason)
        default: self
        }
    }

    /// A message to the sender of a dropped packet, in the terms of its family.
    @frozen
    public enum Answer: Hashable, Sendable {
        /// ICMP 11/0, ICMPv6 3/0.
        case timeExceeded
        /// ICMP 3/4, ICMPv6 2/0; with the MTU for packets of the sender's family, in bytes.
        case tooBig(mtu: Int)
        /// ICMP 3/5 (RFC 7915 4.1).
        case sourceRouteFailed
        /// ICMPv6 4/0, with the place in the packet, in bytes (RFC 7915 5.1).
        case erroneousHeader(pointer: Int)
        /// ICMP 3/13, ICMPv6 1/1 (RFC 7915 4.4, 5.4).
        case prohibited
        /// ICMP 3/1, ICMPv6 1/3 (RFC 6146 3.5).
        case addressUnreachable
        /// ICMP 3/3, ICMPv6 1/4.
        case portUnreachable
        /// ICMP 3/2; ICMPv6 1/4 (RFC 6146 3.4).
        case protocolUnreachable
        /// ICMP 3/0, ICMPv6 1/0.
        case noRoute
        /// A TCP segment with RST (RFC 9293 3.5.2).
        case reset
    }
}
