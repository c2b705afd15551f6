import IPAddresses
import TestSupport
import Testing

@testable import Translation

@Suite("Translators")
struct TranslatorTests {
    let now = MonotonicTime(nanoseconds: 1 << 40)

    @Test(
        "VPC CNI: 169.254.172.0/22 becomes the node's address, and nothing else does",
        arguments: EndpointDependence.allCases)
    func sourceNAT(mapping: EndpointDependence) throws {
        let nat = try SourceNAT(to: v4("10.0.16.10"), mapping: mapping, capacity: 100)
        let out = FiveTuple(from: v4("169.254.172.2"), 40000, to: v4("93.184.216.34"), 443, protocol: tcp)
        let sent = try #require(nat.outbound(FlowPacket(out, .syn), now: now, random: 99).tuple)
        #expect(sent.source == v4("10.0.16.10") && sent.sourcePort >= 1024 && sent.destination == out.destination)
        #expect(nat.inbound(FlowPacket(sent.reversed, [.syn, .ack]), now: now).tuple == out.reversed)
        var other = out
        other.source = v4("169.254.176.1")
        #expect(nat.outbound(FlowPacket(other, .syn), now: now, random: 99) == .refused(.sourceNotInside))
        #expect(nat.inbound(FlowPacket(out.reversed, .syn), now: now) == .refused(.noConnection))
    }

    @Test("VPC CNI: --random-fully keeps ports below 512 and below 1024 among themselves, as Linux does")
    func portClasses() throws {
        var generator = SeededGenerator(seed: 4)
        let random = try SourceNAT(to: v4("10.0.16.10"), capacity: 1000)
        let preserving = try SourceNAT(to: v4("10.0.16.10"), ports: .preserving, capacity: 1000)
        for (port, range): (UInt16, ClosedRange<UInt16>) in [(53, 1...511), (700, 600...1023), (40000, 1024...65535)] {
            for host in 1...20 {
                let packet = FlowPacket(
                    FiveTuple(from: v4("169.254.172.\(host)"), port, to: v4("192.0.2.1"), 53, protocol: udp))
                let sent = try #require(random.outbound(packet, now: now, random: generator.next()).tuple)
                #expect(range.contains(sent.sourcePort))
                let kept = try #require(preserving.outbound(packet, now: now, random: generator.next()).tuple)
                #expect((kept.sourcePort == port) == (host == 1) && range.contains(kept.sourcePort))
            }
        }
    }

