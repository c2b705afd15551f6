import CLookupKernels
import IPAddresses

/// An interval of one window: up to `last`, `hop` or the tree that `link` refers to.
struct Interval {
    var last: UInt32
    var hop: UInt16
    /// Whether it is the last one of a leaf: the boundary behind it may have lost its reason.
    var endsLeaf = false
    var link: UInt32 = 0
}

/// An interval of whole keys.
struct KeyInterval {
    var last: UInt128
    var hop: UInt16
}

extension IntervalTrees {
    func compileAll() {
        for region in 0..<Self.regionCount { compile(region: region) }
    }

    /// Builds the buckets of the keys that begin with `region`, and lets readers see them at once.
    func compile(region: Int) {
        let intervals = keyIntervals(region: region)
        if intervals.count == 1 {
            room[region] = 64
            memory.publish(constantRoot(intervals[0].hop), root: region)
            return
        }
        room[region] = Int32(truncatingIfNeeded: max(256, intervals.count))
        let windows = self.windows(of: intervals[...], from: Self.firstKey(region: region), slice: .first)
        let bits = Self.bucketBits(for: windows.count)
        let shift = 32 - UInt32(bits)
        let line = memory.allocate(max(1, (4 << bits) / IntervalLine.bytes))
        var start = 0
        for bucket in 0..<UInt64(1) << UInt64(bits) {
            let last = UInt32(truncatingIfNeeded: (bucket + 1) << UInt64(shift) &- 1)
            var end = start
            while windows[end].last < last { end += 1 }
            let entry = build(Array(windows[start...end]), leastHeight: Int(Self.bucketHeight))
            memory.base.storeBytes(
                of: entry, toByteOffset: IntervalLine.bytes * Int(line) + 4 * Int(bucket), as: UInt32.self)
            start = windows[end].last == last ? end + 1 : end
        }
        memory.publish(line << 6 | shift, root: region)
    }

    /// The number of bits that choose the bucket: so many that a bucket holds some 32 to 64 intervals on average.
    static func bucketBits(for intervals: Int) -> Int {
        min(Int(maximumBucketBits), max(0, Int.bitWidth - 1 - intervals.leadingZeroBitCount - 5))
    }

    func constantRoot(_ hop: UInt16) -> UInt32 { constantLine(hop) << 6 | 32 }

    private func constantLine(_ hop: UInt16) -> UInt32 {
        if let line = constantLines[hop] { return line }
        let line = memory.allocate(1)
        memory.base.storeBytes(
            of: Self.entry(hop: hop), toByteOffset: IntervalLine.bytes * Int(line), as: UInt32.self)
        constantLines[hop] = line
        return line
    }

    /// What the prefixes cut the region's keys into. Neighbours may have one next hop; they are two intervals all the
    /// same, since they belong to different prefixes.
    func keyIntervals(region: Int) -> [KeyInterval] {
        let first = Self.firstKey(region: region)
        let prefix = Prefix<UInt128>(uncheckedBits: first, length: 16)
        let last = first | ~.prefixMask(16)
        var intervals: [KeyInterval] = []
        var open = [KeyInterval(last: last, hop: trie.longestMatch(covering: prefix)?.value ?? NextHop.noRoute)]
        var next = first
        func close(_ interval: KeyInterval) {
            guard next <= interval.last, intervals.last?.last != last else { return }
            intervals.append(interval)
            next = interval.last &+ 1
        }
        for (prefix, hop) in trie.covered(by: prefix) where prefix.length > 16 {
            while let above = open.last, above.last < prefix.bits { close(open.removeLast()) }
            if prefix.bits > next, let above = open.last {
                close(KeyInterval(last: prefix.bits - 1, hop: above.hop))
            }
            open.append(KeyInterval(last: prefix.bits | ~.prefixMask(prefix.length), hop: hop))
        }
        while let above = open.popLast() { close(above) }
        return intervals
    }

    /// The intervals as windows of the slice, from `start` on; what ends inside a window goes into a tree of the next.
    func windows(of intervals: ArraySlice<KeyInterval>, from start: UInt128, slice: IntervalSlice) -> [Interval] {
        var windows: [Interval] = []
        windows.reserveCapacity(intervals.count)
        var start = start
        var index = intervals.startIndex
        while index < intervals.endIndex {
            let interval = intervals[index]
            let window = slice.lastWindow(interval.last)
            if slice.isLast(interval.last) {
                windows.append(Interval(last: window, hop: interval.hop))
                start = interval.last &+ 1
                index += 1
                continue
            }
            let firstKey = slice.firstKey(window, like: interval.last)
            let lastKey = firstKey | slice.maskBehind
            if start < firstKey { windows.append(Interval(last: window - 1, hop: interval.hop)) }
            var inside: [KeyInterval] = []
            while index < intervals.endIndex {
                inside.append(KeyInterval(last: min(intervals[index].last, lastKey), hop: intervals[index].hop))
                if intervals[index].last >= lastKey { break }
                index += 1
            }
            let link = build(self.windows(of: inside[...], from: firstKey, slice: slice.next), leastHeight: 1)
            windows.append(Interval(last: window, hop: UInt16(LK_LINK), link: link))
            start = lastKey &+ 1
            if intervals[index].last == lastKey { index += 1 }
        }
        return windows
    }
}
