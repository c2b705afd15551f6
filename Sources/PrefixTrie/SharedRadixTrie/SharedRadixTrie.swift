import IPAddresses
import Synchronization

/// A trie that one thread changes while others read: each change publishes a version, and readers take the current one.
///
/// Readers never wait, neither for a change nor for one another: a version is taken with four atomic operations, and is
/// a ``RadixTrie`` of the reader's own from then on. Changes wait for one another.
///
///     let shared = SharedRadixTrie(routes)
///     shared.update { routes in routes[prefix] = nextHop }     // the writer
///     let routes = shared.version()                            // a reader, once for each batch
public final class SharedRadixTrie<Key: PrefixKey, Value: Sendable>: Sendable {
    private struct State {
        var trie: RadixTrie<Key, Value>
        var retired: [Retired] = []
    }

    /// A version that readers may still be about to take, and in which halves of the readers' counts none was seen.
    private struct Retired {
        let version: Version
        var seenEmpty: (Bool, Bool) = (false, false)
    }

    private final class Version: Sendable {
        let trie: RadixTrie<Key, Value>
        init(_ trie: RadixTrie<Key, Value>) { self.trie = trie }
    }

    private let state: Mutex<State>
    /// The address of the current version, which is retained.
    private let published: Atomic<UInt>
    // Readers count themselves in one of two halves, and the writer turns to the other one: so each half empties.
    private let half = Atomic<Int>(0)
    private let firstReaders = Atomic<Int>(0)
    private let secondReaders = Atomic<Int>(0)

    /// Makes a shared trie whose first version is `trie`.
    public init(_ trie: RadixTrie<Key, Value> = RadixTrie()) {
        state = Mutex(State(trie: trie))
        published = Atomic(Self.retain(Version(trie)))
    }

    deinit { Self.reference(published.load(ordering: .acquiring)).release() }

    private static func retain(_ version: Version) -> UInt {
        UInt(bitPattern: Unmanaged.passRetained(version).toOpaque())
    }

    private static func reference(_ address: UInt) -> Unmanaged<Version> {
        .fromOpaque(UnsafeRawPointer(bitPattern: address).unsafelyUnwrapped)
    }

    /// The current version. From any thread, without waiting. O(1).
    public func version() -> RadixTrie<Key, Value> {
        let isSecond = half.load(ordering: .sequentiallyConsistent) == 1
        if isSecond { return read(secondReaders) }
        return read(firstReaders)
    }

    private func read(_ count: borrowing Atomic<Int>) -> RadixTrie<Key, Value> {
        count.wrappingAdd(1, ordering: .sequentiallyConsistent)
        defer { count.wrappingSubtract(1, ordering: .releasing) }
        return Self.reference(published.load(ordering: .sequentiallyConsistent)).takeUnretainedValue().trie
    }

    /// Changes the trie, and publishes what has come of it; a change that throws is not published, and is undone. Waits
    /// for other changes. Costs what the change does, and a copy of the pages that it touches first.
    public func update<Result, Failure: Error>(
        _ change: (inout sending RadixTrie<Key, Value>) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        try state.withLock { (state: inout sending State) throws(Failure) -> sending Result in
            var next = state.trie
            let result = try change(&next)
            state.trie = next
            publish(Version(next), &state)
            return result
        }
    }

    private func publish(_ version: Version, _ state: inout State) {
        let old = published.exchange(Self.retain(version), ordering: .sequentiallyConsistent)
        state.retired.append(Retired(version: Self.reference(old).takeRetainedValue()))
        // A reader that has read `half` before it turned counts itself in the other one, and sees the new version.
        observe(&state)
        half.store(1 - half.load(ordering: .relaxed), ordering: .sequentiallyConsistent)
        observe(&state)
    }

    private func observe(_ state: inout State) {
        let isEmpty = (
            firstReaders.load(ordering: .sequentiallyConsistent) == 0,
            secondReaders.load(ordering: .sequentiallyConsistent) == 0
        )
        for index in state.retired.indices {
            if isEmpty.0 { state.retired[index].seenEmpty.0 = true }
            if isEmpty.1 { state.retired[index].seenEmpty.1 = true }
        }
        state.retired.removeAll { $0.seenEmpty == (true, true) }
    }
}
