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

    func run() throws -> [Measurement] {
        var new: [Double] = []
        var peerNew: [Double] = []
        var single: [Double] = []
        var chained: [Double] = []
        var batch: [Double] = []
        var peerSingle: [Double] = []
        var peerChained: [Double] = []
        var peerBatch: [Double] = []
        var expiry: [Double] = []
        var peerDelete: [Double] = []
        var bytes = 0
        let keys = peers ? Address.peerKeys(tuples) : []
        let shuffledKeys = peers ? Address.peerKeys(shuffled) : []
        for round in 0..<rounds {
            let table = try ConnectionTable<Address>(capacity: flows)
            bytes = table.bytes
            new.append(try nanoseconds(per: flows) { try open(tuples, in: table) })
            let peer = peers ? peers_hash_create(UInt32(flows), UInt32(Address.peerBytes)) : nil
            if peers, peer == nil { throw WrongAnswer(text: "rte_hash can't be made") }
            if let peer {
                peerNew.append(
                    nanoseconds(per: flows) { keep(peers_hash_add(peer, keys, Address.peerBytes, flows)) })
            }
            try expectAll(nanoseconds: &batch) { lookUpInBatches(shuffled, in: table) }
            if let peer {
                try expectAll(nanoseconds: &peerBatch) {
                    Int(peers_hash_bulk(peer, shuffledKeys, Address.peerBytes, flows, 32))
                }
            }
            try expectAll(nanoseconds: &single) { lookUpSingly(shuffled, in: table) }
            if let peer {
                try expectAll(nanoseconds: &peerSingle) {
                    Int(peers_hash_lookup(peer, shuffledKeys, Address.peerBytes, flows))
                }
            }
            try expectAll(nanoseconds: &chained) { lookUpChained(shuffled, in: table) }
            if let peer {
                try expectAll(nanoseconds: &peerChained) {
                    Int(peers_hash_chain(peer, shuffledKeys, Address.peerBytes, flows))
                }
            }
            expiry.append(nanoseconds(per: flows) { keep(table.expire(now: start + .seconds(700))) })
            if table.count != 0 { throw WrongAnswer(text: "\(table.count) connections outlive their time") }
            if let peer {
                peerDelete.append(
                    nanoseconds(per: flows) { keep(peers_hash_delete(peer, shuffledKeys, Address.peerBytes, flows)) })
                peers_hash_free(peer)
            }
            note("\(Address.family): round \(round + 1) of \(rounds)")
        }
        let name = Address.family
        func row(_ measure: String, _ ours: [Double], _ peer: [Double], _ peerName: String) -> Measurement {
            let row = Measurement("\(name) \(measure)", ours: ours.median, unit: "ns", kernel: "", bytes: bytes)
            return peer.isEmpty ? row : row.against(peer.median, peerName)
        }
        return [
            row("lookup batch 32", batch, peerBatch, "rte_hash_lookup_bulk"),
            row("lookup single", single, peerSingle, "rte_hash_lookup"),
            row("lookup single chained", chained, peerChained, "rte_hash_lookup"),
            row("new", new, peerNew, "rte_hash_add_key"),
            row("expiry", expiry, peerDelete, "rte_hash_del_key"),
            Measurement(
                "\(name) bytes a connection", ours: Double(bytes) / Double(flows), unit: "bytes", kernel: "",
                bytes: bytes),
        ]
    }

    private func expectAll(nanoseconds times: inout [Double], _ body: () -> Int) throws {
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
            let match = table.lookup(tuples[index &+ last], now: start)
            // 0 either way, which the processor can't know.
            last = match == ConnectionMatch.none ? 1 : 0
            found += match == nil ? 0 : 1
        }
        return found
    }
}
