import Foundation
import IPAddresses
import PrefixTrie
import TestSupport
import Testing

@Suite("RadixTrie's interface")
struct RadixTrieInterfaceTests {
    private let routes: RadixTrie<IPv4Address, String> = [
        four("10.0.0.0/8"): "a", four("10.1.0.0/16"): "b", four("10.1.2.0/24"): "c", four("10.2.0.0/16"): "d",
        four("192.168.0.0/16"): "e",
    ]

    @Test("Values are mapped, filtered and merged")
    func transformations() throws {
        #expect(routes.mapValues(\.utf8.first).map(\.value) == [97, 98, 99, 100, 101])
        #expect(routes.compactMapValues { $0 < "c" ? $0 : nil }.map(\.value) == ["a", "b"])
        #expect(routes.filter { $0.prefix.length == 16 }.map(\.value) == ["b", "d", "e"])
        #expect(routes.subtrie(four("10.1.0.0/16")).map(\.value) == ["b", "c"])
        var merged = routes
        merged.merge([(prefix: four("10.0.0.0/8"), value: "x"), (prefix: four("0.0.0.0/0"), value: "y")]) { $0 + $1 }
        #expect(merged.map(\.value) == ["y", "ax", "b", "c", "d", "e"])
        #expect(merged.first?.value == "y" && merged.last?.value == "e")
    }

    @Test("Subtrees and what satisfies a condition are removed")
    func removal() {
        var trie = routes
        #expect(trie.removeAll(coveredBy: four("10.1.0.0/16")) == 2 && trie.map(\.value) == ["a", "d", "e"])
        trie.removeAll { $0.value == "a" }
        trie.retain { $0.prefix.length == 16 && $0.value == "e" }
        #expect(trie.map(\.prefix) == [four("192.168.0.0/16")])
        trie._invariantCheck()
        #expect(routes.count == 5)
    }

    @Test("An entry is changed in place, inserted and removed with one call")
    func entries() {
        var counts: RadixTrie<IPv4Address, Int> = [:]
        for _ in 0..<3 { counts.update(four("10.0.0.0/8")) { $0 = ($0 ?? 0) + 1 } }
        counts[four("10.0.0.0/8"), default: 0] += 4
        #expect(counts[four("10.0.0.0/8")] == 7)
        let gone = counts.update(four("10.0.0.0/8")) { value in
            defer { value = nil }
            return value
        }
        #expect(gone == 7 && counts.isEmpty)
        struct Refusal: Error {}
        #expect(throws: Refusal.self) { try counts.update(four("10.0.0.0/8")) { _ in throw Refusal() } }
        #expect(counts.isEmpty)
    }

    @Test("A trie, a set and a dual-stack map come back from JSON; a prefix that is there twice is named")
    func coding() throws {
        let data = try JSONEncoder().encode(routes)
        #expect(String(decoding: data, as: UTF8.self).contains(#""10.0.0.0\/8""#))
        #expect(try JSONDecoder().decode(RadixTrie<IPv4Address, String>.self, from: data) == routes)
        let twice = Data(#"[{"prefix":"10.0.0.0/8","value":"a"},{"prefix":"10.0.0.0/8","value":"b"}]"#.utf8)
        let error = #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(RadixTrie<IPv4Address, String>.self, from: twice)
        }
        #expect("\(try #require(error))".contains("10.0.0.0/8 appears twice"))
        let set = PrefixSet(routes.prefixes)
        #expect(try JSONDecoder().decode(PrefixSet<IPv4Address>.self, from: JSONEncoder().encode(set)) == set)
        var both = DualStackTrie<String>()
        both.ipv4 = routes
        both[.v6(six("2001:db8::/32"))] = "six"
        #expect(try JSONDecoder().decode(DualStackTrie<String>.self, from: JSONEncoder().encode(both)) == both)
    }

