import Captures
import Foundation
import Packets
import Testing

@testable import dataplane

@Suite("Replay of captures that are damaged, or of link layers that are not read")
struct ReplayFaultTests {
    static let packet = ReplayLinkTests.packet(hopLimit: 64)

    @Test(
        "A pcap that ends within a record: the packets before it come out, then the error is reported",
        arguments: [false, true], [false, true])
    func cutRecord(_ isSwapped: Bool, _ isNanoseconds: Bool) throws {
        let whole = ReplayRun.pcap(
            Array(repeating: (Self.packet, 52), count: 3), isSwapped: isSwapped, isNanoseconds: isNanoseconds)
        // Records begin at 24, 92 and 160.
        for (count, packets) in [(25, 0), (40, 0), (91, 0), (93, 1), (107, 1), (108, 1), (159, 1), (161, 2), (227, 2)] {
            let run = try ReplayRun(ReplayLinkTests.configuration, Array(whole[..<count]))
            #expect(run.packets.count == packets && run.summary["packets"] as? Int == packets)
            #expect(run.written.count == packets && run.hasOutput == (packets > 0))
            let offset = 24 + packets * 68
            #expect(run.error?["packet"] as? Int == packets + 1 && run.error?["offset"] as? Int == offset)
            #expect((run.error?["file"] as? String)?.hasSuffix("/in") == true && run.error?["fix"] != nil)
            #expect(run.message?.hasPrefix("/in: ends within packet \(packets + 1) at byte \(offset): ") == true)
            #expect(
                run.message?.hasSuffix("; capture it again, or keep what is whole: its first \(offset) bytes") == true)
            #expect(run.text.contains("\(packets) packets: \(packets) forwarded"))
        }
        let run = try ReplayRun(ReplayLinkTests.configuration, whole)
        #expect(run.message == nil && run.error == nil && run.written.count == 3)
    }

    @Test("A pcapng that ends within a block, or whose block's length leads beyond the end")
    func cutBlock() throws {
        let whole = ReplayRun.pcapng([101], [(0, Self.packet), (0, Self.packet)])
        for count in [133, 136, 140, 160, 215] {
            let run = try ReplayRun(ReplayLinkTests.configuration, Array(whole[..<count]))
            #expect(run.verdicts() == ["forwarded"] && run.written.count == 1)
            #expect(run.error?["packet"] as? Int == 2 && run.error?["offset"] as? Int == 132)
        }
        var damaged = whole
        damaged[132 + 6] = 1
        let run = try ReplayRun(ReplayLinkTests.configuration, damaged)
        #expect(run.written.count == 1 && run.message?.contains("packet 2 at byte 132: it needs 65620 bytes") == true)
    }

    @Test("What is not a capture: the JSON is whole too, and nothing is written", arguments: ["", "image", "\u{0A}"])
    func noCapture(_ text: String) throws {
        let run = try ReplayRun(ReplayLinkTests.configuration, Array(text.utf8))
        #expect(run.message != nil && run.error?["message"] != nil && !run.hasOutput)
    }

    @Test("pcapng: an interface that is not read is named and its packets are counted, the others go through")
    func foreignInterface() throws {
        let run = try ReplayRun(
            ReplayLinkTests.configuration,
            ReplayRun.pcapng(
                [249, 101, 147], [(0, [1, 2, 3]), (1, Self.packet), (0, [4]), (2, [5]), (1, Self.packet)]))
        #expect(run.message == nil && run.written.count == 2)
        #expect(run.verdicts() == ["skipped", "forwarded", "skipped", "skipped", "forwarded"])
        #expect(run.verdicts("reason")[0] == "interface 0 has link type 249 (USBPCAP), which is not supported")
        let unread = try #require(run.summary["unreadInterfaces"] as? [[String: Any]])
        #expect(unread.map { $0["interface"] as? Int } == [0, 2] && unread.map { $0["packets"] as? Int } == [2, 1])
        #expect(unread.map { $0["linkType"] as? Int } == [249, 147] && unread[1]["name"] as? String == "USER0")
        #expect(run.text.contains("skipped 2: interface 0, link type 249 (USBPCAP), is not supported"))
    }

    @Test("Where nothing is of a link type that is read, that is bad input")
    func foreignOnly() throws {
        for capture in [
            ReplayRun.pcapng([249], [(0, [1, 2, 3])]), ReplayRun.pcap([([1, 2, 3], 3)], linkType: 249),
        ] {
            let run = try ReplayRun(ReplayLinkTests.configuration, capture)
            #expect(run.message?.contains("link type 249 (USBPCAP) is not supported") == true && !run.hasOutput)
        }
    }

    @Test("Loopback: raw IP comes out", arguments: [UInt32(0), 108])
    func loopback(_ linkType: UInt32) throws {
        let family: [UInt8] = linkType == 0 ? [30, 0, 0, 0] : [0, 0, 0, 24]
        let run = try ReplayRun(
            ReplayLinkTests.configuration,
            ReplayRun.pcap([(family + Self.packet, 56), ([9, 0, 0, 0, 1], 5)], linkType: linkType))
        #expect(run.verdicts() == ["forwarded", "skipped"] && run.message == nil)
        #expect(run.written.map(\.packet.linkType) == [.raw] && run.written[0].data[0] == 0x45)
    }
}
