/// A value with one textual form that is parsed from UTF-8 bytes without allocating.
public protocol TextualAddress: LosslessStringConvertible, Codable, Hashable, Sendable {
    /// Parses the whole of `utf8`.
    init(parsing utf8: Span<UInt8>) throws(AddressParseError)
}

extension TextualAddress {
    /// Parses the whole of `text`.
    @inlinable
    public init(parsing text: some StringProtocol) throws(AddressParseError) {
        self = try Self.result(of: String(text)).get()
    }

    /// Parses the whole of `text`; nil where it is not one.
    @inlinable
    public init?(_ text: String) {
        guard case .success(let value) = Self.result(of: text) else { return nil }
        self = value
    }

    @inlinable
    static func result(of text: String) -> Result<Self, AddressParseError> {
        var text = text
        return text.withUTF8 { bytes in
            do throws(AddressParseError) {
                return .success(try Self(parsing: bytes.span))
            } catch {
                return .failure(error)
            }
        }
    }

    /// Reads one string.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        do throws(AddressParseError) {
            try self.init(parsing: text)
        } catch {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "“\(text)”: \(error)")
        }
    }

    /// Writes one string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// An address of one family: IPv4 or IPv6.
public protocol FixedWidthAddress: PrefixKey, TextualAddress {}
