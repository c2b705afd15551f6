import BenchmarkSupport
import CPeers
import IPAddresses
import PrefixTrie

/// Keys as DPDK takes them: 16 bytes in network order, or a word in the machine's.
protocol PeerKey: ForwardingKey {
    static var family: String { get }
    static var peerName: String { get }
    static var peerBytes: Int { get }
    func appendPeerBytes(to bytes: inout [UInt8])
    static func table(compiling trie: RadixTrie<Self, UInt16>) throws -> ForwardingTable<Self>
    static func random(using generator: inout SplitMix) -> Self
    /// The uniform addresses: those that are routed at all, 2000::/3 and 0.0.0.0/0.
    static func uniform(using generator: inout SplitMix) -> Self
}

extension IPv6Address: PeerKey {
    static let family = "ipv6"
    static let peerName = "rte_fib6"
    static let peerBytes = 16
    func appendPeerBytes(to bytes: inout [UInt8]) {
        for shift in stride(from: 120, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: bits >> shift)) }
    }
    static func table(compiling trie: RadixTrie<Self, UInt16>) throws -> ForwardingTable<Self> {
        try ForwardingTable(compiling: trie)
    }
    static func random(using generator: inout SplitMix) -> Self {
        Self(bits: UInt128(generator.next()) << 64 | UInt128(generator.next()))
    }
    static func uniform(using generator: inout SplitMix) -> Self {
        Self(bits: 1 << 125 | random(using: &generator).bits >> 3)
    }
}

extension IPv4Address: PeerKey {
    static let family = "ipv4"
    static let peerName = "rte_fib"
    static let peerBytes = 4
    func appendPeerBytes(to bytes: inout [UInt8]) {
        withUnsafeBytes(of: bits) { bytes.append(contentsOf: $0) }
    }
    static func table(compiling trie: RadixTrie<Self, UInt16>) throws -> ForwardingTable<Self> {
        try ForwardingTable(compiling: trie)
    }
    static func random(using generator: inout SplitMix) -> Self {
        Self(bits: UInt32(truncatingIfNeeded: generator.next()))
    }
    static func uniform(using generator: inout SplitMix) -> Self { random(using: &generator) }
}

/// A table of DPDK with the same prefixes.
final class Peer<Key: PeerKey> {
    private let fib: OpaquePointer

    /// The lookups that this machine has, as the peer is named in the report.
    let lookups: [(name: String, avx512: Bool)]

    init?(_ prefixes: [(prefix: Prefix<Key>, hop: UInt16)]) throws {
        guard let fib = peers_fib_create(Int32(Key.peerBytes), Int32(2 * prefixes.count + 1_000)) else { return nil }
        self.fib = fib
        lookups =
            (peers_fib_select(fib, 1) == 0 ? [("\(Key.peerName) AVX-512", true)] : [])
            + [("\(Key.peerName) scalar", false)]
        for (prefix, hop) in prefixes where !add(hop, for: prefix) {
            throw BenchmarkError("\(Key.peerName) does not take \(prefix)")
        }
    }

    deinit { peers_fib_free(fib) }

    var bytes: Int { peers_fib_bytes(fib) }

    func select(avx512: Bool) { _ = peers_fib_select(fib, avx512 ? 1 : 0) }

    @discardableResult
    func add(_ hop: UInt16, for prefix: Prefix<Key>) -> Bool {
        var bytes: [UInt8] = []
        prefix.first.appendPeerBytes(to: &bytes)
        return peers_fib_add(fib, bytes, Int32(prefix.length), UInt64(hop)) == 0
    }

    /// The same with the address's bytes made before, for measuring.
    func replay(_ updates: PeerUpdates) {
        updates.bytes.withUnsafeBytes { bytes in
            for (index, update) in updates.list.enumerated() {
                guard let address = bytes.baseAddress.map({ $0 + Key.peerBytes * index }) else { return }
                if let hop = update.hop {
                    _ = peers_fib_add(fib, address, Int32(update.length), UInt64(hop))
                } else {
                    _ = peers_fib_delete(fib, address, Int32(update.length))
                }
            }
        }
    }

    func lookup(_ addresses: PeerAddresses, into hops: inout [UInt64], batch: Int) {
        peers_fib_lookup(fib, addresses.bytes, &hops, addresses.count, batch)
    }

    func chain(_ addresses: PeerAddresses) -> UInt64 { peers_fib_chain(fib, addresses.bytes, addresses.count - 1) }
}

/// Addresses as DPDK takes them.
struct PeerAddresses {
    var bytes: [UInt8] = []
    let count: Int

    init<Key: PeerKey>(_ keys: [Key]) {
        count = keys.count
        bytes.reserveCapacity(Key.peerBytes * count)
        for key in keys { key.appendPeerBytes(to: &bytes) }
    }
}

/// Updates as DPDK takes them.
struct PeerUpdates {
    var bytes: [UInt8] = []
    var list: [(length: Int, hop: UInt16?)] = []

    init<Key: PeerKey>(_ updates: [(prefix: Prefix<Key>, hop: UInt16?)]) {
        for (prefix, hop) in updates {
            prefix.first.appendPeerBytes(to: &bytes)
            list.append((prefix.length, hop))
        }
    }
}

struct BenchmarkError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
