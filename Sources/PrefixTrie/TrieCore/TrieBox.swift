import IPAddresses
import Synchronization

/// Owns a core; copies of a trie share it until one of them changes.
@usableFromInline
package final class TrieBox<Bits: TrieBits, Value> {
    @usableFromInline let core: TrieHandle<Bits, Value>
    @usableFromInline let pool: TriePagePool
    @inlinable
    init() {
        precondition((8...128).contains(Bits.bitWidth), "a trie's keys are 8 to 128 bits wide")
        pool = TriePagePool()
        core = .allocate()
        core.pointer.initialize(to: TrieCore(pool))
        _ = core.pointer.pointee.cells.allocate(1)
        core.set(0, TrieCell())
        core.pointer.pointee.updateView()
    }

    /// A copy of a version that someone else holds, with all its pages.
    @inlinable
    init(sharing other: TrieBox) {
        pool = other.pool
        core = .allocate()
        core.pointer.initialize(to: other.core.pointer.pointee.shared())
        core.pointer.pointee.updateView()
        other.core.generation.pointee.wrappingAdd(1, ordering: .releasing)
    }

    @inlinable
    deinit {
        core.pointer.pointee.deallocate()
        core.pointer.deinitialize(count: 1)
        core.generation.deinitialize(count: 1)
        UnsafeMutableRawPointer(core.pointer).deallocate()
    }
}

// Unchecked, since what a core points to is changed only by whoever is the sole holder of its box.
extension TrieBox: @unchecked Sendable where Value: Sendable {}
// Unchecked, since a handle is the address of a box's core, and lives no longer than its box.
extension TrieHandle: @unchecked Sendable where Value: Sendable {}
