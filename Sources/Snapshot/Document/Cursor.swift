import IPAddresses

/// A place in a document of a file: errors that it makes name both.
struct Cursor: Sendable {
    let document: Document
    let path: Path

    /// How a place was reached; put into words only for errors.
    indirect enum Path: Sendable {
        case file(String)
        case member(Path, String)
        case element(Path, Int)

        var file: String {
            switch self {
            case .file(let name): name
            case .member(let parent, _), .element(let parent, _): parent.file
            }
        }

        var text: String {
            switch self {
            case .file: ""
            case .member(let parent, let key): parent.text.isEmpty ? key : "\(parent.text).\(key)"
            case .element(let parent, let index): "\(parent.text)[\(index)]"
            }
        }
    }

    init(_ document: Document, file: String) {
        self.document = document
        path = .file(file)
    }

    private init(_ document: Document, _ path: Path) {
        self.document = document
        self.path = path
    }

    func fault(_ reason: String) -> SnapshotError {
        SnapshotError(file: path.file, path: path.text, value: document.summary, reason: reason)
    }

    // MARK: Members

    /// A member; nil where it is missing or null.
    subscript(key: String) -> Cursor? {
        guard let value = document[key] else { return nil }
        if case .null = value { return nil }
        return Cursor(value, .member(path, key))
    }

    /// A member that must be there.
    func required(_ key: String) throws(SnapshotError) -> Cursor {
        guard let member = self[key] else {
            throw SnapshotError(
                file: path.file, path: path.text, reason: "“\(key)” is missing here; collect the file again")
        }
        return member
    }

    /// The elements of a member; none where it is missing.
    func elements(_ key: String) throws(SnapshotError) -> [Cursor] { try self[key]?.elements() ?? [] }

    func elements() throws(SnapshotError) -> [Cursor] {
        guard case .array(let elements) = document else {
            throw fault("an array is expected here, not \(document.kind)")
        }
        return elements.enumerated().map { Cursor($1, .element(path, $0)) }
    }

    /// The members of an object.
    func members() throws(SnapshotError) -> [(key: String, value: Cursor)] {
        guard case .object(let members) = document else {
            throw fault("an object is expected here, not \(document.kind)")
        }
        return members.map { ($0.key, Cursor($0.value, .member(path, $0.key))) }
    }

    // MARK: Values

    func string() throws(SnapshotError) -> String {
        switch document {
        case .string(let text), .number(let text): return text
        case .bool(let value): return "\(value)"
        default: throw fault("a string is expected here, not \(document.kind)")
        }
    }

    func string(_ key: String) throws(SnapshotError) -> String { try required(key).string() }

    func optionalString(_ key: String) throws(SnapshotError) -> String? { try self[key]?.string() }

    func strings(_ key: String) throws(SnapshotError) -> [String] {
        var result: [String] = []
        for element in try elements(key) { result.append(try element.string()) }
        return result
    }

    func integer() throws(SnapshotError) -> Int {
        switch document {
        case .string(let text), .number(let text): if let value = Int(text) { return value }
        default: break
        }
        throw fault("a whole number is expected here")
    }

    func port() throws(SnapshotError) -> UInt16 {
        guard let port = UInt16(exactly: try integer()) else { throw fault("a port of 0 to 65535 is expected here") }
        return port
    }

    func bool(_ key: String, default defaultValue: Bool) throws(SnapshotError) -> Bool {
        try self[key]?.boolean() ?? defaultValue
    }

    func boolean() throws(SnapshotError) -> Bool {
        switch document {
        case .bool(let value): return value
        case .string("true"): return true
        case .string("false"): return false
        default: throw fault("true or false is expected here")
        }
    }

    /// An address or a prefix.
    func parse<Value: TextualAddress>(_ type: Value.Type = Value.self) throws(SnapshotError) -> Value {
        let text = try string()
        do throws(AddressParseError) {
            return try Value(parsing: text)
        } catch {
            let isAddress =
                Value.self == IPv4Address.self || Value.self == IPv6Address.self || Value.self == IPAddress.self
            let hint =
                isAddress && text.contains("/")
                ? "; an address is expected here, not a prefix: remove “/” and the length" : ""
            var fault = fault("\(error)\(hint)")
            fault.isMalformedAddress = true
            throw fault
        }
    }
}
