import CLookupKernels
import IPAddresses

extension rt_hit {
    @inlinable
    init(
        block: UInt32, cell: UInt32, tails: Int, rank: Int, depth: Int, kind: Int, length: Int
    ) {
        self.init(
            block: block, cell: cell, tails: UInt8(truncatingIfNeeded: tails), rank: UInt8(truncatingIfNeeded: rank),
            depth: UInt8(truncatingIfNeeded: depth), kind: UInt8(truncatingIfNeeded: kind),
            length: Int32(truncatingIfNeeded: length))
    }

    /// Nothing, found at a cell.
    @inlinable
    init(nothingAt cell: UInt32, depth: Int) {
        self.init(block: 0, cell: cell, tails: 0, rank: 0, depth: depth, kind: RT_NONE, length: -1)
    }

    /// The prefix number `position` of a cell.
    @inlinable
    init(_ cell: TrieCell, at index: UInt32, position: Int, depth: Int) {
        self.init(
            block: cell.block, cell: index, tails: cell.tailCount, rank: cell.leafCount &+ cell.inner.rank(position),
            depth: depth, kind: RT_INNER, length: depth &+ Int(rt_length(UInt32(truncatingIfNeeded: position))))
    }

    @inlinable var isHit: Bool { length >= 0 }
}

// The walks: by the kernels where there are some, and the portable ones, which say the same.
extension TrieHandle {
    /// The longest prefix that holds a key.
    @inlinable
    func match(_ bits: Bits) -> rt_match {
        guard pointer.pointee.usesKernel else { return match(portableMatch(bits, Bits.bitWidth)) }
        return Bits.bitWidth <= 64 ? rt_match64(view, bits.word(0)) : rt_match128(view, bits.word(0), bits.word(1))
    }

    /// The value of exactly the prefix.
    @inlinable
    func get(_ bits: Bits, _ length: Int) -> rt_match {
        guard pointer.pointee.usesKernel else { return match(portableFind(bits, length)) }
        let count = Int32(truncatingIfNeeded: length)
        return Bits.bitWidth <= 64
            ? rt_get64(view, bits.word(0), count) : rt_get128(view, bits.word(0), bits.word(1), count)
    }

    /// The same as a kernel's answer.
    @inlinable
    func match(_ hit: rt_hit) -> rt_match {
        guard hit.isHit else { return rt_match(value: nil, length: -1) }
        let offset = Layout.valueOffset(tails: Int(hit.tails)) &+ Int(hit.rank) &* Layout.valueBytes
        return rt_match(
            value: Layout.valueBytes == 0 ? nil : UnsafeRawPointer(block(hit.block) + offset), length: Int64(hit.length)
        )
    }

    /// The value that a kernel has found.
    @inlinable
    func value(of match: rt_match) -> Value {
        if Layout.valueBytes == 0 { return Layout.value(0) }
        let place = match.value.unsafelyUnwrapped
        if Layout.isInline { return place.load(as: Value.self) }
        return pointer.pointee.slots[place.load(as: UInt32.self)]
    }

    /// Exactly the prefix, or where it would be.
    @inlinable
    func find(_ bits: Bits, _ length: Int) -> rt_hit {
        guard pointer.pointee.usesKernel else { return portableFind(bits, length) }
        let count = Int32(truncatingIfNeeded: length)
        return Bits.bitWidth <= 64
            ? rt_find64(view, bits.word(0), count) : rt_find128(view, bits.word(0), bits.word(1), count)
    }

    /// Where a walk for `length` bits may begin: past the first 12 bits if their cells are all there.
    @inlinable
    func start(_ bits: Bits, _ length: Int) -> (cell: UInt32, depth: Int) {
        if rootBits == 0 || length < 12 { return (0, 0) }
        return (Self.fixedStart &+ UInt32(truncatingIfNeeded: bits.word(0) &>> 52), 12)
    }

    /// The number of the prefix of `length` bits in a cell, 0 to 5, that a slot lies in.
    @inlinable
    static func position(_ slot: Int, _ length: Int) -> Int {
        let bits = UInt32(truncatingIfNeeded: slot) &>> UInt32(truncatingIfNeeded: 6 &- length)
        return Int(rt_position(UInt32(truncatingIfNeeded: length), bits))
    }

