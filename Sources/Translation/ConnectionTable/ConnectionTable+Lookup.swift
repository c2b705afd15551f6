import CConnectionMemory
import Synchronization

extension ConnectionTable {
    /// Finds the connection of a packet; nil where there is none, or where its time is over. Takes no lock.
    @inlinable
    public func lookup(_ tuple: FiveTuple<Address>, _ kind: EntryKind = .session, now: MonotonicTime)
        -> ConnectionMatch?
    {
        let key = Address.Packed(tuple, kind: kind.rawValue)
        let match = find(key, hash: key.hash(secret), Tick.of(now))
        return match == .none ? nil : match
    }

    /// Finds the connections of many packets, in their order; ``ConnectionMatch/none`` where there is none. The cache
    /// lines of 32 packets are asked for together: batches of 16 or more are the fastest. Takes no lock.
    ///
    /// - Precondition: `matches` has room for as many as there are tuples.
    @inlinable
    public func lookup(
        _ tuples: Span<FiveTuple<Address>>, into matches: inout MutableSpan<ConnectionMatch>, now: MonotonicTime
    ) {
        precondition(matches.count >= tuples.count, "fewer matches than tuples")
        tuples.withUnsafeBufferPointer { tuples in
            matches.withUnsafeMutableBufferPointer { lookup(tuples, into: $0, now: now) }
        }
    }

    /// As above, for buffers.
    ///
    /// - Precondition: `matches` has room for as many as there are tuples.
    @inlinable
    public func lookup(
        _ tuples: UnsafeBufferPointer<FiveTuple<Address>>, into matches: UnsafeMutableBufferPointer<ConnectionMatch>,
        now: MonotonicTime
    ) {
        precondition(matches.count >= tuples.count, "fewer matches than tuples")
        guard let first = tuples.baseAddress, let results = matches.baseAddress else { return }
        let tick = Tick.of(now)
        withUnsafeTemporaryAllocation(of: Candidate.self, capacity: Self.batch) { scratch in
            let candidates = scratch.baseAddress.unsafelyUnwrapped
            var start = 0
            while start < tuples.count {
                let count = min(Self.batch, tuples.count &- start)
                lookUp(first + start, results + start, count, candidates, tick)
                start &+= count
            }
        }
    }

    /// The packets whose cache lines are asked for together.
    @inlinable static var batch: Int { 32 }

    /// One batch, in three steps over all of it: the buckets, the first candidates, the comparisons.
    @inlinable
    func lookUp(
        _ tuples: UnsafePointer<FiveTuple<Address>>, _ results: UnsafeMutablePointer<ConnectionMatch>, _ count: Int,
        _ candidates: UnsafeMutablePointer<Candidate>, _ tick: UInt32
    ) {
        var index = 0
        while index < count {
            let hash = Address.Packed(tuples[index], kind: 0).hash(secret)
            let bucket = memory.bucket(hash: hash)
            cm_prefetch(bucket.pointer)
            candidates[index] = Candidate(bucket: bucket, hash: hash)
            index &+= 1
        }
        index = 0
        while index < count {
            let candidate = candidates[index]
            // Without a hit it is lane 7, whatever that refers to.
            let lane = (candidate.bucket.lanes(Bucket.tag(candidate.hash)) | 0x80).trailingZeroBitCount
            let reference = candidate.bucket.references[lane].load(ordering: .relaxed)
            prefetchEntry(reference)
            candidates[index].reference = reference
            index &+= 1
        }
        index = 0
        while index < count {
            let key = Address.Packed(tuples[index], kind: 0)
            let match = check(candidates[index].reference, key, tick)
            // Another one with the same tag, further down the chain, or none.
            results[index] = match == .none ? findAgain(key, hash: candidates[index].hash, tick) : match
            index &+= 1
        }
    }

    /// Asks for the memory that ``translation(of:)`` reads, where the lookup has not: of batches.
    @inlinable
    public func prefetchTranslation(of match: ConnectionMatch) {
        guard Address.Packed.entryWords > 8, match != .none else { return }
        cm_prefetch(
            UnsafeRawPointer(memory.entry(match.index) + (match.isOriginal ? Address.Packed.replyOffset : 0)))
    }

    /// The packets of a match's other direction, reversed: what the packet becomes. Nil where the connection has gone.
    @inlinable
    @inline(__always)
    public func translation(of match: ConnectionMatch) -> FiveTuple<Address>? {
        tuple(of: match.reversed)?.reversed
    }

    /// The tuple of the match's direction, as it was opened with. Nil where the connection has gone.
    @inlinable
    @inline(__always)
    public func tuple(of match: ConnectionMatch) -> FiveTuple<Address>? {
        let control = memory.control(match.index)
        guard control.isLive, control.generation == match.generation else { return nil }
        let packed = Address.Packed(reading: words(match.reference))
        atomicMemoryFence(ordering: .acquiring)
        guard isUnchanged(match.index, control) else { return nil }
        return packed.tuple
    }

    /// Whether the entry lives the same life as when its control word was read, now that its tuple has been.
    @inlinable
    func isUnchanged(_ index: UInt32, _ control: ControlWord) -> Bool {
        ControlWord(bits: memory.entry(index)[0].load(ordering: .relaxed)).isSameLife(as: control)
    }

    /// One candidate: the match, if it has the key and its time is not over.
    @inlinable
    @inline(__always)
    func check(_ reference: UInt32, _ key: Address.Packed, _ tick: UInt32) -> ConnectionMatch {
        let control = memory.control(reference &>> 1)
        guard key.matches(words(reference)), control.isLive, !control.isExpired(at: tick) else { return .none }
        // The tuple was read between two looks at the control word: it is that of this life.
        atomicMemoryFence(ordering: .acquiring)
        guard isUnchanged(reference &>> 1, control) else { return .none }
        return ConnectionMatch(reference: reference, generation: control.generation)
    }

    /// As ``find(_:hash:_:)``, where it is rare.
    @inlinable
    @inline(never)
    func findAgain(_ key: Address.Packed, hash: UInt64, _ tick: UInt32) -> ConnectionMatch {
        find(key, hash: hash, tick)
    }

    /// Walks the chain of a hash. Inlined, since a tuple that is handed over in memory makes the next lookup wait for
    /// this one.
    @inlinable
    @inline(__always)
    func find(_ key: Address.Packed, hash: UInt64, _ tick: UInt32) -> ConnectionMatch {
        var bucket = memory.bucket(hash: hash)
        let tag = Bucket.tag(hash)
        while true {
            var hits = bucket.lanes(tag)
            while hits != 0 {
                let lane = hits.trailingZeroBitCount
                let match = check(bucket.references[lane].load(ordering: .relaxed), key, tick)
                if match != .none { return match }
                hits &= hits &- 1
            }
            let link = bucket.link
            if link == 0 { return .none }
            bucket = memory.bucket(Int(truncatingIfNeeded: link))
        }
    }
}

/// What a batch keeps of a packet from one step to the next.
@usableFromInline
@frozen
struct Candidate {
    @usableFromInline let bucket: Bucket
    @usableFromInline let hash: UInt64
    @usableFromInline var reference: UInt32 = 0

    @inlinable
    init(bucket: Bucket, hash: UInt64) {
        self.bucket = bucket
        self.hash = hash
    }
}
