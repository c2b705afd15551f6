import CConnectionMemory
import IPAddresses
import Synchronization

extension ConnectionTable {
    /// Opens a connection, unless there is one already.
    ///
    /// Of threads that open the same connection at once, one does, and the others find it. Answers are looked up in the
    /// table itself, so that a port is in use for a destination exactly where its tuple is.
    ///
    /// `reply`: the tuple of the answers as the n-th attempt would have it, counted from 0; the first one that
    ///   no other connection has is taken. Nil after the last one.
    @inlinable
    public func open(
        _ original: FiveTuple<Address>, _ start: ConnectionStart, now: MonotonicTime,
        reply: (Int) -> FiveTuple<Address>?
    ) -> OpenResult {
        guard let first = reply(0) else { return .refused(.portsExhausted) }
        let key = Address.Packed(original, kind: start.kind)
        let firstReply = Address.Packed(first, kind: start.kind)
        let hash = key.hash(secret)
        let replyHash = firstReply.hash(secret)
        cm_prefetch_write(memory.bucket(hash: hash).pointer)
        cm_prefetch_write(memory.bucket(hash: replyHash).pointer)
        let stripeIndex = memory.stripeIndex(hash)
        memory.prefetchFree(memory.freeHead(stripeIndex))
        while true {
            let attempt = memory.lock(stripeIndex).withLock {
                openLocked(key, hash, firstReply, replyHash, start, now, reply)
            }
            switch attempt {
            case .done(let result):
                if case .refused(let reason) = result, reason != .tableFull { memory.noteFree() }
                return result
            case .contended(let other):
                // Wait for the other stripe while holding none.
                memory.lock(other).withLock {}
            case .occupied(let match):
                // Its time is over, or another thread is removing it.
                removeExpired(match, tick: Tick.of(now))
            case .unplaced(let index, let taken):
                giveBack(index, taken)
                return .refused(.tableFull)
            case .reserved: preconditionFailure("an answer was reserved, and no connection came of it")
            }
        }
    }

    /// Under the lock of the original tuple's stripe.
    @inlinable
    func openLocked(
        _ key: Address.Packed, _ hash: UInt64, _ firstReply: Address.Packed, _ firstHash: UInt64,
        _ start: ConnectionStart, _ now: MonotonicTime, _ reply: (Int) -> FiveTuple<Address>?
    ) -> OpenAttempt<Address.Packed> {
        let tick = Tick.of(now)
        let stripeIndex = memory.stripeIndex(hash)
        if let holder = holder(of: key, hash: hash) {
            let control = memory.control(holder.index)
            if control.isLive, !control.isExpired(at: tick) { return .done(.existing(holder)) }
            return .occupied(holder)
        }
        var index = memory.popFree(stripeIndex)
        if index == ConnectionMemory.none {
            switch memory.borrowFree(for: stripeIndex) {
            case .moved: index = memory.popFree(stripeIndex)
            case .contended(let other): return .contended(other)
            case .tableFull: return .done(.refused(.tableFull))
            }
        }
        let result = reserveReply(index, key, stripeIndex, firstReply, firstHash, start, tick, reply)
        guard case .reserved(let taken) = result else {
            memory.pushFree(index, stripeIndex)
            return result
        }
        key.write(to: words(index &<< 1))
        guard memory.insert(index &<< 1, hash: hash) else { return .unplaced(index, taken) }
        return .done(.opened(publish(index, stripeIndex, start, now)))
    }

    /// Makes an entry whose tuples are in place one that lookups find.
    @inlinable
    func publish(_ index: UInt32, _ stripeIndex: Int, _ start: ConnectionStart, _ now: MonotonicTime)
        -> ConnectionMatch
    {
        let entry = memory.entry(index)
        let generation = (memory.control(index).generation &+ 1) & 0xF_FFFF
        let deadline = Tick.deadline(now, start.lifetime)
        let control = ControlWord(
            generation: generation, flags: start.flags | 1, state: start.state, deadline: deadline)
        entry.setWord(Address.Packed.linksOffset &+ 1, UInt64(ConnectionMemory.none) &<< 32 | UInt64(start.parent))
        entry.setWord(Address.Packed.linksOffset &+ 2, 1 &<< 32 | UInt64(start.tag))
        if control.hasTimer { memory.arm(index, stripeIndex, deadline: deadline, now) }
        entry[0].store(control.bits, ordering: .releasing)
        return ConnectionMatch(reference: index &<< 1, generation: generation)
    }

    /// Takes back an answer that was reserved for a connection that found no place.
    @usableFromInline
    @specialized(where Address == IPv4Address)
    @specialized(where Address == IPv6Address)
    func giveBack(_ index: UInt32, _ reply: Address.Packed) {
        let hash = reply.hash(secret)
        let stripeIndex = memory.stripeIndex(hash)
        memory.lock(stripeIndex).withLock {
            memory.remove(index &<< 1 | 1, hash: hash)
            memory.pushFree(index, stripeIndex)
        }
        memory.noteFree()
    }
}

/// How far an attempt to open has come.
@usableFromInline
enum OpenAttempt<Packed: PackedTuple>: Sendable {
    case done(OpenResult)
    /// Another thread has the lock of this stripe.
    case contended(Int)
    /// A connection whose time is over is in the way.
    case occupied(ConnectionMatch)
    /// The answer is taken.
    case reserved(Packed)
    /// The answer is taken, and the original tuple's chain is full.
    case unplaced(UInt32, Packed)
}
