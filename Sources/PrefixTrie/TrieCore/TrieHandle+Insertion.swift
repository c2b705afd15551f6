import CLookupKernels
import IPAddresses

// Children stand next to one another, in runs of the sizes that arenas have.
extension TrieHandle {
    /// A run of one cell.
    @inlinable
    func single(_ cell: TrieCell) -> UInt32 {
        let index = pointer.pointee.cells.allocate(1)
        set(index, cell)
        return index
    }

    /// Puts a child into a slot that has nothing.
    @inlinable
    func addChild(_ index: UInt32, _ slot: Int, _ child: TrieCell) -> UInt32 {
        var cell = cell(index)
        let kids = cell.kids
        let count = kids.nonzeroBitCount
        let rank = kids.rank(slot)
        let old = cell.children
        let stays = count > 0 && rt_class(UInt32(count)) == rt_class(UInt32(count &+ 1))
        let run = stays ? old : pointer.pointee.cells.allocate(count &+ 1)
        let new = pointer.pointee.cells.writable(run)
        if count > 0 {
            let from = pointer.pointee.cells.readable(old)
            new.advanced(by: 32 &* (rank &+ 1)).copyMemory(
                from: from + 32 &* rank, byteCount: 32 &* (count &- rank))
            if !stays {
                new.copyMemory(from: from, byteCount: 32 &* rank)
                pointer.pointee.cells.release(old, count)
            }
        }
        new.storeBytes(of: child, toByteOffset: 32 &* rank, as: TrieCell.self)
        cell.children = run
        cell.child |= .mark(slot)
        set(index, cell)
        return run &+ UInt32(truncatingIfNeeded: rank)
    }

    /// Takes away a slot's child.
    @inlinable
    func removeChild(_ index: UInt32, _ slot: Int) {
        var cell = cell(index)
        let kids = cell.kids
        let count = kids.nonzeroBitCount
        let rank = kids.rank(slot)
        let old = cell.children
        cell.child &= ~.mark(slot)
        if count == 1 {
            pointer.pointee.cells.release(old, 1)
            cell.children = 0
            return set(index, cell)
        }
        let stays = rt_class(UInt32(count)) == rt_class(UInt32(count &- 1))
        let run = stays ? old : pointer.pointee.cells.allocate(count &- 1)
        let new = pointer.pointee.cells.writable(run)
        let from = pointer.pointee.cells.readable(old)
        if !stays { new.copyMemory(from: from, byteCount: 32 &* rank) }
        new.advanced(by: 32 &* rank).copyMemory(
            from: from + 32 &* (rank &+ 1), byteCount: 32 &* (count &- rank &- 1))
        if !stays { pointer.pointee.cells.release(old, count) }
        cell.children = run
        set(index, cell)
    }

    /// The most bits that a skip takes: strides that its cell has room for, and that leave a key something.
    @inlinable static var longestSkip: Int { Swift.min(120, (Bits.bitWidth &- 6) / 6 &* 6) }

    /// A new, empty cell in a slot, `count` bits further down.
    @inlinable
    func addPath(_ index: UInt32, _ slot: Int, _ bits: Bits, _ count: Int) -> UInt32 {
        if count == 0 { return addChild(index, slot, TrieCell()) }
        let below = single(TrieCell())
        _ = addChild(index, slot, TrieCell(skipping: bits, count, to: below))
        return below
    }

    /// Inserts a prefix that is not there, from where a search for it has ended.
    @inlinable
    func insert(_ bits: Bits, _ length: Int, _ payload: UInt64, at end: rt_hit) {
        var index = end.cell
        var depth = Int(end.depth)
        while true {
            let cell = cell(index)
            let rest = bits.dropping(depth)
            let left = length &- depth
            if cell.isSkip {
                let common = Swift.min((rest ^ cell.skipped(as: Bits.self)).leadingZeroBitCount, left)
                if common >= cell.skipLength {
                    index = cell.children
                    depth &+= cell.skipLength
                } else {
                    split(index, cell, keeping: common / 6 &* 6)
                }
                continue
            }
            let slot = rest.slot
            if left < 6 { return addInner(index, Self.position(slot, left), payload) }
            if cell.kids.has(slot) {
                index = cell.kid(at: slot)
                depth &+= 6
                continue
            }
            let tail = rest.dropping(6)
            if cell.leaf.has(slot) {
                makeWay(cell, at: index, slot, depth: depth, for: tail, left &- 6)
                // Where it was the cell's only prefix, the cell leads to one child now.
                _ = makeSkip(index)
                continue
            }
            if left &- 6 <= TrieTail.longest { return addLeaf(index, slot, TrieTail(tail, left &- 6), payload) }
            let count = Swift.max(0, Swift.min((left &- 12 &- TrieTail.longest &+ 5) / 6 &* 6, Self.longestSkip))
            index = addPath(index, slot, tail, count)
            depth &+= 6 &+ count
        }
    }

    /// Cuts a skip after `kept` bits, where a cell comes into being.
    @inlinable
    func split(_ index: UInt32, _ skip: TrieCell, keeping kept: Int) {
        let bits = skip.skipped(as: Bits.self)
        let after = bits.dropping(kept)
        let rest = skip.skipLength &- kept &- 6
        let below: TrieCell
        if rest > 0 {
            below = TrieCell(skipping: after.dropping(6), rest, to: skip.children)
        } else {
            below = cell(skip.children)
            pointer.pointee.cells.release(skip.children, 1)
        }
        let middle = TrieCell(child: .mark(after.slot), children: single(below))
        set(index, kept == 0 ? middle : TrieCell(skipping: bits, kept, to: single(middle)))
    }

    /// Moves a slot's prefix down, to a cell below what it and another one share.
    @inlinable
    func makeWay(
        _ cell: TrieCell, at index: UInt32, _ slot: Int, depth: Int, for other: Bits, _ otherLength: Int
    ) {
        let hit = leaf(cell, at: index, slot, depth: depth)
        let payload = payload(of: hit)
        let length = Int(hit.length) &- depth &- 6
        let bits: Bits = length == 0 ? 0 : tail(cell, Int(hit.rank)).bits(as: Bits.self)
        let common = Swift.min((bits ^ other).leadingZeroBitCount, length, otherLength)
        let count = Swift.min(common / 6 &* 6, Self.longestSkip)
        removeValue(hit, position: 0, slot: slot)
        let below = addPath(index, slot, bits, count)
        let rest = count < Bits.bitWidth ? bits.dropping(count) : 0
        let left = length &- count
        if left < 6 {
            addInner(below, Self.position(rest.slot, left), payload)
        } else {
            addLeaf(below, rest.slot, TrieTail(rest.dropping(6), left &- 6), payload)
        }
    }
}
