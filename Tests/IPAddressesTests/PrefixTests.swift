import Foundation
import IPAddresses
import Testing

@Suite("Prefix")
struct PrefixTests {
    @Test(
        "Text in and out", arguments: ["10.0.0.0/8", "0.0.0.0/0", "192.0.2.1/32", "2001:db8::/32", "::/0", "::1/128"])
    func roundTrip(text: String) throws {
        #expect(try IPPrefix(parsing: text).description == text)
    }

    @Test(
        "Refuses what is not a prefix, and says where",
        arguments: [
            ("10.0.0.0/33", .prefixLengthOutOfRange(maximum: 32), 9),
            ("::/129", .prefixLengthOutOfRange(maximum: 128), 3),
            ("10.0.0.0/08", .leadingZero, 9), ("", .empty, 0), ("10.0.0.0", .missingPrefixLength, 8),
            ("10.0.0.0/", .missingPrefixLength, 9), ("10.0.0.0/8/9", .unexpectedCharacter(0x2F), 10),
            ("10.1.2.3/8", .hostBitsSet(fix: "10.0.0.0/8"), 8),
            ("2001:db8:1234:1a00::1:2::/64", .secondCompression, 23),
            ("/8", .empty, 0), ("10.0.0.0/99999999999999999999", .prefixLengthOutOfRange(maximum: 32), 9),
        ] as [(String, AddressParseError.Reason, Int)]
    )
    func refused(text: String, reason: AddressParseError.Reason, position: Int) {
        #expect(throws: AddressParseError(reason, at: position)) { try IPPrefix(parsing: text) }
    }

    @Test("Bits set after the length are masked only where asked for")
    func masked() throws {
        let bytes = Array("10.1.2.3/8".utf8)
        #expect(try IPv4Prefix(parsing: bytes.span, hostBits: .masked).description == "10.0.0.0/8")
        #expect("\(AddressParseError(.hostBitsSet(fix: "10.0.0.0/8"), at: 8))".contains("did you mean 10.0.0.0/8"))
    }

    @Test("Relations agree with the ranges of addresses")
    func relations() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let a = Prefix(masking: UInt32(generator.next() as UInt32), length: Int.random(in: 0...32))
            let b = Prefix(
                masking: Bool.random() ? a.bits ^ (1 << UInt32.random(in: 0..<32)) : a.bits,
                length: Int.random(in: 0...32))
            #expect(a.covers(b) == (a.first <= b.first && b.last <= a.last))
            #expect(a.overlaps(b) == (a.first <= b.last && b.first <= a.last))
            #expect(a.contains(b.bits) == (a.first <= b.bits && b.bits <= a.last))
            if let (lower, upper) = a.halves {
                #expect(lower.first == a.first && upper.last == a.last && lower.last + 1 == upper.first)
                #expect(lower.sibling == upper && upper.sibling == lower && upper.parent == a)
            }
        }
        #expect(IPv4Prefix.all.parent == nil && IPv4Prefix.all.sibling == nil && Prefix(host: UInt64(3)).halves == nil)
    }

    @Test("Codable as one string, with the value and the position in the error")
    func codable() throws {
        let value = try [IPPrefix(parsing: "10.0.0.0/8"), IPPrefix(parsing: "2001:db8::/32")]
        let data = try JSONEncoder().encode(value)
        #expect(try JSONDecoder().decode([IPPrefix].self, from: data) == value)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([IPAddress].self, from: Data(#"["1.2.3"]"#.utf8))
        }
    }

    @Test("Order: by first key, then the shorter one; IPv4 before IPv6")
    func order() throws {
        let texts = ["0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/16", "10.1.0.0/16", "::/0", "2001:db8::/32"]
        let prefixes = try texts.map { try IPPrefix(parsing: $0) }
        #expect(prefixes.shuffled().sorted() == prefixes)
    }
}
