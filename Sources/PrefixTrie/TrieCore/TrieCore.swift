import CLookupKernels
import IPAddresses
import Synchronization

/// One version of a trie: its arenas, and what walks read.
///
///     cells    at the top     | the cell of the first stride |
///              or, from 2^15 prefixes on, all cells of the first 12 bits at fixed places:
///                             | top | … | 64 … 127: first 6 bits | 128 … 4223: first 12 bits |
///     blocks   tails and values; units of 4 bytes, of 8 where values are larger
///     slots    values that are not trivial or have more than 8 bytes; blocks then hold 4 bytes of index
@frozen
@usableFromInline
package struct TrieCore<Bits: TrieBits, Value> {
    // First, since kernels are handed its address as that of the whole.
    @usableFromInline var view: rt_view
    @usableFromInline var cells: TrieArena
    @usableFromInline var blocks: TrieArena
    @usableFromInline var slots: TrieSlots<Value>
    @usableFromInline var count = 0
    /// Whether walks go through the kernels in C; otherwise through the portable ones.
    @usableFromInline var usesKernel: Bool
    /// The bytes that were free after the last rebuilding.
    @usableFromInline var idleBytes = 0
    /// The number of prefixes from which on all cells of the first 12 bits are there, 136 KB of them.
    @usableFromInline var wideFrom = 1 << 15

    @inlinable
    init(_ pool: TriePagePool) {
        typealias Layout = TrieLayout<Value>
        view = rt_make_view(
            UInt32(Layout.unitShift), UInt32(Layout.valueBytes), UInt32(Layout.valueAlignment))
        cells = TrieArena(pool, unitShift: 5)
        blocks = TrieArena(pool, unitShift: Layout.unitShift)
        slots = TrieSlots(pool)
        usesKernel = (Bits.bitWidth <= 64 || Bits.bitWidth == 128) && rt_available() != 0
    }

    /// Tells walks where the pages are; after each change that may have moved a table.
    @inlinable
    mutating func updateView() {
        view.cells = UnsafeRawPointer(cells.table.pages).assumingMemoryBound(to: UnsafePointer<UInt8>.self)
        // A walk may take the address of a block where there is none; it does not read it.
        let blockPages = blocks.table.count == 0 ? cells.table.pages : blocks.table.pages
        view.blocks = UnsafeRawPointer(blockPages).assumingMemoryBound(to: UnsafePointer<UInt8>.self)
    }
}

extension TrieCore {
    @inlinable
    func shared() -> TrieCore {
        var copy = self
        copy.cells = cells.shared()
        copy.blocks = blocks.shared()
        copy.slots = slots.shared()
        copy.beginGeneration(1)
        return copy
    }

    @inlinable
    mutating func beginGeneration(_ generation: UInt32) {
        cells.table.generation = generation
        blocks.table.generation = generation
        slots.table.generation = generation
    }

    @inlinable
    func deallocate() {
        cells.deallocate()
        blocks.deallocate()
        slots.deallocate()
    }
}
