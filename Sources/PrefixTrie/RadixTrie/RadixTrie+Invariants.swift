import CLookupKernels
import IPAddresses

extension RadixTrie {
    /// Stops the program where the structure is not as it should be: O(n), for tests.
    public func _invariantCheck() {
        read { core in
            var check = TrieCheck(core)
            check.visitTop()
            let state = core.pointer.pointee
            precondition(check.values == state.count, "\(check.values) values, \(state.count) counted")
            precondition(check.cells + state.cells.free == state.cells.used, "a cell is neither in the trie nor free")
            precondition(check.units + state.blocks.free == state.blocks.used, "a block is neither in use nor free")
            precondition(check.slots.count + state.slots.free == state.slots.used, "a place is neither taken nor free")
        }
    }
}

/// A walk over everything that asks of each cell whether it has a reason to be there.
private struct TrieCheck<Bits: TrieBits, Value> {
    typealias Layout = TrieLayout<Value>
    let trie: TrieHandle<Bits, Value>
    var values = 0
    var cells = 0
    var units = 0
    var slots: Set<UInt64> = []

    init(_ trie: TrieHandle<Bits, Value>) { self.trie = trie }

    mutating func visitTop() {
        if trie.rootBits == 0 {
            cells += 1
            return visit(0, depth: 0, isTop: true)
        }
        cells += Int(TrieHandle<Bits, Value>.fixedEnd)
        for index in [0] + Array(64..<TrieHandle<Bits, Value>.fixedStart) {
            let cell = trie.cell(index)
            precondition(!cell.isSkip && cell.kids == .max, "one of the first 12 bits' cells is missing")
            count(cell)
        }
        for index in TrieHandle<Bits, Value>.fixedStart..<TrieHandle<Bits, Value>.fixedEnd {
            visit(index, depth: 12, isTop: true)
        }
    }

    private mutating func count(_ cell: TrieCell) {
        values += cell.valueCount
        let size = cell.valueCount == 0 ? 0 : Layout.units(tails: cell.tailCount, values: cell.valueCount)
        if size > 0 { units += Int(rt_size(rt_class(UInt32(size)))) }
        if Layout.isInline { return }
        for rank in 0..<cell.valueCount {
            let place = trie.payload(cell.block, tails: cell.tailCount, rank: rank)
            precondition(slots.insert(place).inserted, "two prefixes share a place")
        }
    }

    private mutating func visit(_ index: UInt32, depth: Int, isTop: Bool) {
        let cell = trie.cell(index)
        precondition(depth <= Bits.bitWidth, "a cell lies below the key's last bit")
        if cell.isSkip {
            let count = cell.skipLength
            precondition(
                count > 0 && count % 6 == 0 && count <= TrieHandle<Bits, Value>.longestSkip, "a skip of \(count)")
            let bits = cell.skipped(as: Bits.self)
            precondition(bits & .prefixMask(count) == bits, "a skip has bits after its last one")
            cells += 1
            return visit(cell.children, depth: depth + count, isTop: false)
        }
        let kids = cell.kids.nonzeroBitCount
        if !isTop {
            precondition(kids > 0 || cell.valueCount > 0, "an empty cell")
            precondition(cell.valueCount > 0 || kids != 1, "a cell with one child that is not a skip")
        }
        count(cell)
        for rank in 0..<cell.tailCount {
            let tail = trie.tail(cell, rank)
            precondition((1...27).contains(tail.length), "a tail of \(tail.length) bits")
            precondition(depth + 6 + tail.length <= Bits.bitWidth, "a tail ends after the key")
            precondition(tail.word & ~31 & ~(.prefixMask(tail.length)) == 0, "a tail has bits after its last one")
        }
        guard kids > 0 else { return }
        cells += Int(rt_size(rt_class(UInt32(kids))))
        for rank in 0..<UInt32(kids) { visit(cell.children + rank, depth: depth + 6, isTop: false) }
    }
}