    /// The longest prefix of at most `length` bits that holds the key.
    @inlinable
    func portableMatch(_ bits: Bits, _ length: Int) -> rt_hit {
        var (index, depth) = start(bits, length)
        let isBelowTop = depth > 0
        var best = rt_hit(nothingAt: index, depth: 0)
        while true {
            let cell = cell(index)
            let rest = bits.dropping(depth)
            let left = length &- depth
            if cell.isSkip {
                if !cell.isSkipped(by: rest, left) { break }
                depth &+= cell.skipLength
                index = cell.children
                continue
            }
            let slot = rest.slot
            var holding = cell.inner & rt_ancestors_of(UInt32(truncatingIfNeeded: slot))
            if left < 6 { holding &= rt_positions_up_to(UInt32(truncatingIfNeeded: left)) }
            if holding != 0 {
                best = rt_hit(cell, at: index, position: 63 &- holding.leadingZeroBitCount, depth: depth)
            }
            if left < 6 { break }
            if cell.kids.has(slot) {
                index = cell.kid(at: slot)
                depth &+= 6
                continue
            }
            let leaf = leaf(cell, at: index, slot, depth: depth)
            if leaf.isHit, leaf.length <= length,
                leaf.length == depth &+ 6 || tail(cell, Int(leaf.rank)).matches(bits.dropping(depth &+ 6))
            {
                return leaf
            }
            break
        }
        return best.isHit || !isBelowTop ? best : matchAboveFixed(bits)
    }

    /// The longest prefix of fewer than 12 bits that holds the key, where the cells of the first 12 bits are all there.
    @inlinable
    func matchAboveFixed(_ bits: Bits) -> rt_hit {
        let first = bits.slot
        let second = bits.dropping(6).slot
        let below = Self.secondStart &+ UInt32(truncatingIfNeeded: first)
        for (index, slot, depth) in [(below, second, 6), (0, first, 0)] {
            let cell = cell(index)
            let holding = cell.inner & rt_ancestors_of(UInt32(truncatingIfNeeded: slot))
            if holding != 0 {
                return rt_hit(cell, at: index, position: 63 &- holding.leadingZeroBitCount, depth: depth)
            }
        }
        return rt_hit(nothingAt: 0, depth: 0)
    }

    /// The prefix that a slot without a cell holds; its tail is not compared.
    @inlinable
    func leaf(_ cell: TrieCell, at index: UInt32, _ slot: Int, depth: Int) -> rt_hit {
        guard cell.leaf.has(slot) else { return rt_hit(nothingAt: index, depth: depth) }
        let tails = cell.tailCount
        let isEnded = cell.child.has(slot)
        let rank = isEnded ? tails &+ cell.ended.rank(slot) : cell.tailed.rank(slot)
        return rt_hit(
            block: cell.block, cell: index, tails: tails, rank: rank, depth: depth, kind: RT_LEAF,
            length: depth &+ 6 &+ (isEnded ? 0 : tail(cell, rank).length))
    }

    @inlinable
    func portableFind(_ bits: Bits, _ length: Int) -> rt_hit {
        var (index, depth) = start(bits, length)
        while true {
            let cell = cell(index)
            let rest = bits.dropping(depth)
            let left = length &- depth
            if cell.isSkip {
                if !cell.isSkipped(by: rest, left) { break }
                depth &+= cell.skipLength
                index = cell.children
                continue
            }
            let slot = rest.slot
            if left < 6 {
                let position = Self.position(slot, left)
                if !cell.inner.has(position) { break }
                return rt_hit(cell, at: index, position: position, depth: depth)
            }
            if cell.kids.has(slot) {
                index = cell.kid(at: slot)
                depth &+= 6
                continue
            }
            let leaf = leaf(cell, at: index, slot, depth: depth)
            if leaf.length == length,
                length == depth &+ 6 || tail(cell, Int(leaf.rank)).matches(bits.dropping(depth &+ 6))
            {
                return leaf
            }
            break
        }
        return rt_hit(nothingAt: index, depth: depth)
    }
}
