import CConnectionMemory
import IPAddresses
import Synchronization

extension NAPT {
    /// Translates many packets from inside, in their order: as ``outbound(_:now:random:)`` does each. What the new ones
    /// among 32 will touch is asked for before the first is opened, so that their waits for memory overlap.
    ///
    /// - `verdicts`: takes what became of each.
    /// - `random`: 64 random bits, for ports; the caller's, new for each call.
    /// - Precondition: `verdicts` has room for as many as there are packets.
    @inlinable
    public func outbound(
        _ packets: Span<FlowPacket<Address>>, into verdicts: inout MutableSpan<Verdict<Address>>, now: MonotonicTime,
        random: UInt64
    ) {
        precondition(verdicts.count >= packets.count, "fewer verdicts than packets")
        let none = FiveTuple(from: Address(bits: 0), 0, to: Address(bits: 0), 0, protocol: 0)
        var tuples = InlineArray<32, FiveTuple<Address>>(repeating: none)
        var matches = InlineArray<32, ConnectionMatch>(repeating: .none)
        var start = 0
        while start < packets.count {
            let count = min(PacketBatch.size, packets.count &- start)
            for index in 0..<count { tuples[index] = packets[start &+ index].tuple.withIdentifier(fromInside: true) }
            var found = matches.mutableSpan
            table.lookup(tuples.span.extracting(0..<count), into: &found, now: now)
            for index in 0..<count where matches[index] == .none {
                prefetchOpening(tuples[index], random: PacketBatch.random(random, start &+ index))
            }
            for index in 0..<count {
                verdicts[start &+ index] = outbound(
                    packets[start &+ index], now: now, random: PacketBatch.random(random, start &+ index))
            }
            start &+= count
        }
    }

    /// Asks for the memory that opening the session of a packet from inside will touch: the buckets of both directions, of
    /// the mappings that it needs, the counts, and free entries. `random` is that of the packet.
    @inlinable
    public func prefetchOpening(_ tuple: FiveTuple<Address>, random: UInt64) {
        if table.isKnownFull { return }
        let pool = configuration.pool
        guard let range = pool.portsToTry(for: tuple.source, tuple.sourcePort),
            let outside = pool.address(0, for: tuple.source, secret),
            let port = pool.port(0, in: range, tuple.sourcePort, random)
        else { return }
        subscribers?.prefetch(secret.fingerprint(tuple.source))
        let reply = FiveTuple(
            from: tuple.destination, tuple.destinationPort, to: outside, port, protocol: tuple.ipProtocol)
        table.prefetchOpening(tuple, reply, .session)
        if configuration.mapping == .addressAndPortDependent {
            destinations?.prefetch(
                secret.fingerprint(outside, to: tuple.destination, tuple.destinationPort, tuple.ipProtocol))
            return
        }
        let anyPort = FiveTuple(from: tuple.destination, 0, to: outside, port, protocol: tuple.ipProtocol)
        let needsAddress =
            configuration.mapping == .addressDependent || configuration.filter(tuple.ipProtocol) == .addressDependent
        if needsAddress { table.prefetchOpening(tuple.forAddress, anyPort, .addressMapping) }
        if configuration.mapping == .addressDependent { return }
        let anyRemote = FiveTuple(from: Address(bits: 0), 0, to: outside, port, protocol: tuple.ipProtocol)
        table.prefetchOpening(tuple.forEndpoint, anyRemote, .endpointMapping)
    }
}

extension ConnectionTable {
    /// Whether the table was found full, and no entry has become free since.
    @inlinable
    var isKnownFull: Bool { memory.fullFlag.pointee.load(ordering: .relaxed) != 0 }

    /// Asks for what opening a connection writes to: the buckets of both directions, and the next free entry.
    @inlinable
    func prefetchOpening(_ original: FiveTuple<Address>, _ reply: FiveTuple<Address>, _ kind: EntryKind) {
        let hash = Address.Packed(original, kind: kind.rawValue).hash(secret)
        cm_prefetch_write(memory.bucket(hash: hash).pointer)
        cm_prefetch_write(memory.bucket(hash: Address.Packed(reply, kind: kind.rawValue).hash(secret)).pointer)
        memory.prefetchFree(memory.freeHead(memory.stripeIndex(hash)))
    }

    /// Whether an entry has the tuple, dead or alive; takes no lock, and may err while entries come and go.
    @inlinable
    func hasEntry(_ tuple: FiveTuple<Address>, _ kind: EntryKind) -> Bool {
        let key = Address.Packed(tuple, kind: kind.rawValue)
        return holder(of: key, hash: key.hash(secret)) != nil
    }
}
