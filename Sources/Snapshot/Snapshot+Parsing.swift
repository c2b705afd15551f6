import Dispatch
import IPAddresses

extension Snapshot {
    /// What a file holds, before it is put together with the others.
    struct Parsed: Sendable {
        var path: String
        var documents: [Document] = []
        var hosts: [(IPAddress, String)] = []
        var note: String?
    }

    /// Parses the files, on all cores; results in the files' order.
    static func parse(_ files: [File]) -> [Result<Parsed, SnapshotError>] {
        let results = ResultSlots<Result<Parsed, SnapshotError>>(count: files.count)
        let parse = { @Sendable (index: Int) in
            results.set(index, Result { () throws(SnapshotError) in try Self.parse(files[index]) })
        }
        // A large file is spread over the cores by itself: a loop within a loop would get but one of them.
        for index in files.indices where files[index].bytes.count >= YAMLReader.largeList { parse(index) }
        DispatchQueue.concurrentPerform(iterations: files.count) { index in
            if files[index].bytes.count < YAMLReader.largeList { parse(index) }
        }
        return results.values
    }

    /// Parses one file: JSON where it begins as an object or array, a hosts file where each line begins with an address,
    /// else YAML.
    static func parse(_ file: File) throws(SnapshotError) -> Parsed {
        var parsed = Parsed(path: file.path)
        guard let bytes = try decode(file) else {
            parsed.note = "\(file.path): skipped, it is not text"
            return parsed
        }
        guard firstMark(bytes) != nil else {
            parsed.note = "\(file.path): skipped, it is empty"
            return parsed
        }
        do throws(DocumentError) {
            if isJSON(bytes) {
                parsed.documents = try JSONReader.read(bytes)
                return parsed
            }
            let text = String(decoding: bytes, as: UTF8.self)
            if let hosts = Self.hosts(text) {
                parsed.hosts = hosts
                return parsed
            }
            if text.hasPrefix("No resources found") || file.path.hasSuffix(".md") {
                parsed.note = "\(file.path): skipped, it holds no objects"
                return parsed
            }
            if let reason = OutputForm.fault(text) { throw DocumentError(line: 0, column: 0, reason: reason) }
            guard isYAML(text) else {
                parsed.note = "\(file.path): skipped, it is neither JSON nor a Kubernetes or AWS document in YAML"
                return parsed
            }
            if let list = YAMLReader.readList(bytes) {
                parsed.documents = [list]
            } else {
                parsed.documents = try YAMLReader.read(text)
            }
            return parsed
        } catch {
            let place = error.line > 0 ? "line \(error.line), column \(error.column)" : ""
            throw SnapshotError(file: file.path, path: place, reason: error.reason)
        }
    }

    /// The file's text as UTF-8; nil where it is none: where it has zeros, and does not begin as JSON.
    private static func decode(_ file: File) throws(SnapshotError) -> [UInt8]? {
        do throws(TextEncodingError) {
            let text = try TextEncoding.decode(file.bytes)
            return !isJSON(text) && text.contains(0) ? nil : text
        } catch {
            if TextEncoding(of: file.bytes) == .utf8, file.bytes.contains(0), !isJSON(file.bytes) { return nil }
            throw SnapshotError(file: file.path, path: "line \(error.line)", reason: "\(error)")
        }
    }

    private static func isJSON(_ text: [UInt8]) -> Bool {
        let first = firstMark(text)
        return first == 0x7B || first == 0x5B
    }

    /// The first byte that is not blank; nil where there is none.
    private static func firstMark(_ text: [UInt8]) -> UInt8? {
        text.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }
    }

    /// Whether some line begins with a key, as the documents that are known do.
    private static func isYAML(_ text: String) -> Bool {
        text.split(whereSeparator: \.isNewline).contains { line in
            guard let colon = line.firstIndex(of: ":"), colon > line.startIndex else { return false }
            // `aws --output yaml-stream` makes each page an element of a list.
            let key = line.hasPrefix("- ") ? line[..<colon].dropFirst(2) : line[..<colon]
            return !key.isEmpty && key.allSatisfy { $0.isLetter || $0.isNumber }
        }
    }

    /// The lines of a file in the format of /etc/hosts; nil where it is none.
    private static func hosts(_ text: String) -> [(IPAddress, String)]? {
        var result: [(IPAddress, String)] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
            guard let first = words.first else { continue }
            guard let address = IPAddress(String(first)), words.count > 1 else { return nil }
            result += words.dropFirst().map { (address, String($0)) }
        }
        return result.isEmpty ? nil : result
    }
}
