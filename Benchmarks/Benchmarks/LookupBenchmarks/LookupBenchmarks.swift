import Benchmark
import CPeers
import IPAddresses
import PrefixTrie

/// A table of a full one's kind, the same in each run: 100,000 prefixes of /20 to /48 in a few /16s.
private let trie: RadixTrie<IPv6Address, UInt16> = {
    var state: UInt64 = 7
    func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }
    var trie = RadixTrie<IPv6Address, UInt16>()
    for hop in 0..<100_000 {
        let address = IPv6Address(high: (0x2A00 + next() % 16) << 48 | next() >> 16, low: 0)
        trie[Prefix(masking: address, length: 20 + Int(next() % 29))] = UInt16(hop % 256)
    }
    return trie
}()

private let keys = trie.map(\.prefix.last).prefix(1 << 15) + []

let benchmarks: @Sendable () -> Void = {
    // jemalloc's own count for this thread; the benchmark package's reads 0 (Scripts in docs/forwarding-table.md).
    let allocated = BenchmarkMetric.custom(
        "bytes allocated in lookups", polarity: .prefersSmaller, useScalingFactor: false)
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, allocated], scalingFactor: .one, maxDuration: .milliseconds(300))

    for kernel in LookupKernel.available {
        Benchmark("ipv6 within batch 32, \(kernel) × 32768") { benchmark in
            let table = try ForwardingTable(compiling: trie, kernel: kernel)
            var reader = table.makeReader()
            var hops = [UInt16](repeating: 0, count: 32)
            benchmark.startMeasurement()
            let before = peers_thread_allocated()
            keys.withUnsafeBufferPointer { keys in
                hops.withUnsafeMutableBufferPointer { hops in
                    for start in stride(from: 0, to: keys.count, by: 32) {
                        reader.lookup(UnsafeBufferPointer(rebasing: keys[start..<start + 32]), into: hops)
                    }
                }
            }
            let after = peers_thread_allocated()
            benchmark.stopMeasurement()
            if before >= 0 { benchmark.measurement(allocated, Int(after - before)) }
            blackHole(hops)
        }
    }
    Benchmark("ipv6 update × 1024") { benchmark in
        let table = try ForwardingTable(compiling: trie)
        let prefixes = trie.prefix(1024).map(\.prefix)
        benchmark.startMeasurement()
        for (index, prefix) in prefixes.enumerated() { try table.updateValue(UInt16(index % 100), for: prefix) }
        benchmark.stopMeasurement()
    }
    Benchmark("ipv6 compile 100,000 prefixes") { _ in
        blackHole(try ForwardingTable(compiling: trie))
    }
}
