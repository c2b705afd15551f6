import CLookupKernels

/// Readings of one 64-byte line of an interval tree. Keys are stored with the sign bit flipped, so that signed compares
/// order them; unused ones hold the largest.
///
///     inner   | 15 × u32 last key of the child's interval | u32 first child << 3 |     children are contiguous
///     leaf    | 10 × u32 last key of the interval | 11 × u16 next hop | u16 companion |
///     links   | 11 × u32 entry | spare |                                               a leaf's companion
///
/// The last key of a line's last interval is the line's own and not stored: n intervals have n − 1 keys. `companion` is
/// the distance in lines from the leaf to its links, 0 where no next hop is `LK_LINK`.
struct IntervalLine {
    static let bytes = 64
    static let innerFanout = 16
    static let leafIntervals = 11
    static let childOffset = 60
    static let hopsOffset = 40
    static let companionOffset = 62
    static let unused = UInt32.max

    let pointer: UnsafeMutableRawPointer

    init(_ pointer: UnsafeMutableRawPointer) { self.pointer = pointer }

    func key(_ index: Int) -> UInt32 {
        pointer.load(fromByteOffset: 4 * index, as: UInt32.self) ^ 0x8000_0000
    }

    func setKey(_ index: Int, _ key: UInt32) {
        pointer.storeBytes(of: key ^ 0x8000_0000, toByteOffset: 4 * index, as: UInt32.self)
    }

    /// The number of keys below `key`, of the line's first `count`: without a branch, since none could be predicted.
    @inline(__always)
    static func rank(_ line: UnsafeRawPointer, of key: UInt32, count: Int) -> Int {
        let flipped = Int32(bitPattern: key ^ 0x8000_0000)
        var rank: Int32 = 0
        for index in 0..<count {
            rank &+= line.load(fromByteOffset: 4 * index, as: Int32.self) < flipped ? 1 : 0
        }
        return Int(rank)
    }

    func innerRank(_ key: UInt32) -> Int { Self.rank(pointer, of: key, count: 15) }
    func leafRank(_ key: UInt32) -> Int { Self.rank(pointer, of: key, count: 10) }

    /// The number of children of an inner line.
    var childCount: Int { Self.rank(pointer, of: Self.unused, count: 15) + 1 }
    /// The number of intervals of a leaf.
    var intervalCount: Int { Self.rank(pointer, of: Self.unused, count: 10) + 1 }

    /// The number of an inner line's first child.
    var firstChild: UInt32 { pointer.load(fromByteOffset: Self.childOffset, as: UInt32.self) >> 3 }

    func setFirstChild(_ line: UInt32) {
        pointer.storeBytes(of: line << 3, toByteOffset: Self.childOffset, as: UInt32.self)
    }

    func hop(_ index: Int) -> UInt16 {
        pointer.load(fromByteOffset: Self.hopsOffset + 2 * index, as: UInt16.self)
    }

    func setHop(_ index: Int, _ hop: UInt16) {
        pointer.storeBytes(of: hop, toByteOffset: Self.hopsOffset + 2 * index, as: UInt16.self)
    }

    var companion: Int { Int(pointer.load(fromByteOffset: Self.companionOffset, as: UInt16.self)) }

    func setCompanion(_ distance: Int) {
        pointer.storeBytes(
            of: UInt16(truncatingIfNeeded: distance), toByteOffset: Self.companionOffset, as: UInt16.self)
    }

    /// An inner line with one child, or a leaf with one interval, as far as the keys go.
    func clear() {
        for index in 0..<15 { setKey(index, Self.unused) }
        pointer.storeBytes(of: 0, toByteOffset: Self.childOffset, as: UInt32.self)
    }
}
