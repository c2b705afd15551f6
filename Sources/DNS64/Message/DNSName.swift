/// A domain name (RFC 1035 3.1): labels of 1 to 63 bytes, with their lengths at most 255 bytes.
public struct DNSName: Hashable, Sendable, CustomStringConvertible {
    /// The labels as they came, without the root's empty one.
    public let labels: [[UInt8]]

    /// - Returns: nil where a label or the name is too long, or a label is empty.
    public init?(labels: [[UInt8]]) {
        var length = 1
        for label in labels {
            guard (1...63).contains(label.count) else { return nil }
            length += 1 + label.count
        }
        guard length <= 255 else { return nil }
        self.labels = labels
    }

    init(unchecked labels: [[UInt8]]) { self.labels = labels }

    /// Reads a name as people write it, with or without the last dot. No escapes.
    public init?(_ text: String) {
        let trimmed = text.hasSuffix(".") ? text.dropLast() : text[...]
        self.init(
            labels: trimmed.isEmpty
                ? [] : trimmed.split(separator: ".", omittingEmptySubsequences: false).map { Array($0.utf8) })
    }

    /// Names differ in more than case (RFC 4343).
    public static func == (left: DNSName, right: DNSName) -> Bool {
        left.labels.count == right.labels.count
            && zip(left.labels, right.labels).allSatisfy { one, other in
                one.count == other.count && zip(one, other).allSatisfy { lowercase($0) == lowercase($1) }
            }
    }

    public func hash(into hasher: inout Hasher) {
        for label in labels {
            hasher.combine(label.count)
            for byte in label { hasher.combine(Self.lowercase(byte)) }
        }
    }

    static func lowercase(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

    /// Whether it is the name of that zone or one below it.
    public func isWithin(_ zone: DNSName) -> Bool {
        labels.count >= zone.labels.count && DNSName(unchecked: Array(labels.suffix(zone.labels.count))) == zone
    }

    /// In the form of RFC 1035 5.1: dots and backslashes escaped, other bytes than printable ones as \DDD.
    public var description: String {
        if labels.isEmpty { return "." }
        return labels.reduce(into: "") { text, label in
            for byte in label {
                switch byte {
                case UInt8(ascii: "."), UInt8(ascii: "\\"): text += "\\" + String(UnicodeScalar(byte))
                case 0x21...0x7E: text += String(UnicodeScalar(byte))
                default: text += "\\" + String(repeating: "0", count: byte < 10 ? 2 : byte < 100 ? 1 : 0) + "\(byte)"
                }
            }
            text += "."
        }
    }
}
