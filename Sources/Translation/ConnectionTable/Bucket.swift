import CConnectionMemory
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

    /// The number of the chain's next bucket, or 0: bucket 0 is not an overflow bucket.
    @inlinable var link: UInt32 { references[8].load(ordering: .acquiring) }

    @inlinable
    func setLink(_ number: UInt32) { references[8].store(number, ordering: .releasing) }

    @inlinable var spare: UInt32 { references[9].load(ordering: .relaxed) }

    @inlinable
    func setSpare(_ number: UInt32) { references[9].store(number, ordering: .relaxed) }

    @inlinable
    var isEmpty: Bool { tags.word(0) | tags.word(1) == 0 }

    /// A hash's tag; never 0, which means free.
    @inlinable
    static func tag(_ hash: UInt64) -> UInt16 { UInt16(truncatingIfNeeded: hash &>> 16) | 1 }

    /// The lanes with a tag, a bit each, so that no branch depends on which one it is.
    @inlinable
    func lanes(_ tag: UInt16) -> UInt32 {
        cm_lanes(tags[0].load(ordering: .acquiring), tags[1].load(ordering: .acquiring), tag)
    }

    /// A lane that is free; nil where none is.
    @inlinable
    var freeLane: Int? {
        let free = lanes(0)
        return free == 0 ? nil : free.trailingZeroBitCount
    }

    /// Under the stripe's lock. The reference is there before readers see its tag.
    @inlinable
    func set(_ lane: Int, tag: UInt16, reference: UInt32) {
        references[lane].store(reference, ordering: .relaxed)
        let shift = UInt64(truncatingIfNeeded: (lane & 3) &* 16)
        let word = tags.word(lane &>> 2) & ~(0xFFFF &<< shift) | UInt64(tag) &<< shift
        tags[lane &>> 2].store(word, ordering: .releasing)
    }

    /// Under the stripe's lock.
    @inlinable
    func clear(_ lane: Int) {
        let shift = UInt64(truncatingIfNeeded: (lane & 3) &* 16)
        tags[lane &>> 2].store(tags.word(lane &>> 2) & ~(0xFFFF &<< shift), ordering: .relaxed)
    }
}
