/// What to do with bits that are set after the prefix length.
public enum HostBits: Sendable {
    /// `10.1.2.3/8` is an error that names `10.0.0.0/8`.
    case refused
    /// `10.1.2.3/8` is read as `10.0.0.0/8`.
    case masked
}

extension Prefix: CustomStringConvertible, LosslessStringConvertible, Encodable, Decodable, TextualAddress
where Key: FixedWidthAddress {
    /// The first address and the length: `10.0.0.0/8`.
    public var description: String { "\(first)/\(length)" }

    /// Parses an address, "/" and a length without leading zeros; bits set after the length are refused.
    public init(parsing utf8: Span<UInt8>) throws(AddressParseError) {
        try self.init(parsing: utf8, hostBits: .refused)
    }

    /// Parses an address, "/" and a length without leading zeros.
    public init(parsing utf8: Span<UInt8>, hostBits: HostBits) throws(AddressParseError) {
        if utf8.isEmpty { throw .init(.empty, at: 0) }
        var slash = 0
        while slash < utf8.count, utf8[slash] != 0x2F { slash += 1 }
        let address = try Key(parsing: utf8.extracting(first: slash))
        let length = try Self.parseLength(utf8, from: slash)
        self.init(masking: address, length: length)
        if hostBits == .refused, address.bits != bits { throw .init(.hostBitsSet(fix: description), at: slash) }
    }

    private static func parseLength(_ utf8: Span<UInt8>, from slash: Int) throws(AddressParseError) -> Int {
        if slash + 1 >= utf8.count { throw .init(.missingPrefixLength, at: utf8.count) }
        var length = 0
        for index in slash + 1..<utf8.count {
            let digit = utf8[index] &- 0x30
            if digit > 9 { throw .init(.unexpectedCharacter(utf8[index]), at: index) }
            if length == 0, index > slash + 1 { throw .init(.leadingZero, at: slash + 1) }
            length = length * 10 + Int(digit)
            if length > Key.bitWidth { throw .init(.prefixLengthOutOfRange(maximum: Key.bitWidth), at: slash + 1) }
        }
        return length
    }
}
