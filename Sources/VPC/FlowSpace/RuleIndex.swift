import IPAddresses
import PrefixTrie

/// The positions of rules by prefix: which rules of a list are for an address, in the list's order.
///
/// Short lists are scanned. Long ones are looked up in a trie: all prefixes that cover the address, merged.
struct RuleIndex: Sendable {
    /// Lists up to this length are scanned: 40 is the most that a network ACL may hold in a direction.
    static let scanLimit = 40

    private let prefixes: [IPPrefix?]
    private var ipv4 = RadixTrie<IPv4Address, [Int]>()
    private var ipv6 = RadixTrie<IPv6Address, [Int]>()
    /// Rules that name no prefix, such as those for a group, are candidates for every address.
    private var always: [Int] = []
    private let isIndexed: Bool

    init(_ prefixes: [IPPrefix?], scanLimit: Int = RuleIndex.scanLimit) {
        self.prefixes = prefixes
        isIndexed = prefixes.count > scanLimit
        guard isIndexed else { return }
        for (position, prefix) in prefixes.enumerated() {
            switch prefix {
            case nil: always.append(position)
            case .v4(let prefix): ipv4[prefix, default: []].append(position)
            case .v6(let prefix): ipv6[prefix, default: []].append(position)
            }
        }
    }

    /// The positions of the rules whose prefix holds `address`, and of those without a prefix, in order.
    func candidates(for address: IPAddress) -> [Int] {
        guard isIndexed else {
            return prefixes.indices.filter { prefixes[$0]?.contains(address) ?? true }
        }
        let matches: [Int] =
            switch address {
            case .v4(let address): ipv4.matches(for: address).flatMap(\.value)
            case .v6(let address): ipv6.matches(for: address).flatMap(\.value)
            }
        return (matches + always).sorted()
    }
}
