import BenchmarkSupport
import IPAddresses
import PrefixTrie

/// Tables made to be hard: each with the time to compile, the bytes a prefix, and lookups within its prefixes.
struct WorstCases {
    let rounds: Int
    let note: (String) -> Void

    func run() throws -> [Measurement] {
        var generator = SplitMix(state: 5)
        let base: UInt128 = 0x2001_0db8 << 96
        let million = 1 << 20
        return try measure(
            "random /64s below one /32",
            (0..<million).map { _ in
                (base | UInt128(generator.next() >> 32) << 64, 64)
            })
            + measure(
                "nested chains /1 to /128",
                (0..<64).flatMap { _ in
                    let key = IPv6Address.random(using: &generator).bits
                    return (1...128).map { (key, $0) }
                })
            + measure("all /48s of one /32", (0..<1 << 16).map { (base | UInt128($0) << 80, 48) })
            + measure("host routes", (0..<million).map { _ in (IPv6Address.random(using: &generator).bits, 128) })
            + measure("the empty table", [])
            + measure("the default route alone", [(0, 0)])
    }

    private func measure(_ name: String, _ routes: [(UInt128, Int)]) throws -> [Measurement] {
        note("ipv6 worst case: \(name)")
        var trie = RadixTrie<IPv6Address, UInt16>()
        for (bits, length) in routes {
            trie[Prefix(masking: IPv6Address(bits: bits), length: length)] = UInt16(trie.count % 250)
        }
        let prefixes = trie.map { (prefix: $0.prefix, hop: $0.value) }
        var table = try ForwardingTable(compiling: trie)
        let build = try (0..<3).map { _ in
            try nanoseconds(per: max(1, prefixes.count)) { table = try ForwardingTable(compiling: trie) }
        }
        let kind: AddressKind = prefixes.isEmpty ? .uniform : .within
        let keys = kind.addresses(1 << 20, in: prefixes, seed: 3)
        var reader = table.makeReader()
        var hops = [UInt16](repeating: 0, count: keys.count)
        let lookup = (0..<rounds).map { _ in
            nanoseconds(per: keys.count) { lookUp(keys, into: &hops, by: &reader) }
        }
        for index in stride(from: 0, to: keys.count, by: 97) {
            let expected = trie.longestMatch(for: keys[index])?.value ?? NextHop.noRoute
            if hops[index] != expected { throw BenchmarkError("\(name): \(keys[index]) is \(hops[index])") }
        }
        func row(_ what: String, _ value: Double, _ unit: String) -> Measurement {
            Measurement(
                "ipv6 worst case, \(name): \(what)", ours: value, unit: unit, kernel: "\(table.kernel)",
                bytes: table.usedBytes)
        }
        return [
            row("lookup", lookup.median, "ns"), row("compile", build.median, "ns a prefix"),
            row("memory", Double(table.usedBytes) / Double(max(1, prefixes.count)), "bytes a prefix"),
        ]
    }
}
