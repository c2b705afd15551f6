import Captures
import Cluster
import Configuration
import Foundation
import Packets
import Replay
import TestSupport
import Testing
import Translation

@testable import dataplane

/// One packet of a capture that Scripts/make-captures.py made, and what it has to become.
struct ReplayPair: Sendable, CustomTestStringConvertible {
    let suite: String
    let number: Int
    let name: String
    let expected: [[UInt8]]
    let written: [[UInt8]]
    var testDescription: String { "\(suite) \(number): \(name)" }

    static let folder = ExampleCluster.root + "/Tests/DataplaneTests/Captures/"
    static let all = ["siit", "nat64"].flatMap { suite -> [ReplayPair] in
        do { return try pairs(suite) } catch {
            Issue.record("\(suite): \(error)")
            return []
        }
    }

    /// Runs a suite's capture through the translator of its configuration once, and puts together what belongs together.
    static func pairs(_ suite: String) throws -> [ReplayPair] {
        let text = try String(contentsOfFile: folder + suite + ".yaml", encoding: .utf8)
        let configuration = try Configuration(text, file: suite + ".yaml")
        let translator = try #require(configuration.translator).makeTranslator()
        let output = FileManager.default.temporaryDirectory.appendingPathComponent("\(suite)-\(UUID()).pcap").path
        defer { try? FileManager.default.removeItem(atPath: output) }
        var replay = Replay(translator, configuration.router.makeRouter(), using: SplitMix64(seed: 1))
        var counts: [Int] = []
        try replay.run(from: folder + suite + "-in.pcap", to: output) { outcome, _ in counts.append(outcome.written) }
        var written = try packets(output)[...]
        var wanted = try packets(folder + suite + "-out.pcap")[...]
        let names = try String(contentsOfFile: folder + suite + ".txt", encoding: .utf8).split(separator: "\n")
        try #require(names.count == counts.count)
        return names.enumerated().map { number, line in
            let parts = line.split(separator: " ", maxSplits: 1)
            let count = Int(parts[0]) ?? 0
            defer {
                written = written.dropFirst(counts[number])
                wanted = wanted.dropFirst(count)
            }
            return ReplayPair(
                suite: suite, number: number + 1, name: String(parts[1]), expected: Array(wanted.prefix(count)),
                written: Array(written.prefix(counts[number])))
        }
    }

    static func packets(_ path: String) throws -> [[UInt8]] {
        var reader = try CaptureReader(CaptureFile(path: path))
        var buffer: [UInt8] = []
        var packets: [[UInt8]] = []
        while let packet = try reader.next(into: &buffer, at: 0) { packets.append(Array(buffer[packet.range])) }
        return packets
    }

    /// The packet without what is random by the RFC: the identification of an IPv4 packet that is not a fragment, the
    /// checksums over it, and the same of a packet that an error quotes.
    static func masked(_ packet: [UInt8]) -> [UInt8] {
        var packet = packet
        guard packet.count >= 20, packet[0] >> 4 == 4 else { return packet }
        let start = Int(packet[0] & 15) * 4
        if packet[9] == 1, packet.count >= start + 28, [3, 11, 12].contains(packet[start]), packet[start + 8] >> 4 == 4
        {
            if mask(&packet, at: start + 8) { packet.replaceSubrange(start + 2..<start + 4, with: [0, 0]) }
        }
        mask(&packet, at: 0)
        return packet
    }

    @discardableResult
    private static func mask(_ packet: inout [UInt8], at start: Int) -> Bool {
        if packet[start + 6] & 0x3F != 0 || packet[start + 7] != 0 { return false }
        for offset in [4, 5, 10, 11] { packet[start + offset] = 0 }
        return true
    }
}

@Suite("RFC 7915, 6146, 7757, 6791, 4884, packet by packet")
struct ReplayTests {
    @Test("A packet becomes what scapy says that it has to become, byte for byte", arguments: ReplayPair.all)
    func pair(_ pair: ReplayPair) {
        #expect(pair.written.map(ReplayPair.masked) == pair.expected.map(ReplayPair.masked))
    }

    @Test("All that comes out has right checksums, also where the identification is left out above")
    func checksums() throws {
        var checked = 0
        for pair in ReplayPair.all {
            for packet in pair.written {
                let span = packet.span.bytes
                let isRight =
                    packet[0] >> 4 == 4
                    ? try IPv4Packet(ipv4: span, 0..<packet.count).hasRightChecksum(span)
                    : try IPv6Packet(ipv6: span, 0..<packet.count).hasRightChecksum(span)
                #expect(isRight != false, "\(pair)")
                if isRight == true { checked += 1 }
            }
        }
        #expect(checked > 90)
    }

    @Test("Every rule of RFC 7915 sections 4 and 5 has its packets")
    func sections() {
        for section in [
            "4.1 ", "4.2 ", "4.3 ", "4.5 ", "5.1 ", "5.1.1 ", "5.2 ", "5.3 ", "RFC 4884", "RFC 6791", "RFC 7757",
        ] {
            #expect(ReplayPair.all.contains { $0.name.hasPrefix(section) }, "\(section) has none")
        }
        #expect(ReplayPair.all.count >= 170)
    }
}
