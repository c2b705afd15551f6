import CLookupKernels
import IPAddresses

/// The prefixes and the children of one stride of six bits, in half a cache line; or a skip.
///
///     | inner 64 | child 64 | leaf 64 | children 32 | block 32 |
///
///     inner           bit p: the prefix number p of those of 0 to 5 bits within the stride is there; bit 63: a skip
///     child & ~leaf   slots that have a cell, at `children` and on, in order
///     child & leaf    slots at whose end a prefix ends, with nothing below it
///     leaf & ~child   slots with one prefix further down and nothing else: the rest of its bits is its tail
///     block           | a tail for each tailed slot | values: of tailed slots, of ended slots, of inner prefixes |
///
/// A skip is a chain of single children as one cell: `child` and the upper 56 bits of `leaf` hold up to 120 bits, the
/// lowest 8 of `leaf` their number, and `children` is the cell below.
@frozen
@usableFromInline
package struct TrieCell {
    @usableFromInline var inner: UInt64
    @usableFromInline var child: UInt64
    @usableFromInline var leaf: UInt64
    @usableFromInline var children: UInt32
    @usableFromInline var block: UInt32

    @inlinable
    init(inner: UInt64 = 0, child: UInt64 = 0, leaf: UInt64 = 0, children: UInt32 = 0, block: UInt32 = 0) {
        self.inner = inner
        self.child = child
        self.leaf = leaf
        self.children = children
        self.block = block
    }

    /// A skip of `count` bits to the cell `below`.
    @inlinable
    init<Bits: TrieBits>(skipping bits: Bits, _ count: Int, to below: UInt32) {
        let kept = bits & .prefixMask(count)
        self.init(
            inner: 1 << 63, child: kept.word(0), leaf: kept.word(1) | UInt64(truncatingIfNeeded: count), children: below
        )
    }

    @inlinable var isSkip: Bool { inner >> 63 != 0 }

    /// The bits of a skip, 1 to 120.
    @inlinable var skipLength: Int { Int(truncatingIfNeeded: leaf & 0xFF) }

    @inlinable
    func skipped<Bits: TrieBits>(as _: Bits.Type) -> Bits { Bits(words: child, leaf & ~0xFF) }

    /// Whether a key of `left` bits, `rest` first, goes through the skip to its end.
    @inlinable
    func isSkipped<Bits: TrieBits>(by rest: Bits, _ left: Int) -> Bool {
        left >= skipLength && (rest ^ skipped(as: Bits.self)) & .prefixMask(skipLength) == 0
    }

    /// The slots that have a cell.
    @inlinable var kids: UInt64 { child & ~leaf }

    /// The cell of a slot that has one.
    @inlinable
    func kid(at slot: Int) -> UInt32 { children &+ UInt32(truncatingIfNeeded: kids.rank(slot)) }

    /// The slots at whose end a prefix ends.
    @inlinable var ended: UInt64 { child & leaf }

    /// The slots with a tail.
    @inlinable var tailed: UInt64 { leaf & ~child }

    @inlinable var leafCount: Int { leaf.nonzeroBitCount }
    @inlinable var tailCount: Int { tailed.nonzeroBitCount }

    /// The number of values.
    @inlinable var valueCount: Int { leaf.nonzeroBitCount &+ inner.nonzeroBitCount }
}

extension UInt64 {
    /// The number of marks before a slot's.
    @inlinable
    func rank(_ slot: Int) -> Int { (self & ((1 &<< UInt64(truncatingIfNeeded: slot)) &- 1)).nonzeroBitCount }

    @inlinable
    func has(_ slot: Int) -> Bool { self &>> UInt64(truncatingIfNeeded: slot) & 1 != 0 }

    @inlinable
    static func mark(_ slot: Int) -> UInt64 { 1 &<< UInt64(truncatingIfNeeded: slot) }
}

/// The integers whose leading bits a trie matches.
@usableFromInline
package typealias TrieBits = FixedWidthInteger & Sendable & UnsignedInteger

extension FixedWidthInteger where Self: UnsignedInteger {
    /// The bits from the first on as 64-bit words, left-aligned.
    @inlinable
    func word(_ number: Int) -> UInt64 {
        if Self.bitWidth <= 64 {
            return number == 0
                ? UInt64(truncatingIfNeeded: self) &<< UInt64(truncatingIfNeeded: 64 &- Self.bitWidth) : 0
        }
        return number == 0
            ? UInt64(truncatingIfNeeded: self &>> Self(truncatingIfNeeded: Self.bitWidth &- 64))
            : UInt64(truncatingIfNeeded: self) &<< UInt64(truncatingIfNeeded: 128 &- Self.bitWidth)
    }

    @inlinable
    init(words first: UInt64, _ second: UInt64) {
        if Self.bitWidth <= 64 {
            self.init(truncatingIfNeeded: first &>> UInt64(truncatingIfNeeded: 64 &- Self.bitWidth))
        } else {
            self =
                Self(truncatingIfNeeded: first) &<< Self(truncatingIfNeeded: Self.bitWidth &- 64)
                | Self(truncatingIfNeeded: second &>> UInt64(truncatingIfNeeded: 128 &- Self.bitWidth))
        }
    }

    /// The first six bits.
    @inlinable
    var slot: Int { Int(truncatingIfNeeded: self &>> Self(truncatingIfNeeded: Self.bitWidth &- 6)) }

    /// Without the first `count` bits; fewer than the width.
    @inlinable
    func dropping(_ count: Int) -> Self { self &<< Self(truncatingIfNeeded: count) }

    /// Moved down by `count` bits; zero where that is the width or more.
    @inlinable
    func placed(at count: Int) -> Self {
        count >= Self.bitWidth ? 0 : self &>> Self(truncatingIfNeeded: count)
    }

    /// A slot's six bits, first.
    @inlinable
    init(slot: Int) {
        self = Self(truncatingIfNeeded: slot) &<< Self(truncatingIfNeeded: Self.bitWidth &- 6)
    }
}

/// The bits of a prefix after its slot: up to 27 of them, left-aligned, and their number in the lowest 5.
@frozen
@usableFromInline
struct TrieTail {
    @usableFromInline let word: UInt32

    @inlinable static var longest: Int { 27 }

    @inlinable
    init(word: UInt32) { self.word = word }

    @inlinable
    init<Bits: TrieBits>(_ rest: Bits, _ length: Int) {
        word = Self.first(rest) & .prefixMask(length) | UInt32(truncatingIfNeeded: length)
    }

    @inlinable var length: Int { Int(truncatingIfNeeded: word & 31) }

    @inlinable
    func bits<Bits: TrieBits>(as _: Bits.Type) -> Bits { Bits(words: UInt64(word & ~31) &<< 32, 0) }

    /// Whether a key begins with the tail.
    @inlinable
    func matches<Bits: TrieBits>(_ rest: Bits) -> Bool {
        (Self.first(rest) ^ word) & .prefixMask(length) == 0
    }

    @inlinable
    static func first<Bits: TrieBits>(_ rest: Bits) -> UInt32 { UInt32(truncatingIfNeeded: rest.word(0) &>> 32) }
}