    @Test("The tree is drawn for people")
    func drawing() {
        #expect(
            routes.debugDescription == """
                ├─ 10.0.0.0/8: a
                │  ├─ 10.1.0.0/16: b
                │  │  └─ 10.1.2.0/24: c
                │  └─ 10.2.0.0/16: d
                └─ 192.168.0.0/16: e
                """)
        #expect(
            PrefixSet<IPv4Address>([four("10.0.0.0/8"), four("10.1.0.0/16")]).debugDescription
                == "└─ 10.0.0.0/8\n   └─ 10.1.0.0/16"
        )
        #expect(RadixTrie<UInt32, Int>().debugDescription.isEmpty && RadixTrie<UInt32, Int>().description == "[:]")
    }

    @Test("Equal tries hash alike, whatever their history")
    func hashing() {
        var other = routes
        other[four("172.16.0.0/12")] = "z"
        #expect(other != routes)
        other[four("172.16.0.0/12")] = nil
        #expect(other == routes && other.hashValue == routes.hashValue && Set([other, routes]).count == 1)
    }

    @Test("A view rooted at a prefix answers for what is within it")
    func views() {
        let view = routes.covered(by: four("10.1.0.0/16"))
        #expect(view.map(\.value) == ["b", "c"] && view[four("10.1.2.0/24")] == "c" && view[four("10.0.0.0/8")] == nil)
        #expect(
            view.longestMatch(for: address("10.1.9.9"))?.value == "b"
                && view.longestMatch(for: address("10.9.9.9")) == nil)
        #expect(
            view.covered(by: four("10.1.2.0/24")).map(\.value) == ["c"]
                && Array(view.covered(by: four("10.0.0.0/8"))).count == 2)
        #expect(view.covered(by: four("10.2.0.0/16")).isEmpty)
    }

    @Test("Both families in one map, IPv4 first")
    func dualStack() {
        var trie = DualStackTrie<Int>([(.v6(six("2001:db8::/32")), 6), (.v4(four("10.0.0.0/8")), 4)])
        #expect(trie.map(\.value) == [4, 6] && trie.count == 2)
        #expect(trie.longestMatch(for: .v4(address("10.1.1.1")))?.prefix == .v4(four("10.0.0.0/8")))
        #expect(trie.longestMatch(for: .v6(six("2001:db8::1/128").first))?.value == 6)
        #expect(
            trie.longestMatch(covering: .v4(four("10.1.0.0/16")))?.value == 4 && trie.overlaps(.v4(four("0.0.0.0/0"))))
        #expect(
            trie.updateValue(5, for: .v4(four("10.0.0.0/8"))) == 4
                && trie.removeValue(for: .v4(four("10.0.0.0/8"))) == 5)
        trie[.v6(six("2001:db8::/32"))] = nil
        #expect(trie.isEmpty)
    }

    @Test("A set of prefixes keeps the laws of sets, and costs less than values do")
    func sets() {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<200 {
            let lists = (0..<2).map { _ in
                (0..<Int(generator.next() % 20)).map { _ in clusteredPrefix(using: &generator) as Prefix<UInt32> }
            }
            let (left, right) = (PrefixSet(lists[0]), PrefixSet(lists[1]))
            let (first, second) = (Set(lists[0]), Set(lists[1]))
            #expect(Array(left.union(right)) == first.union(second).sorted())
            #expect(Array(left.intersection(right)) == first.intersection(second).sorted())
            #expect(Array(left.subtracting(right)) == first.subtracting(second).sorted())
            #expect(Array(left.symmetricDifference(right)) == first.symmetricDifference(second).sorted())
            #expect(left.isSubset(of: right) == first.isSubset(of: second))
        }
        let many = (0..<5_000 as Range<UInt32>).map { Prefix(masking: $0 << 12, length: 20) }
        let set = PrefixSet(many)
        #expect(set.allocatedBytes < RadixTrie(many.map { ($0, UInt32(1)) }).allocatedBytes)
        #expect(set.aggregated().count < 10 && set.aggregated().covers(many[77]))
    }

    @Test("Subnets, supernets, ranges and what is left without a part")
    func arithmetic() throws {
        let prefix: IPv4Prefix = four("10.1.0.0/16")
        #expect(prefix.supernet(ofLength: 8) == four("10.0.0.0/8") && prefix.supernet(ofLength: 17) == nil)
        #expect(
            Array(prefix.subnets(ofLength: 18)).map(\.description) == [
                "10.1.0.0/18", "10.1.64.0/18", "10.1.128.0/18", "10.1.192.0/18",
            ])
        #expect(Array(prefix.subnets(ofLength: 8)).isEmpty && Array(prefix.subnets(ofLength: 33)).isEmpty)
        #expect(Array(IPv4Prefix.all.subnets(ofLength: 1)).map(\.description) == ["0.0.0.0/1", "128.0.0.0/1"])
        #expect(Array(IPv4Prefix.all.subnets(ofLength: 0)) == [.all])
        #expect(IPv4Prefix.summarizing(address("0.0.0.0")...address("255.255.255.255")) == [.all])
        #expect(
            IPv4Prefix.summarizing(address("10.0.0.1")...address("10.0.0.6")).map(\.description) == [
                "10.0.0.1/32", "10.0.0.2/31", "10.0.0.4/31", "10.0.0.6/32",
            ])
        #expect(prefix.excluding(four("10.1.128.0/18")).map(\.description) == ["10.1.0.0/17", "10.1.192.0/18"])
        #expect(prefix.excluding(four("10.0.0.0/8")).isEmpty && prefix.excluding(four("11.0.0.0/8")) == [prefix])
        var generator = SeededGenerator(seed: 8)
        for _ in 0..<500 {
            let ends = [UInt8(truncatingIfNeeded: generator.next()), UInt8(truncatingIfNeeded: generator.next())]
                .sorted()
            let (low, high) = (UInt32(ends[0]), UInt32(ends[1]))
            let parts = Prefix<UInt32>.summarizing(low...high)
            #expect(parts.flatMap { Array($0.first...$0.last) } == Array(low...high))
            #expect(PrefixSet(parts).aggregated().count == parts.count)
        }
    }
}

private func four(_ text: String) -> IPv4Prefix { IPv4Prefix(text) ?? .all }
private func six(_ text: String) -> IPv6Prefix { IPv6Prefix(text) ?? .all }
private func address(_ text: String) -> IPv4Address { IPv4Address(text) ?? IPv4Address(bits: 0) }
