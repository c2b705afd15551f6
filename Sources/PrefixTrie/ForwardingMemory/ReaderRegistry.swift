import CLookupKernels
import Synchronization

/// Quiescent-state-based reclamation: the writer counts epochs, each reader says now and then which one it has seen.
///
///     writer   unpublish, retire at epoch e ─ epoch = e + 1 ─ every slot > e? then free
///     reader   lookup … lookup ─ slot = epoch ─ lookup … lookup ─ slot = epoch
///
/// A reader's lookup neither locks nor does it read, modify and write: between lookups it loads the epoch and stores
/// it in a slot of its own. One that stalls keeps what it may see from being freed, and nothing else.
@usableFromInline
package final class ReaderRegistry: Sendable {
    // Shared on purpose: the writer stores, readers load, both atomically.
    nonisolated(unsafe) let epoch: UnsafeMutablePointer<Atomic<UInt64>>
    /// Visitors between two of their calls: they count themselves in and out, which costs two read-modify-writes.
    private let visitors = Atomic<Int>(0)
    private let slots = Mutex<[ReaderSlot]>([])

    init() {
        epoch = .allocate(capacity: 1)
        epoch.initialize(to: Atomic(1))
    }

    deinit { epoch.deallocate() }

    var currentEpoch: UInt64 { epoch.pointee.load(ordering: .relaxed) }

    func register() -> ReaderSlot {
        slots.withLock { slots in
            let slot = ReaderSlot(epoch: epoch.pointee.load(ordering: .acquiring))
            slots.append(slot)
            return slot
        }
    }

    func unregister(_ slot: ReaderSlot) {
        slots.withLock { slots in slots.removeAll { $0.epoch == slot.epoch } }
        slot.deallocate()
    }

    /// Begins a new epoch.
    ///
    /// - Returns: the epoch before which everything that was retired is out of every reader's sight.
    func advance() -> UInt64 {
        let current = epoch.pointee.wrappingAdd(1, ordering: .sequentiallyConsistent).newValue
        // Against a visitor that came before the fence and isn't seen: it sees what was published before.
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        if visitors.load(ordering: .sequentiallyConsistent) != 0 { return 0 }
        return slots.withLock { slots in
            slots.reduce(current) { min($0, $1.epoch.pointee.load(ordering: .acquiring)) }
        }
    }

    /// Runs one lookup of a thread that has no slot.
    @usableFromInline
    package func visit<Result>(_ body: () -> Result) -> Result {
        visitors.wrappingAdd(1, ordering: .sequentiallyConsistent)
        defer { visitors.wrappingSubtract(1, ordering: .sequentiallyConsistent) }
        return body()
    }
}

/// Where one reader says what it has seen, on a cache line of its own.
@usableFromInline
package struct ReaderSlot: Sendable {
    // Shared on purpose: the reader stores, the writer loads, both atomically.
    @usableFromInline nonisolated(unsafe) let epoch: UnsafeMutablePointer<Atomic<UInt64>>

    init(epoch value: UInt64) {
        let line = UnsafeMutableRawPointer.allocate(byteCount: 128, alignment: 128)
        epoch = line.bindMemory(to: Atomic<UInt64>.self, capacity: 1)
        epoch.initialize(to: Atomic(value))
    }

    func deallocate() { UnsafeMutableRawPointer(epoch).deallocate() }
}

/// What readers read of the writer: the memory to look up in, and the epoch.
@usableFromInline
package struct ReaderView: Sendable {
    // Shared on purpose, as the slot's.
    @usableFromInline nonisolated(unsafe) let published: UnsafeMutablePointer<Atomic<UnsafeMutablePointer<lk_table>>>
    // Shared on purpose too: the writer counts it up, readers copy it.
    @usableFromInline nonisolated(unsafe) let epoch: UnsafeMutablePointer<Atomic<UInt64>>

    init(publishing table: UnsafeMutablePointer<lk_table>, epoch: UnsafeMutablePointer<Atomic<UInt64>>) {
        published = .allocate(capacity: 1)
        published.initialize(to: Atomic(table))
        self.epoch = epoch
    }
}
