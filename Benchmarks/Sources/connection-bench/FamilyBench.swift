import BenchmarkSupport
import CPeers
import IPAddresses
import Translation

/// All measures of one family.
struct FamilyBench<Address: BenchFamily> {
    let flows: Int
    let threads: Int
    let rounds: Int
    let peers: Bool
    /// In the order in which they are opened.
    let tuples: [FiveTuple<Address>]
    /// In the order in which they are looked up.
    let shuffled: [FiveTuple<Address>]

    init(flows: Int, threads: Int, rounds: Int, peers: Bool) {
        (self.flows, self.threads, self.rounds, self.peers) = (flows, threads, rounds, peers)
        tuples = (0..<flows).map { Address.original($0) }
        var generator = SplitMix(state: 3)
        shuffled = tuples.shuffled(using: &generator)
    }

    let start = MonotonicTime(nanoseconds: 1_000_000_000_000)
    let lifetime = Lifetime.seconds(350)

    /// What each round measures: ours and the peer's times, a round each.
    private struct Times {
        var ours: [Double] = []
        var peer: [Double] = []
    }

    func run() throws -> [Measurement] {
        var new = Times()
        var batch = Times()
        var single = Times()
        var chained = Times()
        var again = Times()
        var expiry = Times()
        let keys = peers ? Address.peerKeys(tuples) : []
        let shuffledKeys = peers ? Address.peerKeys(shuffled) : []
        var bytes = 0
        for round in 0..<rounds {
            let table = try ConnectionTable<Address>(capacity: flows)
            bytes = table.bytes
            new.ours.append(try nanoseconds(per: flows) { try open(tuples, in: table) })
            let peer = peers ? try Peer(flows, Address.peerBytes) : nil
            try peer?.add(keys, flows, &new.peer)
            try expectAll(&batch.ours) { lookUpInBatches(shuffled, in: table) }
            if let peer { try expectAll(&batch.peer) { peer.bulk(shuffledKeys, flows) } }
            try expectAll(&single.ours) { lookUpSingly(shuffled, in: table) }
            if let peer { try expectAll(&single.peer) { peer.single(shuffledKeys, flows) } }
            try expectAll(&chained.ours) { lookUpChained(shuffled, in: table) }
            if let peer { try expectAll(&chained.peer) { peer.chained(shuffledKeys, flows) } }
            try reopen(in: table, &again.ours)
            if let peer { try readd(shuffledKeys, in: peer, &again.peer) }
            expiry.ours.append(nanoseconds(per: flows) { keep(table.expire(now: start + .seconds(700))) })
            if table.count != 0 { throw WrongAnswer(text: "\(table.count) connections outlive their time") }
            try peer?.delete(shuffledKeys, flows, &expiry.peer)
            note("\(Address.family): round \(round + 1) of \(rounds)")
        }
        func row(_ measure: String, _ times: Times, _ peerName: String) -> Measurement {
            let row = Measurement(
                "\(Address.family) \(measure)", ours: times.ours.median, unit: "ns", kernel: "", bytes: bytes)
            return times.peer.isEmpty ? row : row.against(times.peer.median, peerName)
        }
        let perConnection = Double(bytes) / Double(flows)
        return [
            row("lookup batch 32", batch, "rte_hash_lookup_bulk"),
            row("lookup single", single, "rte_hash_lookup"),
            row("lookup single chained", chained, "rte_hash_lookup"),
            row("new", new, "rte_hash_add_key"),
            row("new, where half was removed at random", again, "rte_hash_add_key"),
            row("expiry", expiry, "rte_hash_del_key"),
            Measurement(
                "\(Address.family) bytes a connection", ours: perConnection, unit: "bytes", kernel: "", bytes: bytes),
        ]
    }

    /// Removes half of the connections at random, and opens the same again: in a table that has run for a while, what is free
    /// lies in no order.
    private func reopen(in table: ConnectionTable<Address>, _ times: inout [Double]) throws {
        let half = Array(shuffled.prefix(flows / 2))
        for tuple in half { if let match = table.lookup(tuple, now: start) { table.remove(match) } }
        if table.count != flows - half.count { throw WrongAnswer(text: "\(table.count) connections are left") }
        times.append(try nanoseconds(per: half.count) { try open(half.reversed(), in: table) })
    }

    private func readd(_ keys: [UInt8], in peer: Peer, _ times: inout [Double]) throws {
        let half = Array(keys.prefix(flows / 2 * Address.peerBytes))
        var ignored: [Double] = []
        try peer.delete(half, flows / 2, &ignored)
        try peer.add(half, flows / 2, &times)
    }

    func expectAll(_ times: inout [Double], _ body: () -> Int) throws {
        var found = 0
        times.append(nanoseconds(per: flows) { found = body() })
        if found != flows { throw WrongAnswer(text: "\(found) of \(flows) connections found") }
    }

    func open(_ tuples: [FiveTuple<Address>], in table: ConnectionTable<Address>) throws {
        var generator = SplitMix(state: 7)
        let start = ConnectionStart(state: 1, lifetime: lifetime)
        for index in tuples.indices {
            let tuple = tuples[index]
            let random = generator.next()
            let result = table.open(tuple, start, now: self.start) { attempt in
                attempt < 60_000
                    ? FiveTuple(
                        from: tuple.destination, tuple.destinationPort,
                        to: Address.outside(Int(truncatingIfNeeded: random)),
                        UInt16(truncatingIfNeeded: 1024 + (random >> 32 + UInt64(attempt) * 40503) % 64512), protocol: 6
                    ) : nil
            }
            guard case .opened = result else { throw WrongAnswer(text: "\(tuple): \(result)") }
        }
    }

    func lookUpInBatches(_ tuples: [FiveTuple<Address>], in table: ConnectionTable<Address>) -> Int {
        var found = 0
        let now = start
        withUnsafeTemporaryAllocation(of: ConnectionMatch.self, capacity: 32) { matches in
            tuples.withUnsafeBufferPointer { tuples in
                var first = 0
                while first < tuples.count {
                    let end = min(first + 32, tuples.count)
                    table.lookup(UnsafeBufferPointer(rebasing: tuples[first..<end]), into: matches, now: now)
                    for index in 0..<end - first where matches[index] != .none { found += 1 }
                    first = end
                }
            }
        }
        return found
    }

    func lookUpSingly(_ tuples: [FiveTuple<Address>], in table: ConnectionTable<Address>) -> Int {
        var found = 0
        for tuple in tuples where table.lookup(tuple, now: start) != nil { found += 1 }
        return found
    }

    /// Each tuple's index comes of the last answer, so that lookups do not overlap.
    func lookUpChained(_ tuples: [FiveTuple<Address>], in table: ConnectionTable<Address>) -> Int {
        var found = 0
        var last = 0
        for index in tuples.indices {
            guard let match = table.lookup(tuples[index &+ last], now: start) else { continue }
            // The highest bit of a match's position is 0, which neither the compiler nor the processor knows. The peer's
            // lookups are chained by theirs.
            last = Int(truncatingIfNeeded: unsafeBitCast(match, to: UInt64.self) &>> 31 & 1)
            found += 1
        }
        return found
    }
}
