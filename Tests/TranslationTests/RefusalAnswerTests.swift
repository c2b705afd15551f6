import IPAddresses
import Packets
import Testing

@testable import Translation

@Suite("What a public packet suite found: identifiers, answers, errors' sources")
struct RefusalAnswerTests {
    static let router = Router(ipv4: v4("192.0.2.254"), ipv6: v6("2001:db8::fe"))

    static func echo4(_ type: UInt8, _ id: UInt16, from source: String, to destination: String) -> [UInt8] {
        let message = [type, 0, 0, 0] + TestPacket.bytes(id) + [0, 1, 9, 9]
        return TestPacket.build(
            IPv4Header(
                totalLength: 20 + message.count, timeToLive: 64, protocol: 1, from: v4(source), to: v4(destination)),
            message)
    }

    static func echo6(_ type: UInt8, _ id: UInt16, from source: String, to destination: String) -> [UInt8] {
        let message = [type, 0, 0, 0] + TestPacket.bytes(id) + [0, 1, 9, 9]
        return TestPacket.build(
            IPv6Header(
                payloadLength: message.count, hopLimit: 64, nextHeader: 58, from: v6(source), to: v6(destination)),
            message)
    }

    // MARK: ICMP through static mappings

    @Test("RFC 6146 3.5.3: a NAT64's static mapping of an identifier takes requests and replies, in both directions")
    func staticIdentifierNAT64() throws {
        let nat = try NAT64(
            NAPT(NAPTConfiguration(pool: PortPool([IPv6Address(mapping: v4("198.51.100.1"))])), capacity: 100),
            prefix: .wellKnown(policy: .aws))
        let runner = PacketRunner(nat)
        try nat.translator.addStaticMapping(
            inside: v6("2001:db8::5"), port: 7, outside: IPv6Address(mapping: v4("198.51.100.1")), outsidePort: 70,
            protocol: 1, now: runner.now)
        for type in [UInt8(8), 0] {
            let packet = runner.send(Self.echo4(type, 70, from: "93.184.216.34", to: "198.51.100.1"))
            let parsed = try packet.ipv6()
            #expect(parsed.header.fixed.destination == v6("2001:db8::5") && packet.isRight == true)
            #expect(parsed.transport?.type == (type == 8 ? 128 : 129))
            #expect(PacketRunner.word(packet.packets[0], 44) == 7)
        }
        for type in [UInt8(128), 129] {
            let packet = runner.send(Self.echo6(type, 7, from: "2001:db8::5", to: "64:ff9b::5db8:d822"))
            #expect(try packet.ipv4().header.source == v4("198.51.100.1") && packet.isRight == true)
            #expect(PacketRunner.word(packet.packets[0], 24) == 70)
        }
        // Another identifier is nobody's.
        #expect(runner.send(Self.echo4(8, 71, from: "93.184.216.34", to: "198.51.100.1")).refusal != nil)
        // An error about the reply that went out finds its way in.
        let reply = runner.send(Self.echo6(129, 7, from: "2001:db8::5", to: "64:ff9b::5db8:d822")).packets[0]
        let error = runner.send(
            TestPacket.icmp4(3, 1, from: "203.0.113.9", to: "198.51.100.1", quoting: reply))
        #expect(try error.ipv6().header.fixed.destination == v6("2001:db8::5") && error.isRight == true)
        #expect(PacketRunner.word(error.packets[0], 40 + 8 + 44) == 7)
    }

