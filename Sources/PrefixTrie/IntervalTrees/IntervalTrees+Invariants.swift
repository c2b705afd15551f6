import CLookupKernels
import IPAddresses

extension IntervalTrees {
    func checkInvariants() throws(ForwardingTableError) {
        // Every line is in use, free or retired, and none is two of them; line 0 is nobody's.
        var units = 1
        var next = 0
        for regions in RootRanges(trie, length: Self.regionLength) {
            try checkEmpty(next..<regions.lowerBound)
            for region in regions { units += try checkRegion(region) }
            next = regions.upperBound
        }
        try checkEmpty(next..<Self.regionCount)
        let known = units + memory.freeUnits + memory.retired.units
        if known != memory.used {
            throw .invariantBroken("\(known) lines are accounted for, \(memory.used) were handed out")
        }
    }

    private func checkEmpty(_ regions: Range<Int>) throws(ForwardingTableError) {
        for region in regions where memory.root[region] != Self.entry(hop: NextHop.noRoute) {
            throw .invariantBroken("region \(region) has a route that the trie lacks")
        }
    }

    private func checkRegion(_ region: Int) throws(ForwardingTableError) -> Int {
        let place = place(of: Self.firstKey(region: region))
        let height = memory.load(place.offset) & Self.heightMask
        if height != 0, height != memory.height { throw .invariantBroken("region \(region) is \(height) high") }
        var found: [KeyInterval] = []
        let units = try checkTree(place, into: &found)
        try compare(found, with: keyIntervals(region: region))
        return units
    }

    /// Checks one tree and those that it links to; appends its intervals.
    private func checkTree(
        _ place: IntervalPlace, into found: inout [KeyInterval]
    ) throws(ForwardingTableError) -> Int {
        let entry = memory.load(place.offset)
        let height = Int(entry & Self.heightMask)
        if height == 0 {
            let last = place.slice.lastKey(place.last, like: place.like)
            found.append(KeyInterval(last: last, hop: UInt16(truncatingIfNeeded: entry >> 3)))
            return 0
        }
        var intervals: [Interval] = []
        collect(entry >> 3, height: height, last: place.last, into: &intervals)
        var units = countLines(entry >> 3, height: height) - 1 + topSize(entry >> 3, height: height)
        var previous: UInt32?
        for interval in intervals {
            if let previous, interval.last <= previous { throw .invariantBroken("keys out of order") }
            guard interval.hop == LK_LINK else {
                found.append(
                    KeyInterval(last: place.slice.lastKey(interval.last, like: place.like), hop: interval.hop))
                previous = interval.last
                continue
            }
            units += try checkLink(interval, behind: previous, at: place, into: &found)
            previous = interval.last
        }
        if previous != place.last { throw .invariantBroken("a tree that ends before its window does") }
        return units
    }

    private func checkLink(
        _ interval: Interval, behind previous: UInt32?, at place: IntervalPlace, into found: inout [KeyInterval]
    ) throws(ForwardingTableError) -> Int {
        guard place.slice.number < 3, interval.last == previous.map({ $0 + 1 }) ?? place.first else {
            throw .invariantBroken("a link of more than one window")
        }
        // The link's entry has no place of its own here: checked as a tree at the leaf's.
        let key = place.slice.firstKey(interval.last, like: place.like)
        let step = descend(memory.load(place.offset), to: interval.last, last: place.last)
        return try checkTree(linkedPlace(step, at: place, like: key), into: &found)
    }

    private func countLines(_ number: UInt32, height: Int) -> Int {
        guard height > 1 else { return 1 }
        let children = UInt32(line(number).childCount)
        let companions = groupSize(number, height: height) - Int(children)
        return (0..<children).reduce(1 + companions) {
            $0 + countLines(line(number).firstChild + $1, height: height - 1)
        }
    }

    /// Found may have boundaries more: at the ends of leaves and windows with links.
    private func compare(_ found: [KeyInterval], with expected: [KeyInterval]) throws(ForwardingTableError) {
        var index = 0
        for interval in found {
            guard index < expected.count, interval.hop == expected[index].hop, interval.last <= expected[index].last
            else {
                throw .invariantBroken("at key \(interval.last): next hop \(interval.hop) is not the trie's")
            }
            if interval.last == expected[index].last { index += 1 }
        }
        if index != expected.count { throw .invariantBroken("\(expected.count - index) intervals are missing") }
    }
}
