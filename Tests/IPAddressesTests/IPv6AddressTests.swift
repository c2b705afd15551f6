import IPAddresses
import Testing

@Suite("IPv6Address")
struct IPv6AddressTests {
    @Test(
        "RFC 5952: output is canonical",
        arguments: [
            ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
            ("2001:0DB8:0:0:0:0:2:1", "2001:db8::2:1"), ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
            ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
            ("::ffff:1.2.3.4", "::ffff:1.2.3.4"), ("::ffff:0102:0304", "::ffff:1.2.3.4"),
            ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"), ("0:0:1::", "0:0:1::"), ("1:0:0:2:0:0:0:0", "1:0:0:2::"),
            ("fe80::a:B:c:D", "fe80::a:b:c:d"), ("0:1:0:1:0:1:0:1", "0:1:0:1:0:1:0:1"),
            ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
        ]
    )
    func canonical(text: String, canonical: String) throws {
        let address = try IPv6Address(parsing: text)
        #expect(address.description == canonical)
        #expect(IPv6Address(canonical) == address)
    }

    @Test(
        "RFC 4291 2.2: refuses what is not an address, and says where",
        arguments: [
            ("", .empty, 0), ("1::2::3", .secondCompression, 4), (":::", .unexpectedCharacter(0x3A), 2),
            ("1:2:3:4:5:6:7:8::", .uselessCompression, 17), ("12345::", .groupTooLong, 0),
            ("::1.2.3.256", .octetOutOfRange, 8), ("fe80::1%eth0", .zone, 7), (":1", .danglingColon, 0),
            ("1:", .danglingColon, 1), ("1:2:3:4:5:6:7:8:9", .tooManyGroups, 16), ("1:2:3", .tooFewGroups, 5),
            ("::1\u{0}", .unexpectedCharacter(0), 3), ("1:2:3:4:5:6:7:1.2.3.4", .tooManyGroups, 14),
            ("::1.2.3", .tooFewOctets, 7), ("::1.2.3.4:5", .unexpectedCharacter(0x3A), 9),
            ("2001:db8::/64", .unexpectedCharacter(0x2F), 10), ("1:2:3:4::5:6:7:8", .uselessCompression, 16),
            ("g::", .unexpectedCharacter(0x67), 0), ("::01.2.3.4", .leadingZero, 2), ("::1:", .danglingColon, 3),
            ("%eth0", .zone, 0), ("1::2:3:4:5:6:7:8", .uselessCompression, 16),
        ] as [(String, AddressParseError.Reason, Int)]
    )
    func refused(text: String, reason: AddressParseError.Reason, position: Int) {
        #expect(throws: AddressParseError(reason, at: position)) { try IPv6Address(parsing: text) }
        #expect(IPv6Address(text) == nil)
    }

    @Test("Each address parses back from its text, whatever its zero groups")
    func roundTrip() throws {
        var generator = SystemRandomNumberGenerator()
        for pattern in 0..<256 {
            var bits: UInt128 = 0
            for group in 0..<8 where pattern >> group & 1 == 1 {
                bits |= UInt128(generator.next(upperBound: UInt16.max) + 1) << UInt128(16 * group)
            }
            let address = IPv6Address(bits: bits)
            #expect(try IPv6Address(parsing: address.description) == address)
            // No run of two or more zero groups is left, and no single one is hidden.
            #expect(!address.description.contains(":0:0:") || address.description.contains("::"))
        }
    }

    @Test("The fast path and the byte-by-byte parser agree on texts near valid ones")
    func fastPathAgrees() {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("0123456789abcdefAF:::....%/g\u{0}é".utf8)
        for _ in 0..<200_000 {
            let bits = UInt128(generator.next() as UInt64) << 64 | UInt128(generator.next() as UInt64)
            let mask = UInt128.max << UInt128.random(in: 0..<128) & UInt128.max >> UInt128.random(in: 0..<128)
            var text = Array(
                Bool.random()
                    ? IPv6Address(bits: bits & mask).description.utf8
                    : IPv4Address(bits: UInt32(truncatingIfNeeded: bits & mask)).description.utf8)
            for _ in 0..<Int.random(in: 0...2) where !text.isEmpty {
                let index = Int.random(in: 0..<text.count)
                switch Int.random(in: 0..<3) {
                case 0: text[index] = alphabet.randomElement()!
                case 1: text.remove(at: index)
                default: text.insert(alphabet.randomElement()!, at: index)
                }
            }
            let six = Result { () throws(AddressParseError) in try IPv6Address(parsing: text.span) }
            let slowSix = Result { () throws(AddressParseError) in try IPv6Address(parsingByteByByte: text.span) }
            #expect(six == slowSix)
            let four = Result { () throws(AddressParseError) in try IPv4Address(parsing: text.span) }
            let slowFour = Result { () throws(AddressParseError) in try IPv4Address(parsingByteByByte: text.span) }
            #expect(four == slowFour)
        }
    }

    @Test("A text that is not stored as contiguous UTF-8 parses too")
    func substring() throws {
        let text = "from 2001:db8::1 to"
        #expect(try IPv6Address(parsing: text.dropFirst(5).dropLast(3)).description == "2001:db8::1")
    }

    @Test(
        "RFC 6052 2.4: 192.0.2.33 behind each prefix length",
        arguments: [
            ("2001:db8::/32", "2001:db8:c000:221::"), ("2001:db8:100::/40", "2001:db8:1c0:2:21::"),
            ("2001:db8:122::/48", "2001:db8:122:c000:2:2100::"), ("2001:db8:122:300::/56", "2001:db8:122:3c0:0:221::"),
            ("2001:db8:122:344::/64", "2001:db8:122:344:c0:2:2100::"),
            ("2001:db8:122:344::/96", "2001:db8:122:344::192.0.2.33"),
            ("64:ff9b::/96", "64:ff9b::192.0.2.33"),
        ]
    )
    func embedding(prefix: String, expected: String) throws {
        let prefix = try IPv6Prefix(parsing: prefix)
        let address = try IPv4Address(parsing: "192.0.2.33")
        let embedded = try #require(prefix.embedding(address))
        #expect(try embedded == IPv6Address(parsing: expected))
        #expect(prefix.extractEmbedded(from: embedded) == address)
        #expect(embedded.bits >> 56 & 0xFF == 0 || prefix.length == 96, "the u octet is zero")
    }

    @Test("RFC 6052 2.2: other lengths have no layout")
    func noEmbedding() throws {
        let prefix = try IPv6Prefix(parsing: "2001:db8::/33")
        #expect(prefix.embedding(.any) == nil)
        #expect(prefix.extractEmbedded(from: prefix.first) == nil)
        #expect(IPv6Prefix.wellKnownNAT64.extractEmbedded(from: .unspecified) == nil)
    }
}
