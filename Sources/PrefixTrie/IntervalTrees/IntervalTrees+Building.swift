import CLookupKernels

extension IntervalTrees {
    /// The most intervals in a tree of `height` lines.
    static func capacity(height: Int) -> Int {
        (1..<height).reduce(IntervalLine.leafIntervals) { capacity, _ in capacity * IntervalLine.innerFanout }
    }

    /// Builds a tree that no reader sees yet.
    ///
    /// - Returns: its entry; that of a next hop where there is one interval.
    func build(_ intervals: [Interval], leastHeight: Int) -> UInt32 {
        if intervals.count == 1, intervals[0].hop != LK_LINK { return Self.entry(hop: intervals[0].hop) }
        var height = leastHeight
        while Self.capacity(height: height) < intervals.count { height += 1 }
        let linked = height == 1 && Self.isLinked(intervals[...])
        let top = memory.allocate(linked ? 2 : 1)
        fill(top, companion: linked ? top + 1 : nil, with: intervals[...], height: height)
        return Self.entry(line: top, height: height)
    }

    static func isLinked(_ intervals: ArraySlice<Interval>) -> Bool { intervals.contains { $0.hop == LK_LINK } }

    /// Fills a line that no reader sees, and makes what hangs below.
    func fill(_ number: UInt32, companion: UInt32?, with intervals: ArraySlice<Interval>, height: Int) {
        if height == 1 { return fillLeaf(number, companion: companion, with: intervals) }
        let below = Self.capacity(height: height - 1)
        // Seven eighths full, so that the next prefixes find room.
        let wanted = (intervals.count * 8 + below * 7 - 1) / (below * 7)
        let children = max(1, min(IntervalLine.innerFanout, wanted))
        let ends = (1...children).map { intervals.startIndex + intervals.count * $0 / children }
        let starts = [intervals.startIndex] + ends.dropLast()
        let linked = zip(starts, ends).map { height == 2 && Self.isLinked(intervals[$0..<$1]) }
        let group = memory.allocate(children + linked.count { $0 })
        var companions = group + UInt32(children)
        for child in 0..<children {
            fill(
                group + UInt32(child), companion: linked[child] ? companions : nil,
                with: intervals[starts[child]..<ends[child]], height: height - 1)
            if linked[child] { companions += 1 }
        }
        let line = line(number)
        line.clear()
        for child in 0..<children - 1 { line.setKey(child, intervals[ends[child] - 1].last) }
        line.setFirstChild(group)
    }

    private func fillLeaf(_ number: UInt32, companion: UInt32?, with intervals: ArraySlice<Interval>) {
        let line = line(number)
        line.clear()
        // A leaf has no first child: that word holds a next hop and the companion's distance.
        for (index, interval) in intervals.enumerated() {
            if index < intervals.count - 1 { line.setKey(index, interval.last) }
        }
        for index in 0..<IntervalLine.leafIntervals { line.setHop(index, NextHop.noRoute) }
        line.setCompanion(companion.map { Int($0 - number) } ?? 0)
        for (index, interval) in intervals.enumerated() {
            line.setHop(index, interval.hop)
            if let companion, interval.hop == LK_LINK {
                setLink(companion, index, interval.link)
            }
        }
    }
}

extension IntervalTrees {
    /// The intervals of the tree below a line, appended in order.
    func collect(_ number: UInt32, height: Int, last: UInt32, into intervals: inout [Interval]) {
        let line = line(number)
        if height == 1 {
            let count = line.intervalCount
            for index in 0..<count {
                let hop = line.hop(index)
                let link = hop == LK_LINK ? memory.load(linkOffset(number, index)) : 0
                intervals.append(
                    Interval(
                        last: index < count - 1 ? line.key(index) : last, hop: hop, endsLeaf: index == count - 1,
                        link: link))
            }
            return
        }
        let count = line.childCount
        for child in 0..<count {
            collect(
                line.firstChild + UInt32(child), height: height - 1, last: child < count - 1 ? line.key(child) : last,
                into: &intervals)
        }
    }

    /// The number of intervals below a line.
    func countIntervals(_ number: UInt32, height: Int) -> Int {
        let line = line(number)
        if height == 1 { return line.intervalCount }
        return (0..<UInt32(line.childCount)).reduce(0) {
            $0 + countIntervals(line.firstChild + $1, height: height - 1)
        }
    }

    /// The lines of the group of children below an inner line, the companions of leaves among them.
    func groupSize(_ parent: UInt32, height: Int) -> Int {
        let line = line(parent)
        let children = line.childCount
        if height > 2 { return children }
        return children
            + (0..<UInt32(children)).count { self.line(line.firstChild + $0).companion != 0 }
    }

    /// Retires all that hangs below a line, the trees of further slices excepted.
    func retireChildren(_ number: UInt32, height: Int) {
        guard height > 1 else { return }
        let line = line(number)
        for child in 0..<UInt32(line.childCount) { retireChildren(line.firstChild + child, height: height - 1) }
        memory.retire(line.firstChild, groupSize(number, height: height))
    }

    /// Retires a tree, the trees of further slices excepted.
    func retireTree(_ entry: UInt32) {
        let height = Int(entry & Self.heightMask)
        guard height > 0 else { return }
        retireChildren(entry >> 3, height: height)
        memory.retire(entry >> 3, topSize(entry >> 3, height: height))
    }

    /// The lines of a tree's top: two where it is a leaf with links.
    func topSize(_ top: UInt32, height: Int) -> Int { height == 1 && line(top).companion != 0 ? 2 : 1 }

    /// The offset of the next hop that a leaf's step leads to.
    func hopOffset(_ step: IntervalStep) -> Int {
        IntervalLine.bytes * Int(step.line) + IntervalLine.hopsOffset + 2 * step.rank
    }

    /// The offset of the entry that a leaf's interval leads to.
    func linkOffset(_ leaf: UInt32, _ index: Int) -> Int {
        IntervalLine.bytes * (Int(leaf) + line(leaf).companion) + 4 * index
    }
}
