import IPAddresses
import TableFile
import TestSupport
import Testing

@Suite("TableFile")
struct TableFileTests {
    func elements(_ text: String) throws -> [String] {
        var result: [String] = []
        try TableFile(Array(text.utf8)).forEachPrefix { result.append("\($0)=\(String(decoding: $1))") }
        return result
    }

    @Test("Prefixes with and without values, comments, empty lines, CRLF, no last line feed")
    func lines() throws {
        let text = "# a table\n\n10.0.0.0/8 a b\r\n  2001:db8::/32\tc\n::/0"
        #expect(try elements(text) == ["10.0.0.0/8=a b", "2001:db8::/32=c", "::/0="])
    }

    @Test("A table reads alike in every form of text", arguments: TextForm.allCases)
    func forms(_ form: TextForm) throws {
        var result: [String] = []
        try TableFile(form.bytes("# Zürich\n10.0.0.0/8 Zürich\n::/0\n")).forEachPrefix {
            result.append("\($0)=\(String(decoding: $1))")
        }
        #expect(result == ["10.0.0.0/8=Zürich", "::/0="])
        let error = try #require(throws: TableFile.Failure.self) {
            try TableFile(form.bytes("::/0\n10.1.2.3/8 x\n")).forEachPrefix { _, _ in }
        }
        #expect(error.line == 2)
    }

    @Test("Bytes that are not text are an error with the line, the byte and the fix")
    func malformed() throws {
        let error = try #require(throws: TableFile.Failure.self) { try TableFile(Array("::/0\n# Z".utf8) + [0xFC]) }
        #expect("\(error)" == "line 2: byte 0xFC at offset 8 is not UTF-8; save the file as UTF-8")
    }

    @Test("An error names the line, the value and the fix")
    func errors() throws {
        let error = try #require(throws: TableFile.Failure.self) { try elements("::/0\n10.1.2.3/8 x\n") }
        #expect(error.line == 2)
        #expect("\(error)".contains("10.1.2.3/8 x") && "\(error)".contains("10.0.0.0/8"))
    }

    @Test("Gzip data that are damaged are an error of the whole file")
    func damaged() throws {
        let error = try #require(throws: TableFile.Failure.self) { try TableFile([0x1F, 0x8B, 8]) }
        #expect("\(error)".contains("too early"))
    }
}
