import Synchronization

extension ConnectionTable {
    /// Checks what must hold while nothing changes: each live entry is found in the chains of both of its tuples, once,
    /// and in the wheel if it can expire; each other one is free, once; nothing else is in a chain.
    public func _invariantCheck() {
        var references: [UInt32: Int] = [:]
        for number in 0..<memory.bucketsPerStripe * memory.stripeCount {
            let bucket = memory.bucket(number)
            for lane in 0..<8 where bucket.tags.word(lane >> 2) >> UInt64((lane & 3) * 16) & 0xFFFF != 0 {
                references[bucket.references[lane].load(ordering: .relaxed), default: 0] += 1
            }
        }
        var armed: Set<UInt32> = []
        var free: Set<UInt32> = []
        for stripe in 0..<memory.stripeCount {
            checkLists(stripe, &armed, &free)
        }
        var live = 0
        for index in 0..<UInt32(memory.capacity) where memory.control(index).isLive {
            live += 1
            let control = memory.control(index)
            for reference in [index << 1, index << 1 | 1] {
                precondition(references[reference] == 1, "a tuple is not in one bucket")
                let key = Address.Packed(reading: words(reference))
                let holder = holder(of: key, hash: key.hash(secret))
                precondition(holder?.reference == reference, "a tuple is not found")
            }
            precondition(armed.contains(index) == control.hasTimer, "an entry without a timer, or with one too many")
            precondition(!free.contains(index), "a live entry is free")
        }
        precondition(references.count == 2 * live, "a bucket refers to an entry that has ended")
        precondition(armed.count <= live && free.count == memory.capacity - live, "an entry is lost")
        precondition(count == live)
    }

    private func checkLists(_ stripe: Int, _ armed: inout Set<UInt32>, _ free: inout Set<UInt32>) {
        for slot in 0..<ConnectionMemory.wheelSlots {
            var previous = ConnectionMemory.none
            var index = memory.wheel[stripe * ConnectionMemory.wheelSlots + slot].load(ordering: .relaxed)
            while index != ConnectionMemory.none {
                precondition(armed.insert(index).inserted, "an entry is in two slots")
                precondition(memory.previous(index) == previous, "a list's back link is wrong")
                precondition(memory.armedSlot(index) == UInt32(slot), "an entry does not know its slot")
                let key = Address.Packed(reading: words(index << 1))
                precondition(memory.stripeIndex(key.hash(secret)) == stripe, "an entry is in another stripe's wheel")
                previous = index
                index = memory.next(index)
            }
        }
        var count: UInt32 = 0
        var index = memory.freeHead(stripe)
        while index != ConnectionMemory.none {
            precondition(free.insert(index).inserted, "an entry is free twice")
            count += 1
            index = memory.next(index)
        }
        precondition(
            memory.stripe(stripe).pointee.freeCount.load(ordering: .relaxed) == count, "miscounted free entries")
    }
}

extension ConnectionTable {
    /// The bucket that a tuple hashes to, for tests of the hash.
    public func _bucketNumber(of tuple: FiveTuple<Address>) -> Int {
        let hash = Address.Packed(tuple, kind: 0).hash(secret)
        return (memory.bucket(hash: hash).pointer - memory.buckets) / 64
    }
}
