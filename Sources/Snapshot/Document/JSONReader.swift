import IPAddresses

/// Reads JSON (RFC 8259). Of its own so that faults carry their line and column, and nesting has a bound.
struct JSONReader {
    private let bytes: [UInt8]
    private var position = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Reads one value with nothing but white space after it, or several objects and arrays one after another (JSON
    /// lines).
    static func read(_ bytes: [UInt8]) throws(DocumentError) -> [Document] {
        var reader = JSONReader(bytes)
        var documents = [try reader.value(depth: 0)]
        reader.skipSpace()
        while reader.position < bytes.count {
            guard bytes[reader.position] == 0x7B || bytes[reader.position] == 0x5B else {
                throw reader.fault("unexpected text after the document's end")
            }
            documents.append(try reader.value(depth: 0))
            reader.skipSpace()
        }
        return documents
    }

    private func fault(_ reason: String) -> DocumentError {
        let place = TextPosition(of: position, in: bytes)
        return DocumentError(line: place.line, column: place.column, reason: reason)
    }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[position]) { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(DocumentError) -> Document {
        skipSpace()
        guard position < bytes.count else { throw fault("the document ends too early; write the file again") }
        if depth > Document.maximumDepth { throw fault("nested deeper than \(Document.maximumDepth) levels") }
        switch bytes[position] {
        case 0x7B: return try object(depth: depth)
        case 0x5B: return try array(depth: depth)
        case 0x22: return .string(try string())
        case 0x74: return try word("true", .bool(true))
        case 0x66: return try word("false", .bool(false))
        case 0x6E: return try word("null", .null)
        case 0x2D, 0x30...0x39: return try number()
        default: throw fault("a value is expected here")
        }
    }

    private mutating func object(depth: Int) throws(DocumentError) -> Document {
        position += 1
        var members: [(key: String, value: Document)] = []
        skipSpace()
        if take(0x7D) { return .object([]) }
        repeat {
            skipSpace()
            guard position < bytes.count else {
                throw fault("the document ends too early, within an object; write the file again")
            }
            guard bytes[position] == 0x22 else { throw fault("a member's name in quotes is expected here") }
            let key = try string()
            skipSpace()
            guard take(0x3A) else { throw fault("“:” is expected after “\(key)”") }
            members.append((key, try value(depth: depth + 1)))
            skipSpace()
        } while take(0x2C)
        guard take(0x7D) else {
            throw fault(
                position < bytes.count
                    ? "“,” or “}” is expected here"
                    : "the document ends too early, within an object; write the file again")
        }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(DocumentError) -> Document {
        position += 1
        var elements: [Document] = []
        skipSpace()
        if take(0x5D) { return .array([]) }
        repeat {
            elements.append(try value(depth: depth + 1))
            skipSpace()
        } while take(0x2C)
        guard take(0x5D) else {
            throw fault(
                position < bytes.count
                    ? "“,” or “]” is expected here"
                    : "the document ends too early, within an array; write the file again")
        }
        return .array(elements)
    }

    private mutating func word(_ text: String, _ document: Document) throws(DocumentError) -> Document {
        guard bytes[position...].starts(with: text.utf8) else { throw fault("a value is expected here") }
        position += text.utf8.count
        return document
    }

    private mutating func number() throws(DocumentError) -> Document {
        let start = position
        _ = take(0x2D)
        let first = position
        digits()
        if position == first || (bytes[first] == 0x30 && position > first + 1) { throw fault("a malformed number") }
        if take(0x2E) {
            let fraction = position
            digits()
            if position == fraction { throw fault("a malformed number") }
        }
        if take(0x65) || take(0x45) {
            if !take(0x2B) { _ = take(0x2D) }
            let exponent = position
            digits()
            if position == exponent { throw fault("a malformed number") }
        }
        return .number(String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private mutating func digits() {
        while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
    }

    private mutating func string() throws(DocumentError) -> String {
        position += 1
        let start = position
        while position < bytes.count, bytes[position] != 0x22, bytes[position] != 0x5C, bytes[position] >= 0x20 {
            position += 1
        }
        if position < bytes.count, bytes[position] == 0x22 {
            position += 1
            return String(decoding: bytes[start..<position - 1], as: UTF8.self)
        }
        var text = Array(bytes[start..<position])
        while true {
            guard position < bytes.count else {
                throw fault("the document ends too early, within a string; write the file again")
            }
            let byte = bytes[position]
            if byte < 0x20 { throw fault("a control character in a string") }
            position += 1
            if byte == 0x22 { return String(decoding: text, as: UTF8.self) }
            if byte == 0x5C { text += try escape() } else { text.append(byte) }
        }
    }

    private mutating func escape() throws(DocumentError) -> [UInt8] {
        guard position < bytes.count else { throw fault("the document ends too early, within a string") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case 0x22, 0x5C, 0x2F: return [byte]
        case 0x62: return [0x08]
        case 0x66: return [0x0C]
        case 0x6E: return [0x0A]
        case 0x72: return [0x0D]
        case 0x74: return [0x09]
        case 0x75:
            var units = [try hexadecimal()]
            if UTF16.isLeadSurrogate(units[0]), position + 1 < bytes.count, bytes[position] == 0x5C,
                bytes[position + 1] == 0x75
            {
                position += 2
                units.append(try hexadecimal())
            }
            return Array(String(decoding: units, as: UTF16.self).utf8)
        default: throw fault("an unknown escape in a string")
        }
    }

    private mutating func hexadecimal() throws(DocumentError) -> UInt16 {
        guard position + 4 <= bytes.count,
            bytes[position..<position + 4].allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
            let unit = UInt16(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
        else { throw fault("four hexadecimal digits are expected here") }
        position += 4
        return unit
    }
}
