import CLookupKernels
import IPAddresses
import Synchronization

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

    /// The payload of a prefix that was found.
    @inlinable
    func payload(of hit: rt_hit) -> UInt64 { payload(hit.block, tails: Int(hit.tails), rank: Int(hit.rank)) }

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
    func value(of hit: rt_hit) -> Value { value(payload(of: hit)) }
}
