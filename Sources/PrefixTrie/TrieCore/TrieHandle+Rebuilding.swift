import CLookupKernels
import IPAddresses

extension TrieHandle {
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

    /// After each change: rebuilds what has outgrown its top, or what is more than half free.
    ///
    /// As many changes come before as there are prefixes, so that each change bears a constant share.
    @inlinable
    func settle() {
        let count = pointer.pointee.count
        if rootBits == 0 {
            if count >= pointer.pointee.wideFrom, Bits.bitWidth >= 32 { return widen() }
        } else if count < pointer.pointee.wideFrom / 4 {
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
        new.wideFrom = pointer.pointee.wideFrom
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
                address.pointee.updateView()
                trie.insert(bits, length, kept, at: trie.find(bits, length))
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

    /// Lays out all cells of the first 12 bits: cells below them are copied, blocks stay as they are.
    @inlinable
    func widen() {
        let pool = pointer.pointee.cells.table.pool.takeUnretainedValue()
        let old = pointer.pointee.cells
        let (top, oldTable) = (cell(0), old.table)
        pointer.pointee.cells = TrieArena(pool, unitShift: 5)
        pointer.pointee.cells.table.generation = oldTable.generation
        makeTop(rootBits: 12)
        lift(top, 0, depth: 0, from: oldTable)
        old.deallocate()
        pointer.pointee.updateView()
    }

    @inlinable
    static func cell(_ index: UInt32, in table: TriePageTable) -> TrieCell {
        table.pages[Int(index &>> 7)].load(fromByteOffset: 32 &* Int(index & 127), as: TrieCell.self)
    }

    /// Brings a cell of the old top, at 0, 6 or 12 bits, and what is below it to its place.
    @inlinable
    func lift(_ cell: TrieCell, _ bits: Bits, depth: Int, from table: TriePageTable) {
        let fixed = Self.fixedStart &+ UInt32(truncatingIfNeeded: bits.word(0) &>> 52)
        if depth == 12 { return set(fixed, copied(cell, from: table)) }
        if cell.isSkip {
            let skipped = cell.skipped(as: Bits.self)
            let all = bits | skipped.placed(at: depth)
            let below = Self.cell(cell.children, in: table)
            let rest = cell.skipLength &- (12 &- depth)
            if rest <= 0 { return lift(below, all, depth: depth &+ cell.skipLength, from: table) }
            let skip = TrieCell(skipping: all.dropping(12), rest, to: single(copied(below, from: table)))
            return set(Self.fixedStart &+ UInt32(truncatingIfNeeded: all.word(0) &>> 52), skip)
        }
        var kids = cell.kids
        while kids != 0 {
            let slot = kids.trailingZeroBitCount
            let child = Self.cell(cell.kid(at: slot), in: table)
            lift(child, bits | Bits(slot: slot).placed(at: depth), depth: depth &+ 6, from: table)
            kids &= kids &- 1
        }
        // Its own prefixes go in again, one by one; taken out first, since blocks may move meanwhile.
        var cursor = TrieCursor(self)
        cursor.push(cursor.frame(cell, bits, depth: depth, slots: ~cell.kids))
        var own: [(bits: Bits, length: Int, payload: UInt64)] = []
        while let element = cursor.next() { own.append(element) }
        for (bits, length, payload) in own { insert(bits, length, payload, at: portableFind(bits, length)) }
        let units = cell.valueCount == 0 ? 0 : Layout.units(tails: cell.tailCount, values: cell.valueCount)
        if units > 0 { pointer.pointee.blocks.release(cell.block, units) }
    }

    /// A cell whose children have been copied.
    @inlinable
    func copied(_ cell: TrieCell, from table: TriePageTable) -> TrieCell {
        let count = cell.isSkip ? 1 : cell.kids.nonzeroBitCount
        if count == 0 { return cell }
        var copy = cell
        copy.children = pointer.pointee.cells.allocate(count)
        for rank in 0..<UInt32(count) {
            set(copy.children &+ rank, copied(Self.cell(cell.children &+ rank, in: table), from: table))
        }
        return copy
    }
}
