import CConnectionMemory
import Synchronization

/// The memory of a connection table: made once, never grown.
///
///     entries | 64 bytes (IPv4) or 128 (IPv6) for each connection
///     buckets | stripe 0: main …, overflow … | stripe 1: … |   64 bytes each
///     wheel   | stripe 0: 512 × u32 | …                       first entry of each slot's list
///     stripes | lock, free lists, wheel position | …          128 bytes each
///
///     IPv4    | control | prev, next | armed slot, parent | references, tag | original 2 | reply 2 |
///     IPv6    | control | original 5 | prev, next | armed slot, parent | references, tag | reply 5 | spare 2 |
///     bucket  | 8 × u16 tags | 8 × u32 references: index × 2 + direction | u32 link | u32 spare | unused |
@usableFromInline
@frozen
struct ConnectionMemory {
    @usableFromInline let entries: UnsafeMutablePointer<Atomic<UInt64>>
    @usableFromInline let buckets: UnsafeMutableRawPointer
    @usableFromInline let wheel: UnsafeMutablePointer<Atomic<UInt32>>
    @usableFromInline let stripes: UnsafeMutableRawPointer
    @usableFromInline let entryWords: Int
    /// Where in an entry the links are; the words of the parent and of the tag follow.
    @usableFromInline let linksOffset: Int
    @usableFromInline let capacity: Int
    @usableFromInline let stripeMask: UInt64

    /// The buckets of a stripe that hashes lead to.
    @usableFromInline let mainBuckets: UInt64
    @usableFromInline let bucketsPerStripe: Int

    @inlinable static var none: UInt32 { .max }
    @inlinable static var wheelSlots: Int { 512 }

    @inlinable var stripeCount: Int { Int(truncatingIfNeeded: stripeMask) &+ 1 }

    /// - Returns: nil where the system does not have enough memory.
    init?(capacity: Int, entryWords: Int, linksOffset: Int) {
        var stripeCount = 1
        while stripeCount < 256, stripeCount * 512 < capacity { stripeCount *= 2 }
        // Two slots in five stay empty when the table is full: then one bucket in 18 overflows.
        let main = max(2, (capacity * 5 + stripeCount * 12 - 1) / (stripeCount * 12))
        let perStripe = main + main / 8 + 16
        // References to buckets are 32 bits.
        precondition(perStripe * stripeCount < 1 << 31)
        guard
            let entries = cm_allocate(capacity * entryWords * 8),
            let buckets = cm_allocate(perStripe * stripeCount * 64),
            let wheel = cm_allocate(stripeCount * Self.wheelSlots * 4),
            let stripes = cm_allocate((stripeCount + 1) * Stripe.stride)
        else { return nil }
        self.entries = entries.bindMemory(to: Atomic<UInt64>.self, capacity: capacity * entryWords)
        self.buckets = buckets
        self.wheel = wheel.bindMemory(to: Atomic<UInt32>.self, capacity: stripeCount * Self.wheelSlots)
        self.stripes = stripes
        self.entryWords = entryWords
        self.linksOffset = linksOffset
        self.capacity = capacity
        stripeMask = UInt64(stripeCount - 1)
        mainBuckets = UInt64(main)
        bucketsPerStripe = perStripe
        for slot in 0..<stripeCount * Self.wheelSlots { self.wheel[slot].store(Self.none, ordering: .relaxed) }
        fullFlag.initialize(to: Atomic(0))
        for stripe in 0..<stripeCount { startStripe(stripe, of: stripeCount) }
    }

    private func startStripe(_ stripe: Int, of count: Int) {
        let first = stripe * capacity / count
        let end = (stripe + 1) * capacity / count
        for index in first..<end {
            setLinks(UInt32(index), previous: Self.none, next: index + 1 < end ? UInt32(index + 1) : Self.none)
        }
        let firstBucket = stripe * bucketsPerStripe
        let overflow = firstBucket + Int(mainBuckets)
        for number in overflow..<firstBucket + bucketsPerStripe - 1 { bucket(number).setSpare(UInt32(number + 1)) }
        let start = stripes + stripe * Stripe.stride
        start.bindMemory(to: Atomic<UInt32>.self, capacity: 1).initialize(to: Atomic(0))
        (start + Stripe.offset).bindMemory(to: Stripe.self, capacity: 1).initialize(
            to: Stripe(
                freeHead: first < end ? UInt32(first) : Self.none, freeCount: UInt32(end - first),
                overflowHead: UInt32(overflow)))
    }

