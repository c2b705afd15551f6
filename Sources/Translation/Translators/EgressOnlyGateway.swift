import IPAddresses

/// An egress-only internet gateway: IPv6 out and its answers back, nothing translated, nothing else in.
///
/// Source: Amazon VPC User Guide, "Egress-only internet gateways".
public struct EgressOnlyGateway: Sendable {
    public let table: ConnectionTable<IPv6Address>
    public let refusals = RefusalCounters()
    public let timeouts: Timeouts

    /// - Parameter capacity: how many connections it holds.
    /// - Throws: `ConnectionTableError` where memory lacks.
    public init(
        capacity: Int = 65_536 * 8, timeouts: Timeouts = Timeouts(), secret: ConnectionSecret = ConnectionSecret()
    ) throws(ConnectionTableError) {
        table = try ConnectionTable(capacity: capacity, secret: secret)
        self.timeouts = timeouts
    }

    /// Lets a packet out, and remembers it.
    public func outbound(_ packet: FlowPacket<IPv6Address>, now: MonotonicTime) -> Verdict<IPv6Address> {
        while true {
            if let match = table.lookup(packet.tuple, now: now) {
                if table.track(match, packet, timeouts, now) { return .forwarded(packet.tuple, isNew: false) }
                continue
            }
            let state: TCPState = packet.tuple.ipProtocol != 6 ? .none : packet.mayOpen ? .insideSYN : .established
            let start = ConnectionStart(
                state: state.rawValue, lifetime: timeouts.lifetime(packet.tuple.ipProtocol, state))
            switch table.open(packet.tuple, start, now: now, reply: { $0 == 0 ? packet.tuple.reversed : nil }) {
            case .opened: return .forwarded(packet.tuple, isNew: true)
            case .existing: continue
            case .refused(let reason): return .refused(refusals.count(reason))
            }
        }
    }

    /// Lets a packet in, if it answers one that went out.
    public func inbound(_ packet: FlowPacket<IPv6Address>, now: MonotonicTime) -> Verdict<IPv6Address> {
        guard let match = table.lookup(packet.tuple, now: now), table.track(match, packet, timeouts, now) else {
            return .refused(refusals.count(.noConnection))
        }
        return .forwarded(packet.tuple, isNew: false)
    }

    /// Whether an ICMPv6 error from outside is let in: it quotes a packet that went out.
    public func admitsError(quoting embedded: FiveTuple<IPv6Address>, now: MonotonicTime) -> Bool {
        if table.lookup(embedded.reversed, now: now) != nil { return true }
        refusals.count(.noConnection)
        return false
    }
}
