import IPAddresses
import Synchronization

/// What is known of a connection at one moment.
public struct ConnectionSummary: Hashable, Sendable {
    /// 0 to 15, the translator's own.
    public var state: UInt8
    public var flags: ConnectionFlags
    public var tag: UInt32

    /// How long it lives without another packet, rounded up; nil for ever.
    public var left: Lifetime?
}

extension ConnectionTable {
    /// What a connection is like now; nil where it has gone, or its time is over.
    public func summary(of match: ConnectionMatch, now: MonotonicTime) -> ConnectionSummary? {
        let control = memory.control(match.index)
        let tag = UInt32(truncatingIfNeeded: memory.tagWord(match.index).word(0))
        guard control.isLive, control.generation == match.generation, !control.isOver(at: Tick.of(now)) else {
            return nil
        }
        let ticks = UInt64(max(0, Tick.left(control.deadline, Tick.of(now))))
        return ConnectionSummary(
            state: control.state, flags: ConnectionFlags(rawValue: control.flags), tag: tag,
            left: control.isPermanent ? nil : Lifetime(nanoseconds: ticks << 24))
    }

    /// Lets a connection live on from now. Writes only when its deadline moves: 60 times a second at most.
    ///
    /// - Returns: false where it has gone, or its time was over.
    @inlinable
    @discardableResult
    public func refresh(_ match: ConnectionMatch, now: MonotonicTime, lifetime: Lifetime) -> Bool {
        update(match, now: now) { state, flags in (state, flags, lifetime) }
    }

    /// Changes a connection's state and lets it live on. Threads that update it at once do so one after another.
    ///
    /// `next`: from the state and the flags, the next ones, and how long to live from now; nil leaves the deadline. May be
    ///   called more than once.
    /// - Returns: false where it has gone, or its time was over.
    @inlinable
    @discardableResult
    public func update(
        _ match: ConnectionMatch, now: MonotonicTime,
        _ next: (UInt8, ConnectionFlags) -> (UInt8, ConnectionFlags, Lifetime?)
    ) -> Bool {
        change(match, now: now, next) != nil
    }

    /// The same, which returns the deadline from before and the one from now on; nil where the connection has gone, or
    /// its time was over.
    @inlinable
    func change(
        _ match: ConnectionMatch, now: MonotonicTime,
        _ next: (UInt8, ConnectionFlags) -> (UInt8, ConnectionFlags, Lifetime?)
    ) -> (before: UInt32, after: UInt32)? {
        let entry = memory.entry(match.index)
        let tick = Tick.of(now)
        var control = ControlWord(bits: entry[0].load(ordering: .acquiring))
        while true {
            guard control.isLive, control.generation == match.generation, !control.isExpired(at: tick) else {
                return nil
            }
            let (state, flags, lifetime) = next(control.state, ConnectionFlags(rawValue: control.flags))
            let deadline = lifetime.map { Tick.deadline(now, $0) } ?? control.deadline
            let desired = ControlWord(
                generation: control.generation, flags: control.flags & ~ControlWord.userFlags | flags.rawValue,
                state: state,
                deadline: deadline)
            if desired == control { return (deadline, deadline) }
            let (exchanged, current) = entry[0].compareExchange(
                expected: control.bits, desired: desired.bits, ordering: .acquiringAndReleasing)
            if exchanged {
                // Its slot may come too late by now.
                if Tick.left(deadline, control.deadline) < 0, control.hasTimer { rearm(match, now) }
                return (control.deadline, deadline)
            }
            control = ControlWord(bits: current)
        }
    }

    /// Lets the mapping that a connection keeps count for as long from now, and those that this one keeps; never for less
    /// than it did, and up to a second more, so that not every packet of every session writes to them.
    @inlinable
    public func refreshKept(by match: ConnectionMatch, now: MonotonicTime, lifetime: Lifetime) {
        var index = memory.parent(match.index)
        let deadline = Tick.windowEnd(Tick.deadline(now, lifetime))
        while index != ConnectionMemory.none {
            let entry = memory.entry(index)
            var control = ControlWord(bits: entry[0].load(ordering: .acquiring))
            while control.isLive, !control.isPermanent, Tick.left(deadline, control.deadline) > 0 {
                let desired = control.with(state: control.state, deadline: deadline)
                let (exchanged, current) = entry[0].compareExchange(
                    expected: control.bits, desired: desired.bits, ordering: .acquiringAndReleasing)
                if exchanged { break }
                control = ControlWord(bits: current)
            }
            index = memory.parent(index)
        }
    }

    /// Moves an entry into the slot of its deadline, which has come nearer.
    @usableFromInline
    @specialized(where Address == IPv4Address)
    @specialized(where Address == IPv6Address)
    func rearm(_ match: ConnectionMatch, _ now: MonotonicTime) {
        guard let original = tuple(of: ConnectionMatch(reference: match.index << 1, generation: match.generation))
        else { return }
        let stripeIndex = memory.stripeIndex(Address.Packed(original, kind: kind(match.index)).hash(secret))
        memory.lock(stripeIndex).withLock {
            let control = memory.control(match.index)
            guard control.isLive, control.generation == match.generation, control.hasTimer else { return }
            memory.disarm(match.index, stripeIndex)
            memory.arm(match.index, stripeIndex, deadline: control.deadline, now)
        }
    }
}
