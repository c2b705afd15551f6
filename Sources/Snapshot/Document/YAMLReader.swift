import IPAddresses
import Yams

/// Reads YAML 1.1 with Yams, bounded in depth and in what aliases may grow to.
enum YAMLReader {
    /// How many nodes a document may have once its aliases are followed.
    static let maximumNodes = 20_000_000

    /// Reads all documents of a stream.
    static func read(_ text: String) throws(DocumentError) -> [Document] {
        do {
            var budget = maximumNodes
            var documents: [Document] = []
            // Not compose_all: its sequence ends at a fault and throws nothing.
            // Plain scalars are told apart here, not by the resolver, which tries regular expressions on each.
            let parser = try Yams.Parser(yaml: text, resolver: .basic)
            while let node = try parser.nextRoot() {
                documents.append(try convert(node, depth: 0, budget: &budget))
            }
            return documents
        } catch let error as DocumentError {
            throw error
        } catch let error as YamlError {
            throw convert(error)
        } catch {
            throw DocumentError(line: 0, column: 0, reason: "\(error)")
        }
    }

    private static func convert(_ error: YamlError) -> DocumentError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            DocumentError(line: mark.line, column: mark.column, reason: problem)
        case .reader(let problem, let offset, _, let text):
            if let place = offset.map({ TextPosition(ofCharacter: $0, in: text) }) {
                DocumentError(line: place.line, column: place.column, reason: problem)
            } else {
                DocumentError(line: 0, column: 0, reason: problem)
            }
        case .duplicatedKeysInMapping(let keys, let context):
            DocumentError(
                line: context.mark.line, column: context.mark.column,
                reason: "a mapping has the key \(keys.map { "“\($0)”" }.joined(separator: ", ")) twice"
            )
        default: DocumentError(line: 0, column: 0, reason: "\(error)")
        }
    }

    private static func convert(_ node: Node, depth: Int, budget: inout Int) throws(DocumentError) -> Document {
        budget -= 1
        let (line, column) = (node.mark?.line ?? 0, node.mark?.column ?? 0)
        if budget < 0 {
            throw DocumentError(line: line, column: column, reason: "aliases make over \(maximumNodes) values")
        }
        if depth > Document.maximumDepth {
            throw DocumentError(
                line: line, column: column, reason: "nested deeper than \(Document.maximumDepth) levels")
        }
        switch node {
        case .scalar(let scalar): return convert(scalar)
        case .sequence(let sequence):
            var elements: [Document] = []
            elements.reserveCapacity(sequence.count)
            for element in sequence { elements.append(try convert(element, depth: depth + 1, budget: &budget)) }
            return .array(elements)
        case .mapping(let mapping):
            var members: [(key: String, value: Document)] = []
            members.reserveCapacity(mapping.count)
            for (key, value) in mapping {
                guard case .scalar(let name) = key else {
                    throw DocumentError(line: line, column: column, reason: "a key that is not a scalar")
                }
                members.append((name.string, try convert(value, depth: depth + 1, budget: &budget)))
            }
            return .object(members)
        case .alias: throw DocumentError(line: line, column: column, reason: "an alias without its anchor")
        }
    }

    /// The core schema's plain scalars; anything quoted is a string.
    private static func convert(_ scalar: Node.Scalar) -> Document {
        guard scalar.style == .plain || scalar.style == .any else { return .string(scalar.string) }
        switch scalar.string {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default:
            // No address consists of digits only; a version such as 1.33 stays readable as text too.
            let isNumber = scalar.string.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2D }
            return isNumber ? .number(scalar.string) : .string(scalar.string)
        }
    }
}
