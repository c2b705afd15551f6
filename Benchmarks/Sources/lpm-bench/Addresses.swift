import BenchmarkSupport
import IPAddresses
import PrefixTrie

/// How the addresses of a measure are drawn.
enum AddressKind: String, CaseIterable {
    /// A random prefix, and a random address in it.
    case within
    /// A random address of those that are routed at all: 2000::/3, 0.0.0.0/0.
    case uniform
    /// As within, the prefixes' popularity by Zipf's law with exponent 1.
    case zipf

    func addresses<Key: PeerKey>(_ count: Int, in prefixes: [(prefix: Prefix<Key>, hop: UInt16)], seed: UInt64) -> [Key]
    {
        var generator = SplitMix(state: seed)
        func inside(_ prefix: Prefix<Key>) -> Key {
            Key(bits: prefix.bits | Key.random(using: &generator).bits & (prefix.last.bits ^ prefix.bits))
        }
        switch self {
        case .uniform:
            return (0..<count).map { _ in Key.uniform(using: &generator) }
        case .within:
            return (0..<count).map { _ in inside(prefixes.randomElement(using: &generator)!.prefix) }
        case .zipf:
            var sums: [Double] = []
            var sum = 0.0
            for rank in 1...prefixes.count {
                sum += 1 / Double(rank)
                sums.append(sum)
            }
            let ranked = prefixes.indices.shuffled(using: &generator)
            return (0..<count).map { _ in
                let point = Double.random(in: 0..<sum, using: &generator)
                var (low, high) = (0, sums.count - 1)
                while low < high {
                    let middle = (low + high) / 2
                    if sums[middle] < point { low = middle + 1 } else { high = middle }
                }
                return inside(prefixes[ranked[low]].prefix)
            }
        }
    }
}
