import IPAddresses
import Testing

@testable import DNS64

@Suite("RFC 1035: DNS messages")
struct DNSMessageTests {
    @Test("RFC 1035 4.1.4: names are compressed, also by their ends, and read back")
    func compression() throws {
        var message = DNS64Tests.query(DNS64Tests.name("a.b.example"), .aaaa)
        for name in ["a.b.example", "c.b.example", "d.example"] {
            message.answers.append(DNSRecord(DNS64Tests.name(name), IPv4Address(bits: 7), timeToLive: 1))
        }
        let bytes = try message.encoded()
        #expect(try DNSMessage(bytes) == message)
        // Header, question, and three records with names of 2, 4 and 4 bytes.
        #expect(bytes.count == 12 + 13 + 4 + (2 + 14) + (4 + 14) + (4 + 14))
    }

    @Test("RFC 1035 4.1.4: pointers to themselves, to later places, or in a circle are refused")
    func pointers() {
        let header: [UInt8] = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]
        for name: [UInt8] in [[0xC0, 12], [0xC0, 14], [0xC0, 0xFF], [1, 97, 0xC0, 12], [0x80, 1], [63], [0xC0]] {
            #expect(throws: DNSError.self) { try DNSMessage(header + name + [0, 1, 0, 1]) }
        }
    }

    @Test("RFC 1035 2.3.4: names are at most 255 bytes, labels 63")
    func lengths() {
        #expect(DNSName(String(repeating: "a", count: 64)) == nil)
        #expect(DNSName(String(repeating: "a", count: 63)) != nil)
        let long = Array(repeating: String(repeating: "a", count: 63), count: 4).joined(separator: ".")
        #expect(DNSName(long) == nil)
        #expect(DNSName(String(long.dropLast(2))) != nil)
        #expect(DNSName("a..b") == nil)
    }

    @Test("RFC 4343: names are alike whatever their case; RFC 1035 5.1: odd bytes are escaped")
    func names() {
        #expect(DNS64Tests.name("WWW.Example") == DNS64Tests.name("www.eXAMPLE."))
        #expect(Set([DNS64Tests.name("A.b"), DNS64Tests.name("a.B")]).count == 1)
        #expect(DNSName(unchecked: [[46, 0, 92, 97]]).description == "\\.\\000\\\\a.")
        #expect(DNSName(unchecked: []).description == ".")
    }

    @Test("RFC 3597 4: compressed names in the data of known types are written out; unknown types stay as they are")
    func data() throws {
        // A query for a.example, an MX record whose exchange is a pointer to the question's name, and one of type 999.
        let head: [UInt8] = [0, 1, 0x81, 0x80, 0, 1, 0, 2, 0, 0, 0, 0, 1, 97, 1, 98, 0, 0, 15, 0, 1]
        let exchange: [UInt8] = [0xC0, 12, 0, 15, 0, 1, 0, 0, 0, 9, 0, 4, 0, 10, 0xC0, 14]
        let unknown: [UInt8] = [0xC0, 12, 3, 231, 0, 1, 0, 0, 0, 9, 0, 2, 0xC0, 12]
        let message = try DNSMessage(head + exchange + unknown)
        #expect(message.answers[0].data == [0, 10, 1, 98, 0])
        #expect(message.answers[1].data == [0xC0, 12])
        #expect(throws: DNSError.self) {
            try DNSMessage(head + exchange.dropLast(2) + [0xC0, 12] + unknown.dropLast())
        }
    }

    @Test("RFC 2181 9: an answer that is too long says that it is truncated, and keeps its question and EDNS")
    func truncation() throws {
        var message = DNS64Tests.query(DNS64Tests.host, .a, dnssec: true)
        message.answers = (0..<100).map { DNSRecord(DNS64Tests.host, IPv4Address(bits: $0), timeToLive: 1) }
        let bytes = try message.encoded(limit: 512)
        let short = try DNSMessage(bytes)
        #expect(
            bytes.count <= 512 && short.flags.contains(.truncated) && short.edns != nil && short.questions.count == 1)
        #expect(try DNSMessage(message.encoded(limit: 65_535)).answers.count == 100)
    }

    @Test(
        "Bytes that are not a query are answered by a format error, if there is an identifier; answers are not answered"
    )
    func formatErrors() async throws {
        let (resolver, _) = DNS64Tests.resolver(aaaa: nil, a: nil)
        let broken: [UInt8] = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xC0]
        let answer = try #require(await resolver.answer(broken))
        #expect(try DNSMessage(answer).responseCode == .formatError && answer[..<2] == [0x12, 0x34])
        #expect(await resolver.answer([1, 2, 3]) == nil)
        var response = try DNS64Tests.query(DNS64Tests.host, .a).encoded()
        response[2] |= 0x80
        #expect(await resolver.answer(response) == nil)
    }
}
