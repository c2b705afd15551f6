import CLookupKernels
import IPAddresses

extension TrieCursor {
    /// A walk over all prefixes that one covers, itself among them.
    @inlinable
    init(_ trie: TrieHandle<Bits, Value>, coveredBy bits: Bits, _ length: Int) {
        self.init(trie)
        var (index, depth) = trie.start(bits, length)
        while true {
            let cell = trie.cell(index)
            let rest = bits.dropping(depth)
            let left = length &- depth
            let before = bits & .prefixMask(depth)
            if cell.isSkip {
                let compared = Swift.min(left, cell.skipLength)
                if (rest ^ cell.skipped(as: Bits.self)) & .prefixMask(compared) != 0 { return }
                if left <= cell.skipLength {
                    enter(index, before, depth: depth)
                    return
                }
                index = cell.children
                depth &+= cell.skipLength
                continue
            }
            let slot = rest.slot
            if left < 6 {
                let (inner, slots) = Self.within(UInt32(TrieHandle<Bits, Value>.position(slot, left)))
                push(frame(cell, before, depth: depth, inner: inner, slots: slots))
                return
            }
            if cell.kids.has(slot) {
                index = cell.kid(at: slot)
                depth &+= 6
                continue
            }
            let leaf = trie.leaf(cell, at: index, slot, depth: depth)
            if leaf.length >= length,
                left == 6
                    || (trie.tail(cell, Int(leaf.rank)).bits(as: Bits.self) ^ rest.dropping(6)) & .prefixMask(left &- 6)
                        == 0
            {
                push(frame(cell, before, depth: depth, inner: 0, slots: .mark(slot)))
            }
            return
        }
    }

    /// A walk from a prefix on, whether it is there or not, to the last one.
    @inlinable
    init(_ trie: TrieHandle<Bits, Value>, from bits: Bits, _ length: Int) {
        self.init(trie)
        var (index, depth): (UInt32, Int) = (0, 0)
        while true {
            let cell = trie.cell(index)
            let rest = bits.dropping(depth)
            let left = length &- depth
            let before = bits & .prefixMask(depth)
            if cell.isSkip {
                let skipped = cell.skipped(as: Bits.self)
                let mask = Bits.prefixMask(Swift.min(left, cell.skipLength))
                if skipped & mask != rest & mask || left <= cell.skipLength {
                    if skipped & mask >= rest & mask { enter(index, before, depth: depth) }
                    return
                }
                index = cell.children
                depth &+= cell.skipLength
                continue
            }
            let slot = rest.slot
            if left < 6 {
                let position = TrieHandle<Bits, Value>.position(slot, left)
                push(
                    frame(
                        cell, before, depth: depth, inner: .max &<< UInt64(position),
                        slots: .max &<< UInt64(rt_start(UInt32(position)))))
                return
            }
            let later = ~rt_starting_up_to(UInt32(slot))
            var slots: UInt64 = slot == 63 ? 0 : .max &<< UInt64(slot &+ 1)
            if cell.leaf.has(slot), !Self.leafIsBefore(trie, cell, slot, rest, left) { slots |= .mark(slot) }
            push(frame(cell, before, depth: depth, inner: later & (.max >> 1), slots: slots))
            guard cell.kids.has(slot) else { return }
            index = cell.kid(at: slot)
            depth &+= 6
        }
    }

    /// Whether the prefix in a slot comes before another one in that slot, of `left` bits from the cell on.
    @inlinable
    static func leafIsBefore(
        _ trie: TrieHandle<Bits, Value>, _ cell: TrieCell, _ slot: Int, _ rest: Bits, _ left: Int
    ) -> Bool {
        let leaf = trie.leaf(cell, at: 0, slot, depth: 0)
        if leaf.length == 6 { return left > 6 }
        if left == 6 { return false }
        let (tail, other) = (trie.tail(cell, Int(leaf.rank)).bits(as: Bits.self), rest.dropping(6))
        return tail < other || (tail == other && leaf.length < left)
    }
}

