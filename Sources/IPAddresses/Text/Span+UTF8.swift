extension Span<UInt8> {
    /// The first byte of 0x80 or more, from `offset` on; the count where there is none. Eight bytes at a time.
    func firstNonASCII(from offset: Int) -> Int {
        var offset = offset
        let raw = bytes
        while offset &+ 8 <= count,
            raw.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
        {
            offset &+= 8
        }
        while offset < count, self[offset] < 0x80 { offset += 1 }
        return offset
    }

    /// The length of the well-formed sequence of several bytes at `offset` (Unicode 16.0, table 3-7); 0 where there is none.
    func wellFormedLength(at offset: Int) -> Int {
        let (length, second): (Int, ClosedRange<UInt8>) =
            switch self[offset] {
            case 0xC2...0xDF: (2, 0x80...0xBF)
            // No longer forms than needed, no surrogates, nothing past U+10FFFF.
            case 0xE0: (3, 0xA0...0xBF)
            case 0xED: (3, 0x80...0x9F)
            case 0xE1...0xEF: (3, 0x80...0xBF)
            case 0xF0: (4, 0x90...0xBF)
            case 0xF1...0xF3: (4, 0x80...0xBF)
            case 0xF4: (4, 0x80...0x8F)
            default: (0, 0...0)
            }
        guard length > 0, offset + length <= count, second.contains(self[offset + 1]) else { return 0 }
        for index in offset + 2..<offset + length where self[index] & 0xC0 != 0x80 { return 0 }
        return length
    }
}
