import CLookupKernels
import IPAddresses

extension TrieHandle {
    /// The number of prefixes from which on all cells of the first 12 bits are there, 136 KB of them.
    @inlinable static var wideFrom: Int { 1 &<< 15 }

    /// The bytes in free runs and places.
    @inlinable
    var freeBytes: Int {
        let core = pointer.pointee
        return core.cells.free &* 32 &+ core.blocks.free &<< Layout.unitShift &+ core.slots.free
            &* TrieSlots<Value>.stride
    }

    @inlinable
    var usedBytes: Int {
        let core = pointer.pointee
        return core.cells.used &* 32 &+ core.blocks.used &<< Layout.unitShift &+ core.slots.used
            &* TrieSlots<Value>.stride
    }

    /// After each change: builds anew what has outgrown its top, or what is free by more than half.
    ///
    /// As many changes come before as there are prefixes, so that each change bears a constant share.
    @inlinable
    func settle() {
        let count = pointer.pointee.count
        if rootBits == 0 {
            if count >= Self.wideFrom, Bits.bitWidth >= 32 { return rebuild(rootBits: 12) }
        } else if count < Self.wideFrom / 4 {
            return rebuild(rootBits: 0)
        }
        let free = freeBytes
        if free > 1 << 14, free > usedBytes / 2, free > 2 * pointer.pointee.idleBytes {
            rebuild(rootBits: rootBits)
        } else {
            pointer.pointee.updateView()
        }
    }

    @inlinable
    func rebuild(rootBits: Int) {
        var new = TrieCore<Bits, Value>(pointer.pointee.cells.table.pool.takeUnretainedValue())
        new.beginGeneration(pointer.pointee.cells.table.generation)
        new.usesKernel = pointer.pointee.usesKernel
        withUnsafeMutablePointer(to: &new) { address in
            let trie = TrieHandle(address)
            trie.makeTop(rootBits: rootBits)
            // Values that stand apart stay where they are, unless most of their places are free.
            let movesSlots = pointer.pointee.slots.free > pointer.pointee.slots.used / 2
            var cursor = TrieCursor(self)
            cursor.enter(0, 0, depth: 0)
            while let (bits, length, payload) = cursor.next() {
                let kept =
                    movesSlots && !Layout.isInline
                    ? UInt64(address.pointee.slots.insert(value(payload))) : payload
                trie.insert(bits, length, kept, at: trie.portableFind(bits, length))
            }
            address.pointee.count = pointer.pointee.count
            pointer.pointee.cells.deallocate()
            pointer.pointee.blocks.deallocate()
            if movesSlots { pointer.pointee.slots.deallocate() } else { address.pointee.slots = pointer.pointee.slots }
        }
        pointer.pointee = new
        pointer.pointee.idleBytes = freeBytes
        pointer.pointee.updateView()
    }

    /// The first cell, or all those of the first 12 bits.
    @inlinable
    func makeTop(rootBits: Int) {
        guard rootBits == 12 else {
            _ = pointer.pointee.cells.allocate(1)
            return set(0, TrieCell())
        }
        pointer.pointee.cells.reserveFixed(Int(Self.fixedEnd))
        pointer.pointee.view.root_bits = 12
        set(0, TrieCell(child: .max, children: Self.secondStart))
        for index in 1..<Self.secondStart { set(index, TrieCell()) }
        for first in 0..<UInt32(64) {
            set(Self.secondStart + first, TrieCell(child: .max, children: Self.fixedStart + 64 * first))
        }
        for index in Self.fixedStart..<Self.fixedEnd { set(index, TrieCell()) }
    }
}