    @Test(
        "S22, NAT gateway: 55,000 connections to a destination, the next is refused and counted, other destinations go on"
    )
    func natGateway() throws {
        let gateway = try NATGateway(addresses: [v4("10.0.0.99")], capacity: 60_000)
        var generator = SeededGenerator(seed: 2)
        func open(_ number: Int, _ remote: String, _ port: UInt16, _ ipProtocol: UInt8 = tcp) -> Verdict<IPv4Address> {
            let tuple = FiveTuple(
                from: IPv4Address(bits: 0x0A00_1000 + UInt32(number / 1000)), UInt16(1024 + number % 1000),
                to: v4(remote), port,
                protocol: ipProtocol)
            return gateway.outbound(FlowPacket(tuple, .syn), now: now, random: generator.next())
        }
        var ports: Set<UInt16> = []
        for number in 0..<55_000 {
            guard case .forwarded(let tuple, isNew: true) = open(number, "93.184.216.34", 443) else {
                Issue.record("connection \(number) was refused")
                return
            }
            ports.insert(tuple.sourcePort)
        }
        #expect(ports.count == 55_000)
        #expect(open(55_000, "93.184.216.34", 443) == .refused(.destinationLimit))
        #expect(gateway.translator.refusals[.destinationLimit] == 1)
        #expect(
            gateway.translator.count(from: v4("10.0.0.99"), to: v4("93.184.216.34"), port: 443, protocol: tcp) == 55_000
        )
        // Another address, another port, another protocol: a destination of its own.
        #expect(open(55_000, "93.184.216.35", 443).tuple != nil)
        #expect(open(55_000, "93.184.216.34", 444).tuple != nil)
        #expect(open(55_000, "93.184.216.34", 443, udp).tuple != nil)
        // None of the 55,000 is disturbed.
        for number in 0..<55_000 {
            guard case .forwarded(_, isNew: false) = open(number, "93.184.216.34", 443) else {
                Issue.record("connection \(number) was disturbed")
                return
            }
        }
    }

    @Test("NAT gateway: each secondary address serves as many again")
    func secondaryAddresses() throws {
        var configuration = try NATGateway(addresses: [v4("10.0.0.99")], capacity: 1).translator.configuration
        configuration.destinationLimit = 100
        configuration.pool = PortPool([v4("10.0.0.99"), v4("10.0.0.98")])
        configuration.pool.pooling = .arbitrary
        let nat = try NAPT(configuration, capacity: 1000)
        let passed = (0..<300).filter { number in
            let tuple = FiveTuple(from: v4("10.0.16.1"), UInt16(1024 + number), to: v4("192.0.2.1"), 443, protocol: tcp)
            return nat.outbound(FlowPacket(tuple, .syn), now: now, random: UInt64(number) &* 0x9E37_79B9_7F4A_7C15)
                .tuple != nil
        }
        #expect(passed.count == 200 && nat.refusals[.destinationLimit] == 100)
    }

    @Test("NAT gateway: idle for 350 s a connection is dropped, and a later packet of it gets a reset")
    func idle() throws {
        let gateway = try NATGateway(addresses: [v4("10.0.0.99")], capacity: 100)
        let out = FiveTuple(from: v4("10.0.16.1"), 40000, to: v4("192.0.2.1"), 443, protocol: tcp)
        let sent = try #require(gateway.outbound(FlowPacket(out, .syn), now: now, random: 5).tuple)
        #expect(gateway.inbound(FlowPacket(sent.reversed, [.syn, .ack]), now: now).tuple == out.reversed)
        #expect(gateway.outbound(FlowPacket(out, .ack), now: now + .seconds(349), random: 5).tuple == sent)
        #expect(gateway.inbound(FlowPacket(sent.reversed, .ack), now: now + .seconds(698)).tuple == out.reversed)
        #expect(gateway.outbound(FlowPacket(out, .ack), now: now + .seconds(1049), random: 5) == .reset(.noConnection))
        #expect(gateway.inbound(FlowPacket(sent.reversed, .ack), now: now + .seconds(1049)) == .refused(.noConnection))
    }

    @Test("NAT gateway: TCP, UDP and ICMP only; fragments of UDP only")
    func protocols() throws {
        let gateway = try NATGateway(addresses: [v4("10.0.0.99")], capacity: 100)
        for (ipProtocol, passes): (UInt8, Bool) in [
            (1, true), (6, true), (17, true), (47, false), (50, false), (132, false),
        ] {
            let tuple = FiveTuple(from: v4("10.0.16.1"), 1, to: v4("192.0.2.1"), 0, protocol: ipProtocol)
            let verdict = gateway.outbound(FlowPacket(tuple, ipProtocol == 6 ? .syn : []), now: now, random: 5)
            #expect((verdict.tuple != nil) == passes)
            if !passes { #expect(verdict == .refused(.protocolNotTranslated)) }
            #expect(NATGateway<IPv4Address>.forwardsFragments(of: ipProtocol) == (ipProtocol == 17))
        }
    }

    @Test("Egress-only gateway: out and the answers back, untranslated, nothing else in")
    func egressOnly() throws {
        let gateway = try EgressOnlyGateway(capacity: 100)
        let out = FiveTuple(from: v6("2001:db8::1"), 40000, to: v6("2606:2800::1"), 443, protocol: tcp)
        #expect(gateway.inbound(FlowPacket(out.reversed, .syn), now: now) == .refused(.noConnection))
        #expect(gateway.outbound(FlowPacket(out, .syn), now: now) == .forwarded(out, isNew: true))
        #expect(gateway.outbound(FlowPacket(out, .syn), now: now) == .forwarded(out, isNew: false))
        #expect(
            gateway.inbound(FlowPacket(out.reversed, [.syn, .ack]), now: now) == .forwarded(out.reversed, isNew: false))
        var other = out.reversed
        other.sourcePort = 444
        #expect(gateway.inbound(FlowPacket(other, .syn), now: now) == .refused(.noConnection))
        #expect(gateway.tracker.refusals[.noConnection] == 2)
        #expect(gateway.admitsError(quoting: out, now: now) && !gateway.admitsError(quoting: other, now: now))
        let ping = FiveTuple(from: v6("2001:db8::1"), 9, to: v6("2606:2800::1"), 0, protocol: 58)
        #expect(gateway.outbound(FlowPacket(ping), now: now).tuple == ping)
        #expect(gateway.inbound(FlowPacket(ping.reversed), now: now + .seconds(59)).tuple == ping.reversed)
        #expect(gateway.inbound(FlowPacket(ping.reversed), now: now + .seconds(200)).tuple == nil)
    }

    @Test("Load balancer: a client of the other family is not kept; one of the target's family is, where asked for")
    func loadBalancer() throws {
        let balancer = try LoadBalancerNAT(capacity: 100)
        let front = LoadBalancerNAT.Listener(.v4(v4("198.51.100.9")), 443, protocol: tcp)
        let target = LoadBalancerNAT.Target(.v6(v6("2001:db8::80")), 8080)
        let own: [IPAddress] = [.v4(v4("10.0.0.9")), .v6(v6("2001:db8::9"))]
        balancer.set(front, .init([target], preservesClients: true, sources: own))
        let client = FiveTuple(
            from: IPv6Address(mapping: v4("203.0.113.5")), 5555, to: IPv6Address(mapping: v4("198.51.100.9")), 443,
            protocol: tcp)
        let sent = try #require(balancer.translate(FlowPacket(client, .syn), now: now, random: 77).tuple)
        #expect(
            sent.source == v6("2001:db8::9") && sent.destination == v6("2001:db8::80") && sent.destinationPort == 8080)
        #expect(
            balancer.translate(FlowPacket(sent.reversed, [.syn, .ack]), now: now, random: 1).tuple == client.reversed)

        let six = LoadBalancerNAT.Listener(.v6(v6("2001:db8::443")), 443, protocol: tcp)
        for preserves in [true, false] {
            balancer.set(six, .init([target], preservesClients: preserves, sources: own))
            let client = FiveTuple(
                from: v6("2606::1"), preserves ? 1111 : 2222, to: v6("2001:db8::443"), 443, protocol: tcp)
            let sent = try #require(balancer.translate(FlowPacket(client, .syn), now: now, random: 77).tuple)
            #expect((sent.source == client.source) == preserves)
        }
        // Connections outlive their listener; new ones find none.
        balancer.set(front, nil)
        #expect(balancer.translate(FlowPacket(client, .ack), now: now, random: 1).tuple == sent)
        var next = client
        next.sourcePort = 5556
        #expect(balancer.translate(FlowPacket(next, .syn), now: now, random: 1) == .refused(.noConnection))
        balancer.set(front, .init([], preservesClients: true, sources: own))
        #expect(balancer.translate(FlowPacket(next, .syn), now: now, random: 1) == .refused(.noEndpoints))
    }

    @Test(
        "A flood of SYNs from ten times as many sources as there is room for: established connections go on, memory stays put"
    )
    func flood() throws {
        let nat = try SourceNAT(
            to: v4("10.0.16.10"), inside: IPv4Prefix("10.0.0.0/8")!, mapping: .addressAndPortDependent, capacity: 3_000)
        var generator = SeededGenerator(seed: 12)
        let bytes = nat.translator.bytes
        func packet(_ number: Int, _ flags: TCPFlags) -> FlowPacket<IPv4Address> {
            let tuple = FiveTuple(
                from: IPv4Address(bits: 0x0A00_0000 + UInt32(number)), 4000, to: v4("192.0.2.1"), 443, protocol: tcp)
            return FlowPacket(tuple, flags)
        }
        var sent: [FiveTuple<IPv4Address>] = []
        for number in 0..<300 {
            let out = try #require(nat.outbound(packet(number, .syn), now: now, random: generator.next()).tuple)
            #expect(nat.inbound(FlowPacket(out.reversed, [.syn, .ack]), now: now).tuple != nil)
            sent.append(out)
        }
        var passed = 0
        for number in 300..<30_300 {
            let time = MonotonicTime(nanoseconds: now.nanoseconds + UInt64(number) * 1_000_000)
            let verdict = nat.outbound(packet(number, .syn), now: time, random: generator.next())
            if verdict.refusal == nil { passed += 1 } else { #expect(verdict == .refused(.tableFull)) }
            nat.translator.expire(now: time, limit: 64)
        }
        #expect(passed == 2_700 && nat.translator.refusals[.tableFull] == 27_300)
        let later = now + .seconds(60)
        for number in 0..<300 {
            #expect(nat.outbound(packet(number, .ack), now: later, random: 0) == .forwarded(sent[number], isNew: false))
            #expect(
                nat.inbound(FlowPacket(sent[number].reversed, .ack), now: later).tuple
                    == packet(number, .ack).tuple.reversed)
        }
        #expect(nat.translator.bytes == bytes)
        nat.translator.table._invariantCheck()
        // The half-open ones go in four minutes, and there is room again.
        nat.translator.expire(now: now + .seconds(300))
        #expect(nat.translator.table.count == 300)
    }

    @Test("README: the example does what it says")
    func readme() throws {
        let gateway = try NATGateway(addresses: [IPv4Address("10.0.0.99")!])
        let sent = FiveTuple(from: IPv4Address("10.0.16.1")!, 40000, to: IPv4Address("192.0.2.1")!, 443, protocol: 6)
        let now = MonotonicTime(nanoseconds: 1)
        let verdict = gateway.outbound(FlowPacket(sent, .syn), now: now, random: .random(in: .min ... .max))
        #expect(verdict.tuple?.source == IPv4Address("10.0.0.99")! && verdict.tuple?.destination == sent.destination)
    }
}
