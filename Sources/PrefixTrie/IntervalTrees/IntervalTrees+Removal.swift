import CLookupKernels
import IPAddresses

extension IntervalTrees {
    /// Joins the interval that ends with `window` and the next one, which have the same next hop.
    ///
    /// A boundary between two leaves stays until they are rebuilt; so does one at a link.
    func remove(_ window: UInt32, at place: IntervalPlace) {
        let entry = memory.load(place.offset)
        let height = Int(entry & Self.heightMask)
        guard height > 0 else { return }
        let step = descend(entry, to: window, last: place.last)
        let leaf = line(step.line)
        let count = leaf.intervalCount
        guard step.rank < count - 1, leaf.key(step.rank) == window else { return }
        guard leaf.hop(step.rank) != LK_LINK, leaf.hop(step.rank + 1) != LK_LINK else { return }
        if count == 2, (0..<height - 1).allSatisfy({ line(path[$0].line).childCount == 1 }) {
            memory.publish(Self.entry(hop: leaf.hop(0)), at: place.offset)
            retireTree(entry)
            return
        }
        let linked = leaf.companion != 0
        let new = replaceLine(depth: height - 1, height: height, linked: linked)
        join(step, count: count, into: new)
        publish(new, depth: height - 1, height: height, at: place)
        if count <= IntervalLine.leafIntervals / 2 { shrink(around: window, at: place) }
    }

    /// Fills the line with the leaf of `step`, its interval and the next one made one.
    private func join(_ step: IntervalStep, count: Int, into new: IntervalReplacement) {
        let old = line(step.line)
        let leaf = line(new.line)
        leaf.pointer.copyMemory(from: old.pointer, byteCount: IntervalLine.bytes)
        for index in step.rank..<count - 1 {
            leaf.setKey(index, index + 1 < count - 1 ? old.key(index + 1) : IntervalLine.unused)
            leaf.setHop(index, old.hop(index + 1))
        }
        guard let companion = new.companion else { return leaf.setCompanion(0) }
        leaf.setCompanion(Int(companion - new.line))
        copyLines(from: step.line + UInt32(old.companion), to: companion, 1)
        for index in step.rank..<count - 1 {
            setLink(companion, index, memory.load(linkOffset(step.line, index + 1)))
        }
    }

    /// Rebuilds the lines above the leaf that holds `window` as long as they are less than three eighths full, so
    /// that memory follows the number of prefixes down.
    private func shrink(around window: UInt32, at place: IntervalPlace) {
        var depth = Int.max
        while true {
            let entry = memory.load(place.offset)
            let height = Int(entry & Self.heightMask)
            if height == 0 { return }
            descend(entry, to: window, last: place.last)
            depth = min(depth - 1, height - 2)
            guard depth >= 0, isSparse(path[depth].line, height: height - depth) else { return }
            rebuild(depth: depth, height: height, at: place) { self.dropIdleBoundaries(&$0, at: place) }
        }
    }

    /// Whether a line's children could be fewer by far.
    private func isSparse(_ number: UInt32, height: Int) -> Bool {
        let line = line(number)
        let children = line.childCount
        guard children > 1 else { return false }
        let filled = (0..<UInt32(children)).reduce(0) {
            let child = self.line(line.firstChild + $1)
            return $0 + (height == 2 ? child.intervalCount : child.childCount)
        }
        let room = children * (height == 2 ? IntervalLine.leafIntervals : IntervalLine.innerFanout)
        return filled * 8 <= room * 3
    }

    /// Joins intervals at the ends of leaves that no prefix separates any more.
    private func dropIdleBoundaries(_ intervals: inout [Interval], at place: IntervalPlace) {
        var kept: [Interval] = []
        kept.reserveCapacity(intervals.count)
        for interval in intervals {
            if let before = kept.last, before.endsLeaf, before.hop == interval.hop, before.hop != LK_LINK,
                !isBoundary(place.slice.lastKey(before.last, like: place.like))
            {
                kept.removeLast()
            }
            kept.append(interval)
        }
        intervals = kept
    }

    /// Whether a prefix ends with `key` or begins after it.
    func isBoundary(_ key: UInt128) -> Bool {
        if key == .max { return false }
        return trie.longestMatch(for: key)?.prefix.last == key
            || trie.longestMatch(for: key + 1)?.prefix.bits == key + 1
    }
}
