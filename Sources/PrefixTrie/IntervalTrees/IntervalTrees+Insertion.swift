import CLookupKernels

extension IntervalTrees {
    /// Lets an interval end with `window`: the one that holds it becomes two with the same next hop.
    func insert(_ window: UInt32, at place: IntervalPlace) {
        let entry = memory.load(place.offset)
        let height = Int(entry & Self.heightMask)
        if height == 0 {
            let hop = UInt16(truncatingIfNeeded: entry >> 3)
            let halves = [Interval(last: window, hop: hop), Interval(last: place.last, hop: hop)]
            memory.publish(build(halves, leastHeight: leastHeight(place)), at: place.offset)
            return
        }
        let step = descend(entry, to: window, last: place.last)
        let leaf = line(step.line)
        let count = leaf.intervalCount
        if intervalEnd(step) == window { return }
        if count < IntervalLine.leafIntervals {
            let linked = leaf.companion != 0
            let new = replaceLine(depth: height - 1, height: height, linked: linked)
            spread(step, count: count, window: window, into: new)
            publish(new, depth: height - 1, height: height, at: place)
        } else {
            rebuild(entry, adding: window, at: place)
        }
    }

    /// Fills the line with the leaf of `step`, its interval cut in two after `window`.
    private func spread(_ step: IntervalStep, count: Int, window: UInt32, into new: IntervalReplacement) {
        let old = line(step.line)
        let leaf = line(new.line)
        leaf.pointer.copyMemory(from: old.pointer, byteCount: IntervalLine.bytes)
        for index in stride(from: count, to: step.rank, by: -1) {
            if index < 10, index - 1 < count - 1 { leaf.setKey(index, old.key(index - 1)) }
            leaf.setHop(index, old.hop(index - 1))
        }
        leaf.setKey(step.rank, window)
        guard let companion = new.companion else { return leaf.setCompanion(0) }
        leaf.setCompanion(Int(companion - new.line))
        copyLines(from: step.line + UInt32(old.companion), to: companion, 1)
        for index in stride(from: count, to: step.rank, by: -1) {
            setLink(companion, index, memory.load(linkOffset(step.line, index - 1)))
        }
    }

    func setLink(_ companion: UInt32, _ index: Int, _ entry: UInt32) {
        line(companion).pointer.storeBytes(of: entry, toByteOffset: 4 * index, as: UInt32.self)
    }

    /// Rebuilds the lowest tree on the path that has room for one more interval.
    private func rebuild(_ entry: UInt32, adding window: UInt32, at place: IntervalPlace) {
        let height = Int(entry & Self.heightMask)
        for depth in stride(from: height - 2, through: 0, by: -1) {
            let below = height - depth
            let room = Self.capacity(height: below) * (depth == 0 ? 8 : 7) / 8
            guard countIntervals(path[depth].line, height: below) < room else { continue }
            rebuild(depth: depth, height: height, at: place) { Self.cut(&$0, at: window) }
            return
        }
        var intervals: [Interval] = []
        collect(entry >> 3, height: height, last: place.last, into: &intervals)
        Self.cut(&intervals, at: window)
        memory.publish(build(intervals, leastHeight: leastHeight(place)), at: place.offset)
        retireTree(entry)
    }

    private static func cut(_ intervals: inout [Interval], at window: UInt32) {
        guard let index = intervals.firstIndex(where: { $0.last >= window }) else { return }
        intervals.insert(Interval(last: window, hop: intervals[index].hop), at: index)
    }

    /// Rebuilds what hangs below the line at `depth` of the path, from its intervals as `change` leaves them.
    func rebuild(depth: Int, height: Int, at place: IntervalPlace, _ change: (inout [Interval]) -> Void) {
        let step = path[depth]
        let below = height - depth
        var intervals: [Interval] = []
        collect(step.line, height: below, last: step.last, into: &intervals)
        change(&intervals)
        if depth == 0, intervals.count == 1, intervals[0].hop != LK_LINK {
            let entry = memory.load(place.offset)
            memory.publish(Self.entry(hop: intervals[0].hop), at: place.offset)
            retireTree(entry)
            return
        }
        let new = replaceLine(depth: depth, height: height, linked: false)
        fill(new.line, companion: nil, with: intervals[...], height: below)
        retireChildren(step.line, height: below)
        publish(new, depth: depth, height: height, at: place)
    }
}
