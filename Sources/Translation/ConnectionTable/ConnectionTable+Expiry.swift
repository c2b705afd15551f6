import CConnectionMemory
import IPAddresses
import Synchronization

extension ConnectionTable {
    /// Removes connections whose time is over. To be called now and then, by one thread or by several.
    ///
    /// Lookups pass over expired connections in any case; what this gives back is their memory and their ports. No lock
    /// is held for more than one connection.
    ///
    /// - Parameter limit: look at so many connections at the most, about; what is left is for the next call.
    /// - Returns: how many were looked at, those included whose deadline had moved. Fewer than the limit: none is left.
    @specialized(where Address == IPv4Address)
    @specialized(where Address == IPv6Address)
    @discardableResult
    public func expire(now: MonotonicTime, limit: Int = .max) -> Int {
        let group = min(16, memory.stripeCount)
        return withUnsafeTemporaryAllocation(of: DueEntry.self, capacity: group * Self.expiryBatch) { entries in
            var seen = 0
            var idle = 0
            while seen < limit, idle < memory.stripeCount {
                let first = nextStripe.wrappingAdd(group, ordering: .relaxed).oldValue & (memory.stripeCount - 1)
                let (count, empty) = collect(first, group, entries, now)
                idle = empty == group ? idle + group : 0
                seen += count
                endAll(entries, count, now)
            }
            return seen
        }
    }

    /// The connections that are taken under one lock.
    static var expiryBatch: Int { 16 }

    /// Walks the due lists of several stripes side by side, and asks for the cache lines that ending their entries is going
    /// to need: a list alone waits for one line after the other. But for the heads no lock is taken: what was read may be
    /// out of date, and is looked at again.
    ///
    /// - Returns: how many entries are in the buffer, those of a stripe one behind the other, and how many stripes had none.
    private func collect(
        _ first: Int, _ group: Int, _ entries: UnsafeMutableBufferPointer<DueEntry>, _ now: MonotonicTime
    ) -> (count: Int, empty: Int) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: group) { heads in
            var empty = 0
            for offset in 0..<group {
                let index = (first + offset) & (memory.stripeCount - 1)
                let head = memory.lock(index).withLock { dueHead(index, now) }
                heads[offset] = head
                if head == ConnectionMemory.none { empty += 1 } else { prefetchEntry(head << 1 | 1) }
            }
            var count = 0
            for _ in 0..<Self.expiryBatch {
                for offset in 0..<group where heads[offset] != ConnectionMemory.none {
                    let index = heads[offset]
                    let control = memory.control(index)
                    let entry = DueEntry(
                        index: index, generation: control.generation,
                        hash: Address.Packed(reading: words(index << 1)).hash(secret),
                        replyHash: Address.Packed(reading: words(index << 1 | 1)).hash(secret))
                    heads[offset] = memory.next(index)
                    if heads[offset] != ConnectionMemory.none { prefetchEntry(heads[offset] << 1 | 1) }
                    guard control.isLive else { continue }
                    cm_prefetch_write(memory.bucket(hash: entry.hash).pointer)
                    cm_prefetch_write(memory.bucket(hash: entry.replyHash).pointer)
                    entries[count] = entry
                    count += 1
                }
            }
            return (count, empty)
        }
    }

    /// The first entry of the first slot that is due and not empty; moves the position up to it. Under the lock.
    private func dueHead(_ stripeIndex: Int, _ now: MonotonicTime) -> UInt32 {
        let stripe = memory.stripe(stripeIndex)
        let end = now.nanoseconds >> 30
        var position = stripe.pointee.position.load(ordering: .relaxed)
        if position == .max { return ConnectionMemory.none }
        defer { stripe.pointee.setPosition(position) }
        // Behind a full turn every slot has been seen.
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

    /// Ends the entries whose time is over, and moves the others to their slots.
    private func endAll(_ entries: UnsafeMutableBufferPointer<DueEntry>, _ count: Int, _ now: MonotonicTime) {
        for position in 0..<count {
            let isMine = memory.lock(memory.stripeIndex(entries[position].hash)).withLock {
                endDue(entries[position], now)
            }
            if isMine { finish(entries[position].index, hash: entries[position].replyHash) }
        }
    }

    /// Under the lock of the entry's stripe.
    ///
    /// - Returns: whether the entry has ended, and is to be finished.
    private func endDue(_ entry: DueEntry, _ now: MonotonicTime) -> Bool {
        let tick = Tick.of(now)
        let stripeIndex = memory.stripeIndex(entry.hash)
        if end(entry.index, generation: entry.generation, entry.hash, stripeIndex, where: { $0.isExpired(at: tick) }) {
            return true
        }
        // One life all the while, so that it is still in this stripe's wheel.
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
