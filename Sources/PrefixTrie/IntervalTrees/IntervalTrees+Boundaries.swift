import CLookupKernels
import IPAddresses

extension IntervalTrees {
    /// The bucket of a key in a region that has buckets of its own; nil where the region shares a constant line.
    func bucket(of key: UInt128) -> IntervalPlace? {
        let word = memory.root[Self.region(of: key)]
        if isShared(word) { return nil }
        let shift = UInt64(word & 63)
        let window = IntervalSlice.first.window(key)
        let number = UInt64(window) >> shift
        return IntervalPlace(
            offset: IntervalLine.bytes * Int(word >> 6) + 4 * Int(number), slice: .first,
            first: UInt32(truncatingIfNeeded: number << shift),
            last: UInt32(truncatingIfNeeded: (number + 1) << shift &- 1), like: key)
    }

    func isShared(_ word: UInt32) -> Bool {
        word & 63 == 32 && constantLines[constantHop(word)] == word >> 6
    }

    func constantHop(_ word: UInt32) -> UInt16 {
        UInt16(truncatingIfNeeded: memory.load(IntervalLine.bytes * Int(word >> 6)) >> 3)
    }

    /// Gives a region that shares a constant line one bucket of its own.
    private func separate(_ region: Int) {
        let word = memory.root[region]
        let line = memory.allocate(1)
        memory.base.storeBytes(
            of: Self.entry(hop: constantHop(word)), toByteOffset: IntervalLine.bytes * Int(line), as: UInt32.self)
        memory.publish(line << 6 | 32, root: region)
    }

    /// Lets an interval end with `key`, whatever its next hop.
    func addBoundary(_ key: UInt128) {
        // Regions and buckets end of themselves.
        if key | ~.prefixMask(16) == key { return }
        let region = Self.region(of: key)
        if isShared(memory.root[region]) { separate(region) }
        guard let place = bucket(of: key) else { return }
        room[region] -= 1
        addBoundary(key, at: place)
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

    /// The place of the tree behind `window`, which is an interval; makes the link if there is none.
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
            memory.publish(
                UInt16(LK_LINK),
                at: IntervalLine.bytes * Int(step.line) + IntervalLine.hopsOffset + 2 * step.rank)
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

    /// Takes away the boundary behind `key`, which no prefix needs any longer.
    func removeBoundary(_ key: UInt128) {
        guard key | ~.prefixMask(16) != key, let place = bucket(of: key) else { return }
        removeBoundary(key, at: place)
        if memory.load(place.offset) & Self.heightMask == 0 { shareIfConstant(Self.region(of: key)) }
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
        memory.publish(
            UInt16(truncatingIfNeeded: entry >> 3),
            at: IntervalLine.bytes * Int(link.line) + IntervalLine.hopsOffset + 2 * link.rank)
        let firstKey = place.slice.firstKey(window, like: key)
        if window != place.first, !isBoundary(firstKey - 1) { remove(window - 1, at: place) }
        if window != place.last, !isBoundary(firstKey | place.slice.maskBehind) { remove(window, at: place) }
    }

    /// Lets a region without a prefix of its own share the line of its next hop again.
    private func shareIfConstant(_ region: Int) {
        let word = memory.root[region]
        let count = 1 << (32 - Int(word & 63))
        let offset = IntervalLine.bytes * Int(word >> 6)
        let first = memory.load(offset)
        guard (0..<count).allSatisfy({ memory.load(offset + 4 * $0) == first }), first & Self.heightMask == 0,
            !trie.hasLonger(than: .init(uncheckedBits: Self.firstKey(region: region), length: 16))
        else { return }
        memory.publish(constantRoot(UInt16(truncatingIfNeeded: first >> 3)), root: region)
        memory.retire(word >> 6, max(1, 4 * count / IntervalLine.bytes))
        room[region] = 64
    }
}
