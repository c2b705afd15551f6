import IPAddresses

/// An egress-only internet gateway: IPv6 out and its answers back, nothing translated, nothing else in.
///
/// Source: Amazon VPC User Guide, "Egress-only internet gateways".
public struct EgressOnlyGateway: Sendable {
    public let tracker: ConnectionTracker<IPv6Address>

    /// `capacity`: how many connections it holds.
    /// - Throws: `ConnectionTableError` where there is not enough memory.
    public init(
        capacity: Int = 65_536 * 8, timeouts: Timeouts = Timeouts(), secret: ConnectionSecret = ConnectionSecret()
    ) throws(ConnectionTableError) {
        tracker = try ConnectionTracker(capacity: capacity, timeouts: timeouts, secret: secret)
    }

    /// Lets a packet out, and remembers it.
    public func outbound(_ packet: FlowPacket<IPv6Address>, now: MonotonicTime) -> Verdict<IPv6Address> {
        tracker.open(packet, now: now)
    }

    /// Lets a packet in, if it answers one that went out.
    public func inbound(_ packet: FlowPacket<IPv6Address>, now: MonotonicTime) -> Verdict<IPv6Address> {
        tracker.answer(packet, now: now)
    }

    /// Whether an ICMPv6 error from outside is let in: it quotes a packet that went out.
    public func admitsError(quoting embedded: FiveTuple<IPv6Address>, now: MonotonicTime) -> Bool {
        tracker.admitsError(quoting: embedded, now: now)
    }
}