    @Test(
        "RFC 6146 3.5.3 for source NAT: a static mapping of an identifier takes requests and replies, in both directions"
    )
    func staticIdentifierSourceNAT() throws {
        let napt = try NAPT(NAPTConfiguration(pool: PortPool([v4("198.51.100.1")])), capacity: 100)
        let runner = PacketRunner(
            try PacketTranslator<IPv4Header, NAPTFlows<IPv4Address>>(
                NAPTFlows(napt, inside: [Prefix(masking: v4("10.0.0.0"), length: 8)])))
        try napt.addStaticMapping(
            inside: v4("10.0.0.5"), port: 7, outside: v4("198.51.100.1"), outsidePort: 70, protocol: 1,
            now: runner.now)
        for type in [UInt8(8), 0] {
            let incoming = runner.send(Self.echo4(type, 70, from: "93.184.216.34", to: "198.51.100.1"))
            #expect(try incoming.ipv4().header.destination == v4("10.0.0.5") && incoming.isRight == true)
            #expect(PacketRunner.word(incoming.packets[0], 24) == 7)
            let outgoing = runner.send(Self.echo4(type, 7, from: "10.0.0.5", to: "93.184.216.34"))
            #expect(try outgoing.ipv4().header.source == v4("198.51.100.1") && outgoing.isRight == true)
            #expect(PacketRunner.word(outgoing.packets[0], 24) == 70)
        }
        let reply = runner.send(Self.echo4(0, 7, from: "10.0.0.5", to: "93.184.216.34")).packets[0]
        let error = runner.send(TestPacket.icmp4(3, 1, from: "203.0.113.9", to: "198.51.100.1", quoting: reply))
        #expect(try error.ipv4().header.destination == v4("10.0.0.5"))
        #expect(PacketRunner.word(error.packets[0], 28 + 24) == 7)
    }

    // MARK: Hairpinned packets

    static func hairpin(mtu: Int = 1500) throws -> (PacketRunner, [PacketRunner]) {
        var options = TranslationOptions()
        options.ipv6MTU = mtu
        let nat = try NAT64(
            NAPT(NAPTConfiguration(pool: PortPool([IPv6Address(mapping: v4("198.51.100.1"))])), capacity: 100),
            prefix: .wellKnown(policy: .aws), options: options)
        let nat64 = PacketRunner(nat)
        try nat.translator.addStaticMapping(
            inside: v6("2001:db8::9"), port: 53, outside: IPv6Address(mapping: v4("198.51.100.1")), outsidePort: 53,
            protocol: 17, now: nat64.now)
        var addresses = StatelessAddresses(prefix: .wellKnown(policy: .aws))
        try addresses.explicit.add(Prefix(host: v4("198.51.100.1")), Prefix(host: v6("2001:db8::9")))
        try addresses.explicit.add(Prefix(host: v4("198.51.100.2")), Prefix(host: v6("2001:db8::5")))
        return (nat64, [nat64, PacketRunner(StatelessTranslator(addresses, options: options))])
    }

    @Test(
        "RFC 4443 3.3: the hop limit of a packet that is turned round ends, and its sender is told; RFC 7757 4.2.2: a stateless translator takes one hop, RFC 6146 3.8: NAT64 one each way"
    )
    func hairpinnedHops() throws {
        for (runner, hops) in zip(try Self.hairpin().1, [2, 1] as [UInt8]) {
            let ends = TestPacket.udp6("2001:db8::5", 1000, "64:ff9b::c633:6401", 53, hopLimit: hops)
            let result = runner.send(ends)
            #expect(result.refusal == .timeExceeded)
            let answer = try #require(runner.answer(Self.router, to: ends, result))
            #expect(Array(answer[40..<42]) == [3, 0] && PacketRunner.isRight(answer) == true)
            #expect(Array(answer[48...]) == ends, "the packet is quoted as its sender sent it")
            let passes = runner.send(TestPacket.udp6("2001:db8::5", 1000, "64:ff9b::c633:6401", 53, hopLimit: hops + 1))
            #expect(try passes.ipv6().header.fixed.hopLimit == 1 && passes.isRight == true)
        }
    }

    @Test("RFC 7757 4.2.1: an error that is turned round keeps the source that its receiver sent to")
    func hairpinnedError() throws {
        let runner = try Self.hairpin().1[1]
        // 2001:db8::5 sent to 64:ff9b::198.51.100.1, and 2001:db8::9 answers by an error.
        let arrived = runner.send(TestPacket.udp6("2001:db8::5", 1000, "64:ff9b::c633:6401", 53)).packets[0]
        let message = [1, 4, 0, 0, 0, 0, 0, 0] + arrived
        let error = TestPacket.build(
            IPv6Header(
                payloadLength: message.count, hopLimit: 64, nextHeader: 58, from: v6("2001:db8::9"),
                to: v6("64:ff9b::c633:6402")),
            message)
        let result = runner.send(error)
        #expect(try result.ipv6().header.fixed.source == v6("64:ff9b::c633:6401") && result.isRight == true)
        #expect(try result.ipv6().header.fixed.destination == v6("2001:db8::5"))
        let quoted = Array(result.packets[0][48...])
        #expect(try PacketRunner.ipv6(quoted).header.fixed.source == v6("2001:db8::5"))
        #expect(try PacketRunner.ipv6(quoted).header.fixed.destination == v6("64:ff9b::c633:6401"))
    }

