extension ConnectionTable {
    /// Moves a connection's TCP state on and lets it live on.
    ///
    /// - Parameter refreshes: whether a packet of another protocol than TCP lets it live on.
    /// - Returns: false where it has gone.
    @inlinable
    func track(
        _ match: ConnectionMatch, _ packet: FlowPacket<Address>, _ timeouts: Timeouts, refreshes: Bool = true,
        _ now: MonotonicTime
    ) -> Bool {
        var moved: Lifetime?
        let deadlines = change(match, now: now) { raw, flags in
            let flags = match.isOriginal ? flags : flags.union(.isAnswered)
            guard packet.tuple.ipProtocol == 6 else {
                moved = refreshes ? timeouts.lifetime(packet.tuple.ipProtocol, .none) : nil
                return (raw, flags, moved)
            }
            let next = (TCPState(rawValue: raw) ?? .none).next(packet.flags, fromInside: match.isOriginal)
            moved = next.refreshes ? timeouts.lifetime(6, next.state) : nil
            return (next.state.rawValue, flags, moved)
        }
        guard let deadlines else { return false }
        // What it keeps lives to the end of its own deadline's window: just a new window moves it.
        if let moved, !Tick.areInOneWindow(deadlines.before, deadlines.after) {
            refreshKept(by: match, now: now, lifetime: moved)
        }
        return true
    }

    /// Passes a packet of a connection on, which either side's packets let live on; nil where there is none.
    @inlinable
    func follow(_ packet: FlowPacket<Address>, _ timeouts: Timeouts, _ now: MonotonicTime) -> Verdict<Address>? {
        guard let match = lookup(packet.tuple, now: now) else { return nil }
        return follow(match, packet, timeouts, now)
    }

    /// The same, of a connection that has been found; nil where it has gone meanwhile.
    ///
    /// `refreshes`: whether a packet of another protocol than TCP lets it live on.
    @inlinable
    func follow(
        _ match: ConnectionMatch, _ packet: FlowPacket<Address>, _ timeouts: Timeouts, refreshes: Bool = true,
        _ now: MonotonicTime
    ) -> Verdict<Address>? {
        guard let tuple = translation(of: match), track(match, packet, timeouts, refreshes: refreshes, now) else {
            return nil
        }
        return .forwarded(tuple, isNew: false)
    }
}
