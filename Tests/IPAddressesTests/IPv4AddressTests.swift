import IPAddresses
import Testing

@Suite("IPv4Address")
struct IPv4AddressTests {
    @Test(
        "Dotted decimal in and out", arguments: ["0.0.0.0", "255.255.255.255", "10.1.2.3", "192.0.2.33", "100.64.7.9"])
    func roundTrip(text: String) throws {
        #expect(try IPv4Address(parsing: text).description == text)
    }

    @Test(
        "Refuses what is not an address, and says where",
        arguments: [
            ("", .empty, 0), ("+1.2.3.4", .unexpectedCharacter(0x2B), 0), ("01.2.3.4", .leadingZero, 0),
            ("1.2.3", .tooFewOctets, 5), ("1.2.3.4.", .tooManyOctets, 7), ("10.0.0.256", .octetOutOfRange, 7),
            ("1.2.3.4.5", .tooManyOctets, 7), ("1..2.3", .unexpectedCharacter(0x2E), 2), ("1.2.3.", .tooFewOctets, 6),
            ("1.2.3.4 ", .unexpectedCharacter(0x20), 7), ("1.2.3.00", .leadingZero, 6),
            ("1.2.3.4\u{0}", .unexpectedCharacter(0), 7), ("99999999999.1.1.1", .octetOutOfRange, 0),
        ] as [(String, AddressParseError.Reason, Int)]
    )
    func refused(text: String, reason: AddressParseError.Reason, position: Int) {
        #expect(throws: AddressParseError(reason, at: position)) { try IPv4Address(parsing: text) }
        #expect(IPv4Address(text) == nil)
    }

    @Test("Ranges of special purpose")
    func special() throws {
        for text in [
            "10.0.0.1", "172.31.255.255", "192.168.0.1", "100.127.0.1", "169.254.1.1", "224.0.0.1", "255.1.1.1",
            "0.1.1.1",
        ] {
            #expect(try !IPv4Address(parsing: text).isRoutedOnInternet)
        }
        for text in ["172.32.0.0", "8.8.8.8", "198.51.100.11", "100.128.0.1", "169.253.1.1", "198.18.0.1"] {
            #expect(try IPv4Address(parsing: text).isRoutedOnInternet)
        }
        #expect(try !IPv6Address(parsing: "fd30::1").isRoutedOnInternet)
        #expect(try IPv6Address(parsing: "fd30::1").isUniqueLocal)
        #expect(try IPv6Address(parsing: "fe80::1").isLinkLocal)
        #expect(try IPv6Address(parsing: "ff02::1").isMulticast)
    }
}
