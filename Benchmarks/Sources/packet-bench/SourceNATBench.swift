import BenchmarkSupport
import IPAddresses
import Packets
import Translation

/// Source NAT of IPv4 packets, outbound.
struct SourceNATBench {
    let bench: PacketBench
    let sizes: PacketSizes
    let now = MonotonicTime(nanoseconds: 1 << 40)

    init(_ bench: PacketBench, _ sizes: PacketSizes) { (self.bench, self.sizes) = (bench, sizes) }

    func run() throws -> [BenchmarkSupport.Measurement] {
        // As many outside addresses as ports for all connections take.
        let outside = (0..<UInt32(bench.connections / 50_000 + 2)).map { IPv4Address(bits: 0xC633_6400 + $0) }
        var configuration = NAPTConfiguration(pool: PortPool(outside))
        configuration.pool.pooling = .arbitrary
        // A session, its mapping, and the remote address that the filter lets in.
        let nat = try NAPT(configuration, capacity: bench.connections * 3 + 1000)
        let translator = try IPv4PacketNAT(NAPTFlows(nat))
        var memory = PacketMemory(capacity: PacketMemory.capacity(bench.packets, sizes, smallest: 46))
        defer { memory.deallocate() }
        var generator = SplitMix(state: 1)
        var order = (0..<UInt32(bench.connections)).map { $0 }
        order.shuffle(using: &generator)
        for index in 0..<bench.packets {
            let (source, port) = Self.endpoint(order[index % order.count])
            memory.addUDP(
                from: source, port, to: IPv4Address(bits: 0x5DB8_D822), length: sizes.length(index, smallest: 46))
        }
        memory.save()
        for number in order {
            let (source, port) = Self.endpoint(number)
            let flow = FlowPacket(FiveTuple(from: source, port, to: IPv4Address(bits: 0x5DB8_D822), 53, protocol: 17))
            let verdict = translator.flows.translator.outbound(flow, now: now, random: generator.next())
            if let reason = verdict.refusal { throw WrongPacket(text: "connection \(number): \(reason)") }
        }
        var rows = try measure(translator, memory)
        if sizes == .small {
            let capacity = bench.connections * 3 + 1000
            // A quarter of the ports will be in use.
            configuration.pool = PortPool(
                (0..<UInt32(bench.connections / 16_000 + 2)).map { IPv4Address(bits: 0xC633_0000 + $0) })
            configuration.pool.pooling = .arbitrary
            rows += try bench.measureNew("SNAT", sizes, memory, bytes: nat.bytes) {
                try IPv4PacketNAT(NAPTFlows(NAPT(configuration, capacity: capacity)))
            }
        }
        return rows
    }

    private static func endpoint(_ number: UInt32) -> (IPv4Address, UInt16) {
        (IPv4Address(bits: 0x0A00_0000 + number / 64), UInt16(2000 + number % 64))
    }

    private func measure(_ translator: IPv4PacketNAT, _ memory: PacketMemory) throws -> [BenchmarkSupport.Measurement] {
        try bench.measure("SNAT", sizes, translator, memory, bytes: translator.flows.translator.bytes, check: check)
    }

    private func check(_ bytes: inout MutableRawSpan, _ verdict: PacketVerdict, _ index: Int) throws {
        guard case .forwarded(let packet, .outside, false) = verdict,
            let parsed = try? IPv4Packet(ipv4: bytes.bytes, packet.range), parsed.hasRightChecksum(bytes.bytes) == true,
            parsed.header.source.bits >> 16 == 0xC633, parsed.header.timeToLive == 63
        else { throw WrongPacket(text: "packet \(index): \(verdict)") }
    }
}
