import Foundation

/// The files of Examples/cluster, as they are or edited.
public enum ExampleCluster {
    /// The package's folder.
    public static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    public static let folder = root + "/Examples/cluster"

    /// One change to one file's text. It fails where the text is not there, so that no edit is silently none.
    ///
    /// With `after`, JSON is edited in its compact form (`{"a":1,"b":[]}`), and the first `old` after the first `after`
    /// is replaced; without it, every `old` of the file as it stands.
    public struct Edit: Sendable {
        let file: String
        let anchor: String?
        let old: String
        let new: String

        public init(_ file: String, after anchor: String? = nil, _ old: String, _ new: String) {
            self.file = file
            self.anchor = anchor
            self.old = old
            self.new = new
        }

        /// A file that joins the example's, or replaces one.
        public static func adding(_ file: String, _ text: String) -> Edit {
            var edit = Edit(file, "", text)
            edit.effect = .adds
            return edit
        }

        /// A file that goes.
        public static func removing(_ file: String) -> Edit {
            var edit = Edit(file, "", "")
            edit.effect = .removes
            return edit
        }

        enum Effect { case changes, adds, removes }
        var effect = Effect.changes

        func apply(_ text: String) throws -> String {
            guard let anchor else {
                guard text.contains(old) else { throw EditFailed(edit: self) }
                return text.replacingOccurrences(of: old, with: new)
            }
            let text = file.hasSuffix(".json") ? Self.compact(text) : text
            guard let start = text.range(of: anchor)?.upperBound,
                let place = text.range(of: old, range: start..<text.endIndex)
            else { throw EditFailed(edit: self) }
            return text.replacingCharacters(in: place, with: new)
        }

        /// JSON on one line, as long as no string of it holds `": ` or begins a line.
        private static func compact(_ text: String) -> String {
            text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.joined()
                .replacingOccurrences(of: "\": ", with: "\":")
        }
    }

    public struct EditFailed: Error {
        public let edit: Edit
    }

    /// The files' names and contents.
    public static func files(_ edits: [Edit] = []) throws -> [(path: String, bytes: [UInt8])] {
        let names = Set(try FileManager.default.contentsOfDirectory(atPath: folder))
        if let lost = edits.first(where: { $0.effect != .adds && !names.contains($0.file) }) {
            throw EditFailed(edit: lost)
        }
        let gone = Set(edits.filter { $0.effect != .changes }.map(\.file))
        let added = edits.filter { $0.effect == .adds }.map { (path: $0.file, bytes: Array($0.new.utf8)) }
        return try added
            + names.subtracting(gone).sorted().map { name in
                var text = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
                for edit in edits where edit.file == name { text = try edit.apply(text) }
                return (name, Array(text.utf8))
            }
    }
}
