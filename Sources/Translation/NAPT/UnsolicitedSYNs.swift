import IPAddresses
import Packets
import Synchronization

/// SYNs from outside that nothing took, kept for a while: the inside may be about to send its own, which then gets the
/// endpoint that the outside called; if not, their senders are told (RFC 6146 3.5.2.2; RFC 5382 REQ-4). From any
/// thread.
///
/// Bounded: of more than ``capacity`` at once, the later ones are told nothing.
public final class UnsolicitedSYNs<Address: ConnectionAddress>: Sendable {
    /// How many are kept at once.
    public static var capacity: Int { 1024 }

    /// The longest packet that is kept, in bytes.
    public static var longest: Int { 1500 }

    private struct Kept {
        var packet: [UInt8]
        var deadline: MonotonicTime
    }

    /// Who calls, and from which port.
    private struct Remote: Hashable {
        var address: Address
        var port: UInt16
    }

    private struct State: ~Copyable {
        var kept: [FiveTuple<Address>: Kept] = [:]
        /// The latest one that each remote endpoint called.
        var called: [Remote: FiveTuple<Address>] = [:]
        /// In the order of their deadlines, those that were taken back among them.
        var queue: [(tuple: FiveTuple<Address>, deadline: MonotonicTime)] = []
        var first = 0

        /// Takes the next one out whose time is over.
        mutating func takeNext(_ now: MonotonicTime) -> [UInt8]? {
            while first < queue.count, queue[first].deadline <= now {
                let (tuple, deadline) = queue[first]
                first += 1
                if first > 2 * UnsolicitedSYNs.capacity {
                    queue.removeFirst(first)
                    first = 0
                }
                // Taken back meanwhile, and perhaps kept again.
                guard let over = kept[tuple], over.deadline == deadline else { continue }
                kept[tuple] = nil
                let remote = Remote(address: tuple.source, port: tuple.sourcePort)
                if called[remote] == tuple { called[remote] = nil }
                forgetQueueIfEmpty()
                return over.packet
            }
            return nil
        }

        /// What was taken back stays in the queue: not longer than anything is kept.
        mutating func forgetQueueIfEmpty() {
            if !kept.isEmpty { return }
            queue.removeAll(keepingCapacity: true)
            called.removeAll(keepingCapacity: true)
            first = 0
        }
    }

    private let state = Mutex(State())
    private let count = Atomic<Int>(0)
    private let lifetime: Lifetime

    /// - `lifetime`: how long they wait, at least 6 seconds (RFC 5382 REQ-4).
    public init(lifetime: Lifetime) { self.lifetime = lifetime }

    /// Whether there is none: costs a load.
    @usableFromInline
    var isEmpty: Bool { count.load(ordering: .relaxed) == 0 }

    /// Keeps a SYN. One that is sent again does not wait longer.
    @usableFromInline
    func note(_ tuple: FiveTuple<Address>, _ bytes: borrowing RawSpan, _ range: Range<Int>, _ now: MonotonicTime) {
        guard range.count <= Self.longest else { return }
        let packet = range.map { bytes.uint8(at: $0) }
        state.withLock { state in
            // Where nobody asks for those whose time is over, they make room.
            while state.kept.count >= Self.capacity, state.takeNext(now) != nil {}
            guard state.kept[tuple] == nil, state.kept.count < Self.capacity else { return }
            let deadline = now + lifetime
            state.kept[tuple] = Kept(packet: packet, deadline: deadline)
            state.called[Remote(address: tuple.source, port: tuple.sourcePort)] = tuple
            state.queue.append((tuple, deadline))
            count.store(state.kept.count, ordering: .relaxed)
        }
    }

    /// The endpoint that a remote one has called, which the inside now sends a SYN to; it is told nothing any more.
    @usableFromInline
    func takeEndpoint(calledBy address: Address, _ port: UInt16, now: MonotonicTime) -> (Address, UInt16)? {
        state.withLock { state in
            guard let tuple = state.called.removeValue(forKey: Remote(address: address, port: port)),
                let kept = state.kept.removeValue(forKey: tuple), kept.deadline >= now
            else { return nil }
            state.forgetQueueIfEmpty()
            count.store(state.kept.count, ordering: .relaxed)
            return (tuple.destination, tuple.destinationPort)
        }
    }

    /// The next SYN whose time is over, to be answered now.
    @usableFromInline
    func takeUnanswered(now: MonotonicTime) -> [UInt8]? {
        if isEmpty { return nil }
        return state.withLock { state in
            let packet = state.takeNext(now)
            count.store(state.kept.count, ordering: .relaxed)
            return packet
        }
    }
}
