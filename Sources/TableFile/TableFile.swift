import IPAddresses

/// A text of prefixes, one a line, each optionally followed by white space and a value.
///
/// Empty lines and lines that begin with "#" are passed over. Gzip data are decompressed; UTF-16, and byte order marks, are read.
public struct TableFile: Sendable {
    /// What is wrong with a table, and in which line of it.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        /// The line, from 1; 0 where the whole is meant.
        public var line: Int
        public var text: String
        public var reason: String

        public init(line: Int, text: String, reason: String) {
            self.line = line
            self.text = text
            self.reason = reason
        }

        public var description: String {
            (line == 0 ? "" : "line \(line): ") + (text.isEmpty ? "" : "“\(text)”: ") + reason
        }
    }

    private let bytes: [UInt8]

    /// Takes a file's content.
    ///
    /// - Throws: gzip data that are damaged, and bytes that are neither UTF-8 nor UTF-16.
    public init(_ content: [UInt8]) throws(Failure) {
        var text = content
        if Gzip.isCompressed(content) {
            do throws(Gzip.Failure) {
                text = try Gzip.decompress(content)
            } catch {
                throw Failure(line: 0, text: "", reason: "\(error)")
            }
        }
        do throws(TextEncodingError) {
            bytes = try TextEncoding.decode(text)
        } catch {
            throw Failure(line: error.line, text: "", reason: "\(error)")
        }
    }

    /// Calls `body` with each line's number, from 1, and bytes, without the white space around them.
    public func forEachLine(_ body: (_ number: Int, _ line: Span<UInt8>) throws(Failure) -> Void) throws(Failure) {
        var start = 0
        var number = 1
        while start < bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != 0x0A { end += 1 }
            var (first, last) = (start, end)
            while first < last, bytes[first].isWhiteSpace { first += 1 }
            while first < last, bytes[last - 1].isWhiteSpace { last -= 1 }
            if first < last, bytes[first] != 0x23 { try body(number, bytes.span.extracting(first..<last)) }
            start = end + 1
            number += 1
        }
    }

    /// Calls `body` with each prefix and its value, which may be empty.
    public func forEachPrefix(_ body: (IPPrefix, _ value: Span<UInt8>) -> Void) throws(Failure) {
        try forEachLine { (number, line) throws(Failure) in
            var space = 0
            while space < line.count, !line[space].isWhiteSpace { space += 1 }
            var value = space
            while value < line.count, line[value].isWhiteSpace { value += 1 }
            do throws(AddressParseError) {
                body(try IPPrefix(parsing: line.extracting(first: space)), line.extracting(value..<line.count))
            } catch {
                throw Failure(line: number, text: String(decoding: line, limit: 60), reason: "\(error)")
            }
        }
    }
}

extension UInt8 {
    fileprivate var isWhiteSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0D }
}

extension String {
    /// The text of the bytes, ill-formed UTF-8 repaired, cut after `limit` bytes.
    public init(decoding bytes: Span<UInt8>, limit: Int = .max) {
        self = bytes.extracting(first: limit).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
        if bytes.count > limit { self += "…" }
    }
}