extension TrieHandle {
    /// The last prefix, or the last one before another.
    @inlinable
    func last(before limit: (bits: Bits, length: Int)?) -> (bits: Bits, length: Int, payload: UInt64)? {
        guard let limit else { return last(0, 0, depth: 0, inner: .max, slots: .max) }
        let (bits, length) = limit
        var (index, depth): (UInt32, Int) = (0, 0)
        // The parts of cells on the way that come before the limit; the last one that has a prefix counts.
        var parts: [(index: UInt32, depth: Int, inner: UInt64, slots: UInt64)] = []
        while true {
            let cell = cell(index)
            let rest = bits.dropping(depth)
            let left = length &- depth
            if cell.isSkip {
                let skipped = cell.skipped(as: Bits.self)
                let mask = Bits.prefixMask(Swift.min(left, cell.skipLength))
                if skipped & mask != rest & mask || left <= cell.skipLength {
                    if skipped & mask < rest & mask { parts.append((index, depth, .max, .max)) }
                    break
                }
                index = cell.children
                depth &+= cell.skipLength
                continue
            }
            let slot = rest.slot
            if left < 6 {
                let position = Self.position(slot, left)
                let (inner, slots) = (UInt64.mark(position) &- 1, UInt64.mark(Int(rt_start(UInt32(position)))) &- 1)
                parts.append((index, depth, inner, slots))
                break
            }
            let inner = rt_starting_up_to(UInt32(slot))
            var slots = UInt64.mark(slot) &- 1
            if cell.leaf.has(slot), TrieCursor.leafIsBefore(self, cell, slot, rest, left) { slots |= .mark(slot) }
            parts.append((index, depth, inner, slots))
            guard cell.kids.has(slot) else { break }
            index = cell.kid(at: slot)
            depth &+= 6
        }
        for part in parts.reversed() {
            let before = bits & .prefixMask(part.depth)
            if let found = last(part.index, before, depth: part.depth, inner: part.inner, slots: part.slots) {
                return found
            }
        }
        return nil
    }

    /// The last prefix in a part of a cell, or below it.
    @inlinable
    func last(
        _ index: UInt32, _ bits: Bits, depth: Int, inner: UInt64, slots: UInt64
    ) -> (bits: Bits, length: Int, payload: UInt64)? {
        var (index, bits, depth, inner, slots) = (index, bits, depth, inner, slots)
        while true {
            let cell = cell(index)
            if cell.isSkip {
                bits |= cell.skipped(as: Bits.self).placed(at: depth)
                depth &+= cell.skipLength
                index = cell.children
                continue
            }
            let prefixes = cell.inner & inner
            var taken = (cell.child | cell.leaf) & slots
            // Where the first 12 bits' cells are all there, most are empty: go back to one that is not.
            while taken != 0 {
                let slot = 63 &- taken.leadingZeroBitCount
                if prefixes != 0, Int(rt_start(UInt32(63 &- prefixes.leadingZeroBitCount))) > slot { break }
                let here = bits | Bits(slot: slot).placed(at: depth)
                if cell.leaf.has(slot) {
                    let leaf = leaf(cell, at: index, slot, depth: depth)
                    let tail: Bits =
                        leaf.length == depth &+ 6 ? 0 : tail(cell, Int(leaf.rank)).bits(as: Bits.self)
                    return (
                        here | tail.placed(at: depth &+ 6), Int(leaf.length),
                        payload(of: leaf)
                    )
                }
                let child = cell.kid(at: slot)
                if let found = last(child, here, depth: depth &+ 6, inner: .max, slots: .max) { return found }
                taken &= ~.mark(slot)
            }
            guard prefixes != 0 else { return nil }
            let position = 63 &- prefixes.leadingZeroBitCount
            let hit = rt_hit(cell, at: index, position: position, depth: depth)
            let start = Bits(slot: Int(rt_start(UInt32(position)))).placed(at: depth)
            return (bits | start, Int(hit.length), payload(of: hit))
        }
    }
}
