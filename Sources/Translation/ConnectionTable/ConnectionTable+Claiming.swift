import CConnectionMemory
import Synchronization

extension ConnectionTable {
    /// Finds the first free answer, and puts the entry's reference there.
    @inlinable
    func reserveReply(
        _ index: UInt32, _ key: Address.Packed, _ stripeIndex: Int, _ firstReply: Address.Packed, _ firstHash: UInt64,
        _ start: ConnectionStart, _ tick: UInt32, _ reply: (Int) -> FiveTuple<Address>?
    ) -> OpenAttempt<Address.Packed> {
        // Readers that still compare the entry's last life see its end before they see the next words.
        atomicMemoryFence(ordering: .releasing)
        var candidate = firstReply
        var candidateHash = firstHash
        var number = 0
        var ending: ConnectionMatch?
        while true {
            if candidate == key { return .done(.refused(.invalidTuple)) }
            let other = memory.stripeIndex(candidateHash)
            let claim =
                other == stripeIndex
                ? claimReply(index, candidate, candidateHash, tick)
                : memory.lock(other).withLockIfAvailable {
                    claimReply(index, candidate, candidateHash, tick)
                } ?? .contended
            switch claim {
            case .claimed: return .reserved(candidate)
            case .contended: return .contended(other)
            case .full: return .done(.refused(.tableFull))
            case .stale(let match): return .occupied(match)
            case .ending(let match): ending = match
            case .taken: break
            }
            number &+= 1
            guard let next = reply(number) else {
                // What is free in a moment is not exhausted.
                return ending.map { .occupied($0) } ?? .done(.refused(.portsExhausted))
            }
            candidate = Address.Packed(next, kind: start.kind)
            candidateHash = candidate.hash(secret)
        }
    }

    /// Under the lock of the reply's stripe.
    @inlinable
    func claimReply(_ index: UInt32, _ candidate: Address.Packed, _ hash: UInt64, _ tick: UInt32) -> ReplyClaim {
        if let holder = holder(of: candidate, hash: hash) {
            let control = memory.control(holder.index)
            if !control.isLive { return .ending(holder) }
            return control.isExpired(at: tick) ? .stale(holder) : .taken
        }
        candidate.write(to: words(index &<< 1 | 1))
        return memory.insert(index &<< 1 | 1, hash: hash) ? .claimed : .full
    }

    /// Which entry has the key, dead or alive. Under the lock of the key's stripe: nothing changes meanwhile.
    @inlinable
    func holder(of key: Address.Packed, hash: UInt64) -> ConnectionMatch? {
        var bucket = memory.bucket(hash: hash)
        let tag = Bucket.tag(hash)
        while true {
            var hits = bucket.lanes(tag)
            while hits != 0 {
                let lane = hits.trailingZeroBitCount
                let reference = bucket.references[lane].load(ordering: .relaxed)
                if key.matches(words(reference)) {
                    let control = memory.control(reference &>> 1)
                    return ConnectionMatch(reference: reference, generation: control.generation)
                }
                hits &= hits &- 1
            }
            let link = bucket.link
            if link == 0 { return nil }
            bucket = memory.bucket(Int(truncatingIfNeeded: link))
        }
    }
}

/// How an attempt to take an answer ended.
@usableFromInline
enum ReplyClaim: Sendable {
    case claimed
    case taken
    case contended
    case full
    case stale(ConnectionMatch)
    /// Another thread is about to remove its holder, or to open it.
    case ending(ConnectionMatch)
}
