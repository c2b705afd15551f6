import Testing
import TestSupport

@testable import Snapshot

@Suite("Large YAML lists")
struct LargeListTests {
    static let head = "apiVersion: v1\nitems:\n"

    func items(_ count: Int) -> String {
        (0..<count).map {
            "- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: p\($0)\n    note: |\n      - x\n\n      y\n  list:\n  - a: 1\n"
        }
        .joined()
    }

    func same(_ left: Document?, _ right: Document?) -> Bool { String(describing: left) == String(describing: right) }

    @Test("Read in pieces and in one piece, a list is the same, with keys before and after the items")
    func pieces() throws {
        let text = Self.head + items(5_000) + "kind: List\nmetadata:\n  resourceVersion: \"\"\n"
        let parts = try #require(YAMLReader.readList(Array(text.utf8)))
        #expect(same(parts, try YAMLReader.read(text).first))
        guard case .array(let elements) = parts["items"] else { Issue.record("no items"); return }
        #expect(elements.count == 5_000)
    }

    @Test("With carriage returns a large list is read in pieces too, and is the same")
    func carriageReturns() throws {
        let text = Self.head + items(4_000) + "kind: List\n"
        let parts = try #require(YAMLReader.readList(TextForm.carriageReturns.bytes(text)))
        #expect(same(parts, try YAMLReader.read(text).first))
    }

    @Test("Other forms, aliases across items and faults are left to the reader of the whole")
    func left() {
        let many = items(5_000)
        for text in [
            Self.head + "- &a {kind: Pod}\n" + many + "- *a\n",
            Self.head + many + "---\nkind: Pod\n" + Self.head + many,
            Self.head + many + "- kind: [Pod\n", many, "kind: Pod\n",
        ] {
            #expect(YAMLReader.readList(Array(text.utf8)) == nil)
        }
        let error = #expect(throws: SnapshotError.self) {
            try Snapshot(
                files: [.init(path: "pods", bytes: Array((Self.head + many + "- kind: [Pod\n").utf8))], name: "pods")
        }
        #expect("\(error!)".contains("line"))
    }
}
