import CLookupKernels

/// The portable reference: one key at a time, by the standard library's own means.
func bitmapBlocksPortableSingle(_ table: UnsafePointer<lk_table>, _ key: UnsafeRawPointer) -> UInt16 {
    let memory = UnsafeRawPointer(table.pointee.memory)
    let key = key.loadUnaligned(as: UInt32.self)
    let block = memory + BitmapBlocks.unitBytes * Int(lk_load32(table.pointee.root + Int(key &>> 14)))
    let run = bitmapRun(block, key &>> 8 & 63)
    let hop = lk_load16(block + 6 + 2 * run)
    if hop != LK_LINK { return hop }
    let runs = block.load(as: UInt64.self).nonzeroBitCount
    let link = block.load(fromByteOffset: BitmapBlocks.linksOffset(runs: runs) + 4 * (run - 1), as: UInt32.self)
    let quarter = memory + BitmapBlocks.unitBytes * Int(link) + 4 * Int(key &>> 6 & 3)
    let last = memory + BitmapBlocks.unitBytes * Int(quarter.load(as: UInt32.self))
    return lk_load16(last + 6 + 2 * bitmapRun(last, key & 63))
}

/// The number of runs that begin at or before the bit.
private func bitmapRun(_ block: UnsafeRawPointer, _ bit: UInt32) -> Int {
    (block.load(as: UInt64.self) &<< UInt64(63 - bit)).nonzeroBitCount
}

func bitmapBlocksPortableBatch(
    _ table: UnsafePointer<lk_table>, _ keys: UnsafeRawPointer, _ nextHops: UnsafeMutablePointer<UInt16>, _ count: Int
) {
    for index in 0..<count { nextHops[index] = bitmapBlocksPortableSingle(table, keys + 4 * index) }
}
