import BenchmarkSupport
import CPeers

/// DPDK's rte_hash with the keys of connections: its own hash function, one writer, no locks.
final class Peer {
    private let table: UnsafeMutableRawPointer
    private let keyBytes: Int

    init(_ entries: Int, _ keyBytes: Int) throws {
        guard let table = peers_hash_create(UInt32(entries), UInt32(keyBytes)) else {
            throw WrongAnswer(text: "rte_hash can't be made for \(entries) keys of \(keyBytes) bytes")
        }
        (self.table, self.keyBytes) = (table, keyBytes)
    }

    deinit { peers_hash_free(table) }

    func add(_ keys: [UInt8], _ count: Int, _ times: inout [Double]) throws {
        var failed: CInt = 0
        times.append(nanoseconds(per: count) { failed = peers_hash_add(table, keys, keyBytes, count) })
        if failed != 0 { throw WrongAnswer(text: "rte_hash does not accept all keys") }
    }

    func delete(_ keys: [UInt8], _ count: Int, _ times: inout [Double]) throws {
        var failed: CInt = 0
        times.append(nanoseconds(per: count) { failed = peers_hash_delete(table, keys, keyBytes, count) })
        if failed != 0 { throw WrongAnswer(text: "rte_hash has lost keys") }
    }

    func bulk(_ keys: [UInt8], _ count: Int) -> Int { Int(peers_hash_bulk(table, keys, keyBytes, count, 32)) }
    func single(_ keys: [UInt8], _ count: Int) -> Int { Int(peers_hash_lookup(table, keys, keyBytes, count)) }
    func chained(_ keys: [UInt8], _ count: Int) -> Int { Int(peers_hash_chain(table, keys, keyBytes, count)) }
}
