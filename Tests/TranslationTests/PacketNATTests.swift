import IPAddresses
import Packets
import Testing

@testable import Translation

@Suite("Translators on packets")
struct PacketNATTests {
    static func runner(
        options: ForwardingOptions = ForwardingOptions(), inside: [IPv4Prefix] = [],
        _ change: (inout NAPTConfiguration<IPv4Address>) -> Void = { _ in }
    ) throws -> PacketRunner {
        var configuration = NAPTConfiguration(pool: PortPool([v4("198.51.100.1")]))
        change(&configuration)
        let nat = try NAPT(configuration, capacity: 1000)
        return PacketRunner(try IPv4PacketNAT(NAPTFlows(nat, inside: inside), options: options))
    }

    @Test("SNAT: out under the outside address, back to the sender, both with right checksums and one hop less")
    func sourceNAT() throws {
        let runner = try Self.runner()
        let out = runner.send(TestPacket.udp4("10.0.0.5", 1000, "93.184.216.34", 53))
        let packet = try out.ipv4()
        #expect(packet.header.source == v4("198.51.100.1") && packet.header.timeToLive == 63)
        #expect(PacketRunner.isRight(out.packets[0]) == true)
        let port = try #require(packet.transport?.sourcePort)
        let back = runner.send(TestPacket.udp4("93.184.216.34", 53, "198.51.100.1", port))
        #expect(try back.ipv4().header.destination == v4("10.0.0.5"))
        #expect(try back.ipv4().transport?.destinationPort == 1000)
        #expect(back.isRight == true)
        guard case .forwarded(_, .inside, false) = back.verdict else {
            Issue.record("\(back.verdict)")
            return
        }
    }

    @Test("A node's SNAT takes only its host-local range; a hairpin comes from the outside address (RFC 4787 REQ-9)")
    func inside() throws {
        let runner = try Self.runner(inside: [SourceNAT.hostLocal]) { $0.filtering = .endpointIndependent }
        #expect(runner.send(TestPacket.udp4("10.0.0.5", 1000, "93.184.216.34", 53)).refusal == .sourceNotInside)
        let out = runner.send(TestPacket.udp4("169.254.172.2", 1000, "93.184.216.34", 53))
        let port = try #require(try out.ipv4().transport?.sourcePort)
        let round = runner.send(TestPacket.udp4("169.254.172.3", 7, "198.51.100.1", port))
        #expect(try round.ipv4().header.source == v4("198.51.100.1"))
        #expect(try round.ipv4().header.destination == v4("169.254.172.2"))
        #expect(try round.ipv4().transport?.destinationPort == 1000)
    }

