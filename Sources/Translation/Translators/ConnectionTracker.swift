import IPAddresses

/// A stateful filter that translates nothing: what one side opens, the other side answers. Security groups and egress-only
/// gateways are such. From any number of threads.
public struct ConnectionTracker<Address: ConnectionAddress>: Sendable {
    public let table: ConnectionTable<Address>
    public let refusals = RefusalCounters()
    public let timeouts: Timeouts

    /// `capacity`: how many connections it holds.
    /// - Throws: `ConnectionTableError` where there is not enough memory.
    public init(
        capacity: Int, timeouts: Timeouts = Timeouts(), secret: ConnectionSecret = ConnectionSecret()
    ) throws(ConnectionTableError) {
        table = try ConnectionTable(capacity: capacity, secret: secret)
        self.timeouts = timeouts
    }

    /// Lets a packet of the side that may open connections pass, and remembers it. One that opens none is taken for a
    /// connection that was there before.
    @specialized(where Address == IPv4Address)
    @specialized(where Address == IPv6Address)
    public func open(_ packet: FlowPacket<Address>, now: MonotonicTime) -> Verdict<Address> {
        while true {
            if let match = table.lookup(packet.tuple, now: now) {
                if table.track(match, packet, timeouts, now) { return .forwarded(packet.tuple, isNew: false) }
                continue
            }
            let state = packet.openingState(fromInside: true)
            let start = ConnectionStart(
                state: state.rawValue, lifetime: timeouts.lifetime(packet.tuple.ipProtocol, state))
            switch table.open(packet.tuple, start, now: now, reply: { $0 == 0 ? packet.tuple.reversed : nil }) {
            case .opened: return .forwarded(packet.tuple, isNew: true)
            case .existing: continue
            case .refused(let reason): return .refused(refusals.count(reason))
            }
        }
    }

    /// Lets a packet of the other side pass, if it is of a connection.
    @specialized(where Address == IPv4Address)
    @specialized(where Address == IPv6Address)
    public func answer(_ packet: FlowPacket<Address>, now: MonotonicTime) -> Verdict<Address> {
        guard let match = table.lookup(packet.tuple, now: now), table.track(match, packet, timeouts, now) else {
            return .refused(refusals.count(.noConnection))
        }
        return .forwarded(packet.tuple, isNew: false)
    }

    /// Whether an ICMP error of the other side is let through: it quotes a packet of a connection.
    @specialized(where Address == IPv4Address)
    @specialized(where Address == IPv6Address)
    public func admitsError(quoting embedded: FiveTuple<Address>, now: MonotonicTime) -> Bool {
        if table.lookup(embedded.reversed, now: now) != nil { return true }
        refusals.count(.noConnection)
        return false
    }
}
