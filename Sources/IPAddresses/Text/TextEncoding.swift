/// The encodings that texts come in: UTF-8, and UTF-16 as Windows PowerShell writes it where output is redirected
/// (about_Character_Encoding). Here, since everything that reads people's files depends on this module.
///
///     EF BB BF …    UTF-8 with a byte order mark            FF FE …    UTF-16, little end first
///     {  "  …       UTF-8, where nothing says otherwise     FE FF …    UTF-16, big end first
///     {  00 "  00   UTF-16 without its mark: a text that people collect begins with ASCII
package enum TextEncoding: Sendable {
    case utf8
    case utf16LittleEndian
    case utf16BigEndian

    /// The text of a file's bytes, as UTF-8 without byte order marks: that of the whole, and those at the beginnings of lines,
    /// where files were put together. Takes O(n); UTF-8 without marks is not copied.
    ///
    /// - Throws: where the bytes are not well-formed, with the first place.
    package static func decode(_ bytes: [UInt8]) throws(TextEncodingError) -> [UInt8] {
        if bytes.starts(with: [0xFF, 0xFE, 0, 0]) || bytes.starts(with: [0, 0, 0xFE, 0xFF]) {
            throw TextEncodingError(reason: .utf32, offset: 0, line: 1)
        }
        switch TextEncoding(of: bytes) {
        case .utf8: return try decodeUTF8(bytes)
        case .utf16LittleEndian: return try decodeUTF16(bytes) { UInt16($1) &<< 8 | UInt16($0) }
        case .utf16BigEndian: return try decodeUTF16(bytes) { UInt16($0) &<< 8 | UInt16($1) }
        }
    }

    /// The encoding that the first bytes show.
    package init(of bytes: [UInt8]) {
        self = .utf8
        if bytes.starts(with: [0xFF, 0xFE]) { self = .utf16LittleEndian }
        if bytes.starts(with: [0xFE, 0xFF]) { self = .utf16BigEndian }
        guard bytes.count >= 4 else { return }
        if bytes[0].isText, bytes[1] == 0, bytes[2].isText, bytes[3] == 0 { self = .utf16LittleEndian }
        if bytes[0] == 0, bytes[1].isText, bytes[2] == 0, bytes[3].isText { self = .utf16BigEndian }
    }

    private static func decodeUTF8(_ bytes: [UInt8]) throws(TextEncodingError) -> [UInt8] {
        var marks: [Int] = []
        var offset = 0
        let span = bytes.span
        while true {
            offset = span.firstNonASCII(from: offset)
            if offset == bytes.count { break }
            let length = span.wellFormedLength(at: offset)
            if length == 0 { throw TextEncodingError(reason: .notUTF8(bytes[offset]), at: offset, bytes) }
            if length == 3, bytes[offset] == 0xEF, bytes[offset + 1] == 0xBB, bytes[offset + 2] == 0xBF,
                offset == 0 || bytes[offset - 1] == 0x0A
            {
                marks.append(offset)
            }
            offset += length
        }
        if marks.isEmpty { return bytes }
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        var start = 0
        for mark in marks {
            text += bytes[start..<mark]
            start = mark + 3
        }
        return text + bytes[start...]
    }

    private static func decodeUTF16(
        _ bytes: [UInt8], _ unit: (UInt8, UInt8) -> UInt16
    ) throws(TextEncodingError) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count / 2)
        var line = 1
        var offset = 0
        while offset + 1 < bytes.count {
            let first = unit(bytes[offset], bytes[offset + 1])
            switch first {
            case 0xFEFF where text.isEmpty || text.last == 0x0A: break
            case 0..<0x80: text.append(UInt8(truncatingIfNeeded: first))
            case 0xD800..<0xDC00 where offset + 3 < bytes.count:
                let second = unit(bytes[offset + 2], bytes[offset + 3])
                guard UTF16.isTrailSurrogate(second) else { fallthrough }
                let scalar = 0x10000 + (UInt32(first & 0x3FF) &<< 10 | UInt32(second & 0x3FF))
                text.append(scalar: scalar)
                offset += 2
            case 0xD800..<0xE000: throw TextEncodingError(reason: .loneSurrogate(first), offset: offset, line: line)
            default: text.append(scalar: UInt32(first))
            }
            if first == 0x0A { line += 1 }
            offset += 2
        }
        if offset < bytes.count { throw TextEncodingError(reason: .oddLength, offset: offset, line: line) }
        return text
    }
}

extension UInt8 {
    /// What texts are made of within ASCII.
    fileprivate var isText: Bool { (0x20..<0x7F).contains(self) || (0x09...0x0D).contains(self) }
}

extension [UInt8] {
    /// Appends a scalar above ASCII, as UTF-8.
    fileprivate mutating func append(scalar: UInt32) {
        func part(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(truncatingIfNeeded: scalar &>> shift & 0x3F) }
        switch scalar {
        case ..<0x800: self += [0xC0 | UInt8(truncatingIfNeeded: scalar &>> 6), part(0)]
        case ..<0x10000: self += [0xE0 | UInt8(truncatingIfNeeded: scalar &>> 12), part(6), part(0)]
        default: self += [0xF0 | UInt8(truncatingIfNeeded: scalar &>> 18), part(12), part(6), part(0)]
        }
    }
}