    func deallocate() {
        for index in 0..<stripeCount { stripe(index).deinitialize(count: 1) }
        cm_free(entries, capacity * entryWords * 8)
        cm_free(buckets, bucketsPerStripe * stripeCount * 64)
        cm_free(wheel, stripeCount * Self.wheelSlots * 4)
        cm_free(stripes, (stripeCount + 1) * Stripe.stride)
    }

    /// All of it, in bytes.
    var bytes: Int {
        capacity * entryWords * 8 + bucketsPerStripe * stripeCount * 64
            + stripeCount * (Self.wheelSlots * 4 + Stripe.stride) + Stripe.stride
    }
}

extension ConnectionMemory {
    @inlinable
    func entry(_ index: UInt32) -> UnsafeMutablePointer<Atomic<UInt64>> {
        entries + Int(truncatingIfNeeded: index) &* entryWords
    }

    @inlinable
    func control(_ index: UInt32) -> ControlWord {
        ControlWord(bits: entry(index)[0].load(ordering: .acquiring))
    }

    @inlinable
    func stripe(_ index: Int) -> UnsafeMutablePointer<Stripe> {
        (stripes + (index &* Stripe.stride &+ Stripe.offset)).assumingMemoryBound(to: Stripe.self)
    }

    /// Whether the table was found full; after the stripes.
    @inlinable
    var fullFlag: UnsafeMutablePointer<Atomic<UInt32>> {
        (stripes + stripeCount &* Stripe.stride).assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    @inlinable
    func lock(_ index: Int) -> StripeLock {
        StripeLock((stripes + index &* Stripe.stride).assumingMemoryBound(to: Atomic<UInt32>.self))
    }

    @inlinable
    func stripeIndex(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash & stripeMask) }

    @inlinable
    func bucket(_ number: Int) -> Bucket { Bucket(pointer: buckets + number &* 64) }

    /// The bucket that a hash leads to: the stripe by its low bits, the bucket by its high ones.
    @inlinable
    func bucket(hash: UInt64) -> Bucket {
        let inStripe = ((hash &>> 32) &* mainBuckets) &>> 32
        return bucket(stripeIndex(hash) &* bucketsPerStripe &+ Int(truncatingIfNeeded: inStripe))
    }

    @inlinable
    func next(_ index: UInt32) -> UInt32 { UInt32(truncatingIfNeeded: entry(index).word(linksOffset)) }

    @inlinable
    func previous(_ index: UInt32) -> UInt32 { UInt32(truncatingIfNeeded: entry(index).word(linksOffset) &>> 32) }

    @inlinable
    func setLinks(_ index: UInt32, previous: UInt32, next: UInt32) {
        entry(index).setWord(linksOffset, UInt64(previous) &<< 32 | UInt64(next))
    }

    /// The wheel's slot that the entry is in, or none.
    @inlinable
    func armedSlot(_ index: UInt32) -> UInt32 { UInt32(truncatingIfNeeded: entry(index).word(linksOffset &+ 1) &>> 32) }

    /// The entry that this one keeps, or none.
    @inlinable
    func parent(_ index: UInt32) -> UInt32 { UInt32(truncatingIfNeeded: entry(index).word(linksOffset &+ 1)) }

    /// How many keep the entry, and the translator's tag.
    @inlinable
    func tagWord(_ index: UInt32) -> UnsafeMutablePointer<Atomic<UInt64>> { entry(index) + (linksOffset &+ 2) }

    @inlinable
    func setArmed(_ index: UInt32, slot: UInt32) {
        entry(index).setWord(linksOffset &+ 1, UInt64(slot) &<< 32 | UInt64(parent(index)))
    }
}
