import CLookupKernels
import IPAddresses

extension IntervalTrees {
    /// The tree of the region that holds a key.
    func place(of key: UInt128) -> IntervalPlace {
        IntervalPlace(
            offset: ForwardingMemory.offset(root: Self.region(of: key)), slice: .first, first: 0, last: .max, like: key)
    }

    /// The least height of a tree: regions' trees are all as high.
    func leastHeight(_ place: IntervalPlace) -> Int { place.slice == .first ? Int(memory.height) : 1 }

    /// Lets an interval end with `key`, whatever its next hop.
    func addBoundary(_ key: UInt128) {
        // Regions end of themselves.
        if key | ~.prefixMask(Self.regionLength) == key { return }
        let place = place(of: key)
        addBoundary(key, at: place)
        if memory.load(place.offset) & Self.heightMask > memory.height { raiseTrees() }
    }

    private func addBoundary(_ key: UInt128, at place: IntervalPlace) {
        let window = place.slice.lastWindow(key)
        if place.slice.isLast(key) {
            if window != place.last { insert(window, at: place) }
            return
        }
        if window != place.first { insert(window - 1, at: place) }
        if window != place.last { insert(window, at: place) }
        addBoundary(key, at: link(window, at: place, like: key))
    }

    /// The place of the tree below `window`, which is an interval; makes the link if there is none.
    private func link(_ window: UInt32, at place: IntervalPlace, like key: UInt128) -> IntervalPlace {
        var step = step(to: window, at: place)
        let leaf = line(step.line)
        let hop = leaf.hop(step.rank)
        if hop != LK_LINK {
            if leaf.companion == 0 {
                let height = Int(memory.load(place.offset) & Self.heightMask)
                let new = replaceLine(depth: height - 1, height: height, linked: true)
                copyLines(from: step.line, to: new.line, 1)
                if let companion = new.companion { line(new.line).setCompanion(Int(companion - new.line)) }
                publish(new, depth: height - 1, height: height, at: place)
                step.line = new.line
            }
            // The link first, then what leads to it.
            memory.publish(Self.entry(hop: hop), at: linkOffset(step.line, step.rank))
            memory.publish(UInt16(LK_LINK), at: hopOffset(step))
        }
        return linkedPlace(step, at: place, like: key)
    }

    private func step(to window: UInt32, at place: IntervalPlace) -> IntervalStep {
        descend(memory.load(place.offset), to: window, last: place.last)
    }

    func linkedPlace(_ step: IntervalStep, at place: IntervalPlace, like key: UInt128) -> IntervalPlace {
        IntervalPlace(
            offset: linkOffset(step.line, step.rank), slice: place.slice.next, first: 0, last: .max, like: key)
    }

    /// Takes away the boundary after `key`, which no prefix needs any longer.
    func removeBoundary(_ key: UInt128) {
        if key | ~.prefixMask(Self.regionLength) == key { return }
        removeBoundary(key, at: place(of: key))
    }

    private func removeBoundary(_ key: UInt128, at place: IntervalPlace) {
        let window = place.slice.lastWindow(key)
        if place.slice.isLast(key) {
            if window != place.last { remove(window, at: place) }
            return
        }
        guard memory.load(place.offset) & Self.heightMask != 0 else { return }
        let link = step(to: window, at: place)
        guard line(link.line).hop(link.rank) == LK_LINK else { return }
        removeBoundary(key, at: linkedPlace(link, at: place, like: key))
        let entry = memory.load(linkOffset(link.line, link.rank))
        guard entry & Self.heightMask == 0 else { return }
        memory.publish(UInt16(truncatingIfNeeded: entry >> 3), at: hopOffset(link))
        let firstKey = place.slice.firstKey(window, like: key)
        if window != place.first, !isBoundary(firstKey - 1) { remove(window - 1, at: place) }
        if window != place.last, !isBoundary(firstKey | place.slice.maskBehind) { remove(window, at: place) }
    }
}
