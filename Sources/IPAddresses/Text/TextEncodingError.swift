/// Why bytes are not text, and where: the description says what to do.
package struct TextEncodingError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: Hashable, Sendable {
        /// A byte that no sequence of UTF-8 has in its place.
        case notUTF8(UInt8)
        /// Half of a pair without the other half.
        case loneSurrogate(UInt16)
        /// Half of a unit of UTF-16, at the end.
        case oddLength
        case utf32
    }

    package var reason: Reason

    /// The first byte that is at fault, from 0, the byte order mark counted.
    package var offset: Int

    /// The line that it is in, from 1.
    package var line: Int

    package init(reason: Reason, offset: Int, line: Int) {
        self.reason = reason
        self.offset = offset
        self.line = line
    }

    /// In a text of UTF-8. Takes O(n).
    init(reason: Reason, at offset: Int, _ bytes: [UInt8]) {
        self.init(reason: reason, offset: offset, line: TextPosition(of: offset, in: bytes).line)
    }

    package var description: String {
        switch reason {
        case .notUTF8(let byte): "byte 0x\(hex(byte)) at offset \(offset) is not UTF-8; save the file as UTF-8"
        case .loneSurrogate(let unit):
            "0x\(hex(unit)) at byte offset \(offset) is half a character of UTF-16, and the other half is missing; "
                + "write the file again, or save it as UTF-8"
        case .oddLength: "the UTF-16 text ends within a character, at byte offset \(offset); write the file again"
        case .utf32: "the text is UTF-32, which is not supported; save the file as UTF-8"
        }
    }

    private func hex(_ value: some FixedWidthInteger) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: value.bitWidth / 4 - digits.count) + digits
    }
}

/// A place in a text as a person's editor shows it.
package struct TextPosition: Hashable, Sendable {
    /// From 1; lines end with a line feed, a carriage return before it or not.
    package var line: Int

    /// From 1, in characters (Unicode scalars, as YAML's readers count), not in bytes.
    package var column: Int

    /// The place of a byte of a text in UTF-8; past its end it is the end's. Takes O(n).
    package init(of offset: Int, in text: [UInt8]) {
        let before = text[..<Swift.min(offset, text.count)]
        line = before.count { $0 == 0x0A } + 1
        let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        column = before[start...].count { $0 & 0xC0 != 0x80 } + 1
    }

    /// The place of a character of a text, as Yams tells where its reader has stopped. Takes O(n).
    package init(ofCharacter offset: Int, in text: String) {
        let before = Array(text.prefix(offset).utf8)
        self.init(of: before.count, in: before)
    }
}
