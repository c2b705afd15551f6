import Cluster
import Foundation
import IPAddresses

/// A snapshot: a folder of outputs of read-only `aws` and `kubectl` calls, JSON or YAML, told apart by their content.
public struct Snapshot: Sendable {
    public let cluster: Cluster

    /// What was skipped, and what is unknown since nothing was collected of it.
    public let notes: [String]

    /// What the snapshot's elements refer to and it does not hold; empty unless it was read with `toleratesMissing`.
    public let missingReferences: [MissingReference]

    /// A mention of something that is not there.
    public struct MissingReference: Sendable {
        /// What mentions it: `a route of rtb-0private-b`.
        public var owner: String

        /// The list that it should be in: `NatGateways`.
        public var kind: String
        public var id: String

        /// Where the mention stands.
        public var place: SnapshotError
    }

    /// Reads all files of the folder and of the folders below it; those whose names begin with a dot are passed over.
    ///
    /// `toleratesMissing`: references to what is not there are collected in ``missingReferences`` instead of thrown.
    public init(folder: String, toleratesMissing: Bool = false) throws(SnapshotError) {
        let files = try Self.files(in: folder)
        if files.isEmpty {
            throw SnapshotError(
                file: folder,
                reason:
                    "the folder holds no files; `dataplane collect --cluster NAME` prints a script that makes a snapshot"
            )
        }
        var contents: [File] = []
        for path in files {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw SnapshotError(file: path, reason: "the file cannot be read")
            }
            contents.append(File(path: path, bytes: Array(data)))
        }
        try self.init(files: contents, name: folder, toleratesMissing: toleratesMissing)
    }

    /// Takes the contents of a snapshot's files.
    ///
    /// `name` is what errors about the whole call it.
    public init(files: [File], name: String, toleratesMissing: Bool = false) throws(SnapshotError) {
        var builder = SnapshotBuilder()
        builder.toleratesMissing = toleratesMissing
        for content in Self.parse(files) {
            let parsed = try content.get()
            if let note = parsed.note { builder.notes.append(note) }
            for (address, name) in parsed.hosts { builder.hosts.add(address, for: name) }
            for document in parsed.documents { try builder.add(Cursor(document, file: parsed.path)) }
        }
        builder.noteEmptyLists()
        if builder.kinds.isEmpty {
            throw SnapshotError(
                file: name,
                reason: "nothing in it is the output of an `aws ec2 describe-…` or `kubectl get … -o yaml` call"
                    + (builder.notes.first.map { " (\($0))" } ?? "")
            )
        }
        cluster = try builder.build()
        notes = builder.notes
        missingReferences = builder.missing
    }

    /// A file's path, for errors, and its content.
    public struct File: Sendable {
        public var path: String
        public var bytes: [UInt8]

        public init(path: String, bytes: [UInt8]) {
            self.path = path
            self.bytes = bytes
        }
    }

    private static func files(in folder: String) throws(SnapshotError) -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else {
            throw SnapshotError(file: folder, reason: "there is no such folder")
        }
        guard isFolder.boolValue else {
            throw SnapshotError(file: folder, reason: "a snapshot is a folder, this is a file")
        }
        guard let walker = FileManager.default.enumerator(atPath: folder) else {
            throw SnapshotError(file: folder, reason: "the folder cannot be read")
        }
        var result: [String] = []
        for case let name as String in walker where !name.split(separator: "/").contains(where: { $0.hasPrefix(".") }) {
            let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
            if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
                result.append(path)
            }
        }
        return result.sorted()
    }
}
