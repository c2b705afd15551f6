import Foundation

/// The files of Examples/cluster, as they are or edited.
public enum ExampleCluster {
    /// The package's folder.
    public static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    public static let folder = root + "/Examples/cluster"

    /// One change to one file's text. It fails where the text is not there, so that no edit is silently none.
    public struct Edit: Sendable {
        let file: String
        let old: String
        let new: String

        public init(_ file: String, _ old: String, _ new: String) {
            self.file = file
            self.old = old
            self.new = new
        }
    }

    public struct EditFailed: Error {
        public let edit: Edit
    }

    /// The files' names and contents.
    public static func files(_ edits: [Edit] = []) throws -> [(path: String, bytes: [UInt8])] {
        var pending = edits
        let result = try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { name in
            var text = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
            for edit in edits where edit.file == name {
                guard text.contains(edit.old) else { throw EditFailed(edit: edit) }
                text = text.replacingOccurrences(of: edit.old, with: edit.new)
                pending.removeAll { $0.file == edit.file && $0.old == edit.old }
            }
            return (name, Array(text.utf8))
        }
        if let left = pending.first { throw EditFailed(edit: left) }
        return result
    }
}
