import IPAddresses
import Packets
import Testing

@testable import Translation

@Suite("RFC 6146 3.5.2.2, RFC 5382 REQ-4: SYNs from outside that nothing takes")
struct UnsolicitedSYNTests {
    static let router = RefusalAnswerTests.router

    static func syn6(_ port: UInt16, to remotePort: UInt16) -> [UInt8] {
        TestPacket.build(
            IPv6Header(
                payloadLength: 20, hopLimit: 64, nextHeader: 6, from: v6("2001:db8::5"), to: v6("64:ff9b::5db8:d822")),
            TestPacket.bytes(port) + TestPacket.bytes(remotePort) + [UInt8](repeating: 0, count: 8) + [0x50, 2]
                + [UInt8](repeating: 0, count: 6))
    }

    /// The packet that is to be answered now, and the answer.
    static func unanswered(_ runner: PacketRunner) -> (packet: [UInt8], answer: [UInt8]?)? {
        guard let packet = runner.translator.takeUnansweredSYN(now: runner.now) else { return nil }
        var output = [UInt8](repeating: 0, count: Router.room)
        var span = output.mutableSpan
        var raw = span.mutableBytes
        let range = router.answer(
            .portUnreachable, to: packet.span.bytes, 0..<packet.count, &raw, at: 0, now: runner.now, random: 1)
        return (packet, range.map { Array(output[$0]) })
    }

    static func runners() throws -> [PacketRunner] {
        let napt = try NAPT(NAPTConfiguration(pool: PortPool([v4("198.51.100.1")])), capacity: 100)
        let flows = NAPTFlows(napt, inside: [Prefix(masking: v4("10.0.0.0"), length: 8)])
        return [
            try NAT64Tests.runner(policy: .aws),
            PacketRunner(try PacketTranslator<IPv4Header, NAPTFlows<IPv4Address>>(flows)),
        ]
    }

    @Test("Nothing answers at once; after 6 s port unreachable does, once, and quotes the SYN")
    func answered() throws {
        for runner in try Self.runners() {
            let syn = TestPacket.tcp4("93.184.216.34", 80, "198.51.100.1", 4000, .syn)
            let result = runner.send(syn)
            #expect(result.refusal == .noConnection && result.verdict.refusal?.answer == nil)
            runner.now = runner.now + .seconds(5)
            // The same once more does not wait longer.
            _ = runner.send(syn)
            #expect(Self.unanswered(runner) == nil)
            runner.now = runner.now + .seconds(1)
            let answer = try #require(Self.unanswered(runner))
            #expect(answer.packet == syn)
            let bytes = try #require(answer.answer)
            #expect(Array(bytes[20..<22]) == [3, 3] && Array(bytes[28...]) == syn)
            #expect(Self.unanswered(runner) == nil)
        }
    }

    @Test("RFC 6146 3.5.2.2: an inside SYN that crosses it gets the endpoint that the outside called")
    func simultaneousOpen() throws {
        for runner in try Self.runners() {
            let syn = TestPacket.tcp4("93.184.216.34", 80, "198.51.100.1", 40_001, .syn)
            #expect(runner.send(syn).refusal == .noConnection)
            runner.now = runner.now + .seconds(2)
            let own =
                runner.translator is NAT64
                ? Self.syn6(5000, to: 80) : TestPacket.tcp4("10.0.0.5", 5000, "93.184.216.34", 80, .syn)
            let out = runner.send(own)
            #expect(try out.ipv4().transport?.sourcePort == 40_001)
            // The outside's next SYN completes the connection.
            #expect(runner.send(syn).refusal == nil)
            runner.now = runner.now + .seconds(10)
            #expect(Self.unanswered(runner) == nil, "it was taken")
        }
    }

    @Test("A called port that is taken, out of range or of another remote endpoint leaves the choice as it was")
    func notTaken() throws {
        let runner = try NAT64Tests.runner(policy: .aws)
        let first = try #require(try runner.send(Self.syn6(5000, to: 80)).ipv4().transport?.sourcePort)
        // Somebody calls the port that is in use, from an endpoint that its filter does not know.
        _ = runner.send(TestPacket.tcp4("93.184.216.34", 8080, "198.51.100.1", first, .syn))
        let second = try #require(try runner.send(Self.syn6(6000, to: 8080)).ipv4().transport?.sourcePort)
        #expect(second != first)
        _ = runner.send(TestPacket.tcp4("93.184.216.34", 9090, "198.51.100.1", 1, .syn))
        let third = try #require(try runner.send(Self.syn6(7000, to: 9090)).ipv4().transport?.sourcePort)
        #expect(third >= 1024)
    }

    @Test("Where the outside is told nothing, nothing is kept; of a flood no more than the bound")
    func bounds() throws {
        let gateway = try NATGateway(addresses: [IPv6Address(mapping: v4("10.0.0.100"))], capacity: 1000)
        let silent = PacketRunner(try NAT64(gateway: gateway))
        _ = silent.send(TestPacket.tcp4("93.184.216.34", 80, "10.0.0.100", 4000, .syn))
        silent.now = silent.now + .seconds(10)
        #expect(Self.unanswered(silent) == nil)
        let runner = try NAT64Tests.runner(policy: .aws)
        for port in 1...3000 as ClosedRange<UInt16> {
            _ = runner.send(TestPacket.tcp4("93.184.216.34", port, "198.51.100.1", 4000, .syn))
        }
        runner.now = runner.now + .seconds(6)
        var count = 0
        while runner.translator.takeUnansweredSYN(now: runner.now) != nil { count += 1 }
        #expect(count == UnsolicitedSYNs<IPv6Address>.capacity)
        // Where nobody asks for what is over, it makes room for what comes.
        for port in 1...1100 as ClosedRange<UInt16> {
            _ = runner.send(TestPacket.tcp4("93.184.216.34", port, "198.51.100.1", 4000, .syn))
        }
        runner.now = runner.now + .seconds(7)
        let late = TestPacket.tcp4("93.184.216.99", 80, "198.51.100.1", 40_009, .syn)
        #expect(runner.send(late).refusal != nil)
        while let packet = runner.translator.takeUnansweredSYN(now: runner.now) { #expect(packet != late) }
        runner.now = runner.now + .seconds(6)
        #expect(runner.translator.takeUnansweredSYN(now: runner.now) == late)
    }
}
