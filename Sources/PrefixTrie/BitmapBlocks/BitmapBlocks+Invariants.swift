import CLookupKernels
import IPAddresses
import Synchronization

extension BitmapBlocks {
    func checkInvariants() throws(ForwardingTableError) {
        var units = constantBlocks.count * Self.units(runs: 1, linked: false)
        var next = 0
        for blocks in RootRanges(trie, length: Self.rootBits) {
            try checkEmpty(next..<blocks.lowerBound)
            for block in blocks { units += try check(memory.root[block], bits: UInt32(block) << 14) }
            next = blocks.upperBound
        }
        try checkEmpty(next..<1 << Self.rootBits)
        let known = units + memory.freeUnits + memory.retired.units
        if known != memory.used {
            throw .invariantBroken("\(known) units are accounted for, \(memory.used) were handed out")
        }
    }

    private func checkEmpty(_ blocks: Range<Int>) throws(ForwardingTableError) {
        let empty = constantBlock(NextHop.noRoute)
        for block in blocks where memory.root[block] != empty {
            throw .invariantBroken("block \(block) has a route that the trie lacks")
        }
    }

    /// Checks a block's shape, and its answers at the first and the last key of each of its bits.
    private func check(_ block: UInt32, bits: UInt32) throws(ForwardingTableError) -> Int {
        let view = view(of: block)
        if view.starts & 1 == 0 { throw .invariantBroken("a block whose first run does not begin at its first bit") }
        let table = memory.view.published.pointee.load(ordering: .acquiring)
        let prefix = Prefix<UInt32>(uncheckedBits: bits, length: Self.rootBits)
        let isPlain = !trie.hasLonger(than: prefix)
        for bit in stride(from: UInt32(0), to: 64, by: isPlain ? 63 : 1) {
            for behind: UInt32 in [0, 255] {
                var key = bits | bit << 8 | behind
                let hop = bitmapBlocksPortableSingle(table, &key)
                if hop != trie.longestMatch(for: key)?.value ?? NextHop.noRoute {
                    throw .invariantBroken("at key \(key): next hop \(hop) is not the trie's")
                }
            }
        }
        var units = 0
        forEachOwned(by: block) { units += $1 }
        return units
    }
}
