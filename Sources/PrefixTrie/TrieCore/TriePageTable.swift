/// The pages of one arena, and which of them this version may write into.
///
///     one allocation   | capacity × address 8 | capacity × generation 4 | capacity × number in the pool 4 |
///
/// A page is this version's own if its generation is the version's: a copy begins a new generation in both, so that
/// nothing is asked of the pool until a page is written to for the first time.
@frozen
@usableFromInline
package struct TriePageTable {
    @usableFromInline static var pageBytes: Int { 4096 }

    @usableFromInline var pages: UnsafeMutablePointer<UnsafeMutableRawPointer>
    @usableFromInline var owned: UnsafeMutablePointer<UInt32>
    @usableFromInline var ids: UnsafeMutablePointer<UInt32>
    @usableFromInline var count = 0
    @usableFromInline var capacity = 0
    @usableFromInline var generation: UInt32 = 1
    @usableFromInline let pool: Unmanaged<TriePagePool>

    @usableFromInline
    init(_ pool: TriePagePool) {
        self.pool = .passUnretained(pool)
        let none = UnsafeMutableRawPointer(bitPattern: 64).unsafelyUnwrapped
        pages = none.assumingMemoryBound(to: UnsafeMutableRawPointer.self)
        owned = none.assumingMemoryBound(to: UInt32.self)
        ids = none.assumingMemoryBound(to: UInt32.self)
    }

    /// The bytes that the table itself takes.
    var tableBytes: Int { 16 * capacity }

    private mutating func resize(to newCapacity: Int) {
        let table = UnsafeMutableRawPointer.allocate(byteCount: 16 * newCapacity, alignment: 16)
        let pages = table.assumingMemoryBound(to: UnsafeMutableRawPointer.self)
        let owned = (table + 8 * newCapacity).assumingMemoryBound(to: UInt32.self)
        let ids = (table + 12 * newCapacity).assumingMemoryBound(to: UInt32.self)
        pages.initialize(from: self.pages, count: count)
        owned.initialize(from: self.owned, count: count)
        ids.initialize(from: self.ids, count: count)
        deallocateTable()
        (self.pages, self.owned, self.ids, capacity) = (pages, owned, ids, newCapacity)
    }

    /// Frees the table; the pages are someone else's, or already freed.
    @usableFromInline
    func deallocateTable() { if capacity > 0 { UnsafeMutableRawPointer(pages).deallocate() } }

    /// Appends a page, which is this version's own.
    @usableFromInline
    mutating func append(_ page: UnsafeMutableRawPointer) {
        if count == capacity { resize(to: Swift.max(4, capacity + capacity / 2)) }
        pages[count] = page
        owned[count] = generation
        ids[count] = pool.takeUnretainedValue().register()
        count += 1
    }

    /// Whether the page is this version's own after all: no other version holds it any more.
    @usableFromInline
    mutating func claims(_ page: Int) -> Bool {
        guard pool.takeUnretainedValue().isSole(ids[page]) else { return false }
        owned[page] = generation
        return true
    }

    /// Puts a page of this version's own in the place of a shared one.
    ///
    /// - Returns: the page that was there, if no version holds it any more.
    @usableFromInline
    mutating func replace(_ page: Int, with new: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
        let old = pages[page]
        let isDead = pool.takeUnretainedValue().release(ids[page])
        pages[page] = new
        owned[page] = generation
        ids[page] = pool.takeUnretainedValue().register()
        return isDead ? old : nil
    }

    /// A table of the same pages for another version, which owns none of them.
    @usableFromInline
    func shared() -> TriePageTable {
        var copy = TriePageTable(pool.takeUnretainedValue())
        guard count > 0 else { return copy }
        copy.count = count
        let table = UnsafeMutableRawPointer.allocate(byteCount: 16 * count, alignment: 16)
        copy.pages = table.assumingMemoryBound(to: UnsafeMutableRawPointer.self)
        copy.owned = (table + 8 * count).assumingMemoryBound(to: UInt32.self)
        copy.ids = (table + 12 * count).assumingMemoryBound(to: UInt32.self)
        copy.capacity = count
        copy.pages.initialize(from: pages, count: count)
        copy.owned.initialize(repeating: 0, count: count)
        copy.ids.initialize(from: ids, count: count)
        pool.takeUnretainedValue().share(UnsafeBufferPointer(start: ids, count: count))
        return copy
    }

    /// Gives up all pages, those freed that no other version holds, and the table.
    @usableFromInline
    func release(_ free: (UnsafeMutableRawPointer) -> Void) {
        guard count > 0 else { return deallocateTable() }
        let dead = pool.takeUnretainedValue().release(UnsafeBufferPointer(start: ids, count: count))
        for page in dead { free(pages[page]) }
        deallocateTable()
    }
}
