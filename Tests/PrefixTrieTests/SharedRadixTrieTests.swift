import Foundation
import IPAddresses
import PrefixTrie
import Synchronization
import TestSupport
import Testing

@Suite("SharedRadixTrie")
struct SharedRadixTrieTests {
    @Test("Readers see whole versions, in order, while a writer publishes", arguments: [1, 3])
    func wholeVersions(readers: Int) {
        let shared = SharedRadixTrie<UInt32, Int>()
        // Each version holds its number at every one of these prefixes.
        let prefixes = (0..<64 as Range<UInt32>).map { Prefix(masking: $0 << 20, length: 12 + Int($0 % 20)) }
        let writer = Writer()
        let versions = TestLength.operations(3_000, short: 1_000)
        let finished = DispatchGroup()
        for _ in 0..<readers {
            finished.enter()
            Thread {
                var (last, seen) = (0, 0)
                while !writer.isDone.load(ordering: .relaxed) || seen == 0 {
                    let version = shared.version()
                    let values = Set(version.map(\.value))
                    #expect(values.count <= 1, "a version in parts")
                    let number = values.first ?? 0
                    #expect(number >= last, "an older version after a newer one")
                    if number > last { seen += 1 }
                    last = number
                }
                finished.leave()
            }.start()
        }
        for number in 1...versions {
            shared.update { trie in for prefix in prefixes { trie[prefix] = number } }
        }
        writer.isDone.store(true, ordering: .relaxed)
        finished.wait()
        #expect(shared.version().allSatisfy { $0.value == versions })
    }

    private final class Writer: Sendable { let isDone = Atomic(false) }

    @Test("A change that throws is undone, and not published")
    func undone() {
        struct Refusal: Error {}
        let shared = SharedRadixTrie<UInt32, Int>([Prefix.all: 1])
        #expect(throws: Refusal.self) {
            try shared.update { trie throws(Refusal) in
                trie[Prefix.all] = 2
                throw Refusal()
            }
        }
        #expect(shared.version()[Prefix.all] == 1)
        #expect(shared.update { $0[Prefix.all] } == 1)
    }

    @Test("Versions are freed once their readers have let go")
    func freedVersions() {
        final class Token: Sendable {}
        let shared = SharedRadixTrie<UInt32, Token>()
        weak var first: Token?
        do {
            let token = Token()
            first = token
            shared.update { $0[Prefix.all] = token }
        }
        let version = shared.version()
        for _ in 0..<4 { shared.update { $0[Prefix.all] = Token() } }
        #expect(first != nil, "a reader holds it")
        withExtendedLifetime(version) {}
        let later = consume version
        _ = consume later
        for _ in 0..<4 { shared.update { $0[Prefix.all] = Token() } }
        #expect(first == nil)
    }
}
