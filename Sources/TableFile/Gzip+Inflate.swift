/// A canonical Huffman code (RFC 1951 3.2.2) as a table indexed by the next bits: symbol × 16 + length.
struct HuffmanCode {
    private var table: [UInt16]
    private let width: Int

    init(lengths: [UInt8]) throws(Gzip.Failure) {
        width = Swift.max(1, Int(lengths.max() ?? 0))
        table = Array(repeating: 0, count: 1 << width)
        var code = 0
        for length in 1...width {
            for (symbol, itsLength) in lengths.enumerated() where Int(itsLength) == length {
                guard code < 1 << length else { throw .badCode }
                // The stream holds the code's most significant bit first, the table is indexed by the least one.
                var index = Int(
                    truncatingIfNeeded: UInt16(truncatingIfNeeded: code).reversedBits &>> UInt16(16 - length))
                while index < table.count {
                    table[index] = UInt16(symbol << 4 | length)
                    index += 1 << length
                }
                code += 1
            }
            code <<= 1
        }
    }

    func next(_ input: inout BitReader) throws(Gzip.Failure) -> Int {
        let entry = table[input.peek(width)]
        if entry == 0 { throw .badCode }
        _ = try input.take(Int(entry & 15))
        return Int(entry &>> 4)
    }
}

extension UInt16 {
    fileprivate var reversedBits: UInt16 {
        var value = self
        value = value &>> 1 & 0x5555 | (value & 0x5555) &<< 1
        value = value &>> 2 & 0x3333 | (value & 0x3333) &<< 2
        value = value &>> 4 & 0x0F0F | (value & 0x0F0F) &<< 4
        return value.byteSwapped
    }
}

extension Gzip {
    /// Decompresses one DEFLATE stream; distances reach back to `start` at most.
    static func inflate(_ input: inout BitReader, into output: inout [UInt8], from start: Int, limit: Int)
        throws(Failure)
    {
        var isLast = false
        while !isLast {
            isLast = try input.take(1) == 1
            switch try input.take(2) {
            case 0: try copyStored(&input, into: &output, limit: limit)
            case 1:
                let (literals, distances) = try fixedCodes()
                try expand(&input, literals, distances, into: &output, from: start, limit: limit)
            case 2:
                let (literals, distances) = try dynamicCodes(&input)
                try expand(&input, literals, distances, into: &output, from: start, limit: limit)
            default: throw .badBlock
            }
        }
    }

    private static func copyStored(_ input: inout BitReader, into output: inout [UInt8], limit: Int) throws(Failure) {
        input.alignToByte()
        let length = try input.littleEndian(bytes: 2)
        guard try input.littleEndian(bytes: 2) == ~length & 0xFFFF else { throw .badBlock }
        if output.count + Int(length) > limit { throw .tooLarge(limit: limit) }
        for _ in 0..<length { output.append(UInt8(truncatingIfNeeded: try input.take(8))) }
    }

    private static func fixedCodes() throws(Failure) -> (HuffmanCode, HuffmanCode) {
        let lengths = (0..<288).map { symbol -> UInt8 in symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8 }
        return (try HuffmanCode(lengths: lengths), try HuffmanCode(lengths: Array(repeating: 5, count: 30)))
    }

    /// RFC 1951 3.2.7.
    private static func dynamicCodes(_ input: inout BitReader) throws(Failure) -> (HuffmanCode, HuffmanCode) {
        let literalCount = try input.take(5) + 257
        let distanceCount = try input.take(5) + 1
        let orderCount = try input.take(4) + 4
        var codeLengths = [UInt8](repeating: 0, count: 19)
        let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
        for position in order.prefix(orderCount) {
            codeLengths[position] = UInt8(truncatingIfNeeded: try input.take(3))
        }
        let code = try HuffmanCode(lengths: codeLengths)
        var lengths: [UInt8] = []
        while lengths.count < literalCount + distanceCount {
            let symbol = try code.next(&input)
            switch symbol {
            case 0..<16: lengths.append(UInt8(truncatingIfNeeded: symbol))
            case 16:
                guard let last = lengths.last else { throw .badCode }
                for _ in 0..<(try input.take(2) + 3) { lengths.append(last) }
            case 17: for _ in 0..<(try input.take(3) + 3) { lengths.append(0) }
            default: for _ in 0..<(try input.take(7) + 11) { lengths.append(0) }
            }
        }
        guard lengths.count == literalCount + distanceCount else { throw .badCode }
        return (
            try HuffmanCode(lengths: Array(lengths[..<literalCount])),
            try HuffmanCode(lengths: Array(lengths[literalCount...]))
        )
    }

    private static let lengthBases = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]
    private static let distanceBases = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
        6145,
        8193, 12289, 16385, 24577,
    ]

    /// RFC 1951 3.2.3 and 3.2.5.
    private static func expand(
        _ input: inout BitReader, _ literals: HuffmanCode, _ distances: HuffmanCode, into output: inout [UInt8],
        from start: Int, limit: Int
    ) throws(Failure) {
        while true {
            let symbol = try literals.next(&input)
            if symbol == 256 { return }
            if output.count >= limit { throw .tooLarge(limit: limit) }
            if symbol < 256 {
                output.append(UInt8(truncatingIfNeeded: symbol))
                continue
            }
            guard symbol <= 285 else { throw .badCode }
            let lengthExtra = symbol < 265 || symbol == 285 ? 0 : (symbol - 261) >> 2
            let length = lengthBases[symbol - 257] + (try input.take(lengthExtra))
            let code = try distances.next(&input)
            guard code < 30 else { throw .badCode }
            let distance = distanceBases[code] + (try input.take(code < 4 ? 0 : (code - 2) >> 1))
            guard distance <= output.count - start else { throw .badDistance }
            if output.count + length > limit { throw .tooLarge(limit: limit) }
            for _ in 0..<length { output.append(output[output.count - distance]) }
        }
    }
}
