import IPAddresses
import Packets
import Testing
import Translation

@testable import Gateway

/// A queue of packets in memory.
private final class MemoryQueue: PacketQueue {
    var incoming: [[UInt8]] = []
    var sent: [(bytes: [UInt8], output: Int)] = []
    let outputs: Int

    init(outputs: Int) { self.outputs = outputs }

    var joinsDatagrams: Bool { false }
    func leads(to output: Int) -> Bool { output < outputs }
    func wait(milliseconds: Int) {}

    func receive(into buffer: inout [UInt8], lengths: inout [Int32]) -> Int {
        for (index, packet) in incoming.enumerated() {
            let start = index * PacketSlot.stride + PacketSlot.headroom
            buffer.replaceSubrange(
                start - PacketSlot.header..<start, with: [UInt8](repeating: 0, count: PacketSlot.header))
            buffer.replaceSubrange(start..<start + packet.count, with: packet)
            lengths[index] = Int32(packet.count + PacketSlot.header)
        }
        defer { incoming = [] }
        return incoming.count
    }

    func send(_ buffer: [UInt8], _ pieces: ArraySlice<PacketPiece>, to output: Int) -> Int {
        for piece in pieces {
            let start = Int(piece.start)
            sent.append((Array(buffer[start + PacketSlot.header..<start + Int(piece.length)]), output))
        }
        return pieces.count
    }
}

/// A datagram with a right checksum.
private func datagram(from source: IPAddress, to destination: IPAddress) -> [UInt8] {
    let data = 24
    var bytes = [UInt8](repeating: 0, count: (source.family == .ipv4 ? 20 : 40) + 8 + data)
    let count = bytes.count
    let transport = count - 8 - data
    bytes.replaceSubrange(transport..<transport + 6, with: [0x0F, 0xA0, 0, 53, 0, UInt8(8 + data)])
    var span = bytes.mutableSpan
    var raw = span.mutableBytes
    if case .v4(let from) = source, case .v4(let to) = destination {
        IPv4Header(totalLength: count, timeToLive: 64, protocol: 17, from: from, to: to).write(&raw, at: 0)
    } else if case .v6(let from) = source, case .v6(let to) = destination {
        IPv6Header(payloadLength: count - 40, hopLimit: 64, nextHeader: 17, from: from, to: to).write(&raw, at: 0)
    }
    var left = SegmentHeader()
    left.flags = 1
    (left.checksumStart, left.checksumOffset) = (UInt16(transport), 6)
    #expect(LeftChecksum.prepare(left, &raw, 0..<count) && LeftChecksum.complete(left, &raw, 0..<count))
    return bytes
}

@Suite("A worker, its packets in memory")
struct GatewayWorkerTests {
    private let router = Router(
        ipv4: IPv4Address(198, 51, 100, 254), ipv6: IPv6Address("2001:db8:64:ffff::1")!)

