import Yams

/// A JSON or YAML document as a tree, which fuzzing changes as one and writes in either form: most of what byte mutations make of
/// such a text is refused by the first bracket, and never reaches what reads the values.
public indirect enum DocumentTree: Sendable, Hashable {
    case scalar(String, isText: Bool)
    case list([DocumentTree])
    case map([Entry])

    public struct Entry: Sendable, Hashable {
        public var key: String
        public var value: DocumentTree
    }

    /// Each document of the text; JSON is one.
    public static func documents(_ text: String) -> [DocumentTree] {
        guard let nodes = try? Yams.compose_all(yaml: text) else { return [] }
        return nodes.map(DocumentTree.init)
    }

    private init(_ node: Node) {
        switch node {
        case .scalar(let scalar): self = .scalar(scalar.string, isText: node.tag == Tag(.str))
        case .sequence(let items): self = .list(items.map(DocumentTree.init))
        case .mapping(let pairs):
            self = .map(pairs.map { Entry(key: $0.key.string ?? "", value: DocumentTree($0.value)) })
        case .alias: self = .scalar("null", isText: false)
        }
    }

    /// How many nodes it has, itself included.
    public var count: Int {
        switch self {
        case .scalar: 1
        case .list(let items): items.reduce(1) { $0 + $1.count }
        case .map(let entries): entries.reduce(1) { $0 + $1.value.count }
        }
    }

    /// The n-th node in the text's order.
    public func node(_ number: Int) -> DocumentTree? {
        var left = number
        return find(&left)
    }

    private func find(_ left: inout Int) -> DocumentTree? {
        if left == 0 { return self }
        left -= 1
        switch self {
        case .scalar: return nil
        case .list(let items):
            for item in items { if let found = item.find(&left) { return found } }
        case .map(let entries):
            for entry in entries { if let found = entry.value.find(&left) { return found } }
        }
        return nil
    }

    /// Changes the n-th node in the text's order.
    public mutating func change(_ number: Int, _ body: (inout DocumentTree) -> Void) {
        var left = number
        change(&left, body)
    }

    private mutating func change(_ left: inout Int, _ body: (inout DocumentTree) -> Void) {
        if left == 0 { body(&self) }
        left -= 1
        if left < 0 { return }
        switch self {
        case .scalar: break
        case .list(var items):
            for index in items.indices where left >= 0 { items[index].change(&left, body) }
            self = .list(items)
        case .map(var entries):
            for index in entries.indices where left >= 0 { entries[index].value.change(&left, body) }
            self = .map(entries)
        }
    }
}

extension DocumentTree {
    /// The text in JSON.
    public var json: String {
        switch self {
        case .scalar(let text, let isText): isText ? Self.quoted(text) : text.isEmpty ? "null" : text
        case .list(let items): "[" + items.map(\.json).joined(separator: ",") + "]"
        case .map(let entries):
            "{" + entries.map { Self.quoted($0.key) + ":" + $0.value.json }.joined(separator: ",") + "}"
        }
    }

    /// The text in YAML's block style.
    public var yaml: String { yaml(indented: 0) + "\n" }

    private func yaml(indented depth: Int) -> String {
        let indent = String(repeating: "  ", count: depth)
        switch self {
        case .scalar(let text, let isText): return isText ? Self.quoted(text) : text.isEmpty ? "null" : text
        case .list(let items):
            if items.isEmpty { return "[]" }
            return items.map { "\n\(indent)- " + $0.yaml(indented: depth + 1) }.joined()
        case .map(let entries):
            if entries.isEmpty { return "{}" }
            return entries.map { "\n\(indent)\(Self.quoted($0.key)): " + $0.value.yaml(indented: depth + 1) }.joined()
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case "\0"..<" ": result += "?"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
