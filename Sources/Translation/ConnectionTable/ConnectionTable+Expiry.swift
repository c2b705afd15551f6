import CConnectionMemory
import IPAddresses
import Synchronization

extension ConnectionTable {
    /// Removes connections whose time is over. To be called now and then, by one thread or by several.
    ///
    /// Lookups pass over expired connections in any case; what this gives back is their memory and their ports. No lock
    /// is held for more than 16 connections.
    ///
    /// `limit`: look at about that many connections at most; what is left is for the next call.
    /// - Returns: how many were looked at, those included whose deadline had moved. Fewer than the limit: none is left.
    @specialized(where Address == IPv4Address)
    @specialized(where Address == IPv6Address)
    @discardableResult
    public func expire(now: MonotonicTime, limit: Int = .max) -> Int {
        let group = min(16, memory.stripeCount)
        return withUnsafeTemporaryAllocation(of: DueEntry.self, capacity: group * Self.expiryBatch) { entries in
            withUnsafeTemporaryAllocation(of: DueList.self, capacity: group) { lists in
                var seen = 0
                var idle = 0
                while seen < limit, idle < memory.stripeCount {
                    let first = nextStripe.wrappingAdd(group, ordering: .relaxed).oldValue
                    let empty = collect(first, lists, entries, now)
                    idle = empty == group ? idle + group : 0
                    for offset in 0..<group {
                        let index = (first &+ offset) & (memory.stripeCount - 1)
                        seen += lists[offset].count
                        endAll(
                            entries.baseAddress.unsafelyUnwrapped + offset * Self.expiryBatch, lists[offset].count,
                            index, now)
                    }
                }
                return seen
            }
        }
    }

    /// The connections that are taken under one lock.
    static var expiryBatch: Int { 16 }

    /// Walks the due lists of several stripes side by side, and asks for the cache lines that ending their entries is going
    /// to need: a single list waits for one line after another. Except for the heads no lock is taken: what was read
    /// may be out of date, and is looked at again.
    ///
    /// - Returns: how many stripes had none.
    private func collect(
        _ first: Int, _ lists: UnsafeMutableBufferPointer<DueList>, _ entries: UnsafeMutableBufferPointer<DueEntry>,
        _ now: MonotonicTime
    ) -> Int {
        var empty = 0
        for offset in 0..<lists.count {
            let index = (first &+ offset) & (memory.stripeCount - 1)
            let head = memory.lock(index).withLock { dueHead(index, now) }
            lists[offset] = DueList(next: head, count: 0)
            if head == ConnectionMemory.none { empty += 1 } else { prefetchEntry(head << 1 | 1) }
        }
        for _ in 0..<Self.expiryBatch {
            for offset in 0..<lists.count where lists[offset].next != ConnectionMemory.none {
                let index = lists[offset].next
                let control = memory.control(index)
                let entry = DueEntry(
                    index: index, generation: control.generation,
                    hash: Address.Packed(reading: words(index << 1)).hash(secret),
                    replyHash: Address.Packed(reading: words(index << 1 | 1)).hash(secret))
                lists[offset].next = memory.next(index)
                if lists[offset].next != ConnectionMemory.none { prefetchEntry(lists[offset].next << 1 | 1) }
                // It may have gone to another stripe since.
                let stripe = (first &+ offset) & (memory.stripeCount - 1)
                guard control.isLive, memory.stripeIndex(entry.hash) == stripe else { continue }
                cm_prefetch_write(memory.bucket(hash: entry.hash).pointer)
                cm_prefetch_write(memory.bucket(hash: entry.replyHash).pointer)
                entries[offset * Self.expiryBatch + lists[offset].count] = entry
                lists[offset].count += 1
            }
        }
        return empty
    }

    /// The first entry of the first slot that is due and not empty; moves the position up to it. Under the lock.
    private func dueHead(_ stripeIndex: Int, _ now: MonotonicTime) -> UInt32 {
        let stripe = memory.stripe(stripeIndex)
        let end = now.nanoseconds >> 30
        var position = stripe.pointee.position.load(ordering: .relaxed)
        if position == .max { return ConnectionMemory.none }
        defer { stripe.pointee.setPosition(position) }
        // After a full turn every slot has been seen.
        let turn = UInt64(ConnectionMemory.wheelSlots)
        if end > position + turn { position = end - turn }
        while position < end {
            let slot = Int(position) & (ConnectionMemory.wheelSlots - 1)
            let head = memory.wheel[stripeIndex * ConnectionMemory.wheelSlots + slot].load(ordering: .relaxed)
            if head != ConnectionMemory.none { return head }
            position += 1
        }
        return ConnectionMemory.none
    }

    /// Ends the entries of a stripe whose time is over, and moves the others to their slots.
    private func endAll(
        _ entries: UnsafeMutablePointer<DueEntry>, _ count: Int, _ stripeIndex: Int, _ now: MonotonicTime
    ) {
        if count == 0 { return }
        let ended = memory.lock(stripeIndex).withLock {
            var ended = 0
            for position in 0..<count where endDue(entries[position], stripeIndex, now) {
                entries[ended] = entries[position]
                ended += 1
            }
            return ended
        }
        for position in 0..<ended { finish(entries[position].index, hash: entries[position].replyHash) }
    }

    /// Under the lock of the entry's stripe.
    ///
    /// - Returns: whether the entry has ended, and is to be finished.
    private func endDue(_ entry: DueEntry, _ stripeIndex: Int, _ now: MonotonicTime) -> Bool {
        let tick = Tick.of(now)
        if end(entry.index, generation: entry.generation, entry.hash, stripeIndex, where: { $0.isExpired(at: tick) }) {
            return true
        }
        // One life throughout, so that it is still in this stripe's wheel.
        let control = memory.control(entry.index)
        if control.isLive, control.generation == entry.generation, control.hasTimer {
            memory.disarm(entry.index, stripeIndex)
            memory.arm(entry.index, stripeIndex, deadline: control.deadline, now)
        }
        return false
    }
}

/// What is known of an entry whose slot is due. Its hashes are right if its generation is.
private struct DueEntry {
    var index: UInt32
    var generation: UInt32
    var hash: UInt64
    var replyHash: UInt64
}

/// A stripe's due list as it is walked.
private struct DueList {
    var next: UInt32
    var count: Int
}