    /// One packet through a worker whose routes are these.
    private func run(
        _ translator: any GatewayTranslator, _ routes: [(String, String)], _ packet: [UInt8], outputs: Int = 3
    ) throws -> (sent: [(bytes: [UInt8], output: Int)], counters: GatewayCounters) {
        let queue = MemoryQueue(outputs: outputs)
        let counters = GatewayCounters()
        let table = try GatewayRoutes(
            routes.map { (try #require(IPPrefix($0.0)), $0.1) }, device: "a")
        var worker = GatewayWorker(queue, routes: table, router: router, counters: counters)
        queue.incoming = [packet]
        #expect(worker.step(translator) == 1)
        return (queue.sent, counters)
    }

    private func nat64() throws -> any GatewayTranslator {
        let pool = PortPool([IPv4Address(198, 51, 100, 1)].map { IPv6Address(mapping: $0) })
        return try NAT64Gateway(
            NAT64(
                NAPT(NAPTConfiguration(pool: pool), capacity: 256, secret: ConnectionSecret()),
                prefix: .wellKnown(policy: .rfc6052)))
    }

    private func sourceNAT() throws -> any GatewayTranslator {
        let nat = try NAPT(
            NAPTConfiguration(pool: PortPool([IPv4Address(198, 51, 100, 1)])), capacity: 256,
            secret: ConnectionSecret())
        return try IPv4Gateway(IPv4PacketNAT(NAPTFlows(nat)))
    }

    private let client6 = IPAddress("2001:db8:1::2")!
    private let server6 = IPAddress("64:ff9b::203.0.113.2")!
    private let client4 = IPAddress("10.9.0.2")!
    private let server4 = IPAddress("203.0.113.2")!

    @Test("The longest prefix of the translated destination chooses the output")
    func routed() throws {
        let packet = datagram(from: client6, to: server6)
        let (sent, counters) = try run(nat64(), [("0.0.0.0/0", "a"), ("203.0.113.0/24", "b")], packet)
        #expect(sent.map(\.output) == [2] && sent.first?.bytes.first == 0x45)
        #expect(counters[.unrouted] == 0 && counters[.sentPackets] == 1)
    }

    @Test("NAT64: without a route the sender is told so, about the packet that it sent (RFC 4443 3.1)")
    func noRouteIPv6() throws {
        let packet = datagram(from: client6, to: server6)
        let (sent, counters) = try run(nat64(), [("198.18.0.0/15", "b")], packet)
        #expect(counters[.unrouted] == 1 && counters[.answers] == 1)
        let answer = try #require(sent.first)
        #expect(sent.count == 1 && answer.output == PacketOutput.back)
        let bytes = answer.bytes.span.bytes
        // From the router's IPv4 address behind the prefix, to the client; no route, and what it quotes.
        #expect(bytes.ipv6Address(at: 8) == IPv6Address("64:ff9b::198.51.100.254"))
        #expect(client6 == .v6(bytes.ipv6Address(at: 24)))
        #expect(bytes.uint8(at: 40) == 1 && bytes.uint8(at: 41) == 0)
        #expect(client6 == .v6(bytes.ipv6Address(at: 48 + 8)) && server6 == .v6(bytes.ipv6Address(at: 48 + 24)))
        #expect(bytes.uint16(at: 48 + 40) == 4_000 && bytes.uint16(at: 48 + 42) == 53)
        let parsed = try IPv6Packet(ipv6: bytes, 0..<answer.bytes.count)
        #expect(IPv6HeaderChain.hasRightChecksum(parsed, bytes) == true)
    }

    @Test("Source NAT: without a route the sender is told so, about the packet that it sent (RFC 792)")
    func noRouteIPv4() throws {
        let packet = datagram(from: client4, to: server4)
        let (sent, _) = try run(sourceNAT(), [("198.18.0.0/15", "b")], packet)
        let answer = try #require(sent.first)
        #expect(sent.count == 1 && answer.output == PacketOutput.back)
        let bytes = answer.bytes.span.bytes
        #expect(bytes.ipv4Address(at: 12) == IPv4Address(198, 51, 100, 254))
        #expect(client4 == .v4(bytes.ipv4Address(at: 16)))
        #expect(bytes.uint8(at: 20) == 3 && bytes.uint8(at: 21) == 0)
        #expect(client4 == .v4(bytes.ipv4Address(at: 28 + 12)) && server4 == .v4(bytes.ipv4Address(at: 28 + 16)))
        #expect(bytes.uint16(at: 28 + 20) == 4_000)
    }

    @Test("A black hole drops, and says nothing; a device that is not there is no route")
    func blackhole() throws {
        let packet = datagram(from: client6, to: server6)
        let (sent, counters) = try run(nat64(), [("0.0.0.0/0", "a"), ("203.0.113.2/32", "blackhole")], packet)
        #expect(sent.isEmpty && counters[.unrouted] == 1)
        let (answers, _) = try run(nat64(), [("0.0.0.0/0", "b")], packet, outputs: 1)
        #expect(answers.map(\.output) == [PacketOutput.back])
    }
}
