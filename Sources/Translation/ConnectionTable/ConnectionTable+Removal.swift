import IPAddresses
import Synchronization

extension ConnectionTable {
    /// Removes a connection, whatever its deadline.
    ///
    /// - Returns: false where it had gone already, or is a mapping: those go with the last one that keeps them.
    @discardableResult
    @specialized(where Address == IPv4Address)
    @specialized(where Address == IPv6Address)
    public func remove(_ match: ConnectionMatch) -> Bool {
        kind(match.index) == EntryKind.session.rawValue && remove(match) { _ in true }
    }

    /// Removes a connection whose time is over; leaves one that a packet has refreshed meanwhile.
    @usableFromInline
    @discardableResult
    @specialized(where Address == IPv4Address)
    @specialized(where Address == IPv6Address)
    func removeExpired(_ match: ConnectionMatch, tick: UInt32) -> Bool {
        remove(match) { $0.isExpired(at: tick) }
    }

    @discardableResult
    private func remove(_ match: ConnectionMatch, where condition: (ControlWord) -> Bool) -> Bool {
        let index = match.index
        guard let original = tuple(of: ConnectionMatch(reference: index << 1, generation: match.generation)) else {
            return false
        }
        let hash = Address.Packed(original, kind: kind(index)).hash(secret)
        let stripeIndex = memory.stripeIndex(hash)
        let isMine = memory.lock(stripeIndex).withLock {
            end(index, generation: match.generation, hash, stripeIndex, where: condition)
        }
        if isMine { finish(index, hash: Address.Packed(reading: words(index << 1 | 1)).hash(secret)) }
        return isMine
    }

    /// Ends an entry's life and takes it out of the original tuple's stripe, under its lock. Whoever ends it finishes
    /// it.
    @inlinable
    func end(
        _ index: UInt32, generation: UInt32, _ hash: UInt64, _ stripeIndex: Int, where condition: (ControlWord) -> Bool
    ) -> Bool {
        var control = memory.control(index)
        while true {
            guard control.isLive, control.generation == generation, condition(control) else { return false }
            let (exchanged, current) = memory.entry(index)[0].compareExchange(
                expected: control.bits, desired: control.bits & ~ControlWord.live, ordering: .acquiringAndReleasing)
            if exchanged { break }
            control = ControlWord(bits: current)
        }
        memory.remove(index &<< 1, hash: hash)
        memory.disarm(index, stripeIndex)
        return true
    }

    /// Takes an ended entry out of its reply's stripe and gives it back. Holds no lock when it calls others.
    ///
    /// - Parameter hash: the reply's.
    func finish(_ index: UInt32, hash: UInt64) {
        let parent = memory.parent(index)
        let removed = onRemoval.map { _ in removedConnection(index) }
        let stripeIndex = memory.stripeIndex(hash)
        memory.lock(stripeIndex).withLock {
            memory.remove(index << 1 | 1, hash: hash)
            memory.pushFree(index, stripeIndex)
        }
        memory.noteFree()
        if let removed { onRemoval?(removed) }
        if parent != ConnectionMemory.none { release(parent) }
    }

    /// The kind in an entry's key.
    func kind(_ index: UInt32) -> UInt8 {
        UInt8(truncatingIfNeeded: words(index << 1).word(Address.Packed.words - 1) >> 8)
    }

    private func removedConnection(_ index: UInt32) -> RemovedConnection<Address> {
        let original = Address.Packed(reading: words(index << 1))
        let reply = Address.Packed(reading: words(index << 1 | 1))
        return RemovedConnection(
            original: original.tuple, reply: reply.tuple, kind: EntryKind(rawValue: kind(index)) ?? .session,
            tag: UInt32(truncatingIfNeeded: memory.tagWord(index).word(0)),
            flags: ConnectionFlags(rawValue: memory.control(index).flags))
    }
}

// MARK: - Mappings that are kept by what they gave rise to

extension ConnectionTable {
    /// Keeps a mapping for one more connection.
    ///
    /// - Returns: false where it has gone, or is going.
    @inlinable
    public func retain(_ match: ConnectionMatch) -> Bool {
        let word = memory.tagWord(match.index)
        var value = word.pointee.load(ordering: .relaxed)
        while true {
            if value >> 32 == 0 { return false }
            let (exchanged, current) = word.pointee.compareExchange(
                expected: value, desired: value + 1 << 32, ordering: .acquiringAndReleasing)
            if exchanged { break }
            value = current
        }
        let control = memory.control(match.index)
        if control.isLive, control.generation == match.generation { return true }
        // It was another one by now: as if it had not been kept.
        release(match.index)
        return false
    }

    /// Lets go of a mapping that ``retain(_:)`` has kept, or that was opened; the last one to let go removes it.
    @inlinable
    public func release(_ match: ConnectionMatch) { release(match.index) }

    @specialized(where Address == IPv4Address)
    @specialized(where Address == IPv6Address)
    @usableFromInline
    func release(_ index: UInt32) {
        let before = memory.tagWord(index)[0].wrappingSubtract(1 << 32, ordering: .acquiringAndReleasing).oldValue
        guard before >> 32 == 1 else { return }
        let control = memory.control(index)
        remove(ConnectionMatch(reference: index << 1, generation: control.generation)) { _ in true }
    }
}
