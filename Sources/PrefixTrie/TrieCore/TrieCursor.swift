import CLookupKernels
import IPAddresses

/// A walk over a trie's prefixes in order: a shorter one before those that it covers.
///
/// What the frames refer to must not change meanwhile; whoever makes a cursor holds the box.
@frozen
@usableFromInline
package struct TrieCursor<Bits: TrieBits, Value> {
    @usableFromInline typealias Layout = TrieLayout<Value>

    /// A cell of which some prefixes and slots are still to come.
    @frozen
    @usableFromInline
    struct Frame {
        @usableFromInline var inner: UInt64 = 0
        @usableFromInline var slots: UInt64 = 0
        @usableFromInline var child: UInt64 = 0
        @usableFromInline var leaf: UInt64 = 0
        /// The bits before the cell.
        @usableFromInline var bits: Bits = 0
        @usableFromInline var tails = UnsafeRawPointer(bitPattern: 64).unsafelyUnwrapped
        @usableFromInline var values = UnsafeRawPointer(bitPattern: 64).unsafelyUnwrapped
        @usableFromInline var nextChild: UInt32 = 0
        @usableFromInline var innerRank: UInt8 = 0
        @usableFromInline var endedRank: UInt8 = 0
        @usableFromInline var tailRank: UInt8 = 0
        @usableFromInline var depth: UInt8 = 0

        @inlinable
        init() {}
    }

    /// Nil in a walk over nothing.
    @usableFromInline var trie: TrieHandle<Bits, Value>?
    @usableFromInline var top = Frame()
    @usableFromInline var stack: ContiguousArray<Frame> = []
    /// The number of the last prefix, if it was one within the top cell's stride.
    @usableFromInline var lastPosition: UInt32 = 64

    /// A walk that is still to be told where it begins.
    @inlinable
    init(_ trie: TrieHandle<Bits, Value>? = nil) { self.trie = trie }

    /// The frame of all of a cell or of the parts that `inner` and `slots` mark.
    @inlinable
    func frame(
        _ cell: TrieCell, _ bits: Bits, depth: Int, inner: UInt64 = .max, slots: UInt64 = .max
    ) -> Frame {
        var frame = Frame()
        frame.inner = cell.inner & inner
        frame.slots = (cell.child | cell.leaf) & slots
        (frame.child, frame.leaf) = (cell.child, cell.leaf)
        (frame.bits, frame.depth) = (bits, UInt8(truncatingIfNeeded: depth))
        let tails = cell.tailCount
        if Layout.valueBytes > 0 ? cell.inner | cell.leaf != 0 : tails > 0 {
            frame.tails = UnsafeRawPointer(trie.unsafelyUnwrapped.block(cell.block))
            frame.values = frame.tails + Layout.valueOffset(tails: tails)
        }
        frame.innerRank = UInt8(truncatingIfNeeded: cell.leafCount)
        frame.endedRank = UInt8(truncatingIfNeeded: tails)
        frame.nextChild = cell.children
        if inner != .max, frame.inner != 0 {
            frame.innerRank &+= UInt8(truncatingIfNeeded: cell.inner.rank(frame.inner.trailingZeroBitCount))
        }
        if slots != .max, frame.slots != 0 {
            let first = frame.slots.trailingZeroBitCount
            frame.endedRank &+= UInt8(truncatingIfNeeded: cell.ended.rank(first))
            frame.tailRank = UInt8(truncatingIfNeeded: cell.tailed.rank(first))
            frame.nextChild &+= UInt32(truncatingIfNeeded: cell.kids.rank(first))
        }
        return frame
    }

    @inlinable
    mutating func push(_ frame: Frame) {
        if top.inner | top.slots != 0 { stack.append(top) }
        top = frame
    }

    /// Goes on with all that is below a cell.
    @inlinable
    @inline(never)
    mutating func enter(_ index: UInt32, _ bits: Bits, depth: Int) {
        let trie = trie.unsafelyUnwrapped
        var (cell, bits, depth) = (trie.cell(index), bits, depth)
        while cell.isSkip {
            bits |= cell.skipped(as: Bits.self).placed(at: depth)
            depth &+= cell.skipLength
            cell = trie.cell(cell.children)
        }
        push(frame(cell, bits, depth: depth))
    }

    @inlinable
    @inline(__always)
    mutating func next() -> (bits: Bits, length: Int, payload: UInt64)? {
        while true {
            if top.inner != 0 {
                let position = UInt32(truncatingIfNeeded: top.inner.trailingZeroBitCount)
                let start = Int(rt_start(position))
                if top.slots == 0 || start <= top.slots.trailingZeroBitCount {
                    top.inner &= top.inner &- 1
                    let payload = payload(top.innerRank)
                    top.innerRank &+= 1
                    lastPosition = position
                    return (placed(start), Int(top.depth) &+ Int(rt_length(position)), payload)
                }
            }
            if top.slots == 0 {
                guard let frame = stack.popLast() else { return nil }
                top = frame
                continue
            }
            let slot = top.slots.trailingZeroBitCount
            top.slots &= top.slots &- 1
            if top.leaf.has(slot) {
                lastPosition = 64
                return leaf(slot)
            }
            let child = top.nextChild
            top.nextChild &+= 1
            enter(child, placed(slot), depth: Int(top.depth) &+ 6)
        }
    }

    /// A slot's bits after those before the cell.
    @inlinable
    @inline(__always)
    func placed(_ slot: Int) -> Bits { top.bits | Bits(slot: slot).placed(at: Int(top.depth)) }

    @inlinable
    @inline(__always)
    func payload(_ rank: UInt8) -> UInt64 {
        if Layout.valueBytes == 0 { return 0 }
        return Layout.load(top.values + Int(rank) &* Layout.valueBytes)
    }

    @inlinable
    @inline(__always)
    mutating func leaf(_ slot: Int) -> (bits: Bits, length: Int, payload: UInt64) {
        let length = Int(top.depth) &+ 6
        if top.child.has(slot) {
            defer { top.endedRank &+= 1 }
            return (placed(slot), length, payload(top.endedRank))
        }
        defer { top.tailRank &+= 1 }
        let tail = TrieTail(word: top.tails.load(fromByteOffset: 4 &* Int(top.tailRank), as: UInt32.self))
        return (
            placed(slot) | tail.bits(as: Bits.self).placed(at: length), length &+ tail.length, payload(top.tailRank)
        )
    }

    /// Passes over what the last prefix covers.
    @inlinable
    mutating func passOverCovered() {
        guard lastPosition < 63 else { return }
        let (inner, slots) = Self.within(lastPosition)
        let passed = top.slots & slots
        top.innerRank &+= UInt8(truncatingIfNeeded: (top.inner & inner).nonzeroBitCount)
        top.endedRank &+= UInt8(truncatingIfNeeded: (passed & top.child & top.leaf).nonzeroBitCount)
        top.tailRank &+= UInt8(truncatingIfNeeded: (passed & ~top.child & top.leaf).nonzeroBitCount)
        top.nextChild &+= UInt32(truncatingIfNeeded: (passed & top.child & ~top.leaf).nonzeroBitCount)
        top.inner &= ~inner
        top.slots &= ~slots
    }

    /// The numbers of the prefixes that the prefix number `position` covers, itself among them, and its slots.
    @inlinable
    static func within(_ position: UInt32) -> (inner: UInt64, slots: UInt64) {
        let span = UInt64(64) &>> UInt64(rt_length(position))
        let inner = ((1 &<< (span &- 1)) &- 1) &<< UInt64(position)
        let slots = span == 64 ? .max : ((1 &<< span) &- 1) &<< UInt64(rt_start(position))
        return (inner, slots)
    }
}
