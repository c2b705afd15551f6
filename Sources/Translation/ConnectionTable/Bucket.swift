import Synchronization

/// A bucket: one cache line with the tags of eight entries, so that most lookups read one line and one entry.
@usableFromInline
@frozen
struct Bucket {
    @usableFromInline let pointer: UnsafeMutableRawPointer

    @inlinable
    init(pointer: UnsafeMutableRawPointer) { self.pointer = pointer }

    @inlinable
    var tags: UnsafeMutablePointer<Atomic<UInt64>> { pointer.assumingMemoryBound(to: Atomic<UInt64>.self) }

    @inlinable
    var references: UnsafeMutablePointer<Atomic<UInt32>> {
        (pointer + 16).assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    /// The number of the chain's next bucket, or 0: bucket 0 is no overflow bucket.
    @inlinable var link: UInt32 { references[8].load(ordering: .acquiring) }

    @inlinable
    func setLink(_ number: UInt32) { references[8].store(number, ordering: .releasing) }

    @inlinable var spare: UInt32 { references[9].load(ordering: .relaxed) }

    @inlinable
    func setSpare(_ number: UInt32) { references[9].store(number, ordering: .relaxed) }

    @inlinable
    var isEmpty: Bool { tags.word(0) | tags.word(1) == 0 }

    /// A hash's tag in each of four lanes; never 0, which means free.
    @inlinable
    static func pattern(_ hash: UInt64) -> UInt64 {
        let tag = (hash &>> 16) & 0xFFFF
        return (tag == 0 ? 1 : tag) &* 0x0001_0001_0001_0001
    }

    /// The highest bit of each lane that is zero. Above the lowest one there may be more than are: callers compare keys.
    @inlinable
    static func zeroLanes(_ lanes: UInt64) -> UInt64 {
        (lanes &- 0x0001_0001_0001_0001) & ~lanes & 0x8000_8000_8000_8000
    }

    /// The lanes with a tag, of both halves in one word, so that no branch depends on which half it is in. There may be
    /// some more above the lowest one: callers compare keys.
    @inlinable
    func hits(_ pattern: UInt64) -> UInt64 {
        Self.zeroLanes(tags[0].load(ordering: .acquiring) ^ pattern) &>> 1
            | Self.zeroLanes(tags[1].load(ordering: .acquiring) ^ pattern)
    }

    /// The lane, 0 to 7, of the lowest of the hits, of which there is one at least.
    @inlinable
    static func lane(_ hits: UInt64) -> Int {
        let bit = hits.trailingZeroBitCount
        return bit &>> 4 | (bit & 1) &<< 2
    }

    /// A lane that is free; nil where none is.
    @inlinable
    var freeLane: Int? {
        let free = hits(0)
        return free == 0 ? nil : Self.lane(free)
    }

    /// Under the stripe's lock. The reference is there before readers see its tag.
    @inlinable
    func set(_ lane: Int, pattern: UInt64, reference: UInt32) {
        references[lane].store(reference, ordering: .relaxed)
        let shift = UInt64(truncatingIfNeeded: (lane & 3) &* 16)
        let word = tags.word(lane &>> 2) & ~(0xFFFF &<< shift) | (pattern & 0xFFFF) &<< shift
        tags[lane &>> 2].store(word, ordering: .releasing)
    }

    /// Under the stripe's lock.
    @inlinable
    func clear(_ lane: Int) {
        let shift = UInt64(truncatingIfNeeded: (lane & 3) &* 16)
        tags[lane &>> 2].store(tags.word(lane &>> 2) & ~(0xFFFF &<< shift), ordering: .relaxed)
    }
}
