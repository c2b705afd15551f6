import Cluster
import TestSupport
import Testing

@testable import Snapshot

@Suite("Files in the forms that users have them in")
struct TextFormTests {
    private func example(_ form: (Int) -> TextForm) throws -> [Snapshot.File] {
        try ExampleCluster.files().enumerated().map {
            .init(path: $1.path, bytes: form($0).bytes(String(decoding: $1.bytes, as: UTF8.self)))
        }
    }

    /// What the snapshot says of itself and of some flows.
    private func answers(_ files: [Snapshot.File]) throws -> [String] {
        let snapshot = try Snapshot(files: files, name: "example", toleratesMissing: true)
        let traces = try [("client", "web-2", 8080), ("client", "service/default/web", 80), ("client", "8.8.8.8", 443)]
            .map { try snapshot.cluster.trace(from: $0.0, to: $0.1, port: UInt16($0.2)) }
        return snapshot.notes + snapshot.validate().map { "\($0)" } + traces.map { "\($0)" }
    }

    private static let plain = Result { try TextFormTests().answers(TextFormTests().example { _ in .plain }) }

    @Test(
        "The example, all of it in one form, gives the same notes, findings and traces", arguments: TextForm.allCases)
    func whole(_ form: TextForm) throws {
        #expect(try answers(example { _ in form }) == Self.plain.get())
    }

    @Test("Files of different forms in one folder do too")
    func mixed() throws {
        let forms = TextForm.allCases
        #expect(try answers(example { forms[$0 % forms.count] }) == Self.plain.get())
    }

    @Test("Each file of the example, in each form, holds the same documents", arguments: TextForm.allCases)
    func each(_ form: TextForm) throws {
        for (plain, file) in zip(try example { _ in .plain }, try example { _ in form }) {
            let (expected, parsed) = (try Snapshot.parse(plain), try Snapshot.parse(file))
            #expect("\(parsed)" == "\(expected)", "\(file.path)")
            #expect(!expected.documents.isEmpty || !expected.hosts.isEmpty)
        }
    }

    @Test("A fault's line and column are those of the file as it is shown, in every form", arguments: TextForm.allCases)
    func places(_ form: TextForm) throws {
        for (text, place) in [
            ("{\n  \"é東\": x}\n", "line 2, column 9"), ("apiVersion: v1\né: [東, }\n", "line 2, column 8"),
            ("apiVersion: v1\n東: \u{1}\n", "line 2, column 4"),
        ] {
            let error = try #require(throws: SnapshotError.self) {
                try Snapshot.parse(.init(path: "odd", bytes: form.bytes(text)))
            }
            #expect(error.file == "odd" && error.path == place, "\(error)")
        }
    }

    private static let malformed: [(bytes: [UInt8], message: String)] = [
        ([0x7B, 0x0A, 0x22, 0xFC, 0x22, 0x7D], "odd: line 2: byte 0xFC at offset 3 is not UTF-8; save"),
        (Array("apiVersion: v1\nname: Z".utf8) + [0xFC], "odd: line 2: byte 0xFC at offset 22 is not UTF-8; save"),
        (
            [0xFF, 0xFE, 0x7B, 0x00, 0x7D],
            "odd: line 1: the UTF-16 text ends within a character, at byte offset 4; write"
        ),
        ([0xFF, 0xFE, 0x7B, 0x00, 0x00, 0xD8], "odd: line 1: 0xD800 at byte offset 4 is half a character of UTF-16"),
    ]

    @Test("Bytes that are not text in their encoding are refused, with file, line, byte and what to do")
    func refused() throws {
        for (bytes, message) in Self.malformed {
            let error = try #require(throws: SnapshotError.self) {
                try Snapshot.parse(.init(path: "odd", bytes: bytes))
            }
            #expect("\(error)".hasPrefix(message), "\(error)")
        }
    }

    @Test("A document of YAML that begins with a comment or three dashes is read with carriage returns")
    func beginnings() throws {
        for start in ["---\n", "# nodes\n---\n", "\n"] {
            let text = start + "apiVersion: v1\nkind: Node\nmetadata: {name: a}\n"
            let parsed = try Snapshot.parse(.init(path: "nodes", bytes: TextForm.powerShell.bytes(text)))
            #expect(parsed.documents.count == 1 && parsed.note == nil, "\(start)")
        }
    }
}
