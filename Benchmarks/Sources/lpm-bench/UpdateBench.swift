import BenchmarkSupport
import IPAddresses
import PrefixTrie
import Synchronization

/// The recorded updates, with readers that look up throughout.
struct UpdateBench<Key: PeerKey> {
    let prefixes: [(prefix: Prefix<Key>, hop: UInt16)]
    let updates: [(prefix: Prefix<Key>, hop: UInt16?)]
    let trie: RadixTrie<Key, UInt16>
    let peer: Peer<Key>?
    let readers: Int
    let note: (String) -> Void

    /// The median of three replays on fresh tables, and one of the peer's; the tables must agree at the end.
    func run() throws -> [Measurement] {
        note("\(Key.family) update, \(readers) readers")
        let keys = AddressKind.within.addresses(1 << 18, in: prefixes, seed: 9)
        var table = try Key.table(compiling: trie)
        var runs: [(time: Double, lookups: Int)] = []
        for _ in 0..<3 {
            let fresh = try Key.table(compiling: trie)
            runs.append(
                replay(keys, on: fresh) {
                    for (prefix, hop) in updates {
                        if let hop {
                            _ = try? fresh.updateValue(hop, for: prefix)
                        } else {
                            fresh.removeValue(for: prefix)
                        }
                    }
                })
            table = fresh
        }
        let row = Measurement(
            "\(Key.family) update, \(readers) readers", ours: runs.map(\.time).median, unit: "ns",
            kernel: "\(table.kernel)", bytes: table.usedBytes)
        try table._invariantCheck()
        note("\(Key.family) update: \(runs[0].lookups) lookups during \(updates.count) updates")
        guard let peer else { return [row] }
        let peerUpdates = PeerUpdates(updates)
        let theirs = nanoseconds(per: updates.count) { peer.replay(peerUpdates) }
        var hops = [UInt64](repeating: 0, count: keys.count)
        peer.lookup(PeerAddresses(keys), into: &hops, batch: lookupBatch)
        try compare(keys.map { table.lookup($0) }, with: hops, of: "\(Key.peerName) after the updates", at: keys)
        return [row.against(theirs, Key.peerName)]
    }

    private func replay(
        _ keys: [Key], on table: ForwardingTable<Key>, _ body: () -> Void
    ) -> (time: Double, lookups: Int) {
        let shared = Shared()
        var time = 0.0
        withThreads(readers) {
            var reader = table.makeReader()
            var hops = [UInt16](repeating: 0, count: lookupBatch)
            var done = 0
            keys.withUnsafeBufferPointer { keys in
                while !shared.stop.load(ordering: .relaxed) {
                    let start = done % (keys.count - lookupBatch)
                    hops.withUnsafeMutableBufferPointer {
                        reader.lookup(UnsafeBufferPointer(rebasing: keys[start..<start + lookupBatch]), into: $0)
                    }
                    done += lookupBatch
                }
            }
            shared.lookups.wrappingAdd(done, ordering: .relaxed)
        } during: {
            time = nanoseconds(per: updates.count, body)
            shared.stop.store(true, ordering: .relaxed)
        }
        return (time, shared.lookups.load(ordering: .relaxed))
    }
}

private final class Shared: Sendable {
    let lookups = Atomic<Int>(0)
    let stop = Atomic<Bool>(false)
}
