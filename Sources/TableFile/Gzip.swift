/// Decompresses gzip members (RFC 1952) of DEFLATE data (RFC 1951), so that no system library is needed.
public enum Gzip {
    /// What is wrong with compressed data.
    public enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        case truncated
        case badHeader
        case badBlock
        case badCode
        case badDistance
        case badChecksum
        case tooLarge(limit: Int)

        public var description: String {
            switch self {
            case .truncated: "the gzip data ends too early; fetch the file again"
            case .badHeader: "no gzip header (RFC 1952 2.3), or one of an unknown method"
            case .badBlock: "a DEFLATE block of an unknown type or length"
            case .badCode: "a DEFLATE code that no symbol has"
            case .badDistance: "a DEFLATE distance to before the beginning"
            case .badChecksum: "the gzip checksum or length does not fit the data; fetch the file again"
            case .tooLarge(let limit): "decompresses to over \(limit) bytes"
            }
        }
    }

    /// Whether `bytes` begin as gzip data do.
    public static func isCompressed(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B
    }

    /// The decompressed data of all members, at most `limit` bytes.
    public static func decompress(_ bytes: [UInt8], limit: Int = 1 << 30) throws(Failure) -> [UInt8] {
        var input = BitReader(bytes)
        var output: [UInt8] = []
        output.reserveCapacity(Swift.min(limit, bytes.count * 4))
        repeat {
            try skipHeader(&input)
            let start = output.count
            try inflate(&input, into: &output, from: start, limit: limit)
            input.alignToByte()
            let checksum = try input.littleEndian(bytes: 4)
            let length = try input.littleEndian(bytes: 4)
            guard length == UInt32(truncatingIfNeeded: output.count - start), checksum == crc32(output[start...]) else {
                throw .badChecksum
            }
        } while !input.isAtEnd
        return output
    }

    private static func skipHeader(_ input: inout BitReader) throws(Failure) {
        guard try input.littleEndian(bytes: 2) == 0x8B1F, try input.littleEndian(bytes: 1) == 8 else {
            throw .badHeader
        }
        let flags = try input.littleEndian(bytes: 1)
        _ = try input.littleEndian(bytes: 4)
        _ = try input.littleEndian(bytes: 2)
        if flags & 4 != 0 {
            for _ in 0..<(try input.littleEndian(bytes: 2)) { _ = try input.littleEndian(bytes: 1) }
        }
        for flag: UInt32 in [8, 16] where flags & flag != 0 {
            while try input.littleEndian(bytes: 1) != 0 {}
        }
        if flags & 2 != 0 { _ = try input.littleEndian(bytes: 2) }
    }

    private static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var crc: UInt32 = ~0
        for byte in bytes { crc = crc &>> 8 ^ crcTable[Int((crc ^ UInt32(byte)) & 0xFF)] }
        return ~crc
    }

    private static let crcTable: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { crc, _ in crc &>> 1 ^ (crc & 1 == 0 ? 0 : 0xEDB8_8320) }
    }
}

/// Reads bits, the least significant one of each byte first.
struct BitReader {
    private let bytes: [UInt8]
    private var next = 0
    private var buffer: UInt64 = 0
    private var available = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { available == 0 && next == bytes.count }

    /// The next `count` bits without taking them; zeros past the end.
    mutating func peek(_ count: Int) -> Int {
        while available < count, next < bytes.count {
            buffer |= UInt64(bytes[next]) &<< UInt64(available)
            next += 1
            available += 8
        }
        return Int(truncatingIfNeeded: buffer & ~(~0 &<< UInt64(count)))
    }

    mutating func take(_ count: Int) throws(Gzip.Failure) -> Int {
        let value = peek(count)
        if available < count { throw .truncated }
        buffer = buffer &>> UInt64(count)
        available -= count
        return value
    }

    mutating func alignToByte() {
        buffer = buffer &>> UInt64(available & 7)
        available &= ~7
    }

    mutating func littleEndian(bytes count: Int) throws(Gzip.Failure) -> UInt32 {
        UInt32(truncatingIfNeeded: try take(8 * count))
    }
}
