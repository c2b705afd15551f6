import Synchronization

/// How many versions of a trie hold each page: the copies that were made of one another share a pool.
///
/// Counts stand together rather than in the pages, so that a copy counts all pages up in one short pass.
@usableFromInline
package final class TriePagePool: Sendable {
    private struct State: ~Copyable {
        var counts: [UInt32] = []
        var unused: [UInt32] = []
    }

    private let state = Mutex(State())

    @usableFromInline
    init() {}

    /// The number of a new page, which one version holds.
    @usableFromInline
    func register() -> UInt32 {
        state.withLock { state in
            if let id = state.unused.popLast() {
                state.counts[Int(id)] = 1
                return id
            }
            state.counts.append(1)
            return UInt32(truncatingIfNeeded: state.counts.count - 1)
        }
    }

    /// Counts one more version for all these pages.
    func share(_ ids: UnsafeBufferPointer<UInt32>) {
        state.withLock { state in
            state.counts.withUnsafeMutableBufferPointer { counts in
                for id in ids { counts[Int(id)] &+= 1 }
            }
        }
    }

    /// Whether one version only holds the page. If that is the one that asks, it stays so: nobody else can make a copy.
    func isSole(_ id: UInt32) -> Bool { state.withLock { $0.counts[Int(id)] == 1 } }

    /// Counts one version less for a page.
    ///
    /// - Returns: whether no version holds it any more.
    func release(_ id: UInt32) -> Bool {
        state.withLock { state in
            state.counts[Int(id)] -= 1
            if state.counts[Int(id)] == 0 { state.unused.append(id) }
            return state.counts[Int(id)] == 0
        }
    }

    /// Counts one version less for the pages.
    ///
    /// - Returns: the positions in `ids` of the pages that no version holds any more.
    @usableFromInline
    func release(_ ids: UnsafeBufferPointer<UInt32>) -> [Int] {
        state.withLock { state in
            var dead: [Int] = []
            for (position, id) in ids.enumerated() {
                state.counts[Int(id)] &-= 1
                if state.counts[Int(id)] == 0 {
                    dead.append(position)
                    state.unused.append(id)
                }
            }
            return dead
        }
    }
}
