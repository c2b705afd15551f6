import IPAddresses
import TestSupport
import Testing

@testable import Translation

@Suite("NAPT in batches")
struct NAPTBatchTests {
    @Test(
        "A batch does what its packets do one by one, whatever mappings depend on, new and old ones mixed, full tables too",
        arguments: EndpointDependence.allCases, [200, 5000])
    func batches(mapping: EndpointDependence, capacity: Int) throws {
        var configuration = NAPTConfiguration(pool: PortPool((1...4).map { v4("198.51.100.\($0)") }))
        configuration.mapping = mapping
        if mapping != .endpointIndependent { configuration.filtering = mapping }
        configuration.subscriberLimit = 40
        let secret = ConnectionSecret()
        let batch = try NAPT(configuration, capacity: capacity, secret: secret)
        let single = try NAPT(configuration, capacity: capacity, secret: secret)
        var generator = SeededGenerator(seed: 3)
        for round in 0..<60 {
            let now = MonotonicTime(nanoseconds: 1 << 40) + .seconds(round)
            let packets = (0..<Int.random(in: 0..<100, using: &generator)).map { _ -> FlowPacket<IPv4Address> in
                let ipProtocol: UInt8 = [1, 6, 17].randomElement(using: &generator) ?? 17
                let tuple = FiveTuple(
                    from: IPv4Address(bits: 0x0A00_0000 + UInt32.random(in: 0..<20, using: &generator)),
                    UInt16.random(in: 1000..<1040, using: &generator),
                    to: IPv4Address(bits: 0xC000_0200 + UInt32.random(in: 0..<4, using: &generator)),
                    ipProtocol == 1 ? 0 : 443, protocol: ipProtocol)
                return FlowPacket(tuple, ipProtocol == 6 ? .syn : [])
            }
            let random = generator.next()
            var verdicts = [Verdict<IPv4Address>](repeating: .refused(.malformed), count: packets.count)
            var span = verdicts.mutableSpan
            batch.outbound(packets.span, into: &span, now: now, random: random)
            for (index, packet) in packets.enumerated() {
                let expected = single.outbound(packet, now: now, random: PacketBatch.random(random, index))
                #expect(verdicts[index] == expected, "round \(round), packet \(index)")
            }
            #expect(batch.table.count == single.table.count)
        }
        batch.table._invariantCheck()
        if capacity == 200 { #expect(batch.refusals[.tableFull] > 0) }
    }

    @Test("A full table refuses new flows before it counts them, and reopens what has expired")
    func fullTable() throws {
        var configuration = NAPTConfiguration(pool: PortPool([v4("198.51.100.1")]))
        configuration.mapping = .addressAndPortDependent
        configuration.filtering = .addressAndPortDependent
        let nat = try NAPT(configuration, capacity: 64)
        let start = MonotonicTime(nanoseconds: 1 << 40)
        func packet(_ number: UInt32) -> FlowPacket<IPv4Address> {
            FlowPacket(
                FiveTuple(from: IPv4Address(bits: 0x0A00_0000 + number), 5000, to: v4("192.0.2.1"), 53, protocol: 17))
        }
        for number in 0..<64 as Range<UInt32> {
            #expect(nat.outbound(packet(number), now: start, random: UInt64(number)).refusal == nil)
        }
        for number in 64..<200 as Range<UInt32> {
            #expect(nat.outbound(packet(number), now: start, random: 1).refusal == .tableFull)
        }
        #expect(nat.count(from: v4("198.51.100.1"), to: v4("192.0.2.1"), port: 53, protocol: 17) == 64)
        // Its own place is free again in a moment, though nothing has removed it yet.
        let later = start + .seconds(1000)
        #expect(nat.outbound(packet(3), now: later, random: 9).refusal == nil)
        nat.expire(now: later)
        #expect(nat.outbound(packet(300), now: later, random: 9).refusal == nil)
    }
}