    @Test("RFC 4443 3.2: a packet that is too big for the way back, and its sender is told the inside's MTU")
    func hairpinnedMTU() throws {
        for runner in try Self.hairpin(mtu: 1400).1 {
            let big = TestPacket.udp6("2001:db8::5", 1000, "64:ff9b::c633:6401", 53, 1400)
            let result = runner.send(big)
            #expect(result.refusal == .packetTooBig)
            let answer = try #require(runner.answer(Self.router, to: big, result))
            #expect(Array(answer[40..<42]) == [2, 0] && PacketRunner.word(answer, 46) == 1400)
        }
    }

    // MARK: Errors of RFC 7915 5.4

    /// Extension headers in front of UDP: numbers and bodies.
    static func chain(_ headers: [(number: UInt8, body: [UInt8])], hopLimit: UInt8 = 64) -> [UInt8] {
        let udp = TestPacket.bytes(1000) + TestPacket.bytes(53) + [0, 16, 0, 0] + [UInt8](repeating: 1, count: 8)
        var upper: [UInt8] = []
        for (index, header) in headers.enumerated() {
            upper += [index + 1 < headers.count ? headers[index + 1].number : 17] + header.body
        }
        upper += udp
        let header = IPv6Header(
            payloadLength: upper.count, hopLimit: hopLimit, nextHeader: headers[0].number, from: v6("2001:db8::5"),
            to: v6("64:ff9b::5db8:d822"))
        var bytes = [UInt8](repeating: 0, count: 40)
        var span = bytes.mutableSpan
        var raw = span.mutableBytes
        header.write(&raw, at: 0)
        return bytes + upper
    }

    @Test(
        "RFC 7915 5.1.1, 5.4: an extension header after the fragment header, AH too: dropped, and prohibited is the answer",
        arguments: [60, 51, 135] as [UInt8])
    func extensionBehindFragment(number: UInt8) throws {
        let runner = try NAT64Tests.runner(policy: .aws)
        let fragment: [UInt8] = [0, 0, 1, 0, 0, 0, 7]
        let options: [UInt8] = [0, 1, 4, 0, 0, 0, 0]
        let packet = Self.chain([(44, fragment), (number, options)])
        let result = runner.send(packet)
        #expect(result.refusal == .fragmentNotTranslated)
        let answer = try #require(runner.answer(Self.router, to: packet, result))
        #expect(Array(answer[40..<42]) == [1, 1] && PacketRunner.isRight(answer) == true)
    }

    @Test("RFC 7915 5.1: segments left, before and after a fragment header: parameter problem, and where they are")
    func segmentsLeft() throws {
        let runner = try NAT64Tests.runner(policy: .aws)
        let routing: [UInt8] = [0, 0, 2, 0, 0, 0, 0]
        let fragment: [UInt8] = [0, 0, 1, 0, 0, 0, 7]
        typealias Headers = [(number: UInt8, body: [UInt8])]
        let cases: [(headers: Headers, place: UInt16)] = [
            ([(43, routing)], 43), ([(43, routing), (44, fragment)], 43), ([(44, fragment), (43, routing)], 51),
        ]
        for (headers, place) in cases {
            let packet = Self.chain(headers)
            let result = runner.send(packet)
            #expect(result.refusal == .routingHeader)
            let answer = try #require(runner.answer(Self.router, to: packet, result))
            #expect(Array(answer[40..<42]) == [4, 0] && PacketRunner.word(answer, 46) == place)
        }
    }

