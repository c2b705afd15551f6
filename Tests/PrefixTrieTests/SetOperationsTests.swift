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

        let coveringUnion = Array(left.coveringUnion(with: right))
        #expect(coveringUnion.map(\.prefix) == all)
        #expect(coveringUnion.map(\.left) == all.map { goldenLeft.longestMatch(covering: $0)?.value })
        #expect(coveringUnion.map(\.right) == all.map { goldenRight.longestMatch(covering: $0)?.value })

        let both = goldenLeft.elements.filter { goldenRight[$0.prefix] != nil }
        #expect(left.intersection(with: right).map(\.prefix) == both.map(\.prefix))
        #expect(left.intersection(with: right).map(\.right) == both.map { goldenRight[$0.prefix] })

        let only = goldenLeft.elements.filter { goldenRight[$0.prefix] == nil }
        #expect(left.difference(from: right).map(\.prefix) == only.map(\.prefix))
        let uncovered = goldenLeft.elements.filter { goldenRight.longestMatch(covering: $0.prefix) == nil }
        #expect(left.coveringDifference(from: right).map(\.prefix) == uncovered.map(\.prefix))

        let covered = goldenLeft.elements.filter { goldenRight.longestMatch(covering: $0.prefix) != nil }
        #expect(left.covered(byAnyOf: right).map(\.prefix) == covered.map(\.prefix))
        let covering = goldenLeft.elements.filter { !goldenRight.covered(by: $0.prefix).isEmpty }
        #expect(left.covering(anyOf: right).map(\.prefix) == covering.map(\.prefix))

        let overlap = goldenLeft.elements.contains { goldenRight.overlaps($0.prefix) }
        #expect(left.overlaps(right) == overlap && right.overlaps(left) == overlap)
    }

    @Test("Views of views agree with sets: three operands and more", arguments: 0..<200 as Range<UInt64>)
    func composed(seed: UInt64) {
        let (a, b, goldenA, goldenB) = pair(seed: seed)
        let (c, _, goldenC, _) = pair(seed: seed &+ 1_000)
        let sets = [goldenA, goldenB, goldenC].map { Set($0.elements.map(\.prefix)) }
        #expect(a.union(with: b).union(with: c).map(\.prefix) == sets[0].union(sets[1]).union(sets[2]).sorted())
        #expect(
            a.intersection(with: b).union(with: c).map(\.prefix)
                == sets[0].intersection(sets[1]).union(sets[2]).sorted())
        #expect(
            a.union(with: b).difference(from: c).map(\.prefix) == sets[0].union(sets[1]).subtracting(sets[2]).sorted())
        #expect(
            Array(RadixTrie(ordered: a.difference(from: b.intersection(with: c))).prefixes)
                == sets[0].subtracting(sets[1].intersection(sets[2])).sorted())
        let triple = a.union(with: b).union(with: c).first { $0.left?.left != nil && $0.right != nil }
        if let triple { #expect(triple.left?.left == goldenA[triple.prefix] && triple.right == goldenC[triple.prefix]) }
    }

    @Test("Aggregation keeps every longest match and leaves nothing to join", arguments: 0..<300 as Range<UInt64>)
    func aggregation(seed: UInt64) {
        let (trie, _, golden, _) = pair(seed: seed)
        let small = trie.aggregated()
        small._invariantCheck()
        #expect(small.count <= trie.count)
        // Every key's answer is that of the first key after some boundary.
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
