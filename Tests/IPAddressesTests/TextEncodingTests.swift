import IPAddresses
import Testing

@Suite("Encodings of texts")
struct TextEncodingTests {
    private static let text = "# Zürich 東京 🚀\r\n10.0.0.0/8\té\n\n2001:db8::/32\n"

    private func bytes(_ text: String, isBigEndian: Bool) -> [UInt8] {
        text.utf16.flatMap { isBigEndian ? [UInt8($0 >> 8), UInt8($0 & 0xFF)] : [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    }

    private func fault(_ bytes: [UInt8]) throws -> TextEncodingError {
        try #require(throws: TextEncodingError.self) { try TextEncoding.decode(bytes) }
    }

    @Test("UTF-8 and UTF-16 of both ends, with and without a byte order mark, are one text")
    func forms() throws {
        let plain = Array(Self.text.utf8)
        let (little, big) = (bytes(Self.text, isBigEndian: false), bytes(Self.text, isBigEndian: true))
        for form in [plain, [0xEF, 0xBB, 0xBF] + plain, little, [0xFF, 0xFE] + little, big, [0xFE, 0xFF] + big] {
            #expect(try TextEncoding.decode(form) == plain)
        }
        for mark: [UInt8] in [[], [0xEF, 0xBB, 0xBF], [0xFF, 0xFE], [0xFE, 0xFF]] {
            #expect(try TextEncoding.decode(mark).isEmpty)
        }
    }

    @Test("Files that were put together keep no mark at the beginnings of lines; elsewhere U+FEFF is text")
    func marksWithin() throws {
        let text = "\u{FEFF}{}\n\u{FEFF}{\"a\": \"\u{FEFF}\"}\n"
        let expected = Array("{}\n{\"a\": \"\u{FEFF}\"}\n".utf8)
        #expect(try TextEncoding.decode(Array(text.utf8)) == expected)
        for isBigEndian in [false, true] {
            #expect(try TextEncoding.decode(bytes(text, isBigEndian: isBigEndian)) == expected)
        }
    }

    @Test("What is malformed is named by its byte and its line, and with what to do")
    func faults() throws {
        let latin = try fault(Array("a\nZ".utf8) + [0xFC] + Array("rich".utf8))
        #expect(latin == TextEncodingError(reason: .notUTF8(0xFC), offset: 3, line: 2))
        #expect("\(latin)" == "byte 0xFC at offset 3 is not UTF-8; save the file as UTF-8")
        // Longer than need be, a surrogate, past U+10FFFF, cut off.
        for tail: [UInt8] in [[0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE6, 0x9D], [0x80]] {
            #expect(try fault(Array("123456789".utf8) + tail).offset == 9)
        }
        let little = bytes("{\n\"a\"", isBigEndian: false)
        let odd = try fault([0xFF, 0xFE] + little + [0x41])
        #expect(odd == TextEncodingError(reason: .oddLength, offset: 12, line: 2))
        for half: [UInt8] in [[0x00, 0xD8], [0x00, 0xDC], [0x00, 0xD8, 0x41, 0x00]] {
            let lone = try fault([0xFF, 0xFE] + little + half)
            #expect(lone.offset == 12 && lone.line == 2 && "\(lone)".contains("other half is missing"))
        }
        #expect(try fault([0xFF, 0xFE, 0, 0, 0x41, 0, 0, 0]).reason == .utf32)
    }

    @Test("Random bytes and units are accepted where the standard library accepts them, and read alike")
    func random() throws {
        var generator = SystemRandomNumberGenerator()
        let parts: [[UInt8]] = [
            [0x41], [0x0A], [0xC3], [0xA9], [0xE2], [0x82], [0xAC], [0xED], [0xA0], [0xF0], [0x9F], [0xF4], [0x8F],
            [0xC1], Array("abcdefgh".utf8), Array("é".utf8), Array("東".utf8), Array("🚀".utf8),
        ]
        for _ in 0..<5_000 {
            var bytes: [UInt8] = [0x41]
            for _ in 0..<Int.random(in: 0..<8, using: &generator) {
                bytes += parts.randomElement(using: &generator) ?? []
            }
            let expected = String(validating: bytes, as: UTF8.self).map { Array($0.utf8) }
            #expect((try? TextEncoding.decode(bytes)) == expected, "\(bytes)")
            let units = (0..<Int.random(in: 1..<6, using: &generator)).map { _ in
                [0x41, 0x0A, 0xE9, 0x4E00, 0xD83D, 0xDE80, 0xDBFF, 0xDFFF].randomElement(using: &generator) ?? 0
            }
            let wide: [UInt8] = [0xFF, 0xFE] + units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
            let read = String(validating: units.map { UInt16($0) }, as: UTF16.self).map { Array($0.utf8) }
            #expect((try? TextEncoding.decode(wide)) == read, "\(units)")
        }
    }

    @Test("Lines and columns are those of an editor: characters, not bytes")
    func positions() {
        let text = Array("a\r\nZürich x".utf8)
        #expect(TextPosition(of: 0, in: text) == TextPosition(line: 1, column: 1))
        #expect(TextPosition(of: text.count - 1, in: text) == TextPosition(line: 2, column: 8))
        #expect(TextPosition(of: .max, in: text).column == 9)
    }
}

extension TextPosition {
    fileprivate init(line: Int, column: Int) {
        self.init(of: 0, in: [])
        (self.line, self.column) = (line, column)
    }
}
