import Foundation
import IPAddresses
import Packets
import Testing
import Translation

@testable import Gateway

@Suite("A gateway's memory")
struct GatewayStateTests {
    private func gateway(_ pool: IPv4Address) throws -> IPv4Gateway {
        let configuration = NAPTConfiguration(pool: PortPool([pool]))
        let nat = try NAPT(configuration, capacity: 256, secret: ConnectionSecret())
        return try IPv4Gateway(IPv4PacketNAT(NAPTFlows(nat)))
    }

    private func open(_ gateway: IPv4Gateway, _ count: Int, _ now: MonotonicTime) {
        for number in 0..<count {
            let packet = FlowPacket(
                FiveTuple(
                    from: IPv4Address(10, 9, 0, 2), UInt16(20_000 + number), to: IPv4Address(203, 0, 113, 2), 80,
                    protocol: 17), TCPFlags())
            _ = gateway.translator.flows.translate(
                packet, isOutbound: true, now: now, random: UInt64(number) &* 0x9E37_79B9)
        }
    }

    @Test("Another translator takes over the connections; those whose address it does not have are left")
    func takeOver() throws {
        let now = MonotonicTime(nanoseconds: 5_000_000_000)
        let old = try gateway(IPv4Address(198, 51, 100, 1))
        open(old, 20, now)
        let count = old.connections
        #expect(count >= 20)
        let same = try gateway(IPv4Address(198, 51, 100, 1))
        #expect(same.takeOver(old, now: now).restored == count && same.connections == count)
        let other = try gateway(IPv4Address(198, 51, 100, 2))
        let summary = other.takeOver(old, now: now)
        #expect(summary.restored == 0 && summary.refused == count && other.connections == 0)
        let wide = PlainGateway(StatelessTranslator(StatelessAddresses(prefix: .wellKnown(policy: .rfc6052))))
        #expect(same.takeOver(wide, now: now) == RestoreSummary())
    }

    @Test("Egress-only: what is inside still is taken over, the rest is left")
    func egressOnly() throws {
        let now = MonotonicTime(nanoseconds: 5_000_000_000)
        func gateway(_ inside: [String]) throws -> FamilyGateway<IPv6HeaderChain, EgressOnlyFlows> {
            let flows = EgressOnlyFlows(
                try EgressOnlyGateway(capacity: 4_096), inside: try inside.map { try IPv6Prefix(parsing: $0.utf8.span) }
            )
            return try FamilyGateway(PacketTranslator(flows))
        }
        let old = try gateway(["2001:db8:1::/64", "2001:db8:2::/64"])
        for number in 0..<20 {
            let source = IPv6Address(number % 2 == 0 ? "2001:db8:1::5" : "2001:db8:2::5")!
            let tuple = FiveTuple(
                from: source, UInt16(20_000 + number), to: IPv6Address("2600::1")!, 443, protocol: 6)
            _ = old.translator.flows.translate(
                FlowPacket(tuple, .syn), isOutbound: true, now: now, random: 0)
        }
        #expect(old.connections == 20)
        #expect(try gateway(["2001:db8::/32"]).takeOver(old, now: now).restored == 20)
        let narrow = try gateway(["2001:db8:2::/64"])
        let summary = narrow.takeOver(old, now: now)
        #expect(summary.restored == 10 && summary.refused == 10 && narrow.connections == 10)
        // An answer to what is there comes in.
        let answer = FiveTuple(
            from: IPv6Address("2600::1")!, 443, to: IPv6Address("2001:db8:2::5")!, 20_001, protocol: 6)
        let verdict = narrow.translator.flows.translate(
            FlowPacket(answer, [.syn, .ack]), isOutbound: false, now: now, random: 0)
        #expect(verdict.tuple == answer)
    }

    @Test("Services: connections go on to the endpoint that they have; of one that has gone only TCP goes on")
    func services() throws {
        let now = MonotonicTime(nanoseconds: 5_000_000_000)
        let service = IPv6Address("fd00:80::1")!
        func gateway(_ endpoints: [UInt16], port: UInt16 = 80) throws -> ServicesGateway {
            let nat = try ServiceNAT<IPv6Address>(capacity: 4_096)
            for ipProtocol: UInt8 in [6, 17] {
                nat.set(
                    .init(service, port, protocol: ipProtocol),
                    .init(endpoints.map { .init(IPv6Address("2001:db8:2::2")!, $0) }))
            }
            return ServicesGateway(try DualStackServices(try ServiceNAT(capacity: 4_096), nat))
        }
        func send(_ gateway: ServicesGateway, _ number: Int, _ ipProtocol: UInt8) -> FiveTuple<IPv6Address>? {
            let tuple = FiveTuple(
                from: IPv6Address("2001:db8:1::2")!, UInt16(20_000 + number), to: service, 80, protocol: ipProtocol)
            return gateway.services.ipv6.flows.translate(
                FlowPacket(tuple, ipProtocol == 6 ? .syn : TCPFlags()), isOutbound: true, now: now,
                random: UInt64(number) &* 0x9E37_79B9_7F4A_7C15
            ).tuple
        }
        let old = try gateway([8080, 8081])
        let sent = (0..<40).map { send(old, $0, $0 % 2 == 0 ? 6 : 17) }
        #expect(Set(sent.map { $0?.destinationPort }) == [8080, 8081] && old.connections == 40)
        let same = try gateway([8080, 8081])
        #expect(same.takeOver(old, now: now).restored == 40)
        for number in 0..<40 { #expect(send(same, number, number % 2 == 0 ? 6 : 17) == sent[number]) }
        // The endpoint 8081 has gone: its TCP connections drain.
        let drained = try gateway([8080])
        let left = (0..<40).count { $0 % 2 == 0 || sent[$0]?.destinationPort == 8080 }
        #expect(drained.takeOver(old, now: now).restored == left && left < 40)
        #expect(try gateway([8080], port: 81).takeOver(old, now: now).refused == 40)
    }

    @Test("Files: egress-only gateways and services are there again after a restart")
    func files() throws {
        let now = MonotonicTime(nanoseconds: 5_000_000_000)
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = StateFile(path: folder.appending(path: "state").path)
        func services() throws -> ServicesGateway {
            let nat = try ServiceNAT<IPv4Address>(capacity: 4_096)
            nat.set(
                .init(IPv4Address(172, 20, 0, 10), 53, protocol: 17), .init([.init(IPv4Address(10, 0, 1, 5), 5353)]))
            return ServicesGateway(try DualStackServices(nat, try ServiceNAT(capacity: 4_096)))
        }
        let before = try services()
        let tuple = FiveTuple(
            from: IPv4Address(10, 0, 0, 1), 4_000, to: IPv4Address(172, 20, 0, 10), 53, protocol: 17)
        _ = before.services.ipv4.flows.translate(
            FlowPacket(tuple, TCPFlags()), isOutbound: true, now: now, random: 1)
        #expect(try before.save(file, now: now) == 1)
        let after = try services()
        #expect(try after.restore(file, now: now + .seconds(1)).restored == 1 && after.connections == 1)
        // Nothing is there yet at the first start.
        #expect(try services().restore(StateFile(path: file.path + "-none"), now: now) == RestoreSummary())
    }
}
