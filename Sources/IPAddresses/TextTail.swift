/// The bytes of a text, to be read eight at a time from any offset; past the end they are zeros.
///
///     text    2 0 0 1 : d b 8 : : 1
///     tail          1 : d b 8 : : 1      its last eight bytes, the first one lowest, zeros before a shorter text
struct TextTail {
    private let tail: UInt64
    private let count: Int

    @inline(__always)
    init(_ bytes: RawSpan) {
        count = bytes.byteCount
        if count >= 8 {
            tail = bytes.unsafeLoadUnaligned(fromByteOffset: count &- 8, as: UInt64.self).littleEndian
        } else {
            var word: UInt64 = 0
            for index in 0..<count {
                word = word &>> 8 | UInt64(bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self)) &<< 56
            }
            tail = word
        }
    }

    /// The eight bytes of the same text from `offset` on, the first one lowest; `offset` is at most the text's length.
    @inline(__always)
    func load(_ bytes: RawSpan, at offset: Int) -> UInt64 {
        if offset &+ 8 <= count {
            return bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian
        }
        return (tail &>> 1) &>> UInt64(truncatingIfNeeded: 63 &- 8 &* (count &- offset))
    }
}

extension UInt64 {
    // "&" and "&*" bind alike: the products are named, so that none is grouped by mistake.
    private static var ones: UInt64 { 0x0101_0101_0101_0101 }
    private static var highBits: UInt64 { 0x8080_8080_8080_8080 }
    private static var lowBits: UInt64 { 0x7F7F_7F7F_7F7F_7F7F }
    private static var caseBits: UInt64 { 0x2020_2020_2020_2020 }

    /// 0x80 in each byte that is `low` to `high`, for bytes below 0x80 and both bounds at most 0x7F.
    @inline(__always)
    private func bytes(from low: UInt8, through high: UInt8) -> UInt64 {
        let below = self &+ (0x80 &- UInt64(low)) &* Self.ones
        let above = self &+ (0x7F &- UInt64(high)) &* Self.ones
        return below & ~above & Self.highBits
    }

    /// How many of the leading bytes are decimal digits; the rest may be anything.
    @inline(__always)
    var leadingDecimalDigits: Int {
        let ascii = self & Self.lowBits
        return (~(ascii.bytes(from: 0x30, through: 0x39) & ~self) & Self.highBits).trailingZeroBitCount &>> 3
    }

    /// How many of the leading bytes are hexadecimal digits; the rest may be anything.
    @inline(__always)
    var leadingHexadecimalDigits: Int {
        let ascii = self & Self.lowBits
        let digits = ascii.bytes(from: 0x30, through: 0x39) | (ascii | Self.caseBits).bytes(from: 0x61, through: 0x66)
        return (~(digits & ~self) & Self.highBits).trailingZeroBitCount &>> 3
    }

    /// The number that the first `count` bytes spell in hexadecimal; they are digits, 1 to 4 of them.
    @inline(__always)
    func hexadecimal(_ count: Int) -> UInt64 {
        let text = UInt32(truncatingIfNeeded: self) &<< UInt32(truncatingIfNeeded: 8 &* (4 &- count))
        let nibbles = (text & 0x0F0F_0F0F) &+ (text &>> 6 & 0x0101_0101) &* 9
        let swapped = nibbles.byteSwapped
        let pairs = (swapped | swapped &>> 4) & 0x00FF_00FF
        return UInt64((pairs | pairs &>> 8) & 0xFFFF)
    }
}
