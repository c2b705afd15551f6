import IPAddresses
import TestSupport
import Testing

@testable import Translation

@Suite("ServiceNAT")
struct ServiceNATTests {
    let now = MonotonicTime(nanoseconds: 1 << 40)
    let service = ServiceNAT<IPv6Address>.Key(v6("fd00::10"), 80, protocol: tcp)
    let endpoints = (1...3).map { ServiceNAT<IPv6Address>.Endpoint(v6("2001:db8::\($0)"), 8080) }

    func packet(_ client: String, _ port: UInt16, _ flags: TCPFlags = .syn, to key: ServiceNAT<IPv6Address>.Key? = nil)
        -> FlowPacket<IPv6Address>
    {
        let key = key ?? service
        return FlowPacket(FiveTuple(from: v6(client), port, to: key.address, key.port, protocol: key.ipProtocol), flags)
    }

    @Test("S26: a service's packets go to one of its endpoints, evenly, and answers come from the service")
    func translation() throws {
        let nat = try ServiceNAT<IPv6Address>(capacity: 5000)
        nat.set(service, .init(endpoints))
        var generator = SeededGenerator(seed: 3)
        var counts: [IPv6Address: Int] = [:]
        for port: UInt16 in 1...3000 {
            let packet = packet("2001:db8::99", port)
            let sent = try #require(nat.translate(packet, now: now, random: generator.next()).tuple)
            #expect(sent.destinationPort == 8080 && sent.source == packet.tuple.source && sent.sourcePort == port)
            counts[sent.destination, default: 0] += 1
            #expect(nat.translate(packet, now: now, random: generator.next()).tuple == sent)
            #expect(
                nat.translate(FlowPacket(sent.reversed, [.syn, .ack]), now: now, random: 1).tuple
                    == packet.tuple.reversed)
        }
        #expect(counts.count == 3 && counts.values.allSatisfy { (900...1100).contains($0) })
        // What is for no service goes on as it is.
        let other = packet("2001:db8::99", 1, to: .init(v6("fd00::10"), 81, protocol: tcp))
        #expect(nat.translate(other, now: now, random: 1) == .forwarded(other.tuple, isNew: false))
        nat.table._invariantCheck()
    }

    @Test("S26: no endpoint: refused")
    func noEndpoints() throws {
        let nat = try ServiceNAT<IPv6Address>(capacity: 10)
        nat.set(service, .init([]))
        #expect(nat.translate(packet("2001:db8::99", 1), now: now, random: 1) == .refused(.noEndpoints))
        #expect(nat.refusals[.noEndpoints] == 1)
    }

    @Test(
        "S26: ClientIP affinity keeps a client at its endpoint, until it has been away for too long or the endpoint goes"
    )
    func affinity() throws {
        let nat = try ServiceNAT<IPv6Address>(capacity: 5000)
        nat.set(service, .init(endpoints, affinity: .seconds(10_800)))
        var generator = SeededGenerator(seed: 3)
        func endpoint(_ client: String, _ port: UInt16, _ seconds: Int) throws -> IPv6Address {
            try #require(
                nat.translate(packet(client, port), now: now + .seconds(seconds), random: generator.next()).tuple
            ).destination
        }
        let first = try endpoint("2001:db8::99", 1, 0)
        for port: UInt16 in 2...50 { #expect(try endpoint("2001:db8::99", port, Int(port) * 200) == first) }
        let others = Set(try (1...50).map { try endpoint("2001:db8::a\($0)", 1, 1) })
        #expect(others.count == 3)
        let late = Set(try (1...30).map { try endpoint("2001:db8::99", UInt16(100 + $0), 10_000 + $0 * 10_801) })
        #expect(late.count > 1)
        nat.set(service, .init(endpoints.filter { $0.address != first }, affinity: .seconds(10_800)))
        #expect(try endpoint("2001:db8::99", 900, 20_000) != first)
    }

    @Test("An endpoint that goes drains: its TCP connections go on, new ones go elsewhere; UDP ends")
    func drain() throws {
        for ipProtocol in [tcp, udp] {
            let key = ServiceNAT<IPv6Address>.Key(v6("fd00::10"), 80, protocol: ipProtocol)
            let nat = try ServiceNAT<IPv6Address>(capacity: 5000)
            nat.set(key, .init(endpoints))
            var generator = SeededGenerator(seed: 3)
            var before: [UInt16: IPv6Address] = [:]
            for port: UInt16 in 1...200 {
                before[port] =
                    nat.translate(packet("2001:db8::99", port, to: key), now: now, random: generator.next()).tuple?
                    .destination
            }
            nat.set(key, .init([endpoints[0]]))
            for port: UInt16 in 1...200 {
                let sent = nat.translate(
                    packet("2001:db8::99", port, .ack, to: key), now: now, random: generator.next()
                ).tuple
                #expect(sent?.destination == (ipProtocol == tcp ? before[port] : endpoints[0].address))
            }
            for port: UInt16 in 201...300 {
                let sent = nat.translate(packet("2001:db8::99", port, to: key), now: now, random: generator.next())
                    .tuple
                #expect(sent?.destination == endpoints[0].address)
            }
            nat.table._invariantCheck()
        }
    }

    @Test("Node ports masquerade, so that answers come back to the node; so does a pod that reaches itself")
    func masquerade() throws {
        let node = v6("2001:db8::ff")
        let nat = try ServiceNAT<IPv6Address>(capacity: 100)
        let nodePort = ServiceNAT<IPv6Address>.Key(node, 30080, protocol: tcp)
        nat.set(nodePort, .init(endpoints, masquerade: node, masqueradesAll: true))
        let packet = packet("2606::1", 5555, to: nodePort)
        let sent = try #require(nat.translate(packet, now: now, random: 6).tuple)
        #expect(sent.source == node && endpoints.map(\.address).contains(sent.destination))
        #expect(nat.translate(FlowPacket(sent.reversed, .ack), now: now, random: 1).tuple == packet.tuple.reversed)

        nat.set(service, .init([endpoints[0]], masquerade: node))
        let own = self.packet("2001:db8::1", 7777)
        #expect(nat.translate(own, now: now, random: 6).tuple?.source == node)
        let other = self.packet("2001:db8::2", 7777)
        #expect(nat.translate(other, now: now, random: 6).tuple?.source == v6("2001:db8::2"))
    }
}
