import CLookupKernels
import IPAddresses

extension TrieHandle {
    /// Removes what was found, and cells that have no reason to stay; the payload is the caller's.
    @inlinable
    func remove(_ hit: rt_hit, _ bits: Bits) {
        let depth = Int(hit.depth)
        let slot = bits.dropping(depth).slot
        let position = hit.kind == UInt8(RT_INNER) ? Self.position(slot, Int(hit.length) &- depth) : 0
        removeValue(hit, position: position, slot: slot)
        let cell = cell(hit.cell)
        let kids = cell.kids
        let values = cell.valueCount
        guard (kids == 0 && values <= 1) || (values == 0 && kids & (kids &- 1) == 0) else { return }
        if hit.cell == 0 || (rootBits != 0 && hit.cell < Self.fixedStart) { return contractTop(hit.cell) }
        contract(bits, to: hit.cell)
    }

    /// The top is nobody's run; it may become a skip, as long as the cells of the first 12 bits are not there.
    @inlinable
    func contractTop(_ index: UInt32) {
        if rootBits == 0 { _ = makeSkip(index) }
    }

    /// One cell on the way down, and which of its slots was taken.
    @frozen
    @usableFromInline
    struct Step {
        @usableFromInline var index: UInt32
        @usableFromInline var slot: UInt8
        @usableFromInline var isSkip: Bool

        @inlinable
        init(_ index: UInt32, _ slot: Int, isSkip: Bool) {
            self.index = index
            self.slot = UInt8(truncatingIfNeeded: slot)
            self.isSkip = isSkip
        }
    }

    /// Takes cells away from `last` on upwards, as far as they are empty, hold one prefix that is a tail above, or lead
    /// nowhere but to one child.
    @inlinable
    func contract(_ bits: Bits, to last: UInt32) {
        withUnsafeTemporaryAllocation(of: Step.self, capacity: 48) { path in
            var (index, depth) = start(bits, Bits.bitWidth)
            var count = 0
            while true {
                let cell = cell(index)
                let slot = bits.dropping(depth).slot
                path[count] = Step(index, slot, isSkip: cell.isSkip)
                count &+= 1
                if index == last { break }
                depth &+= cell.isSkip ? cell.skipLength : 6
                index = cell.isSkip ? cell.children : cell.kid(at: slot)
            }
            contract(UnsafeMutableBufferPointer(rebasing: path[..<count]))
        }
    }

    @inlinable
    func contract(_ path: UnsafeMutableBufferPointer<Step>) {
        var place = path.count &- 1
        while true {
            let index = path[place].index
            let cell = cell(index)
            guard cell.kids == 0, cell.valueCount <= 1 else {
                return joinSkips(path, place)
            }
            var above = place &- 1
            var before: Bits = 0
            var skipped = 0
            while above >= 0, path[above].isSkip {
                let skip = self.cell(path[above].index)
                before = skip.skipped(as: Bits.self) | before.placed(at: skip.skipLength)
                skipped &+= skip.skipLength
                above &-= 1
            }
            if cell.valueCount == 0 {
                if place == 0 { return }
                release(path, from: Swift.max(1, above &+ 2), through: place)
                if above < 0 { return set(path[0].index, TrieCell()) }
                removeChild(path[above].index, Int(path[above].slot))
                place = above
                continue
            }
            if above < 0 { return }
            liftLast(cell, path, place, above, before: before, skipped)
            return
        }
    }

    /// Releases cells of the path that are runs of their own.
    @inlinable
    func release(_ path: UnsafeMutableBufferPointer<Step>, from first: Int, through last: Int) {
        var place = first
        while place <= last {
            release(path[place].index)
            place &+= 1
        }
    }

    @inlinable
    func release(_ single: UInt32) { pointer.pointee.cells.release(single, 1) }

    /// Makes the only prefix of a cell a tail of the cell above, if it has few enough bits.
    @inlinable
    func liftLast(
        _ cell: TrieCell, _ path: UnsafeMutableBufferPointer<Step>, _ place: Int, _ above: Int, before: Bits,
        _ skipped: Int
    ) {
        var bits: Bits
        var length: Int
        let payload: UInt64
        if cell.leaf != 0 {
            let hit = leaf(cell, at: 0, cell.leaf.trailingZeroBitCount, depth: 0)
            bits = Bits(slot: cell.leaf.trailingZeroBitCount)
            length = Int(hit.length)
            if length > 6 { bits |= tail(cell, 0).bits(as: Bits.self).placed(at: 6) }
            payload = self.payload(of: hit)
        } else {
            let position = UInt32(truncatingIfNeeded: cell.inner.trailingZeroBitCount)
            bits = Bits(slot: Int(rt_start(position)))
            length = Int(rt_length(position))
            payload = self.payload(cell.block, tails: 0, rank: 0)
        }
        bits = before | bits.placed(at: skipped)
        length &+= skipped
        if length > TrieTail.longest { return }
        let units = Layout.units(tails: cell.tailCount, values: 1)
        if units > 0 { pointer.pointee.blocks.release(cell.block, units) }
        release(path, from: above &+ 2, through: place)
        removeChild(path[above].index, Int(path[above].slot))
        addLeaf(path[above].index, Int(path[above].slot), TrieTail(bits, length), payload)
    }

    /// Makes a cell with one child and nothing else a skip, together with one above it or below it.
    @inlinable
    func joinSkips(_ path: UnsafeMutableBufferPointer<Step>, _ place: Int) {
        var index = path[place].index
        guard makeSkip(index) else { return }
        guard place > 0, path[place &- 1].isSkip else { return }
        let upper = cell(path[place &- 1].index)
        let lower = cell(index)
        guard upper.skipLength &+ lower.skipLength <= Self.longestSkip else { return }
        release(index)
        index = path[place &- 1].index
        let bits = upper.skipped(as: Bits.self) | lower.skipped(as: Bits.self).placed(at: upper.skipLength)
        set(index, TrieCell(skipping: bits, upper.skipLength &+ lower.skipLength, to: lower.children))
    }

    /// - Returns: whether the cell has become a skip.
    @inlinable
    func makeSkip(_ index: UInt32) -> Bool {
        let cell = cell(index)
        let kids = cell.kids
        guard !cell.isSkip, cell.valueCount == 0, kids != 0, kids & (kids &- 1) == 0 else { return false }
        var bits = Bits(slot: kids.trailingZeroBitCount)
        var count = 6
        var below = cell.children
        let child = self.cell(below)
        if child.isSkip, count &+ child.skipLength <= Self.longestSkip {
            bits |= child.skipped(as: Bits.self).placed(at: 6)
            count &+= child.skipLength
            release(below)
            below = child.children
        }
        set(index, TrieCell(skipping: bits, count, to: below))
        return true
    }
}
