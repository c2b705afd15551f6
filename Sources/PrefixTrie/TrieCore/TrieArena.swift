import CLookupKernels

/// Runs of units of one size in pages of 4 KB, each run within one page; units are named by index.
///
///     page    | run | free run: next free one of its size | run | …
///
/// Run lengths come in sizes (1 to 8, then coarser), each with a list of free runs; a longer run is cut where there is
/// none. A table of a few units has one page that is smaller, and grows.
@frozen
@usableFromInline
package struct TrieArena {
    @usableFromInline var table: TriePageTable
    @usableFromInline var heads: UnsafeMutablePointer<UInt32>
    /// The bytes of the first page, as long as it is the only one.
    @usableFromInline var firstBytes = 0
    /// The units handed out so far, free ones among them.
    @usableFromInline var used = 0
    /// The units in free runs.
    @usableFromInline var free = 0
    @usableFromInline let unitShift: Int

    @inlinable static var none: UInt32 { .max }

    @usableFromInline
    init(_ pool: TriePagePool, unitShift: Int) {
        table = TriePageTable(pool)
        self.unitShift = unitShift
        heads = .allocate(capacity: Int(RT_SIZES))
        heads.initialize(repeating: Self.none, count: Int(RT_SIZES))
    }

    @inlinable var pageUnits: Int { TriePageTable.pageBytes &>> unitShift }

    /// The bytes of the pages, and of what is kept about them.
    @usableFromInline
    var allocatedBytes: Int {
        (table.count == 1 ? firstBytes : table.count * TriePageTable.pageBytes) + table.tableBytes + 4 * Int(RT_SIZES)
    }

    /// The address of a unit, to be read.
    @inlinable
    func readable(_ unit: UInt32) -> UnsafeMutableRawPointer {
        let offset = Int(truncatingIfNeeded: unit) &<< unitShift
        return table.pages[offset &>> 12] + (offset & 4095)
    }

    /// The address of a unit in a page of this version's own. Addresses taken before may be those of a page given up.
    @inlinable
    mutating func writable(_ unit: UInt32) -> UnsafeMutableRawPointer {
        let offset = Int(truncatingIfNeeded: unit) &<< unitShift
        let page = offset &>> 12
        if table.owned[page] != table.generation { own(page) }
        return table.pages[page] + (offset & 4095)
    }

    @usableFromInline
    static func allocatePage(_ bytes: Int) -> UnsafeMutableRawPointer { .allocate(byteCount: bytes, alignment: 64) }

    @usableFromInline
    mutating func own(_ page: Int) {
        if table.claims(page) { return }
        let bytes = table.count == 1 ? firstBytes : TriePageTable.pageBytes
        let new = Self.allocatePage(bytes)
        new.copyMemory(from: table.pages[page], byteCount: bytes)
        table.replace(page, with: new)?.deallocate()
    }

    /// Hands out a run of at least that many units, 1 to 256.
    @inlinable
    mutating func allocate(_ units: Int) -> UInt32 {
        let sizeClass = rt_class(UInt32(truncatingIfNeeded: units))
        if heads[Int(sizeClass)] != Self.none { return pop(sizeClass) }
        return allocateFresh(sizeClass)
    }

    @usableFromInline
    mutating func allocateFresh(_ sizeClass: UInt32) -> UInt32 {
        let size = Int(rt_size(sizeClass))
        var longer = sizeClass + 1
        while longer < UInt32(RT_SIZES), Int(rt_size(longer)) <= 2 * size + 2 {
            if heads[Int(longer)] != Self.none {
                let run = pop(longer)
                giveBack(run + UInt32(size), Int(rt_size(longer)) - size)
                return run
            }
            longer += 1
        }
        return extend(size)
    }

    /// Takes a run back.
    @inlinable
    mutating func release(_ run: UInt32, _ units: Int) { push(run, rt_class(UInt32(truncatingIfNeeded: units))) }

    @inlinable
    mutating func pop(_ sizeClass: UInt32) -> UInt32 {
        let run = heads[Int(sizeClass)]
        heads[Int(sizeClass)] = readable(run).load(as: UInt32.self)
        free -= Int(rt_size(sizeClass))
        return run
    }

    @inlinable
    mutating func push(_ run: UInt32, _ sizeClass: UInt32) {
        writable(run).storeBytes(of: heads[Int(sizeClass)], as: UInt32.self)
        heads[Int(sizeClass)] = run
        free += Int(rt_size(sizeClass))
    }

    @usableFromInline
    mutating func giveBack(_ run: UInt32, _ units: Int) {
        var (run, left) = (run, units)
        while left > 0 {
            var sizeClass = rt_class(UInt32(min(left, 256)))
            if Int(rt_size(sizeClass)) > left { sizeClass -= 1 }
            push(run, sizeClass)
            run += rt_size(sizeClass)
            left -= Int(rt_size(sizeClass))
        }
    }

    @usableFromInline
    mutating func extend(_ size: Int) -> UInt32 {
        let room = table.count * pageUnits - used
        if room < size {
            if table.count == 1 { growFirstPage(to: pageUnits) }
            if room > 0 { giveBack(UInt32(used), room) }
            used += room
            precondition(used < Int(UInt32.max) - 4096, "a trie holds fewer than 2^32 units")
            firstBytes = table.count == 0 ? 128 : TriePageTable.pageBytes
            table.append(Self.allocatePage(firstBytes))
        }
        if table.count == 1 { growFirstPage(to: used + size) }
        let run = UInt32(used)
        used += size
        return run
    }

    private mutating func growFirstPage(to units: Int) {
        if firstBytes >= units << unitShift { return }
        let old = table.pages[0]
        var bytes = firstBytes
        while bytes < units << unitShift { bytes *= 2 }
        let new = Self.allocatePage(bytes)
        new.copyMemory(from: old, byteCount: firstBytes)
        firstBytes = bytes
        table.replace(0, with: new)?.deallocate()
    }

    /// Whole pages at the beginning, for `units` units that are never given back.
    @usableFromInline
    mutating func reserveFixed(_ units: Int) {
        firstBytes = TriePageTable.pageBytes
        while table.count * pageUnits < units { table.append(Self.allocatePage(TriePageTable.pageBytes)) }
        used = units
    }

    @usableFromInline
    func shared() -> TrieArena {
        var copy = self
        copy.table = table.shared()
        copy.heads = .allocate(capacity: Int(RT_SIZES))
        copy.heads.initialize(from: heads, count: Int(RT_SIZES))
        return copy
    }

    @usableFromInline
    func deallocate() {
        table.release { $0.deallocate() }
        heads.deallocate()
    }
}
