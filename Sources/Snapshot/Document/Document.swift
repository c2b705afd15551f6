/// A JSON or YAML document as a tree. Members keep their order.
enum Document: Sendable {
    case null
    case bool(Bool)
    /// A number as it is written.
    case number(String)
    case string(String)
    case array([Document])
    case object([(key: String, value: Document)])

    /// How deep documents may be nested: AWS's and Kubernetes' are a dozen levels deep.
    static let maximumDepth = 200

    /// The member of an object; the last one of several.
    subscript(key: String) -> Document? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key == key }?.value
    }

    /// What kind of value it is, for errors.
    var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// The value in short, for errors.
    var summary: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number(let text), .string(let text): text.utf8.count > 80 ? text.prefix(80) + "…" : text
        case .array(let elements): "[\(elements.count) elements]"
        case .object(let members):
            "{\(members.prefix(3).map(\.key).joined(separator: ", "))\(members.count > 3 ? ", …" : "")}"
        }
    }
}

/// Why a text is not a document, and where.
struct DocumentError: Error, Sendable {
    var line: Int
    var column: Int
    var reason: String
}