    @Test("RFC 5508 REQ-4: an ICMP error gets in with the packet that it quotes as the inside sent it")
    func errors() throws {
        let runner = try Self.runner()
        let out = runner.send(TestPacket.udp4("10.0.0.5", 1000, "93.184.216.34", 53))
        let error = TestPacket.icmp4(3, 3, from: "93.184.216.34", to: "198.51.100.1", quoting: out.packets[0])
        let back = runner.send(error)
        let packet = try back.ipv4()
        #expect(packet.header.destination == v4("10.0.0.5") && packet.header.source == v4("93.184.216.34"))
        #expect(PacketRunner.isRight(back.packets[0]) == true)
        let quoted = Array(back.packets[0][28...])
        // Its own checksum included, except for the hop that it has gone.
        #expect(try PacketRunner.ipv4(quoted).transport?.sourcePort == 1000)
        #expect(PacketRunner.isRight(quoted) == true)
        var wrong = error
        wrong[22] ^= 1
        #expect(runner.send(wrong).refusal == .wrongChecksum)
        let other = TestPacket.udp4("198.51.100.1", 9, "93.184.216.34", 53)
        #expect(
            runner.send(TestPacket.icmp4(3, 3, from: "93.184.216.34", to: "198.51.100.1", quoting: other)).refusal
                == .noConnection)
    }

    @Test("RFC 4787 REQ-14: fragments go where the first one goes, and those that come before it wait")
    func fragments() throws {
        let runner = try Self.runner()
        let parts = try TestPacket.fragments(TestPacket.udp4("10.0.0.5", 1000, "93.184.216.34", 53, 100), size: 40)
        #expect(parts.count == 3)
        #expect(runner.send(parts[2]).verdict == .held)
        #expect(runner.translator.takeHeldFragment(now: runner.now) == nil)
        let first = runner.send(parts[0])
        #expect(try first.ipv4().header.source == v4("198.51.100.1"))
        let late = try #require(runner.translator.takeHeldFragment(now: runner.now))
        #expect(late == parts[2])
        let last = runner.send(late)
        #expect(try last.ipv4().header.source == v4("198.51.100.1") && last.ipv4().header.fragmentOffset == 80)
        let middle = runner.send(parts[1])
        // Put together again they are the whole packet, its checksum right.
        let header = try first.ipv4().header
        var whole = header
        (whole.totalLength, whole.moreFragments) = (128, false)
        let data = [first, middle, last].flatMap { $0.packets[0][20...] }
        var bytes = [UInt8](repeating: 0, count: 20) + data
        var span = bytes.mutableSpan
        var raw = span.mutableBytes
        whole.write(&raw, at: 0)
        #expect(PacketRunner.isRight(bytes) == true)
    }

    @Test("RFC 4787 REQ-14, RFC 6146 4: fragments wait within a bound, and not for ever")
    func boundedFragments() throws {
        let runner = try Self.runner()
        var held = 0
        for number in 0..<200 {
            var part = try TestPacket.fragments(TestPacket.udp4("10.0.0.5", 1000, "93.184.216.34", 53, 100), size: 40)[
                1]
            // Each of a packet of its own.
            part[4] = UInt8(number)
            let header = try IPv4Header(part.span.bytes, 0..<part.count, isQuoted: true)
            var span = part.mutableSpan
            var raw = span.mutableBytes
            header.write(&raw, at: 0)
            let result = runner.send(part)
            if result.verdict == .held { held += 1 } else { #expect(result.refusal == .unknownFragment) }
        }
        #expect(held == 64)
        runner.now = runner.now + .seconds(31)
        #expect(runner.translator.takeHeldFragment(now: runner.now) == nil)
        let part = try TestPacket.fragments(TestPacket.udp4("10.0.0.5", 1000, "93.184.216.34", 53, 100), size: 40)[1]
        #expect(runner.send(part).verdict == .held)
    }

    @Test("NAT gateway: fragments of UDP pass, those of TCP are dropped; a stray segment is answered by a reset")
    func gateway() throws {
        let gateway = try NATGateway(addresses: [v4("198.51.100.1")], capacity: 1000)
        let runner = PacketRunner(try IPv4PacketNAT(NAPTFlows(gateway)))
        let udp = try TestPacket.fragments(TestPacket.udp4("10.0.0.5", 1000, "93.184.216.34", 53, 100), size: 40)
        #expect(udp.map { runner.send($0).packets.count } == [1, 1, 1])
        let tcp = try TestPacket.fragments(
            TestPacket.tcp4("10.0.0.5", 1, "93.184.216.34", 80, .syn) + [0, 0, 0, 0], size: 24)
        var fragment = tcp[0]
        fragment[6] |= 0x20
        let header = try IPv4Header(fragment.span.bytes, 0..<fragment.count, isQuoted: true)
        var span = fragment.mutableSpan
        var raw = span.mutableBytes
        header.write(&raw, at: 0)
        #expect(runner.send(fragment).refusal == .fragmentNotTranslated)
        let stray = TestPacket.tcp4("10.0.0.5", 1, "93.184.216.34", 80, .ack)
        let result = runner.send(stray)
        let reset = try #require(runner.answer(Router(), to: stray, result))
        let packet = try PacketRunner.ipv4(reset)
        #expect(packet.header.source == v4("93.184.216.34") && packet.header.destination == v4("10.0.0.5"))
        #expect(packet.transport?.tcpFlags == TCPFlags.rst.rawValue && PacketRunner.isRight(reset) == true)
        // RFC 9293 3.5.2: the sequence number is the one that was acknowledged.
        #expect(PacketRunner.word(reset, 26) == 9)
    }

    @Test("Egress-only gateway: out, answers back with their addresses, nothing else in, errors about what went out")
    func egressOnly() throws {
        let gateway = try EgressOnlyGateway(capacity: 1000)
        let inside = IPv6Prefix(masking: v6("2001:db8:1::"), length: 48)
        let runner = PacketRunner(
            try PacketTranslator<IPv6HeaderChain, EgressOnlyFlows>(EgressOnlyFlows(gateway, inside: [inside])))
        let out = runner.send(TestPacket.udp6("2001:db8:1::5", 1000, "2001:db8:9::9", 53))
        #expect(try out.ipv6().header.fixed.source == v6("2001:db8:1::5") && out.ipv6().header.fixed.hopLimit == 63)
        #expect(runner.send(TestPacket.udp6("2001:db8:9::9", 53, "2001:db8:1::5", 1000)).packets.count == 1)
        #expect(runner.send(TestPacket.udp6("2001:db8:9::9", 53, "2001:db8:1::5", 1001)).refusal == .noConnection)
    }

    @Test("Services on packets: to an endpoint and back, others pass, none left is rejected")
    func services() throws {
        let services = try ServiceNAT<IPv6Address>(capacity: 100)
        services.set(.init(v6("fd00::1"), 80, protocol: 17), .init([.init(v6("2001:db8::7"), 8080)]))
        services.set(.init(v6("fd00::2"), 80, protocol: 17), .init([]))
        let runner = PacketRunner(
            try PacketTranslator<IPv6HeaderChain, ServiceFlows<IPv6Address>>(ServiceFlows(services)))
        let out = runner.send(TestPacket.udp6("2001:db8::5", 1000, "fd00::1", 80))
        #expect(try out.ipv6().header.fixed.destination == v6("2001:db8::7"))
        #expect(out.isRight == true)
        let back = runner.send(TestPacket.udp6("2001:db8::7", 8080, "2001:db8::5", 1000))
        #expect(try back.ipv6().header.fixed.source == v6("fd00::1") && back.ipv6().transport?.sourcePort == 80)
        #expect(runner.send(TestPacket.udp6("2001:db8::5", 1, "2001:db8::6", 2)).packets.count == 1)
        let rejected = TestPacket.udp6("2001:db8::5", 1, "fd00::2", 80)
        let result = runner.send(rejected)
        let answer = try #require(runner.answer(Router(ipv6: v6("2001:db8::fe")), to: rejected, result))
        #expect(Array(answer[40..<42]) == [1, 4])
    }

    @Test(
        "A batch comes out as the same packets one by one do: new, known, and with any byte changed",
        arguments: [false, true])
    func batch(_ isNAT64: Bool) throws {
        // Two alike: all that they do depends on what they are given.
        let (alone, together) = (try Self.translator(isNAT64), try Self.translator(isNAT64))
        var generator = SplitGenerator()
        var now = MonotonicTime(nanoseconds: 1 << 40)
        var refusals: Set<Refusal> = []
        var written: [[UInt8]] = []
        for round in 0..<60 {
            var packets = (0..<100).map { Self.packet($0, isNAT64) }
            // What went out is answered.
            packets += written.compactMap(Self.answer)
            if round > 1 { for index in packets.indices { Self.mutate(&packets[index], &generator) } }
            var (one, other) = ([UInt8](), [UInt8]())
            var ranges: [Range<Int>] = []
            for packet in packets {
                one += [UInt8](repeating: 0, count: 64)
                ranges.append(one.count..<one.count + packet.count)
                one += packet + [UInt8](repeating: 0, count: 32)
            }
            other = one
            var verdicts = [PacketVerdict](repeating: .held, count: ranges.count)
            let expected = run(alone, &one, ranges, now)
            runBatch(together, &other, ranges, &verdicts, now)
            #expect(verdicts == expected)
            #expect(other == one)
            refusals.formUnion(verdicts.compactMap { $0.refusal?.reason })
            if round == 0 {
                written = verdicts.compactMap { verdict in
                    if case .forwarded(let packet, .outside, _) = verdict { Array(one[packet.range]) } else { nil }
                }
            }
            now = now + .seconds(1)
        }
        #expect(refusals.contains(.timeExceeded) && refusals.contains(.malformed) && refusals.contains(.wrongChecksum))
    }

    static func translator(_ isNAT64: Bool) throws -> any PacketProcessor {
        var generator = SplitGenerator()
        let secret = ConnectionSecret(using: &generator)
        if !isNAT64 {
            let nat = try NAPT(NAPTConfiguration(pool: PortPool([v4("198.51.100.1")])), capacity: 4000, secret: secret)
            return try IPv4PacketNAT(NAPTFlows(nat))
        }
        let pool = PortPool([IPv6Address(mapping: v4("198.51.100.1"))])
        return try NAT64(
            NAPT(NAPTConfiguration(pool: pool), capacity: 4000, secret: secret), prefix: .wellKnown(policy: .aws))
    }

    static func packet(_ number: Int, _ isNAT64: Bool) -> [UInt8] {
        let port = UInt16(1000 + number % 40)
        let hops: UInt8 = number % 17 == 6 ? 1 : 64
        return isNAT64
            ? TestPacket.udp6("2001:db8::5", port, "64:ff9b::5db8:d822", 53, number * 15, hopLimit: hops)
            : number % 2 == 0
                ? TestPacket.udp4("10.0.0.5", port, "93.184.216.34", 53, number, timeToLive: hops)
                : TestPacket.tcp4("10.0.0.5", port, "93.184.216.34", 80, number % 4 == 1 ? .syn : .ack)
    }

    /// The answer to an IPv4 packet that has gone out.
    static func answer(_ packet: [UInt8]) -> [UInt8]? {
        guard let parsed = try? PacketRunner.ipv4(packet), let transport = parsed.transport, transport.kind == .udp
        else {
            return nil
        }
        return TestPacket.udp4(
            "\(parsed.header.destination)", transport.destinationPort, "\(parsed.header.source)", transport.sourcePort,
            packet.count - 28, dontFragment: packet.count % 3 == 0)
    }

    /// Changes a byte of most, most often one of the headers.
    static func mutate(_ packet: inout [UInt8], _ generator: inout SplitGenerator) {
        let random = generator.next() >> 16
        if random % 4 == 0 { return }
        let place = Int(random >> 8) % min(packet.count, random % 8 == 1 ? packet.count : 52)
        packet[place] = UInt8(truncatingIfNeeded: random >> 32)
    }

    private func run(
        _ translator: any PacketProcessor, _ bytes: inout [UInt8], _ ranges: [Range<Int>], _ now: MonotonicTime
    )
        -> [PacketVerdict]
    {
        var span = bytes.mutableSpan
        var raw = span.mutableBytes
        var verdicts: [PacketVerdict] = []
        for (index, range) in ranges.enumerated() {
            verdicts.append(
                translator.process(&raw, range, now: now, random: PacketBatch.random(3, index)))
        }
        return verdicts
    }

    private func runBatch(
        _ translator: any PacketProcessor, _ bytes: inout [UInt8], _ ranges: [Range<Int>],
        _ verdicts: inout [PacketVerdict], _ now: MonotonicTime
    ) {
        var span = bytes.mutableSpan
        var raw = span.mutableBytes
        var results = verdicts.mutableSpan
        if let nat = translator as? IPv4PacketNAT {
            nat.translate(&raw, ranges.span, into: &results, now: now, random: 3)
        } else if let nat = translator as? NAT64 {
            nat.translate(&raw, ranges.span, into: &results, now: now, random: 3)
        }
    }

    struct SplitGenerator: RandomNumberGenerator {
        var state: UInt64 = 9

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state
        }
    }
}
