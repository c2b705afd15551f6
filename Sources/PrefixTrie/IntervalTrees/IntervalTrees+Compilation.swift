import CLookupKernels
import IPAddresses

/// An interval of one window: up to `last`, `hop` or the tree that `link` refers to.
struct Interval {
    var last: UInt32
    var hop: UInt16
    /// Whether it is the last one of a leaf: the boundary after it may have lost its reason.
    var endsLeaf = false
    var link: UInt32 = 0
}

/// An interval of whole keys.
struct KeyInterval {
    var last: UInt128
    var hop: UInt16
}

extension IntervalTrees {
    /// Builds all regions' trees, where no reader is yet.
    func compile() {
        for regions in RootRanges(trie, length: Self.regionLength) {
            for region in regions {
                let windows = windows(
                    of: keyIntervals(region: region)[...], from: Self.firstKey(region: region), slice: .first)
                memory.publish(build(windows, leastHeight: 1), at: ForwardingMemory.offset(root: region))
            }
        }
        raiseTrees()
    }

    /// Puts lines with one child on top of the regions' lower trees until all are as high as the highest.
    func raiseTrees() {
        var highest = memory.height
        for region in 0..<Self.regionCount { highest = max(highest, memory.root[region] & Self.heightMask) }
        for region in 0..<Self.regionCount {
            var entry = memory.root[region]
            while 1..<highest ~= entry & Self.heightMask {
                let top = memory.allocate(1)
                line(top).clear()
                line(top).setFirstChild(entry >> 3)
                entry = Self.entry(line: top, height: Int(entry & Self.heightMask) + 1)
            }
            memory.publish(entry, at: ForwardingMemory.offset(root: region))
        }
        // Last: kernels know trees of another height by their being higher.
        if highest > memory.height { memory.publish(height: highest) }
    }

    /// What the prefixes cut the region's keys into. Neighbours may have one next hop; they are two intervals all the
    /// same, since they belong to different prefixes.
    func keyIntervals(region: Int) -> [KeyInterval] {
        let first = Self.firstKey(region: region)
        let prefix = Prefix<UInt128>(uncheckedBits: first, length: Self.regionLength)
        let last = prefix.last
        let whole = KeyInterval(last: last, hop: trie.longestMatch(covering: prefix)?.value ?? NextHop.noRoute)
        guard trie.hasLonger(than: prefix) else { return [whole] }
        var intervals: [KeyInterval] = []
        var open = [whole]
        var next = first
        func close(_ interval: KeyInterval) {
            guard next <= interval.last, intervals.last?.last != last else { return }
            intervals.append(interval)
            next = interval.last &+ 1
        }
        for (prefix, hop) in trie.covered(by: prefix) where prefix.length > Self.regionLength {
            while let above = open.last, above.last < prefix.bits { close(open.removeLast()) }
            if prefix.bits > next, let above = open.last {
                close(KeyInterval(last: prefix.bits - 1, hop: above.hop))
            }
            open.append(KeyInterval(last: prefix.last, hop: hop))
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
