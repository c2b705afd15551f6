import IPAddresses
import Packets
import Testing

@testable import Translation

@Suite("Errors to senders")
struct RouterTests {
    static let router = Router(ipv4: v4("192.0.2.254"), ipv6: v6("2001:db8::fe"))

    @Test("RFC 792, RFC 1812 4.3.2: time exceeded quotes the packet, of up to 576 bytes in all")
    func timeExceeded() throws {
        let runner = try PacketNATTests.runner()
        for payload in [8, 1000] {
            let packet = TestPacket.udp4("10.0.0.5", 1000, "93.184.216.34", 53, payload, timeToLive: 1)
            let result = runner.send(packet)
            #expect(result.refusal == .timeExceeded)
            let answer = try #require(runner.answer(Self.router, to: packet, result))
            let parsed = try PacketRunner.ipv4(answer)
            #expect(parsed.header.source == v4("192.0.2.254") && parsed.header.destination == v4("10.0.0.5"))
            #expect(parsed.transport?.type == 11 && PacketRunner.isRight(answer) == true)
            #expect(answer.count == min(576, 28 + packet.count) && Array(answer[28...]) == Array(packet.prefix(548)))
        }
    }

    @Test("RFC 4443 3.2, 3.3: packet too big with the MTU, hop limit exceeded, of up to 1280 bytes in all")
    func ipv6() throws {
        let pool = PortPool([IPv6Address(mapping: v4("198.51.100.1"))])
        var options = TranslationOptions()
        options.ipv4MTU = 1400
        let nat = try NAT64(
            NAPT(NAPTConfiguration(pool: pool), capacity: 100), prefix: .wellKnown(policy: .aws), options: options)
        let runner = PacketRunner(nat)
        let big = TestPacket.udp6("2001:db8::5", 1, "64:ff9b::5db8:d822", 2, 1400)
        let result = runner.send(big)
        let answer = try #require(runner.answer(Self.router, to: big, result))
        let parsed = try PacketRunner.ipv6(answer)
        #expect(parsed.transport?.type == 2 && PacketRunner.word(answer, 46) == 1420)
        #expect(answer.count == 1280 && PacketRunner.isRight(answer) == true)
        let last = TestPacket.udp6("2001:db8::5", 1, "64:ff9b::5db8:d822", 2, hopLimit: 1)
        let expired = runner.send(last)
        let error = try #require(runner.answer(Self.router, to: last, expired))
        #expect(Array(error[40..<42]) == [3, 0])
    }

    @Test(
        "RFC 791, RFC 1191: over the next hop's MTU, what may be is fragmented, and what may not is answered with the MTU"
    )
    func mtu() throws {
        var options = ForwardingOptions()
        options.mtu = 576
        let runner = try PacketNATTests.runner(options: options)
        let cut = runner.send(TestPacket.udp4("10.0.0.5", 1000, "93.184.216.34", 53, 1200))
        #expect(cut.packets.map(\.count) == [572, 572, 124])
        for packet in cut.packets { #expect(Array(packet[12..<16]) == [198, 51, 100, 1]) }
        let packet = TestPacket.udp4("10.0.0.5", 1000, "93.184.216.34", 53, 1200, dontFragment: true)
        let result = runner.send(packet)
        let answer = try #require(runner.answer(Self.router, to: packet, result))
        #expect(Array(answer[20..<22]) == [3, 4] && PacketRunner.word(answer, 26) == 576)
    }

    @Test("RFC 1122 3.2.2, RFC 4443 2.4: no error about errors, IPv4's later fragments, or sources that no host has")
    func silence() throws {
        let refusal = PacketRefusal(.timeExceeded, .timeExceeded)
        func answers(_ packet: [UInt8]) -> Bool {
            var output = [UInt8](repeating: 0, count: Router.room)
            var span = output.mutableSpan
            var raw = span.mutableBytes
            return Router(ipv4: v4("192.0.2.254")).answer(
                refusal, to: packet.span.bytes, 0..<packet.count, &raw, at: 0, now: MonotonicTime(nanoseconds: 0),
                random: 1)
                != nil
        }
        let plain = TestPacket.udp4("10.0.0.5", 1, "93.184.216.34", 53, 100)
        #expect(answers(plain))
        #expect(!answers(TestPacket.icmp4(3, 3, from: "10.0.0.5", to: "93.184.216.34", quoting: plain)))
        let parts = try TestPacket.fragments(plain, size: 40)
        #expect(answers(parts[0]) && !answers(parts[1]))
        for source in ["0.0.0.0", "127.0.0.1", "224.0.0.1", "255.255.255.255"] {
            #expect(!answers(TestPacket.udp4(source, 1, "93.184.216.34", 53)))
        }
        #expect(!answers(TestPacket.udp4("10.0.0.5", 1, "224.0.0.1", 53)))
        #expect(!answers(TestPacket.udp6("2001:db8::1", 1, "2001:db8::2", 53)))
    }

    @Test("RFC 4443 2.4: errors are limited, at once and a second, and the rest is counted")
    func limit() throws {
        let router = Router(ipv4: v4("192.0.2.254"), limiter: RateLimiter(perSecond: 10, burst: 3))
        let runner = try PacketNATTests.runner()
        let packet = TestPacket.udp4("10.0.0.5", 1000, "93.184.216.34", 53, timeToLive: 1)
        func sent(_ count: Int) -> Int {
            (0..<count).count { _ in
                let result = runner.send(packet)
                return runner.answer(router, to: packet, result) != nil
            }
        }
        #expect(sent(10) == 3 && router.limitedErrors == 7)
        runner.now = MonotonicTime(nanoseconds: runner.now.nanoseconds + 200_000_000)
        #expect(sent(10) == 2)
        runner.now = runner.now + .seconds(1000)
        #expect(sent(10) == 3)
    }
}
