import CLookupKernels
import IPAddresses

// Changes to a cell's block: a value added or removed, and its tail.
extension TrieHandle {
    /// Copies bytes, of which there are few or none; the places may overlap.
    @inlinable
    @inline(__always)
    func move(_ source: UnsafeMutableRawPointer, to target: UnsafeMutableRawPointer, _ count: Int) {
        if count <= 0 { return }
        if count > 16 { return target.copyMemory(from: source, byteCount: count) }
        // Two words that overlap in the middle, both read before one is written.
        if count >= 8 {
            copyEnds(source, target, count, UInt64.self)
        } else if count >= 4 {
            copyEnds(source, target, count, UInt32.self)
        } else if count >= 2 {
            copyEnds(source, target, count, UInt16.self)
        } else {
            target.storeBytes(of: source.load(as: UInt8.self), as: UInt8.self)
        }
    }

    @inlinable
    @inline(__always)
    func copyEnds<Word: BitwiseCopyable>(
        _ source: UnsafeMutableRawPointer, _ target: UnsafeMutableRawPointer, _ count: Int, _: Word.Type
    ) {
        let last = count &- MemoryLayout<Word>.size
        let (first, second) = (source.loadUnaligned(as: Word.self), (source + last).loadUnaligned(as: Word.self))
        target.storeBytes(of: first, as: Word.self)
        (target + last).storeBytes(of: second, as: Word.self)
    }

    /// Writes over a value that is there.
    @inlinable
    func overwrite(_ hit: rt_hit, _ payload: UInt64) {
        if Layout.valueBytes == 0 { return }
        let offset = Layout.valueOffset(tails: Int(hit.tails)) &+ Int(hit.rank) &* Layout.valueBytes
        Layout.store(payload, pointer.pointee.blocks.writable(hit.block) + offset)
    }

    /// Makes room in a block of `tails` and `values` for a value at `rank`, and for its tail if it has one; both are
    /// written.
    ///
    /// - Returns: the block, which may be another one than before.
    @inlinable
    func grow(
        _ block: UInt32, tails: Int, values: Int, rank: Int, tail: TrieTail?, _ payload: UInt64
    ) -> UInt32 {
        let newTails = tail == nil ? tails : tails &+ 1
        let oldUnits = values == 0 ? 0 : Layout.units(tails: tails, values: values)
        let newUnits = Layout.units(tails: newTails, values: values &+ 1)
        if newUnits == 0 { return 0 }
        let stays = oldUnits > 0 && rt_class(UInt32(oldUnits)) == rt_class(UInt32(newUnits))
        let newBlock = stays ? block : pointer.pointee.blocks.allocate(newUnits)
        let new = pointer.pointee.blocks.writable(newBlock)
        let newValues = new + Layout.valueOffset(tails: newTails)
        let size = Layout.valueBytes
        if oldUnits > 0 {
            let old = self.block(block)
            let oldValues = old + Layout.valueOffset(tails: tails)
            // The upper ones first: in the same block they move up.
            move(oldValues + rank &* size, to: newValues + (rank &+ 1) &* size, (values &- rank) &* size)
            if !stays || newTails != tails { move(oldValues, to: newValues, rank &* size) }
            let tailRank = tail == nil ? tails : rank
            move(old + 4 &* tailRank, to: new + 4 &* (tailRank &+ 1), 4 &* (tails &- tailRank))
            if !stays {
                move(old, to: new, 4 &* tailRank)
                pointer.pointee.blocks.release(block, oldUnits)
            }
        }
        if let tail { new.storeBytes(of: tail.word, toByteOffset: 4 &* rank, as: UInt32.self) }
        Layout.store(payload, newValues + rank &* size)
        return newBlock
    }

    /// Takes the value at `rank` out of a block, and its tail if it has one.
    ///
    /// - Returns: the block, which may be another one than before.
    @inlinable
    func shrink(_ block: UInt32, tails: Int, values: Int, rank: Int, hasTail: Bool) -> UInt32 {
        let newTails = hasTail ? tails &- 1 : tails
        let oldUnits = Layout.units(tails: tails, values: values)
        let newUnits = values == 1 ? 0 : Layout.units(tails: newTails, values: values &- 1)
        if oldUnits == 0 { return 0 }
        if newUnits == 0 {
            pointer.pointee.blocks.release(block, oldUnits)
            return 0
        }
        let stays = rt_class(UInt32(oldUnits)) == rt_class(UInt32(newUnits))
        let newBlock = stays ? block : pointer.pointee.blocks.allocate(newUnits)
        let new = pointer.pointee.blocks.writable(newBlock)
        let old = self.block(block)
        let newValues = new + Layout.valueOffset(tails: newTails)
        let oldValues = old + Layout.valueOffset(tails: tails)
        let size = Layout.valueBytes
        let tailRank = hasTail ? rank : tails
        if !stays { move(old, to: new, 4 &* tailRank) }
        if hasTail {
            move(old + 4 &* (tailRank &+ 1), to: new + 4 &* tailRank, 4 &* (tails &- tailRank &- 1))
        }
        if !stays || newTails != tails { move(oldValues, to: newValues, rank &* size) }
        move(oldValues + (rank &+ 1) &* size, to: newValues + rank &* size, (values &- rank &- 1) &* size)
        if !stays { pointer.pointee.blocks.release(block, oldUnits) }
        return newBlock
    }

    /// Adds the prefix number `position` to a cell that has none.
    @inlinable
    func addInner(_ index: UInt32, _ position: Int, _ payload: UInt64) {
        var cell = cell(index)
        let rank = cell.leafCount &+ cell.inner.rank(position)
        cell.block = grow(
            cell.block, tails: cell.tailCount, values: cell.valueCount, rank: rank, tail: nil, payload)
        cell.inner |= .mark(position)
        set(index, cell)
    }

    /// Adds a prefix to a slot that has nothing; `tail` has no bits if it ends with the slot.
    @inlinable
    func addLeaf(_ index: UInt32, _ slot: Int, _ tail: TrieTail, _ payload: UInt64) {
        var cell = cell(index)
        let (tails, values) = (cell.tailCount, cell.valueCount)
        if tail.length == 0 {
            let rank = tails &+ cell.ended.rank(slot)
            cell.block = grow(cell.block, tails: tails, values: values, rank: rank, tail: nil, payload)
            cell.child |= .mark(slot)
        } else {
            let rank = cell.tailed.rank(slot)
            cell.block = grow(cell.block, tails: tails, values: values, rank: rank, tail: tail, payload)
        }
        cell.leaf |= .mark(slot)
        set(index, cell)
    }

    /// Removes what a hit has found from its cell; cells stay as they are.
    @inlinable
    func removeValue(_ hit: rt_hit, position: Int, slot: Int) {
        var cell = cell(hit.cell)
        let hasTail = hit.kind == UInt8(RT_LEAF) && !cell.child.has(slot)
        cell.block = shrink(
            cell.block, tails: cell.tailCount, values: cell.valueCount, rank: Int(hit.rank), hasTail: hasTail)
        if hit.kind == UInt8(RT_INNER) {
            cell.inner &= ~.mark(position)
        } else {
            cell.leaf &= ~.mark(slot)
            cell.child &= ~.mark(slot)
        }
        set(hit.cell, cell)
    }
}
