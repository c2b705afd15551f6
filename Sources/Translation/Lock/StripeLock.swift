import CConnectionMemory
import Synchronization

/// A lock in a word of memory: a compare-and-exchange where it is free, a wait in the kernel where it stays taken.
///
///     0 free | 1 taken | 2 taken, and others may wait
///
/// In place of `Mutex`, whose waits the thread sanitizer does not see, and which asks for the thread's number each time.
@usableFromInline
@frozen
struct StripeLock {
    @usableFromInline let word: UnsafeMutablePointer<Atomic<UInt32>>

    /// - Parameter word: where the lock is; 0 at first.
    @inlinable
    init(_ word: UnsafeMutablePointer<Atomic<UInt32>>) { self.word = word }

    @inlinable
    func withLock<Result>(_ body: () -> Result) -> Result {
        if !word.pointee.compareExchange(expected: 0, desired: 1, ordering: .acquiring).exchanged { wait() }
        defer { unlock() }
        return body()
    }

    /// - Returns: nil where another thread has the lock.
    @inlinable
    func withLockIfAvailable<Result>(_ body: () -> Result) -> Result? {
        guard word.pointee.compareExchange(expected: 0, desired: 1, ordering: .acquiring).exchanged else { return nil }
        defer { unlock() }
        return body()
    }

    @inlinable
    func unlock() {
        // The strongest order, for those who look at a flag once they have let go (``ConnectionMemory/pushFree(_:_:)``).
        if word.pointee.exchange(0, ordering: .sequentiallyConsistent) == 2 { cm_wake(word) }
    }

    @usableFromInline
    @inline(never)
    func wait() {
        // Most waits are shorter than the way to the kernel.
        for _ in 0..<64 {
            if word.pointee.load(ordering: .relaxed) == 0,
                word.pointee.compareExchange(expected: 0, desired: 1, ordering: .acquiring).exchanged
            {
                return
            }
            cm_pause()
        }
        while word.pointee.exchange(2, ordering: .acquiring) != 0 { cm_wait(word, 2) }
    }
}
