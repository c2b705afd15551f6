import BenchmarkSupport
import IPAddresses
import Packets
import Translation

/// NAT64 in both directions: IPv6 packets out, IPv4 packets back.
struct NAT64Bench {
    let bench: PacketBench
    let sizes: PacketSizes
    let now = MonotonicTime(nanoseconds: 1 << 40)
    let remote = IPv4Address(bits: 0x5DB8_D822)

    init(_ bench: PacketBench, _ sizes: PacketSizes) { (self.bench, self.sizes) = (bench, sizes) }

    func run() throws -> [BenchmarkSupport.Measurement] {
        let outside = (0..<UInt32(bench.connections / 50_000 + 2)).map {
            IPv6Address(mapping: IPv4Address(bits: 0xC633_6400 + $0))
        }
        var configuration = NAPTConfiguration(pool: PortPool(outside))
        configuration.pool.pooling = .arbitrary
        // A session, its mapping, and the remote address that the filter lets in.
        let nat = try NAPT(configuration, capacity: bench.connections * 3 + 1000)
        let translator = try NAT64(nat, prefix: .wellKnown(policy: .aws))
        var generator = SplitMix(state: 2)
        var order = (0..<UInt32(bench.connections)).map { $0 }
        order.shuffle(using: &generator)
        var replies: [FiveTuple<IPv6Address>] = []
        for number in order {
            let (source, port) = Self.endpoint(number)
            let flow = FlowPacket(FiveTuple(from: source, port, to: IPv6Address(mapping: remote), 53, protocol: 17))
            let verdict = nat.outbound(flow, now: now, random: generator.next())
            guard let tuple = verdict.tuple else { throw WrongPacket(text: "connection \(number): \(verdict)") }
            replies.append(tuple.reversed)
        }
        let destination = try TranslationPrefix.wellKnown(policy: .aws).ipv6(remote)
        var out = PacketMemory(capacity: PacketMemory.capacity(bench.packets, sizes, smallest: 60))
        defer { out.deallocate() }
        for index in 0..<bench.packets {
            let (source, port) = Self.endpoint(order[index % order.count])
            out.addUDP(from: source, port, to: destination, length: sizes.length(index, smallest: 60))
        }
        out.save()
        var rows = try measure("NAT64 IPv6 to IPv4", translator, out)
        if sizes == .small {
            let capacity = bench.connections * 3 + 1000
            // A quarter of the ports will be in use.
            configuration.pool = PortPool(
                (0..<UInt32(bench.connections / 16_000 + 2)).map {
                    IPv6Address(mapping: IPv4Address(bits: 0xC633_0000 + $0))
                })
            configuration.pool.pooling = .arbitrary
            rows += try bench.measureNew("NAT64 IPv6 to IPv4", sizes, out, bytes: nat.bytes) {
                try NAT64(NAPT(configuration, capacity: capacity), prefix: .wellKnown(policy: .aws))
            }
        }
        var back = PacketMemory(capacity: PacketMemory.capacity(bench.packets, sizes, smallest: 46))
        defer { back.deallocate() }
        for index in 0..<bench.packets {
            let reply = replies[index % replies.count]
            guard let pool = reply.destination.mappedIPv4 else { continue }
            // Larger ones would be cut: what is measured is translation.
            back.addUDP(
                from: remote, 53, to: pool, length: min(1200, sizes.length(index, smallest: 46)),
                port: reply.destinationPort)
        }
        back.save()
        rows += try measure("NAT64 IPv4 to IPv6", translator, back)
        return rows
    }

    private static func endpoint(_ number: UInt32) -> (IPv6Address, UInt16) {
        (IPv6Address(bits: 0x2001_0DB8 << 96 | UInt128(number / 64)), UInt16(2000 + number % 64))
    }

    private func measure(_ name: String, _ translator: NAT64, _ memory: PacketMemory) throws
        -> [BenchmarkSupport.Measurement]
    {
        try bench.measure(name, sizes, translator, memory, bytes: translator.translator.bytes, check: check)
    }

    private func check(_ bytes: inout MutableRawSpan, _ verdict: PacketVerdict, _ index: Int) throws {
        guard case .forwarded(let packet, _, false) = verdict else {
            throw WrongPacket(text: "packet \(index): \(verdict)")
        }
        let isIPv4 = bytes.bytes.uint8(at: packet.range.lowerBound) >> 4 == 4
        let isRight =
            isIPv4
            ? (try? IPv4Packet(ipv4: bytes.bytes, packet.range))?.hasRightChecksum(bytes.bytes)
            : (try? IPv6Packet(ipv6: bytes.bytes, packet.range))?.hasRightChecksum(bytes.bytes)
        if isRight != true { throw WrongPacket(text: "packet \(index) has a wrong checksum") }
    }
}