    @Test("RFC 4443 2.4 (e): later IPv6 fragments are answered, but those of ICMPv6, which may be an error's")
    func laterFragments() throws {
        let runner = try NAT64Tests.runner(policy: .aws)
        let later: [UInt8] = [0, 0, 64, 0, 0, 0, 7]
        let packet = Self.chain([(44, later)], hopLimit: 1)
        let result = runner.send(packet)
        #expect(result.refusal == .timeExceeded && runner.answer(Self.router, to: packet, result) != nil)
        var ofICMP = packet
        ofICMP[40] = 58
        #expect(runner.answer(Self.router, to: ofICMP, runner.send(ofICMP)) == nil)
    }

    // MARK: UDP without checksum

    @Test(
        "RFC 7915 4.4, 4.5: UDP without checksum that is dropped, whole or a first fragment: prohibited is the answer")
    func zeroChecksum() throws {
        var drops = TranslationOptions()
        drops.zeroUDPChecksum = .drop
        let addresses = StatelessAddresses(prefix: .wellKnown(policy: .aws))
        var whole = TestPacket.udp4("192.0.2.5", 1000, "93.184.216.34", 53, 100)
        (whole[26], whole[27]) = (0, 0)
        let first = try TestPacket.fragments(whole, size: 64)[0]
        for (runner, packet) in [
            (PacketRunner(StatelessTranslator(addresses, options: drops)), whole),
            (PacketRunner(StatelessTranslator(addresses)), first),
        ] {
            let result = runner.send(packet)
            #expect(result.refusal == .zeroChecksum)
            let answer = try #require(runner.answer(Self.router, to: packet, result))
            #expect(Array(answer[20..<22]) == [3, 13] && PacketRunner.isRight(answer) == true)
        }
        #expect(PacketRunner(StatelessTranslator(addresses)).send(whole).refusal == nil)
        // NAT64, as its answers to the outside are configured.
        for answers in [true, false] {
            let pool = PortPool([IPv6Address(mapping: v4("198.51.100.1"))])
            let nat = try NAT64(
                NAPT(NAPTConfiguration(pool: pool), capacity: 10), prefix: .wellKnown(policy: .aws), options: drops,
                answersOutside: answers)
            let runner = PacketRunner(nat)
            try nat.translator.addStaticMapping(
                inside: v6("2001:db8::9"), port: 53, outside: IPv6Address(mapping: v4("198.51.100.1")),
                outsidePort: 53, protocol: 17, now: runner.now)
            var packet = TestPacket.udp4("192.0.2.5", 1000, "198.51.100.1", 53, 100)
            (packet[26], packet[27]) = (0, 0)
            let result = runner.send(packet)
            #expect(result.refusal == .zeroChecksum)
            #expect((runner.answer(Self.router, to: packet, result) != nil) == answers)
            // RFC 6146 3.4: of fragments silently.
            let first = try TestPacket.fragments(packet, size: 64)[0]
            let part = runner.send(first)
            #expect(part.refusal == .zeroChecksum && runner.answer(Self.router, to: first, part) == nil)
        }
    }

    // MARK: Errors from routers without a mapping

    @Test(
        "ICMPv4 errors from routers without a mapping come from the translator's own IPv6 address, as RFC 6791 3.2 has it the other way"
    )
    func errorSources() throws {
        var addresses = StatelessAddresses(prefix: nil)
        try addresses.explicit.add(Prefix(host: v4("198.51.100.1")), Prefix(host: v6("2001:db8::9")))
        try addresses.explicit.add(Prefix(host: v4("192.0.2.5")), Prefix(host: v6("2001:db8:f::5")))
        let sent = TestPacket.udp4("198.51.100.1", 53, "192.0.2.5", 1000, 100)
        let error = TestPacket.icmp4(3, 4, from: "203.0.113.77", to: "198.51.100.1", quoting: sent)
        #expect(PacketRunner(StatelessTranslator(addresses)).send(error).refusal == .addressNotTranslated)
        addresses.ipv6ErrorSources = [v6("2001:db8::fe")]
        let result = PacketRunner(StatelessTranslator(addresses)).send(error)
        #expect(try result.ipv6().header.fixed.source == v6("2001:db8::fe") && result.isRight == true)
        #expect(try result.ipv6().transport?.type == 2)
        // Packets that are not errors are not helped.
        let packet = TestPacket.udp4("203.0.113.77", 1, "198.51.100.1", 53)
        #expect(PacketRunner(StatelessTranslator(addresses)).send(packet).refusal == .addressNotTranslated)
    }
}
