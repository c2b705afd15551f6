import CConnectionMemory
import IPAddresses
import Synchronization

extension ConnectionTable {
    /// Removes connections whose time is over. To be called now and then, by one thread or by several.
    ///
    /// Lookups pass over expired connections in any case; what this gives back is their memory and their ports. No lock
    /// is held for more than 16 connections.
    ///
    /// - Parameter limit: look at so many connections at the most, about; what is left is for the next call.
    /// - Returns: how many were looked at, those included whose deadline had moved. Fewer than the limit: none is left.
    @specialized(where Address == IPv4Address)
    @specialized(where Address == IPv6Address)
    @discardableResult
    public func expire(now: MonotonicTime, limit: Int = .max) -> Int {
        var seen = 0
        var idle = 0
        while seen < limit, idle < memory.stripeCount {
            let group = min(16, memory.stripeCount)
            let first = nextStripe.wrappingAdd(group, ordering: .relaxed).oldValue
            hint(first, group, now)
            for offset in 0..<group {
                let count = expireStripe((first &+ offset) & (memory.stripeCount - 1), now)
                seen += count
                idle = count == 0 ? idle + 1 : 0
            }
        }
        return seen
    }

    /// The connections that are taken under one lock.
    static var expiryBatch: Int { 16 }

    /// Walks the lists of several stripes side by side, without locks, and asks for the cache lines that
    /// ``expireStripe(_:_:)`` is going to need: a list alone waits for one line after the other. What is read may be out
    /// of date, and is used for nothing else.
    private func hint(_ first: Int, _ group: Int, _ now: MonotonicTime) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: group) { heads in
            for offset in 0..<group {
                let index = (first &+ offset) & (memory.stripeCount - 1)
                let head = memory.lock(index).withLock { dueHead(index, now) }
                heads[offset] = head
                if head != ConnectionMemory.none { prefetchEntry(head << 1 | 1) }
            }
            for _ in 0..<Self.expiryBatch {
                for offset in 0..<group where heads[offset] != ConnectionMemory.none {
                    let index = heads[offset]
                    cm_prefetch_write(
                        memory.bucket(hash: Address.Packed(reading: words(index << 1)).hash(secret)).pointer)
                    cm_prefetch_write(
                        memory.bucket(hash: Address.Packed(reading: words(index << 1 | 1)).hash(secret)).pointer)
                    heads[offset] = memory.next(index)
                    if heads[offset] != ConnectionMemory.none { prefetchEntry(heads[offset] << 1 | 1) }
                }
            }
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

    /// Ends or moves up to 16 entries of a stripe's due slots.
    private func expireStripe(_ stripeIndex: Int, _ now: MonotonicTime) -> Int {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.expiryBatch) { ended in
            var endedCount = 0
            var seen = 0
            // Copies that the closure may write to: it runs at once, under the lock.
            let buffer = ended.baseAddress.unsafelyUnwrapped
            (seen, endedCount) = memory.lock(stripeIndex).withLock {
                endDue(stripeIndex, now, buffer)
            }
            for position in 0..<endedCount { finish(buffer[position]) }
            return seen
        }
    }

    private func endDue(_ stripeIndex: Int, _ now: MonotonicTime, _ ended: UnsafeMutablePointer<UInt32>)
        -> (seen: Int, ended: Int)
    {
        let tick = Tick.of(now)
        var count = 0
        for seen in 0..<Self.expiryBatch {
            let index = dueHead(stripeIndex, now)
            if index == ConnectionMemory.none { return (seen, count) }
            let control = memory.control(index)
            if control.isExpired(at: tick) {
                let hash = Address.Packed(reading: words(index << 1)).hash(secret)
                let isMine = end(index, generation: control.generation, hash, stripeIndex) { $0.isExpired(at: tick) }
                if isMine {
                    ended[count] = index
                    count += 1
                    continue
                }
            }
            memory.disarm(index, stripeIndex)
            memory.arm(index, stripeIndex, deadline: memory.control(index).deadline, now)
        }
        return (Self.expiryBatch, count)
    }
}
