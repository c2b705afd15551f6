import BenchmarkSupport
import CLookupKernels
import CPeers
import IPAddresses
import PrefixTrie

/// Lookups on one full table: in batches of 32, and one at a time, each found by the last answer.
struct LookupBench<Key: PeerKey> {
    let prefixes: [(prefix: Prefix<Key>, hop: UInt16)]
    let table: ForwardingTable<Key>
    let peer: Peer<Key>?
    let count: Int
    let rounds: Int
    let note: (String) -> Void

    func run(_ kinds: [AddressKind]) throws -> [Measurement] {
        var rows: [Measurement] = []
        for (index, kind) in kinds.enumerated() {
            note("\(Key.family) \(kind)")
            let keys = kind.addresses(count, in: prefixes, seed: UInt64(index + 1))
            rows += try measure(kind, keys)
        }
        if let bytes = allocatedInLookups() {
            rows.append(row("\(Key.family) bytes allocated in 1,000,000 lookups", Double(bytes), unit: "bytes"))
        }
        if let peer {
            let row = row("\(Key.family) memory", Double(table.usedBytes), unit: "bytes")
            rows.append(row.against(Double(peer.bytes), "\(Key.peerName) reserved"))
        } else {
            rows.append(row("\(Key.family) memory", Double(table.usedBytes), unit: "bytes"))
        }
        return rows
    }

    /// What jemalloc counted for this thread; nil where it is not linked.
    private func allocatedInLookups() -> Int64? {
        let keys = AddressKind.within.addresses(1_000_000, in: prefixes, seed: 4)
        var hops = [UInt16](repeating: 0, count: keys.count)
        var reader = table.makeReader()
        lookUp(keys, into: &hops, by: &reader)
        let allocations = AllocationCount()
        lookUp(keys, into: &hops, by: &reader)
        for key in keys.prefix(1_000) { hops[0] = reader.lookup(key) }
        return allocations.bytes
    }

    private func row(_ name: String, _ ours: Double, unit: String = "ns") -> Measurement {
        Measurement(name, ours: ours, unit: unit, kernel: "\(table.kernel)", bytes: table.usedBytes)
    }

    /// Everything that is compared runs once in each round, so that noise falls on all alike, and has its table brought
    /// back into the caches before, which what ran last has filled with its own.
    private func measure(_ kind: AddressKind, _ keys: [Key]) throws -> [Measurement] {
        var reader = table.makeReader()
        let addresses = peer.map { _ in PeerAddresses(keys) }
        var hops = [UInt16](repeating: 0, count: keys.count)
        var peerHops = [UInt64](repeating: 0, count: keys.count)
        var (ours, alone, chained): ([Double], [Double], [Double]) = ([], [], [])
        var peers = Array(repeating: (batch: [Double](), chained: [Double]()), count: peer?.lookups.count ?? 0)
        let warm = Array(keys.prefix(keys.count / 4))
        let warmAddresses = peer.map { _ in PeerAddresses(warm) }
        for round in 0..<rounds {
            lookUp(warm, into: &hops, by: &reader)
            // The second of two finds warmer caches: they take turns.
            if round % 2 == 0 { ours.append(nanoseconds(per: keys.count) { lookUp(keys, into: &hops, by: &reader) }) }
            alone.append(nanoseconds(per: keys.count) { runKernel(keys, into: &hops) })
            if round % 2 == 1 { ours.append(nanoseconds(per: keys.count) { lookUp(keys, into: &hops, by: &reader) }) }
            chained.append(nanoseconds(per: keys.count) { keep(chain(keys, by: &reader)) })
            for (index, lookup) in (peer?.lookups ?? []).enumerated() {
                guard let peer, let addresses else { break }
                peer.select(avx512: lookup.avx512)
                if let warmAddresses { peer.lookup(warmAddresses, into: &peerHops, batch: lookupBatch) }
                peers[index].batch.append(
                    nanoseconds(per: keys.count) { peer.lookup(addresses, into: &peerHops, batch: lookupBatch) })
                try compare(hops, with: peerHops, of: lookup.name, at: keys)
                peers[index].chained.append(nanoseconds(per: keys.count) { keep(peer.chain(addresses)) })
            }
        }
        let batchRow = row("\(Key.family) \(kind) batch \(lookupBatch)", ours.median)
        let chainRow = row("\(Key.family) \(kind) chained", chained.median)
        var rows: [Measurement] = peer == nil ? [batchRow, chainRow] : []
        for (index, lookup) in (peer?.lookups ?? []).enumerated() {
            rows.append(batchRow.against(peers[index].batch.median, lookup.name))
            rows.append(chainRow.against(peers[index].chained.median, lookup.name))
        }
        rows.append(
            row("\(Key.family) swift-call \(kind) batch \(lookupBatch)", ours.median)
                .against(alone.median, "the kernel alone"))
        return rows
    }

    private func runKernel(_ keys: [Key], into hops: inout [UInt16]) {
        keys.withUnsafeBytes { bytes in
            guard let first = bytes.baseAddress else { return }
            table._withKernel { kernel, memory in
                peers_repeat(kernel, memory, first, MemoryLayout<Key>.size, &hops, keys.count, lookupBatch)
            }
        }
    }

    private func chain(_ keys: [Key], by reader: inout ForwardingTable<Key>.Reader) -> Int {
        var hop: UInt16 = 0
        var sum = 0
        keys.withUnsafeBufferPointer { keys in
            for index in 0..<keys.count - 1 {
                // No table yields the link's own next hop, which the processor can't know.
                hop = reader.lookup(keys[index + (hop == 0xFFFF ? 1 : 0)])
                sum &+= Int(hop)
            }
        }
        return sum
    }
}

/// The number of addresses that a call looks up.
let lookupBatch = 32

/// Looks up all keys, a batch at a time.
func lookUp<Key>(_ keys: [Key], into hops: inout [UInt16], by reader: inout ForwardingTable<Key>.Reader) {
    keys.withUnsafeBufferPointer { keys in
        hops.withUnsafeMutableBufferPointer { hops in
            var start = 0
            while start < keys.count {
                let end = min(start + lookupBatch, keys.count)
                reader.lookup(
                    UnsafeBufferPointer(rebasing: keys[start..<end]),
                    into: UnsafeMutableBufferPointer(rebasing: hops[start..<end]))
                start = end
            }
        }
    }
}

/// Throws where a peer's answers are not ours.
func compare<Key: PeerKey>(
    _ ours: [UInt16], with theirs: [UInt64], of name: String, at keys: [Key]
) throws(BenchmarkError) {
    for index in ours.indices {
        let expected = ours[index] == NextHop.noRoute ? UInt64(PEERS_NO_ROUTE) : UInt64(ours[index])
        if theirs[index] != expected {
            throw BenchmarkError("\(keys[index]): ours is \(ours[index]), that of \(name) \(theirs[index])")
        }
    }
}
