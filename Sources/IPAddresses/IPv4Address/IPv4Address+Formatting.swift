extension IPv4Address: CustomStringConvertible {
    /// Dotted decimal.
    public var description: String { ASCIIWriter.text { $0.write(self) } }
}

/// Writes ASCII into a buffer of fixed size that is large enough for the longest address.
struct ASCIIWriter {
    /// 39 bytes for an IPv6 address, and what the last write of four bytes may overrun.
    private static let capacity = 48

    private let buffer: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    /// The text that `body` writes: at most 39 bytes.
    @inline(__always)
    static func text(_ body: (inout ASCIIWriter) -> Void) -> String {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity) { buffer in
            var writer = ASCIIWriter(buffer: UnsafeMutableRawBufferPointer(buffer))
            body(&writer)
            return String(decoding: UnsafeBufferPointer(start: buffer.baseAddress, count: writer.count), as: UTF8.self)
        }
    }

    @inline(__always)
    mutating func write(_ byte: UInt8) {
        buffer[count] = byte
        count &+= 1
    }

    /// The first `length` bytes of the word, the lowest one first; writes four.
    @inline(__always)
    private mutating func write(_ word: UInt32, length: Int) {
        buffer.storeBytes(of: word.littleEndian, toByteOffset: count, as: UInt32.self)
        count &+= length
    }

    /// Two bytes, the lower one first.
    mutating func writePair(_ bytes: UInt32) { write(bytes, length: 2) }

    /// 0 to 255 in decimal.
    mutating func writeDecimal(_ value: UInt8) {
        let value = UInt32(value)
        let digits = (value / 100) | (value / 10 % 10) &<< 8 | (value % 10) &<< 16 | 0x303030
        let length = value >= 100 ? 3 : value >= 10 ? 2 : 1
        write(digits &>> UInt32(truncatingIfNeeded: 8 &* (3 &- length)), length: length)
    }

    /// A group of 16 bits in hexadecimal, without leading zeros.
    @inline(__always)
    mutating func writeHexadecimal(_ value: UInt16) {
        let pairs = (UInt32(value) | UInt32(value) &<< 8) & 0x00FF_00FF
        let nibbles = (pairs | pairs &<< 4) & 0x0F0F_0F0F
        let letters = (nibbles &+ 0x0606_0606) &>> 4 & 0x0101_0101
        let digits = (nibbles | 0x3030_3030) &+ letters &* 0x27
        let length = Swift.max(1, (19 &- value.leadingZeroBitCount) &>> 2)
        write(digits.byteSwapped &>> UInt32(truncatingIfNeeded: 8 &* (4 &- length)), length: length)
    }

    mutating func write(_ address: IPv4Address) {
        writeDecimal(UInt8(truncatingIfNeeded: address.bits &>> 24))
        write(0x2E)
        writeDecimal(UInt8(truncatingIfNeeded: address.bits &>> 16))
        write(0x2E)
        writeDecimal(UInt8(truncatingIfNeeded: address.bits &>> 8))
        write(0x2E)
        writeDecimal(UInt8(truncatingIfNeeded: address.bits))
    }
}
