import Captures
import Cluster
import Configuration
import Foundation
import IPAddresses
import Packets
import Replay
import Testing
import Translation

@testable import dataplane

@Suite("Replay and link layers")
struct ReplayLinkTests {
    static let configuration = """
        translator: {kind: nat64, pool: 198.51.100.1}
        router: {ipv4: 198.51.100.254, ipv6: "2001:db8::fe"}
        """

    /// An IPv6 packet to 64:ff9b::203.0.113.9.
    static func packet(hopLimit: UInt8) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 52)
        var span = bytes.mutableSpan
        var raw = span.mutableBytes
        let (source, destination) = (
            IPv6Header(
                payloadLength: 12, hopLimit: hopLimit, nextHeader: 17, from: .init(bits: 0x2001_0DB8 << 96 | 5),
                to: .init(bits: 0x64_FF9B << 96 | 0xCB00_7109)), UInt32(0x03E8_0035)
        )
        source.write(&raw, at: 0)
        raw.set(destination, at: 40)
        raw.set(UInt16(12), at: 44)
        var sum = InternetChecksum()
        sum.add(source.source)
        sum.add(source.destination)
        sum.addPseudoHeader(ipProtocol: 17, length: 12)
        sum.add(raw.bytes, 40..<52)
        raw.set(sum.udpField, at: 46)
        return bytes
    }

    /// Runs packets of a link type through, and reads what comes out.
    static func run(_ format: CaptureFormat, _ packets: [([UInt8], LinkHeader.LinkType)]) throws
        -> (written: [[UInt8]], outcomes: [Replay.Outcome])
    {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var writer = try CaptureWriter(path: folder + "/in", format, linkType: packets[0].1)
        for (packet, type) in packets { try writer.write(packet.span.bytes, 0..<packet.count, time: 5, type) }
        try writer.flush()
        let configuration = try Configuration(Self.configuration, file: "")
        let translator = try #require(configuration.translator).makeTranslator()
        var replay = Replay(translator, configuration.router.makeRouter(), using: SplitMix64(seed: 1))
        var outcomes: [Replay.Outcome] = []
        try replay.run(from: folder + "/in", to: folder + "/out") { outcome, _ in outcomes.append(outcome) }
        return (try ReplayPair.packets(folder + "/out"), outcomes)
    }

    @Test("Ethernet: the EtherType becomes the other family's after all tags; errors go back to the sender's address")
    func ethernet() throws {
        let link: [UInt8] = [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 0x81, 0x00, 0, 7, 0x86, 0xDD]
        let arp = Array(link[..<12]) + [0x08, 0x06] + [UInt8](repeating: 0, count: 28)
        let padding = [UInt8](repeating: 0xEE, count: 6)
        let (written, outcomes) = try Self.run(
            .pcapng,
            [
                (link + Self.packet(hopLimit: 64) + padding, .ethernet), (arp, .ethernet),
                (link + Self.packet(hopLimit: 1), .ethernet), (Self.packet(hopLimit: 9), .raw),
            ])
        #expect(outcomes.map(\.verdict) == ["forwarded", "skipped", "refused", "forwarded"])
        try #require(written.count == 3)
        #expect(Array(written[0][..<18]) == Array(link[..<16]) + [0x08, 0x00])
        // 20 of IPv4 and 12 of UDP: what the link layer had padded is gone.
        #expect(written[0].count == 18 + 32 && written[0][18] == 0x45)
        #expect(Array(written[1][..<18]) == Array(link[6..<12]) + Array(link[..<6]) + Array(link[12...]))
        #expect(written[1][18 + 6] == 58 && written[1][18 + 40] == 3 && outcomes[2].answer == "timeExceeded")
        #expect(written[2].count == 32 && written[2][8] == 8)
    }

    @Test("Linux cooked, both versions: the protocol field becomes the other family's")
    func cooked() throws {
        let first: [UInt8] = [UInt8](repeating: 3, count: 14) + [0x86, 0xDD]
        let second: [UInt8] = [0x86, 0xDD] + [UInt8](repeating: 4, count: 18)
        let one = try Self.run(.pcap, [(first + Self.packet(hopLimit: 64), .linuxCooked)])
        #expect(Array(one.written[0][..<17]) == Array(first[..<14]) + [0x08, 0x00, 0x45])
        let other = try Self.run(.pcap, [(second + Self.packet(hopLimit: 64), .linuxCooked2)])
        #expect(Array(other.written[0][..<3]) == [0x08, 0x00, 4] && other.written[0][20] == 0x45)
    }
}
