import BenchmarkSupport
import IPAddresses
import Translation

extension FamilyBench {
    /// Lookups of packets of both directions, as a translator has them. The peer holds what it needs for that: two keys
    /// a connection.
    func runDirections() throws -> [Measurement] {
        let table = try ConnectionTable<Address>(capacity: flows)
        try open(tuples, in: table)
        var generator = SplitMix(state: 5)
        var replies: [FiveTuple<Address>] = []
        replies.reserveCapacity(flows)
        table.forEach { _, _, reply in replies.append(reply) }
        // As many lookups as there are connections, half of them of answers.
        let asked = (shuffled.prefix(flows / 2) + replies.shuffled(using: &generator).prefix(flows - flows / 2))
            .shuffled(using: &generator)
        let askedKeys = peers ? Address.peerKeys(asked) : []
        let peer = peers ? try Peer(2 * flows, Address.peerBytes) : nil
        var ignored: [Double] = []
        try peer?.add(Address.peerKeys(tuples), flows, &ignored)
        try peer?.add(Address.peerKeys(replies), flows, &ignored)
        var batch: [Double] = []
        var single: [Double] = []
        var peerBatch: [Double] = []
        var peerSingle: [Double] = []
        for _ in 0..<rounds {
            try expectAll(&batch) { lookUpInBatches(asked, in: table) }
            if let peer { try expectAll(&peerBatch) { peer.bulk(askedKeys, flows) } }
            try expectAll(&single) { lookUpSingly(asked, in: table) }
            if let peer { try expectAll(&peerSingle) { peer.single(askedKeys, flows) } }
        }
        return [("batch 32", batch, peerBatch, "_bulk"), ("single", single, peerSingle, "")].map {
            name, ours, peer, suffix in
            let row = Measurement(
                "\(Address.family) both directions, lookup \(name)", ours: ours.median, unit: "ns", kernel: "",
                bytes: table.bytes)
            return peer.isEmpty ? row : row.against(peer.median, "rte_hash_lookup\(suffix), two keys")
        }
    }
}
