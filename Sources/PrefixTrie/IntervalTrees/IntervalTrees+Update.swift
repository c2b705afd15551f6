import CLookupKernels
import IPAddresses

extension IntervalTrees {
    private func paint(_ first: UInt128, _ last: UInt128, _ hop: UInt16) {
        var key = first
        while true {
            let end = min(last, key | ~.prefixMask(Self.regionLength))
            paint(key, end, hop, at: place(of: key))
            if end == last { return }
            key = end + 1
        }
    }

    /// Sets the next hop of the intervals from `first` to `last`, at whose ends there are boundaries: a store for each,
    /// and no reader sees anything but the old one or the new one.
    private func paint(_ first: UInt128, _ last: UInt128, _ hop: UInt16, at place: IntervalPlace) {
        let entry = memory.load(place.offset)
        if entry & Self.heightMask == 0 {
            memory.publish(Self.entry(hop: hop), at: place.offset)
            return
        }
        var window = place.slice.window(first)
        let end = place.slice.lastWindow(last)
        while true {
            let step = descend(entry, to: window, last: place.last)
            let interval = intervalEnd(step)
            if line(step.line).hop(step.rank) == LK_LINK {
                let from = max(first, place.slice.firstKey(window, like: first))
                let to = min(last, place.slice.lastKey(window, like: first))
                paint(from, to, hop, at: linkedPlace(step, at: place, like: from))
            } else {
                memory.publish(hop, at: hopOffset(step))
            }
            if interval >= end { return }
            window = interval + 1
        }
    }

    /// Sets the next hop of the keys for which `prefix` is the longest match.
    private func paint(_ prefix: Prefix<UInt128>, _ hop: UInt16, hasLonger: Bool) {
        let last = prefix.last
        guard hasLonger else { return paint(prefix.bits, last, hop) }
        var next: UInt128? = prefix.bits
        trie.forEachTopmost(within: prefix) { longer in
            if let first = next, first < longer.bits { paint(first, longer.bits - 1, hop) }
            next = longer.last == .max ? nil : longer.last + 1
        }
        if let next, next <= last { paint(next, last, hop) }
    }

    func update(_ nextHop: UInt16, bits: UInt128, length: Int) -> UInt16? {
        let prefix = Prefix<UInt128>(uncheckedBits: bits, length: length)
        let (old, hasLonger) = trie.exchange(nextHop, for: prefix)
        if old == nextHop { return old }
        if old == nil {
            if bits > 0 { addBoundary(bits - 1) }
            addBoundary(prefix.last)
        }
        paint(prefix, nextHop, hasLonger: hasLonger)
        if old == nil { memory.reclaimIfDue() }
        return old
    }

    func remove(bits: UInt128, length: Int) -> UInt16? {
        let prefix = Prefix<UInt128>(uncheckedBits: bits, length: length)
        guard let old = trie.removeValue(for: prefix) else { return nil }
        let cover = trie.longestMatch(covering: prefix)?.value ?? NextHop.noRoute
        paint(prefix, cover, hasLonger: trie.hasLonger(than: prefix))
        if bits > 0, !isBoundary(bits - 1) { removeBoundary(bits - 1) }
        if !isBoundary(prefix.last) { removeBoundary(prefix.last) }
        memory.reclaimIfDue()
        return old
    }
}
