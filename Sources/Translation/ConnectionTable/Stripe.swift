import Synchronization

/// What the lock of one of a table's stripes guards besides its buckets and its timers.
///
/// A stripe's lock guards the writes to its buckets, and the timers of the connections whose original tuple hashes to it.
/// All of it is atomic, since some is read without the lock, as hints. Two locks are held at once only where the second one is free at once, so no order of locks is needed.
///
///     stripe  | lock u32 | … | free head, free count, overflow head | position | …   128 bytes
@usableFromInline
struct Stripe: ~Copyable {
    /// The first free entry, or ``ConnectionMemory/none``; the next one is in its links. Read by others without the
    /// lock, as a hint.
    @usableFromInline let freeHead: Atomic<UInt32>

    /// How many free entries there are; read by others without the lock, as a hint.
    @usableFromInline let freeCount: Atomic<UInt32>

    /// The first overflow bucket that is in no chain, or 0; the next one is in its spare word.
    @usableFromInline let overflowHead: Atomic<UInt32>

    /// The wheel's position: 2^30 ns steps since the clock's start; the highest number before the first timer. Slots
    /// before it are empty.
    @usableFromInline let position = Atomic<UInt64>(.max)

    /// Under the lock.
    @inlinable
    func setPosition(_ step: UInt64) { position.store(step, ordering: .relaxed) }

    @usableFromInline
    init(freeHead: UInt32, freeCount: UInt32, overflowHead: UInt32) {
        self.freeHead = Atomic(freeHead)
        self.freeCount = Atomic(freeCount)
        self.overflowHead = Atomic(overflowHead)
    }

    /// Where it is, next to the lock: one line for both.
    @inlinable static var offset: Int { 16 }

    /// The bytes from one stripe to the next: two cache lines, so that neighbours do not slow each other down.
    @inlinable static var stride: Int { 128 }
}
