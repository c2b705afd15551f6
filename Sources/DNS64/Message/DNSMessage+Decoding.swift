extension DNSMessage {
    /// Reads a message.
    ///
    /// - Throws: where the bytes are not one. What follows the last record is ignored.
    public init(_ bytes: [UInt8]) throws(DNSError) {
        var reader = DNSReader(bytes)
        id = try reader.uint16()
        let word = try reader.uint16()
        flags = Flags(rawValue: word & Flags.all.rawValue)
        operationCode = UInt8(word >> 11 & 15)
        responseCode = ResponseCode(rawValue: UInt8(word & 15))
        let counts = (try reader.uint16(), try reader.uint16(), try reader.uint16(), try reader.uint16())
        for _ in 0..<counts.0 {
            let name = try reader.name()
            questions.append(
                DNSQuestion(name, DNSType(rawValue: try reader.uint16()), class: try reader.uint16()))
        }
        answers = try reader.records(counts.1)
        authority = try reader.records(counts.2)
        additional = try reader.records(counts.3)
    }
}

/// Reads a message's fields, never beyond its end.
struct DNSReader {
    private let bytes: [UInt8]
    private(set) var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func uint8() throws(DNSError) -> UInt8 {
        guard offset < bytes.count else { throw .truncated(at: offset) }
        defer { offset += 1 }
        return bytes[offset]
    }

    mutating func uint16() throws(DNSError) -> UInt16 { UInt16(try uint8()) << 8 | UInt16(try uint8()) }

    mutating func uint32() throws(DNSError) -> UInt32 { UInt32(try uint16()) << 16 | UInt32(try uint16()) }

    mutating func take(_ count: Int) throws(DNSError) -> [UInt8] {
        guard count <= bytes.count - offset else { throw .truncated(at: bytes.count) }
        defer { offset += count }
        return Array(bytes[offset..<offset + count])
    }

    /// A name, whose pointers lead to ever earlier places, so that each ends (RFC 1035 4.1.4).
    mutating func name() throws(DNSError) -> DNSName {
        let start = offset
        var place = offset
        var end: Int?
        var labels: [[UInt8]] = []
        var length = 1
        var limit = offset
        while true {
            guard place < bytes.count else { throw .truncated(at: place) }
            let first = Int(bytes[place])
            switch first >> 6 {
            case 0:
                if first == 0 {
                    offset = end ?? place + 1
                    return DNSName(unchecked: labels)
                }
                length += first + 1
                guard length <= 255 else { throw .name(at: start) }
                guard place + 1 + first <= bytes.count else { throw .truncated(at: bytes.count) }
                labels.append(Array(bytes[place + 1..<place + 1 + first]))
                place += 1 + first
            case 3:
                guard place + 1 < bytes.count else { throw .truncated(at: bytes.count) }
                let target = (first & 0x3F) << 8 | Int(bytes[place + 1])
                guard target < limit else { throw .pointer(at: start) }
                end = end ?? place + 2
                (limit, place) = (target, target)
            default: throw .name(at: start)
            }
        }
    }

    mutating func records(_ count: UInt16) throws(DNSError) -> [DNSRecord] {
        var records: [DNSRecord] = []
        for _ in 0..<count {
            let name = try name()
            let type = DNSType(rawValue: try uint16())
            let recordClass = try uint16()
            let timeToLive = try uint32()
            let length = Int(try uint16())
            let data = try data(type, length)
            records.append(DNSRecord(name, type, class: recordClass, timeToLive: timeToLive, data: data))
        }
        return records
    }

    /// A record's data, with the names in it written out: of those types that may have compressed ones (RFC 3597 4).
    private mutating func data(_ type: DNSType, _ length: Int) throws(DNSError) -> [UInt8] {
        let start = offset
        let end = offset + length
        guard end <= bytes.count else { throw .truncated(at: bytes.count) }
        guard let layout = Self.layouts[type.rawValue] else { return try take(length) }
        var data: [UInt8] = []
        if layout.before > 0 { data += try take(layout.before) }
        for _ in 0..<layout.names {
            guard offset < end else { throw .data(type, at: start) }
            DNSWriter.append(try name(), to: &data)
        }
        guard offset <= end else { throw .data(type, at: start) }
        data += try take(end - offset)
        return data
    }

    /// How many bytes are before the names, and how many names there are.
    private static let layouts: [UInt16: (before: Int, names: Int)] = [
        2: (0, 1), 3: (0, 1), 4: (0, 1), 5: (0, 1), 6: (0, 2), 7: (0, 1), 8: (0, 1), 9: (0, 1), 12: (0, 1),
        14: (0, 2), 15: (2, 1), 17: (0, 2), 18: (2, 1), 21: (2, 1), 26: (2, 2), 33: (6, 1), 36: (2, 1), 39: (0, 1),
    ]
}
