/// One of the windows that a key of 128 bits is cut into after the 16 bits that index the root: 32, 32, 32 and 16 bits.
/// A window is handled as 32 bits; the last one has its 16 bits in the upper half.
struct IntervalSlice: Equatable {
    let number: Int

    static let first = IntervalSlice(number: 0)

    var next: IntervalSlice { .init(number: number + 1) }

    /// The number of the key's bits after the window.
    var bitsBehind: Int { number < 3 ? 80 - 32 * number : 0 }

    var maskBehind: UInt128 { (1 &<< UInt128(truncatingIfNeeded: bitsBehind)) - 1 }

    /// The window of a key.
    func window(_ key: UInt128) -> UInt32 {
        number < 3
            ? UInt32(truncatingIfNeeded: key &>> UInt128(truncatingIfNeeded: bitsBehind))
            : UInt32(truncatingIfNeeded: key) << 16
    }

    /// The window of an interval's last key; after a last window of 16 bits all bits are one.
    func lastWindow(_ key: UInt128) -> UInt32 { number < 3 ? window(key) : window(key) | 0xffff }

    /// Whether the interval that ends with `key` ends where a window does.
    func isLast(_ key: UInt128) -> Bool { key & maskBehind == maskBehind }

    /// The first key with the window, of those that share `key`'s bits before it.
    func firstKey(_ window: UInt32, like key: UInt128) -> UInt128 {
        let width = UInt128(truncatingIfNeeded: number < 3 ? 32 : 16)
        let behind = UInt128(truncatingIfNeeded: bitsBehind)
        let before = (key &>> (behind + width)) &<< (behind + width)
        return before | UInt128(truncatingIfNeeded: number < 3 ? window : window >> 16) &<< behind
    }

    /// The last key with the window, of those that share `key`'s bits before it.
    func lastKey(_ window: UInt32, like key: UInt128) -> UInt128 { firstKey(window, like: key) | maskBehind }
}
