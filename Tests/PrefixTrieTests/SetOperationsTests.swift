import IPAddresses
import PrefixTrie
import Testing
import TestSupport

@Suite("RadixTrie set operations")
struct SetOperationsTests {
    /// Two random tries and their golden models.
    func pair(seed: UInt64) -> (
        RadixTrie<UInt32, Int>, RadixTrie<UInt32, Int>, GoldenTable<UInt32, Int>, GoldenTable<UInt32, Int>
    ) {
        var generator = SeededGenerator(seed: seed)
        var left = GoldenTable<UInt32, Int>()
        var right = GoldenTable<UInt32, Int>()
        for step in 0..<Int.random(in: 0..<40, using: &generator) {
            left.updateValue(step % 3, for: clusteredPrefix(using: &generator))
            right.updateValue(
                step % 3,
                for: step % 2 == 0
                    ? clusteredPrefix(using: &generator) : left.elements[step % left.elements.count].prefix)
        }
        return (RadixTrie(left.elements), RadixTrie(right.elements), left, right)
    }

    @Test("Views agree with the golden models", arguments: 0..<300 as Range<UInt64>)
    func views(seed: UInt64) {
        let (left, right, goldenLeft, goldenRight) = pair(seed: seed)
        let all = Set((goldenLeft.elements + goldenRight.elements).map(\.prefix)).sorted()

        let union = Array(left.union(with: right))
        #expect(union.map(\.prefix) == all)
        #expect(union.map(\.left) == all.map { goldenLeft[$0] })
        #expect(union.map(\.right) == all.map { goldenRight[$0] })

        let covering = Array(left.coveringUnion(with: right))
        #expect(covering.map(\.prefix) == all)
        #expect(covering.map(\.left) == all.map { goldenLeft.longestMatch(covering: $0)?.value })
        #expect(covering.map(\.right) == all.map { goldenRight.longestMatch(covering: $0)?.value })

        let both = goldenLeft.elements.filter { goldenRight[$0.prefix] != nil }
        #expect(left.intersection(with: right).map(\.prefix) == both.map(\.prefix))
        #expect(left.intersection(with: right).map(\.right) == both.map { goldenRight[$0.prefix] })

        let only = goldenLeft.elements.filter { goldenRight[$0.prefix] == nil }
        #expect(left.difference(from: right).map(\.prefix) == only.map(\.prefix))
        let uncovered = goldenLeft.elements.filter { goldenRight.longestMatch(covering: $0.prefix) == nil }
        #expect(left.coveringDifference(from: right).map(\.prefix) == uncovered.map(\.prefix))

        let overlap = goldenLeft.elements.contains { goldenRight.overlaps($0.prefix) }
        #expect(left.overlaps(right) == overlap && right.overlaps(left) == overlap)
    }

    @Test("Aggregation keeps every longest match and leaves nothing to join", arguments: 0..<300 as Range<UInt64>)
    func aggregation(seed: UInt64) {
        let (trie, _, golden, _) = pair(seed: seed)
        let small = trie.aggregated()
        small._invariantCheck()
        #expect(small.count <= trie.count)
        // Every key's answer is that of the first key behind some boundary.
        for element in golden.elements {
            for key in [element.prefix.first, element.prefix.last, element.prefix.first &- 1, element.prefix.last &+ 1]
            {
                #expect(small.longestMatch(for: key)?.value == golden.longestMatch(for: key)?.value)
            }
        }
        for (prefix, value) in small {
            #expect(prefix.parent.flatMap { small.longestMatch(covering: $0)?.value } != value)
            #expect(prefix.sibling.flatMap { small[$0] } != value)
        }
    }
}
