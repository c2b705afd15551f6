import CConnectionMemory
import Synchronization

// What writers do with a stripe's buckets and free lists; all under its lock.
extension ConnectionMemory {
    /// Puts a reference into the first free lane of its chain.
    ///
    /// - Returns: false where the chain is full and the stripe has no overflow bucket left.
    @inlinable
    func insert(_ reference: UInt32, hash: UInt64) -> Bool {
        var bucket = bucket(hash: hash)
        let tag = Bucket.tag(hash)
        while true {
            if let lane = bucket.freeLane {
                bucket.set(lane, tag: tag, reference: reference)
                return true
            }
            let link = bucket.link
            if link == 0 { break }
            bucket = self.bucket(Int(truncatingIfNeeded: link))
        }
        return insertIntoOverflow(reference, hash: hash, behind: bucket)
    }

    @usableFromInline
    func insertIntoOverflow(_ reference: UInt32, hash: UInt64, behind last: Bucket) -> Bool {
        let stripe = stripe(stripeIndex(hash))
        let number = stripe.pointee.overflowHead.load(ordering: .relaxed)
        if number == 0 { return false }
        let added = bucket(Int(number))
        stripe.pointee.overflowHead.store(added.spare, ordering: .relaxed)
        added.set(0, tag: Bucket.tag(hash), reference: reference)
        last.setLink(number)
        return true
    }

    /// Takes a reference out of its chain. A bucket that is left empty at the chain's end goes back to the stripe: a
    /// reader that is in it finds nothing, and no further bucket.
    @inlinable
    func remove(_ reference: UInt32, hash: UInt64) {
        var bucket = bucket(hash: hash)
        let tag = Bucket.tag(hash)
        var previous: Bucket?
        while true {
            var hits = bucket.lanes(tag)
            while hits != 0 {
                let lane = hits.trailingZeroBitCount
                if bucket.references[lane].load(ordering: .relaxed) == reference {
                    bucket.clear(lane)
                    if let previous, bucket.isEmpty, bucket.link == 0 { unchain(behind: previous, hash: hash) }
                    return
                }
                hits &= hits &- 1
            }
            previous = bucket
            let link = bucket.link
            precondition(link != 0, "a connection has lost its bucket")
            bucket = self.bucket(Int(truncatingIfNeeded: link))
        }
    }

    @usableFromInline
    func unchain(behind previous: Bucket, hash: UInt64) {
        let stripe = stripe(stripeIndex(hash))
        let number = previous.link
        previous.setLink(0)
        bucket(Int(number)).setSpare(stripe.pointee.overflowHead.load(ordering: .relaxed))
        stripe.pointee.overflowHead.store(number, ordering: .relaxed)
    }

    /// Takes a free entry of the stripe; none where it has none.
    @inlinable
    func popFree(_ stripeIndex: Int) -> UInt32 {
        let stripe = stripe(stripeIndex)
        let index = freeHead(stripeIndex)
        if index == Self.none { return index }
        let next = next(index)
        stripe.pointee.freeHead.store(next, ordering: .relaxed)
        stripe.pointee.freeCount.store(stripe.pointee.freeCount.load(ordering: .relaxed) &- 1, ordering: .relaxed)
        // The next connection of this stripe writes to it.
        prefetchFree(next)
        return index
    }

    @inlinable
    func pushFree(_ index: UInt32, _ stripeIndex: Int) {
        let stripe = stripe(stripeIndex)
        setLinks(index, previous: Self.none, next: freeHead(stripeIndex))
        stripe.pointee.freeHead.store(index, ordering: .relaxed)
        stripe.pointee.freeCount.store(stripe.pointee.freeCount.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    }

    @inlinable
    func freeHead(_ stripeIndex: Int) -> UInt32 { stripe(stripeIndex).pointee.freeHead.load(ordering: .relaxed) }

    @inlinable
    func prefetchFree(_ index: UInt32) {
        if index == Self.none { return }
        cm_prefetch_write(UnsafeRawPointer(entry(index)))
        if entryWords > 8 { cm_prefetch_write(UnsafeRawPointer(entry(index) + 8)) }
    }

    /// Says that an entry may be free again. After the lock has been let go under which it was pushed.
    @inlinable
    func noteFree() {
        if fullFlag.pointee.load(ordering: .sequentiallyConsistent) != 0 {
            fullFlag.pointee.store(0, ordering: .sequentiallyConsistent)
        }
    }

    /// Moves up to 32 free entries here from the next stripe that has some.
    ///
    /// A table that was found full is so until an entry is pushed: the flag saves the search for each packet of a flood.
    @usableFromInline
    func borrowFree(for stripeIndex: Int) -> Borrowing {
        if fullFlag.pointee.load(ordering: .sequentiallyConsistent) != 0 { return .tableFull }
        for step in 1..<max(stripeCount, 2) {
            let other = (stripeIndex + step) & (stripeCount - 1)
            if other == stripeIndex || freeCount(other) == 0 { continue }
            let moved = lock(other).withLockIfAvailable {
                var moved = 0
                while moved < 32, freeHead(other) != Self.none {
                    pushFree(popFree(other), stripeIndex)
                    moved += 1
                }
                return moved
            }
            guard let moved else { return .contended(other) }
            if moved > 0 { return .moved }
        }
        fullFlag.pointee.store(1, ordering: .sequentiallyConsistent)
        // Whoever pushed one before the flag was up has not taken it down.
        for other in 0..<stripeCount where other != stripeIndex && freeCount(other) > 0 {
            noteFree()
            return .contended(other)
        }
        return .tableFull
    }

    private func freeCount(_ stripeIndex: Int) -> UInt32 {
        stripe(stripeIndex).pointee.freeCount.load(ordering: .sequentiallyConsistent)
    }
}

/// How a search for free entries ended.
@usableFromInline
@frozen
enum Borrowing {
    case moved
    /// Another thread has the lock of a stripe that has some.
    case contended(Int)
    case tableFull
}
