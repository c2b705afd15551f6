import Captures
import Foundation
import IPAddresses
import Packets
import Testing

@testable import dataplane

@Suite("Replay of packets that are cut by a snapshot length")
struct ReplaySnapshotTests {
    static let snat = """
        translator: {kind: snat, inside: 10.0.16.0/20, pool: 192.0.2.100, filtering: endpoint-independent}
        """

    /// An IPv4 packet from 10.0.16.10 to 203.0.113.9, its header's checksum computed.
    static func ipv4(_ ipProtocol: UInt8, _ transport: [UInt8], fragment: UInt16 = 0, timeToLive: UInt8 = 64) -> [UInt8]
    {
        var bytes = [UInt8](repeating: 0, count: 20) + transport
        var span = bytes.mutableSpan
        var raw = span.mutableBytes
        var header = IPv4Header(
            totalLength: 20 + transport.count, timeToLive: timeToLive, protocol: ipProtocol,
            from: .init(bits: 0x0A00_100A), to: .init(bits: 0xCB00_7109))
        header.identification = 7
        header.moreFragments = fragment & 0x2000 != 0
        header.fragmentOffset = Int(fragment & 0x1FFF) * 8
        header.write(&raw, at: 0)
        return bytes
    }

    static func udp(checksum: UInt16, _ count: Int) -> [UInt8] {
        let length = UInt16(8 + count)
        return [0x9C, 0x40, 0, 53] + [length, checksum].flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
            + (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 1) }
    }

    /// Lengths that packets are cut to: all within headers, some within the data.
    static let lengths = Array(0...96) + [100, 128, 200, 256, 512, 576, 1000, 1232, 1280, 1281, 1400, 1499]

    @Test(
        "A cut packet becomes the beginning of what the whole one becomes, with its wire length; or it is refused",
        arguments: ["siit", "nat64"])
    func beginnings(_ suite: String) throws {
        let configuration = try String(contentsOfFile: ReplayPair.folder + suite + ".yaml", encoding: .utf8)
        let packets = try ReplayPair.packets(ReplayPair.folder + suite + "-in.pcap")
        // Twice, so that the second time all is open that the first one has opened.
        let all = packets.map { ($0, $0.count) }
        let whole = try ReplayRun(configuration, ReplayRun.pcap(all + all))
        var forwarded = 0
        for length in Self.lengths {
            let run = try ReplayRun(
                configuration, ReplayRun.pcap(all + packets.map { (Array($0.prefix(length)), $0.count) }))
            #expect(run.message == nil && run.packets.count == 2 * packets.count)
            var (next, wholeNext) = (0, 0)
            for (index, outcome) in run.packets.enumerated() {
                let count = outcome["written"] as? Int ?? 0
                let wholeCount = whole.packets[index]["written"] as? Int ?? 0
                defer { (next, wholeNext) = (next + count, wholeNext + wholeCount) }
                let wasCut = index >= packets.count && packets[index - packets.count].count > length
                let verdict = outcome["verdict"] as? String
                guard verdict == "forwarded" else {
                    let reason = outcome["reason"] as? String ?? ""
                    let isTold = reason.contains("snapshot length") && wasCut
                    #expect(
                        isTold || reason == whole.packets[index]["reason"] as? String,
                        "\(suite) \(index + 1) cut to \(length): \(reason)")
                    continue
                }
                #expect(count == wholeCount, "\(suite) \(index + 1) cut to \(length)")
                forwarded += wasCut ? 1 : 0
                for part in 0..<min(count, wholeCount) {
                    let (cut, all) = (run.written[next + part], whole.written[wholeNext + part])
                    let expected = ReplayPair.masked(all.data).prefix(cut.data.count)
                    #expect(
                        Array(expected) == ReplayPair.masked(cut.data), "\(suite) \(index + 1) cut to \(length)")
                    #expect(cut.packet.originalLength == all.data.count)
                    #expect(cut.data.count == all.data.count || wasCut)
                }
            }
        }
        #expect(forwarded > (suite == "siit" ? 1000 : 150))
    }

    @Test("Source NAT: addresses, ports and checksums of a cut packet are the whole one's")
    func sourceNAT() throws {
        let packet = Self.ipv4(17, Self.udp(checksum: 0x1234, 1400))
        let run = try ReplayRun(
            Self.snat, ReplayRun.pcap([(packet, 1428), (Array(packet[..<68]), 1428), (Array(packet[..<28]), 1428)]))
        #expect(run.verdicts() == ["forwarded", "forwarded", "forwarded"])
        #expect(run.written.map(\.data.count) == [1428, 68, 28])
        #expect(run.written.map(\.packet.originalLength) == [1428, 1428, 1428])
        #expect(Array(run.written[0].data[..<68]) == run.written[1].data)
        #expect(Array(run.written[0].data[..<28]) == run.written[2].data)
        #expect(run.packets[1]["captured"] as? Int == 68 && run.packets[1]["length"] as? Int == 1428)
        #expect(run.packets[0]["captured"] == nil)
    }

    @Test("Headers that are not whole are refused, by a reason of their own")
    func headers() throws {
        let udp = Self.ipv4(17, Self.udp(checksum: 0x1234, 100))
        // With 12 bytes of options.
        let tcp = Self.ipv4(
            6,
            [0x9C, 0x40, 1, 187] + [UInt8](repeating: 0, count: 8) + [0x80, 2, 0, 9, 0, 0, 0, 0]
                + [UInt8](repeating: 1, count: 200))
        for (packet, ethernet, cuts) in [
            (udp, false, [0, 1, 19, 20, 27]), (tcp, false, [39, 40, 51]), (udp, true, [13, 14, 41]),
        ] {
            let frame = ethernet ? [UInt8](repeating: 2, count: 12) + [8, 0] + packet : packet
            let run = try ReplayRun(
                Self.snat,
                ReplayRun.pcap(
                    cuts.map { (Array(frame[..<$0]), frame.count) } + [(Array(frame[..<66]), frame.count)],
                    linkType: ethernet ? 1 : 101))
            #expect(run.verdicts().dropLast().allSatisfy { $0 == "refused" } && run.verdicts().last == "forwarded")
            #expect(run.verdicts("reason").dropLast().allSatisfy { $0 == "headers cut by the snapshot length" })
            #expect((run.summary["reasons"] as? [String: Int]) == ["headers cut by the snapshot length": cuts.count])
            #expect(run.text.contains("refused \(cuts.count): headers cut by the snapshot length"))
        }
    }

    @Test("A packet that states more than there was on the wire is malformed, cut or not")
    func statesMore() throws {
        let packet = Self.ipv4(17, Self.udp(checksum: 0x1234, 100))
        let run = try ReplayRun(
            Self.snat,
            ReplayRun.pcap([(Array(packet[..<60]), 60), (Array(packet[..<60]), 127), (Array(packet[..<60]), 0)]))
        #expect(run.verdicts("reason") == ["malformed", "malformed", "malformed"])
    }

    @Test("What the link layer had padded is not missed: the IP packet is whole")
    func padding() throws {
        let packet = Self.ipv4(17, Self.udp(checksum: 0x1234, 10))
        let frame = [UInt8](repeating: 2, count: 12) + [8, 0] + packet
        let run = try ReplayRun(Self.snat, ReplayRun.pcap([(frame, 60)], linkType: 1))
        #expect(run.verdicts() == ["forwarded"] && run.written[0].packet.originalLength == frame.count)
    }

    @Test("RFC 7915 4.5: a UDP checksum that would have to be computed can't be; within one family it stays zero")
    func zeroChecksum() throws {
        let packet = Array(Self.ipv4(17, Self.udp(checksum: 0, 100))[..<60])
        let mapped = "translator: {kind: siit, prefix: \"2001:db8:64::/96\"}"
        let refused = try ReplayRun(mapped, ReplayRun.pcap([(packet, 128)]))
        #expect(refused.verdicts("reason") == ["cut by the snapshot length: the UDP checksum can't be computed"])
        #expect(refused.written.isEmpty && refused.summary["forwarded"] as? Int == 0)
        let kept = try ReplayRun(Self.snat, ReplayRun.pcap([(packet, 128)]))
        #expect(kept.verdicts() == ["forwarded"] && kept.written[0].data[26...27].allSatisfy { $0 == 0 })
    }

    @Test("ICMP errors are refused, whose checksum is over all that they quote; echoes go through")
    func icmp() throws {
        let quoted = Self.ipv4(17, Self.udp(checksum: 1, 100))
        let error = Self.ipv4(1, [3, 4, 0, 0, 0, 0, 5, 0] + quoted)
        let echo = Self.ipv4(1, [8, 0, 0x12, 0x34, 0, 7, 0, 1] + [UInt8](repeating: 9, count: 100))
        let run = try ReplayRun(
            Self.snat, ReplayRun.pcap([(Array(error[..<80]), error.count), (Array(echo[..<28]), echo.count)]))
        #expect(run.verdicts("reason")[0] == "cut by the snapshot length: the checksum of an ICMP error can't be told")
        #expect(run.verdicts()[1] == "forwarded")
    }

    @Test("A cut packet that is fragmented: each fragment has its headers, and what there is of its data")
    func fragmented() throws {
        let packet = Self.ipv4(17, Self.udp(checksum: 0x1234, 1400))
        let configuration = Self.snat.replacingOccurrences(of: "kind: snat", with: "kind: snat, mtu: 576")
        let whole = try ReplayRun(configuration, ReplayRun.pcap([(packet, 1428)]))
        for length in [28, 100, 571, 572, 573, 600, 1300] {
            let run = try ReplayRun(configuration, ReplayRun.pcap([(Array(packet[..<length]), 1428)]))
            #expect(run.written.map(\.packet.originalLength) == whole.written.map(\.data.count))
            // 552 bytes of data each; of the IP packet's data there are that many.
            let kept = (0..<3).map { 20 + min(max(length - 20 - $0 * 552, 0), [552, 552, 304][$0]) }
            #expect(run.written.map(\.data.count) == kept)
            for (cut, all) in zip(run.written, whole.written) {
                #expect(cut.data == Array(all.data[..<cut.data.count]))
            }
        }
    }

    @Test("A cut fragment that has waited for its first one is cut still")
    func held() throws {
        let transport = Self.udp(checksum: 0x1234, 992)
        let first = Self.ipv4(17, Array(transport[..<504]), fragment: 0x2000)
        let later = Self.ipv4(17, Array(transport[504...]), fragment: 63)
        let run = try ReplayRun(
            Self.snat, ReplayRun.pcap([(Array(later[..<100]), later.count), (Array(first[..<90]), first.count)]))
        #expect(run.verdicts() == ["held", "forwarded"] && run.packets[1]["written"] as? Int == 2)
        #expect(run.written.map(\.data.count) == [90, 100])
        #expect(run.written.map(\.packet.originalLength) == [first.count, later.count])
        #expect(Array(run.written[1].data[20...]) == Array(later[20..<100]))
    }

    @Test("An error to the sender quotes no more than there is: else there is none, and it says so")
    func answers() throws {
        let configuration = Self.snat + "\nrouter: {ipv4: 192.0.2.254}"
        let packet = Self.ipv4(17, Self.udp(checksum: 0x1234, 1000), timeToLive: 1)
        let run = try ReplayRun(
            configuration,
            ReplayRun.pcap([(Array(packet[..<547]), packet.count), (Array(packet[..<548]), packet.count)]))
        #expect(run.verdicts("reason") == ["timeExceeded", "timeExceeded"])
        #expect(run.verdicts("unanswered") == ["cut by the snapshot length", nil])
        #expect(run.verdicts("answer") == [nil, "timeExceeded"])
        #expect(run.written.map(\.data.count) == [576] && run.summary["answers"] as? Int == 1)
    }

    @Test("pcapng keeps the original length too")
    func pcapng() throws {
        let packet = Self.ipv4(17, Self.udp(checksum: 0x1234, 1400))
        var capture = ReplayRun.pcapng([101], [(0, Array(packet[..<68]))])
        // The original length, in front of the data and the block's length again.
        capture.replaceSubrange(capture.count - 76..<capture.count - 72, with: ReplayRun.words([1428], false))
        let run = try ReplayRun(Self.snat, capture)
        #expect(run.written.map(\.data.count) == [68] && run.written[0].packet.originalLength == 1428)
    }
}
