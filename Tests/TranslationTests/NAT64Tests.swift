import IPAddresses
import Packets
import Testing

@testable import Translation

@Suite("RFC 6146, RFC 6052, RFC 8215: NAT64")
struct NAT64Tests {
    static func runner(
        _ prefix: String = "64:ff9b::/96", policy: AddressPolicy = .rfc6052,
        _ change: (inout NAPTConfiguration<IPv6Address>) -> Void = { _ in }
    ) throws -> PacketRunner {
        var configuration = NAPTConfiguration(pool: PortPool([IPv6Address(mapping: v4("198.51.100.1"))]))
        change(&configuration)
        let prefix = try TranslationPrefix(IPv6Prefix(parsing: prefix), policy: policy)
        return PacketRunner(try NAT64(NAPT(configuration, capacity: 1000), prefix: prefix))
    }

    @Test(
        "RFC 6052 2.2, 2.3: all prefix lengths carry the address there and back",
        arguments: [
            ("2001:db8::/32", "2001:db8:c000:221::"), ("2001:db8:100::/40", "2001:db8:1c0:2:21::"),
            ("2001:db8:122::/48", "2001:db8:122:c000:2:2100::"), ("2001:db8:122:300::/56", "2001:db8:122:3c0:0:221::"),
            ("2001:db8:122:344::/64", "2001:db8:122:344:c0:2:2100::"),
            ("2001:db8:122:344::/96", "2001:db8:122:344::192.0.2.33"),
        ])
    func prefixes(_ prefix: String, _ address: String) throws {
        let runner = try Self.runner(prefix)
        let out = runner.send(TestPacket.udp6("2001:db9::5", 1000, address, 53))
        #expect(try out.ipv4().header.destination == v4("192.0.2.33"))
        #expect(out.isRight == true)
        let port = try #require(try out.ipv4().transport?.sourcePort)
        let back = runner.send(TestPacket.udp4("192.0.2.33", 53, "198.51.100.1", port))
        #expect(try back.ipv6().header.fixed.source == v6(address))
        #expect(try back.ipv6().header.fixed.destination == v6("2001:db9::5"))
        #expect(back.isRight == true)
    }

    @Test(
        "RFC 6052 3.1: no private address behind the well-known prefix, in neither direction; AWS's policy takes them; so do other prefixes"
    )
    func policies() throws {
        let strict = try Self.runner()
        let aws = try Self.runner(policy: .aws)
        let local = try Self.runner("64:ff9b:1::/96")
        for address in ["10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.1.1"] {
            let hexadecimal = try #require(TranslationPrefix.wellKnown(policy: .aws).prefix.embedding(v4(address)))
            let packet = TestPacket.udp6("2001:db8::5", 1, "\(hexadecimal)", 53)
            #expect(strict.send(packet).refusal == .notGlobal)
            #expect(try aws.send(packet).ipv4().header.destination == v4(address))
            let behindLocal = try TranslationPrefix(IPv6Prefix(parsing: "64:ff9b:1::/96")).ipv6(v4(address))
            #expect(
                try local.send(TestPacket.udp6("2001:db8::5", 1, "\(behindLocal)", 53)).ipv4().header.destination
                    == v4(address))
        }
        #expect(throws: TranslationPrefixError.length(80)) {
            try TranslationPrefix(IPv6Prefix(parsing: "64:ff9b::/80"))
        }
        #expect(throws: TranslationPrefixError.reservedOctet) {
            try TranslationPrefix(IPv6Prefix(parsing: "2001:db8:0:0:100::/96"))
        }
    }

    @Test("RFC 6146 3.5: a source behind the prefix has come round in a loop, and is dropped")
    func loop() throws {
        let runner = try Self.runner()
        #expect(
            runner.send(TestPacket.udp6("64:ff9b::101:101", 1, "64:ff9b::5db8:d822", 53)).refusal == .illegalAddress)
    }

    @Test("RFC 6146 3.5.2.2: a TCP connection opens from inside, is answered, and an unsolicited SYN is not at once")
    func tcp() throws {
        let runner = try Self.runner()
        let syn = TestPacket.build(
            IPv6Header(
                payloadLength: 20, hopLimit: 64, nextHeader: 6, from: v6("2001:db8::5"), to: v6("64:ff9b::5db8:d822")),
            [0, 9, 0, 80] + [UInt8](repeating: 0, count: 8) + [0x50, 2] + [UInt8](repeating: 0, count: 6))
        let out = runner.send(syn)
        let port = try #require(try out.ipv4().transport?.sourcePort)
        let answer = runner.send(TestPacket.tcp4("93.184.216.34", 80, "198.51.100.1", port, [.syn, .ack]))
        #expect(try answer.ipv6().transport?.destinationPort == 9)
        let stray = TestPacket.tcp4("93.184.216.35", 80, "198.51.100.1", port, .syn)
        let refused = runner.send(stray)
        #expect(refused.refusal == .filtered && refused.verdict.refusal?.answer == nil)
    }

    @Test("RFC 6146 3.4: fragments in both directions, the first one last")
    func fragments() throws {
        let runner = try Self.runner()
        let out = runner.send(TestPacket.udp6("2001:db8::5", 1000, "64:ff9b::5db8:d822", 53))
        let port = try #require(try out.ipv4().transport?.sourcePort)
        let parts = try TestPacket.fragments(TestPacket.udp4("93.184.216.34", 53, "198.51.100.1", port, 100), size: 64)
        #expect(runner.send(parts[1]).verdict == .held)
        let first = runner.send(parts[0])
        #expect(
            try first.ipv6().header.extensions.fragment == .init(offset: 0, moreFragments: true, identification: 0x77))
        let late = try #require(runner.translator.takeHeldFragment(now: runner.now))
        let last = runner.send(late)
        #expect(
            try last.ipv6().header.extensions.fragment == .init(offset: 64, moreFragments: false, identification: 0x77))
        #expect(try last.ipv6().header.fixed.destination == v6("2001:db8::5"))
    }

    @Test("RFC 6146 3.8: what can't be turned round is as it was")
    func hairpinRefused() throws {
        let runner = try Self.runner()
        let packet = TestPacket.udp6("2001:db8::5", 1000, "64:ff9b::c633:6401", 4000)
        #expect(runner.send(packet).refusal == .noConnection)
    }

    @Test("A NAT gateway's NAT64 counts its connections with all others, and tells the outside nothing")
    func gateway() throws {
        let gateway = try NATGateway(addresses: [IPv6Address(mapping: v4("10.0.0.100"))], capacity: 1000)
        let runner = PacketRunner(try NAT64(gateway: gateway))
        let out = runner.send(TestPacket.udp6("2001:db8::5", 1000, "64:ff9b::a01:1005", 53))
        #expect(try out.ipv4().header.source == v4("10.0.0.100") && out.ipv4().header.destination == v4("10.1.16.5"))
        #expect(
            gateway.translator.count(
                from: IPv6Address(mapping: v4("10.0.0.100")), to: IPv6Address(mapping: v4("10.1.16.5")), port: 53,
                protocol: 17)
                == 1)
        let stray = runner.send(TestPacket.udp4("10.1.16.6", 53, "10.0.0.100", 5000))
        #expect(stray.refusal == .noConnection && stray.verdict.refusal?.answer == nil)
    }
}
