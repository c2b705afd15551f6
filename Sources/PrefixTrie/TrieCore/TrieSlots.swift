/// Values that don't fit into a block, or that count references: a paged array with free places, named by index.
///
///     page    | which places are taken 64 | place | place: next free one | place | …
@frozen
@usableFromInline
package struct TrieSlots<Value> {
    @usableFromInline var table: TriePageTable
    @usableFromInline var head: UInt32 = .max
    @usableFromInline var used = 0
    @usableFromInline var free = 0

    @usableFromInline
    init(_ pool: TriePagePool) { table = TriePageTable(pool) }

    @inlinable static var stride: Int { Swift.max(4, MemoryLayout<Value>.stride) }

    /// Places a page, a power of two up to 512.
    @inlinable static var perPage: Int {
        Swift.min(512, 1 &<< (Int.bitWidth &- 1 &- Swift.max(1, 4032 / stride).leadingZeroBitCount))
    }

    @inlinable static var start: Int { Swift.max(64, MemoryLayout<Value>.alignment) }
    @inlinable static var pageBytes: Int { start + perPage * stride }

    @usableFromInline var allocatedBytes: Int { table.count * Self.pageBytes + table.tableBytes }

    @inlinable
    func address(_ slot: UInt32) -> UnsafeMutableRawPointer {
        let index = Int(truncatingIfNeeded: slot)
        return table.pages[index / Self.perPage] + (Self.start &+ index % Self.perPage &* Self.stride)
    }

    @inlinable
    subscript(slot: UInt32) -> Value { address(slot).assumingMemoryBound(to: Value.self).pointee }

    @inlinable
    mutating func own(_ slot: UInt32) {
        let page = Int(truncatingIfNeeded: slot) / Self.perPage
        if table.owned[page] != table.generation { ownPage(page) }
    }

    @inlinable
    static func allocatePage() -> UnsafeMutableRawPointer {
        .allocate(byteCount: pageBytes, alignment: start)
    }

    /// Calls `body` with each place of the page that is taken.
    @inlinable
    static func forEachTaken(_ page: UnsafeMutableRawPointer, _ body: (Int) -> Void) {
        let words = page.assumingMemoryBound(to: UInt64.self)
        for word in 0..<(perPage + 63) / 64 {
            var taken = words[word]
            while taken != 0 {
                body(start + (64 * word + taken.trailingZeroBitCount) * stride)
                taken &= taken - 1
            }
        }
    }

    @inlinable
    mutating func ownPage(_ page: Int) {
        if table.claims(page) { return }
        let old = table.pages[page]
        let new = Self.allocatePage()
        new.copyMemory(from: old, byteCount: Self.pageBytes)
        Self.forEachTaken(old) { offset in
            (new + offset).assumingMemoryBound(to: Value.self).initialize(
                to: (old + offset).assumingMemoryBound(to: Value.self).pointee)
        }
        if let dead = table.replace(page, with: new) { Self.free(dead) }
    }

    @inlinable
    static func free(_ page: UnsafeMutableRawPointer) {
        forEachTaken(page) { (page + $0).assumingMemoryBound(to: Value.self).deinitialize(count: 1) }
        page.deallocate()
    }

    @inlinable
    func mark(_ slot: UInt32, taken: Bool) {
        let index = Int(truncatingIfNeeded: slot)
        let word = table.pages[index / Self.perPage].assumingMemoryBound(to: UInt64.self) + index % Self.perPage / 64
        let bit = UInt64.mark(index % 64)
        word.pointee = taken ? word.pointee | bit : word.pointee & ~bit
    }

    @inlinable
    mutating func insert(_ value: Value) -> UInt32 {
        let slot: UInt32
        if head != .max {
            slot = head
            own(slot)
            head = address(slot).load(as: UInt32.self)
            free -= 1
        } else {
            if used == table.count * Self.perPage {
                let page = Self.allocatePage()
                page.initializeMemory(as: UInt64.self, repeating: 0, count: 8)
                table.append(page)
            }
            slot = UInt32(used)
            used += 1
            own(slot)
        }
        address(slot).assumingMemoryBound(to: Value.self).initialize(to: value)
        mark(slot, taken: true)
        return slot
    }

    @inlinable
    mutating func remove(_ slot: UInt32) -> Value {
        own(slot)
        let value = address(slot).assumingMemoryBound(to: Value.self).move()
        mark(slot, taken: false)
        address(slot).storeBytes(of: head, as: UInt32.self)
        head = slot
        free += 1
        return value
    }

    @inlinable
    mutating func replace(_ slot: UInt32, with value: Value) -> Value {
        own(slot)
        let place = address(slot).assumingMemoryBound(to: Value.self)
        let old = place.move()
        place.initialize(to: value)
        return old
    }

    @inlinable
    func shared() -> TrieSlots {
        var copy = self
        copy.table = table.shared()
        return copy
    }

    @inlinable
    func deallocate() { table.release { Self.free($0) } }
}
