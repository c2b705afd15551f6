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

/// How blocks hold values of a type.
@frozen
@usableFromInline
package enum TrieLayout<Value> {
    /// Whether values stand in the blocks themselves.
    @inlinable
    static var isInline: Bool {
        _isPOD(Value.self) && MemoryLayout<Value>.stride <= 8 && MemoryLayout<Value>.alignment <= 8
    }

    @inlinable
    static var valueBytes: Int {
        isInline ? (MemoryLayout<Value>.size == 0 ? 0 : MemoryLayout<Value>.stride) : 4
    }

    @inlinable static var valueAlignment: Int { isInline ? MemoryLayout<Value>.alignment : 4 }

    @inlinable static var unitShift: Int { valueBytes > 4 ? 3 : 2 }

    /// The offset of the values in a block with so many tails.
    @inlinable
    static func valueOffset(tails: Int) -> Int { (4 &* tails &+ valueAlignment &- 1) & ~(valueAlignment &- 1) }

    /// The units of a block.
    @inlinable
    static func units(tails: Int, values: Int) -> Int {
        let bytes = valueBytes == 0 ? 4 &* tails : valueOffset(tails: tails) &+ values &* valueBytes
        return (bytes &+ (1 &<< unitShift) &- 1) &>> unitShift
    }

    // A value as up to eight bytes, or its slot's index; generic code moves these about.

    @inlinable
    static func payload(_ value: Value) -> UInt64 {
        var payload: UInt64 = 0
        if MemoryLayout<Value>.size > 0 {
            withUnsafeMutableBytes(of: &payload) { $0.storeBytes(of: value, as: Value.self) }
        }
        return payload
    }

    @inlinable
    static func value(_ payload: UInt64) -> Value {
        withUnsafeBytes(of: payload) { $0.load(as: Value.self) }
    }

    @inlinable
    static func load(_ place: UnsafeRawPointer) -> UInt64 {
        switch valueBytes {
        case 0: return 0
        case 1: return UInt64(place.load(as: UInt8.self))
        case 2: return UInt64(place.loadUnaligned(as: UInt16.self))
        case 4: return UInt64(place.loadUnaligned(as: UInt32.self))
        case 8: return place.loadUnaligned(as: UInt64.self)
        default:
            var payload: UInt64 = 0
            withUnsafeMutableBytes(of: &payload) {
                $0.copyMemory(from: UnsafeRawBufferPointer(start: place, count: valueBytes))
            }
            return payload
        }
    }

    @inlinable
    static func store(_ payload: UInt64, _ place: UnsafeMutableRawPointer) {
        switch valueBytes {
        case 0: break
        case 1: place.storeBytes(of: UInt8(truncatingIfNeeded: payload), as: UInt8.self)
        case 2: place.storeBytes(of: UInt16(truncatingIfNeeded: payload), as: UInt16.self)
        case 4: place.storeBytes(of: UInt32(truncatingIfNeeded: payload), as: UInt32.self)
        case 8: place.storeBytes(of: payload, as: UInt64.self)
        default: withUnsafeBytes(of: payload) { place.copyMemory(from: $0.baseAddress!, byteCount: valueBytes) }
        }
    }
}

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

    /// A copy of a version that somebody else holds, with all its pages.
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

// Unchecked, since what a core points to is changed only by who holds its box alone.
extension TrieBox: @unchecked Sendable where Value: Sendable {}
extension TrieHandle: @unchecked Sendable where Value: Sendable {}

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

/// A core by its address: walks, and changes by the one who holds its box.
@frozen
@usableFromInline
package struct TrieHandle<Bits: TrieBits, Value> {
    @usableFromInline let pointer: UnsafeMutablePointer<TrieCore<Bits, Value>>
    @inlinable
    init(_ pointer: UnsafeMutablePointer<TrieCore<Bits, Value>>) { self.pointer = pointer }

    /// Memory for a core, and the count after it, which begins with 1.
    @inlinable
    static func allocate() -> TrieHandle {
        let bytes = MemoryLayout<TrieCore<Bits, Value>>.stride + MemoryLayout<Atomic<UInt32>>.stride
        let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 16)
        let trie = TrieHandle(memory.assumingMemoryBound(to: TrieCore<Bits, Value>.self))
        trie.generation.initialize(to: Atomic(1))
        return trie
    }

    /// Counts the copies made of a box's version, after each of which its pages are no longer its own.
    @inlinable
    var generation: UnsafeMutablePointer<Atomic<UInt32>> {
        (UnsafeMutableRawPointer(pointer) + MemoryLayout<TrieCore<Bits, Value>>.stride)
            .assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    @usableFromInline typealias Layout = TrieLayout<Value>

    @inlinable
    var view: UnsafePointer<rt_view> { UnsafeRawPointer(pointer).assumingMemoryBound(to: rt_view.self) }

    /// Where the cells of the first 12 bits begin, if they are all there.
    @inlinable static var fixedStart: UInt32 { 128 }
    @inlinable static var secondStart: UInt32 { 64 }
    @inlinable static var fixedEnd: UInt32 { 128 + 4096 }

    @inlinable var rootBits: Int { Int(truncatingIfNeeded: pointer.pointee.view.root_bits) }

    @inlinable
    func cell(_ index: UInt32) -> TrieCell {
        pointer.pointee.cells.table.pages[Int(truncatingIfNeeded: index &>> 7)].load(
            fromByteOffset: 32 &* Int(truncatingIfNeeded: index & 127), as: TrieCell.self)
    }

    @inlinable
    func set(_ index: UInt32, _ cell: TrieCell) {
        pointer.pointee.cells.writable(index).storeBytes(of: cell, as: TrieCell.self)
    }

    @inlinable
    func block(_ block: UInt32) -> UnsafeMutableRawPointer {
        let offset = Int(truncatingIfNeeded: block) &<< Layout.unitShift
        return pointer.pointee.blocks.table.pages[offset &>> 12] + (offset & 4095)
    }

    @inlinable
    func tail(_ cell: TrieCell, _ rank: Int) -> TrieTail {
        TrieTail(word: block(cell.block).load(fromByteOffset: 4 &* rank, as: UInt32.self))
    }

    /// The payload at a place among a block's values.
    @inlinable
    func payload(_ block: UInt32, tails: Int, rank: Int) -> UInt64 {
        if Layout.valueBytes == 0 { return 0 }
        return Layout.load(self.block(block) + (Layout.valueOffset(tails: tails) &+ rank &* Layout.valueBytes))
    }

    @inlinable
    func value(_ payload: UInt64) -> Value {
        Layout.isInline ? Layout.value(payload) : pointer.pointee.slots[UInt32(truncatingIfNeeded: payload)]
    }

    @inlinable
    func value(of hit: rt_hit) -> Value {
        value(payload(hit.block, tails: Int(hit.tails), rank: Int(hit.rank)))
    }
}
