/// Why a text is not an address or prefix, and where in it the first fault is.
public struct AddressParseError: Error, Hashable, Sendable {
    /// What is wrong.
    public enum Reason: Hashable, Sendable {
        case empty
        case unexpectedCharacter(UInt8)
        case tooFewOctets
        case tooManyOctets
        case octetOutOfRange
        case leadingZero
        case tooFewGroups
        case tooManyGroups
        case groupTooLong
        case secondCompression
        case uselessCompression
        case danglingColon
        case zone
        case missingPrefixLength
        case prefixLengthOutOfRange(maximum: Int)
        /// Bits after the prefix length are set; the payload is the prefix that was probably meant.
        case hostBitsSet(fix: String)
    }

    public var reason: Reason

    /// The offset of the fault in the text's UTF-8, from 0; the text's length where the text ended too early.
    public var position: Int

    public init(_ reason: Reason, at position: Int) {
        self.reason = reason
        self.position = position
    }
}

extension AddressParseError: CustomStringConvertible {
    /// One sentence, with the position and, where it is plain, the fix.
    public var description: String { "\(reason) at position \(position)" }
}

extension AddressParseError.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .empty: "the text is empty"
        case .unexpectedCharacter(let byte): "unexpected \(Self.name(of: byte))"
        case .tooFewOctets: "an IPv4 address has four octets, this one has fewer"
        case .tooManyOctets: "an IPv4 address has four octets, this one has more"
        case .octetOutOfRange: "an octet is over 255"
        case .leadingZero: "a leading zero (some read it as octal)"
        case .tooFewGroups: "an IPv6 address without “::” has eight groups, this one has fewer"
        case .tooManyGroups: "an IPv6 address has eight groups, this one has more"
        case .groupTooLong: "a group has more than four hexadecimal digits"
        case .secondCompression: "“::” may stand only once"
        case .uselessCompression: "“::” stands for at least one group, but eight are given"
        case .danglingColon: "a single “:” at an end"
        case .zone: "a zone (“%…”) belongs to one host's interface, not to an address; remove it"
        case .missingPrefixLength: "a prefix needs “/” and a length"
        case .prefixLengthOutOfRange(let maximum): "the prefix length is over \(maximum)"
        case .hostBitsSet(let fix): "bits after the prefix length are set; did you mean \(fix)?"
        }
    }

    private static func name(of byte: UInt8) -> String {
        switch byte {
        case 0x21...0x7E: "“\(Character(UnicodeScalar(byte)))”"
        case 0x20: "space"
        case 0: "NUL"
        default: "byte 0x" + String(byte, radix: 16, uppercase: true)
        }
    }
}
