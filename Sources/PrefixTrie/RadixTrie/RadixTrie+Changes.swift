import CLookupKernels
import IPAddresses

// What a forwarding table asks of the trie that it follows.
extension RadixTrie {
    /// Sets the value of a prefix.
    ///
    /// - Returns: what it had before, and whether it covers longer ones.
    mutating func exchange(_ value: Value, for prefix: Prefix<Key>) -> (old: Value?, hasLonger: Bool) {
        let core = unique()
        let hit = core.find(prefix.bits, prefix.length)
        if hit.isHit { return (Self.replace(hit, value, core), Self.hasLonger(hit, prefix.bits, core)) }
        Self.insert(value, prefix, at: hit, core)
        return (nil, hasLonger(than: prefix))
    }

    private static func hasLonger(_ hit: rt_hit, _ bits: Key.Bits, _ core: Handle) -> Bool {
        if hit.kind == UInt8(RT_LEAF) { return false }
        let cell = core.cell(hit.cell)
        let depth = Int(hit.depth)
        let position = Handle.position(bits.dropping(depth).slot, Int(hit.length) - depth)
        let (inner, slots) = TrieCursor<Key.Bits, Value>.within(UInt32(position))
        return cell.inner & inner & ~.mark(position) | (cell.child | cell.leaf) & slots != 0
    }

    /// Whether the trie holds a longer prefix that `prefix` covers.
    func hasLonger(than prefix: Prefix<Key>) -> Bool {
        var covered = covered(by: prefix).makeIterator()
        guard let first = covered.next() else { return false }
        return first.prefix.length > prefix.length || covered.next() != nil
    }

    /// Calls `body` with the prefixes that `prefix` covers and that are longer, those excepted that lie within another
    /// such one; in order.
    func forEachTopmost(within prefix: Prefix<Key>, _ body: (Prefix<Key>) -> Void) {
        read { core in
            var cursor = TrieCursor(core, coveredBy: prefix.bits, prefix.length)
            while let (bits, length, _) = cursor.next() {
                if length == prefix.length { continue }
                body(Self.prefix(bits, length))
                cursor.passOverCovered()
            }
        }
    }

    /// The same trie over bare integers; O(1).
    func rekeyed() -> RadixTrie<Key.Bits, Value> where Key.Bits: PrefixKey, Key.Bits.Bits == Key.Bits {
        RadixTrie<Key.Bits, Value>(box)
    }

    /// Chooses between the kernels and the portable walks, which say the same: for tests and benchmarks.
    public mutating func _setUsesKernel(_ usesKernel: Bool) {
        unique().pointer.pointee.usesKernel = usesKernel && rt_available() != 0
    }

    /// Lays out the cells of the first 12 bits from that many prefixes on: for tests, which have few.
    public mutating func _setWideFrom(_ count: Int) { unique().pointer.pointee.wideFrom = count }

    /// How many of the trie's pages another one has too: for tests.
    public func _sharedPages(with other: RadixTrie) -> (shared: Int, all: Int) {
        let (ours, theirs) = (pages, Set(other.pages))
        return (ours.count { theirs.contains($0) }, ours.count)
    }

    private var pages: [UnsafeMutableRawPointer] {
        read { core in
            let tables = [
                core.pointer.pointee.cells.table, core.pointer.pointee.blocks.table, core.pointer.pointee.slots.table,
            ]
            return tables.flatMap { table in (0..<table.count).map { table.pages[$0] } }
        } ?? []
    }
}
