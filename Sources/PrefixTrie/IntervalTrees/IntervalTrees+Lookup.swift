import CLookupKernels

/// The portable reference: one key at a time, by the standard library's own means.
func intervalTreesPortableSingle(_ table: UnsafePointer<lk_table>, _ key: UnsafeRawPointer) -> UInt16 {
    let memory = UnsafeRawPointer(table.pointee.memory)
    let key = key.loadUnaligned(as: UInt128.self)
    var slice = IntervalSlice.first
    var entry = lk_load32(table.pointee.root + Int(truncatingIfNeeded: key &>> 112))
    while true {
        if Int32(bitPattern: entry) < 0 { return UInt16(truncatingIfNeeded: entry &>> 3) }
        var height = entry & IntervalTrees.heightMask
        let window = slice.window(key)
        var line = memory + 8 * Int(entry & ~IntervalTrees.heightMask)
        while height > 1 {
            let rank = IntervalLine.rank(line, of: window, count: 15)
            line = memory + 8 * Int(lk_load32(line + IntervalLine.childOffset)) + IntervalLine.bytes * rank
            height -= 1
        }
        let rank = IntervalLine.rank(line, of: window, count: 10)
        let hop = lk_load16(line + IntervalLine.hopsOffset + 2 * rank)
        if hop != LK_LINK { return hop }
        let companion = Int(line.load(fromByteOffset: IntervalLine.companionOffset, as: UInt16.self))
        entry = lk_load32(line + IntervalLine.bytes * companion + 4 * rank)
        slice = slice.next
    }
}

func intervalTreesPortableBatch(
    _ table: UnsafePointer<lk_table>, _ keys: UnsafeRawPointer, _ nextHops: UnsafeMutablePointer<UInt16>, _ count: Int
) {
    for index in 0..<count { nextHops[index] = intervalTreesPortableSingle(table, keys + 16 * index) }
}
