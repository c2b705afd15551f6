/// Why a snapshot cannot be read: the file, the place in it, the value, and what to change.
public struct SnapshotError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file's path; the folder's where the fault is in no one file.
    public var file: String

    /// The path in the document (`Vpcs[0].CidrBlock`), or `line 3, column 5`; empty where the whole file is meant.
    public var path: String

    /// The value that is at fault; empty where something is missing.
    public var value: String
    public var reason: String

    /// Whether the value is an address or a prefix that is not one.
    public internal(set) var isMalformedAddress = false

    public init(file: String, path: String = "", value: String = "", reason: String) {
        self.file = file
        self.path = path
        self.value = value
        self.reason = reason
    }

    public var description: String {
        "\(file): " + (path.isEmpty ? "" : "\(path): ") + (value.isEmpty ? "" : "“\(value)”: ") + reason
    }
}
