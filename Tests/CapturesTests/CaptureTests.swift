import Captures
import Foundation
import Packets
import Testing

@Suite("Captures")
struct CaptureTests {
    static func packets(_ bytes: [UInt8]) throws(CaptureError) -> [(packet: CapturedPacket, data: [UInt8])] {
        var reader = try CaptureReader(CaptureBytes(bytes))
        var buffer: [UInt8] = []
        var result: [(packet: CapturedPacket, data: [UInt8])] = []
        while let packet = try reader.next(into: &buffer, at: 3) {
            result.append((packet, Array(buffer[packet.range])))
        }
        return result
    }

    static func words(_ words: [UInt32], swapped: Bool) -> [UInt8] {
        words.flatMap { word in
            let bytes = [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: word >> $0) }
            return swapped ? bytes.reversed() : bytes
        }
    }

    @Test(
        "pcap in both byte orders, with microseconds and nanoseconds", arguments: [false, true], [false, true])
    func pcap(_ isSwapped: Bool, _ isNanoseconds: Bool) throws {
        let magic: UInt32 = isNanoseconds ? 0xA1B2_3C4D : 0xA1B2_C3D4
        let bytes =
            Self.words(
                [magic, isSwapped ? 0x0002_0004 : 0x0004_0002, 0, 0, 65535, 101, 5, 7, 3, 9], swapped: isSwapped)
            + [1, 2, 3]
        let packets = try Self.packets(bytes)
        #expect(packets.count == 1 && packets[0].data == [1, 2, 3])
        #expect(packets[0].packet.time == 5_000_000_000 + (isNanoseconds ? 7 : 7000))
        #expect(packets[0].packet.linkType == .raw && packets[0].packet.originalLength == 9)
    }

    @Test(
        "pcapng: sections of either byte order, interfaces with their own time and link type, simple packets, other blocks"
    )
    func pcapng() throws {
        func section(_ isSwapped: Bool) -> [UInt8] {
            let words = { Self.words($0, swapped: isSwapped) }
            let order: (UInt16, UInt16) -> UInt32 = { first, second in
                isSwapped ? UInt32(first) << 16 | UInt32(second) : UInt32(second) << 16 | UInt32(first)
            }
            return words([0x0A0D_0D0A, 28, 0x1A2B_3C4D, order(1, 0), ~0, ~0, 28])
                // Link type 1, nanoseconds: option 9 of one byte, 9.
                + words([1, 32, order(1, 0), 65535, order(9, 1)]) + [9, 0, 0, 0] + words([0, 32])
                // Link type 101, microseconds by default.
                + words([1, 20, order(101, 0), 65535, 20])
                + words([0xBAD, 16, 42, 16])
                + words([6, 36, 0, 1, 2, 2, 2]) + [7, 8, 0, 0] + words([36])
                + words([6, 36, 1, 0, 5, 4, 60]) + [1, 2, 3, 4] + words([36])
                + words([3, 20, 3]) + [5, 6, 7, 0] + words([20])
        }
        for isSwapped in [false, true] {
            let packets = try Self.packets(section(isSwapped) + section(!isSwapped))
            #expect(packets.map(\.data) == [[7, 8], [1, 2, 3, 4], [5, 6, 7], [7, 8], [1, 2, 3, 4], [5, 6, 7]])
            #expect(packets.map(\.packet.linkType.rawValue) == [1, 101, 1, 1, 101, 1])
            #expect(packets[0].packet.time == 1 << 32 | 2 && packets[1].packet.time == 5000)
            #expect(packets[1].packet.originalLength == 60)
        }
    }

    @Test("What is written reads back", arguments: CaptureFormat.allCases)
    func roundTrip(_ format: CaptureFormat) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).pcap").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        var writer = try CaptureWriter(path: path, format, linkType: .raw)
        let data: [[UInt8]] = (1...1500).map { count in [UInt8](repeating: UInt8(count & 0xFF), count: count) }
        for (index, packet) in data.enumerated() {
            let type: LinkHeader.LinkType = format == .pcapng && index % 3 == 0 ? .ethernet : .raw
            try writer.write(packet.span.bytes, 0..<packet.count, time: 1_700_000_000_123_456_789 + UInt64(index), type)
        }
        try writer.flush()
        let read = try Self.packets(Array(Data(contentsOf: URL(fileURLWithPath: path))))
        #expect(read.map(\.data) == data)
        #expect(read.last?.packet.time == 1_700_000_000_123_456_789 + 1499)
        #expect(read[0].packet.linkType == (format == .pcapng ? .ethernet : .raw))
    }

    @Test("A capture that is cut off anywhere gives its whole packets, then says where it ends")
    func truncated() throws {
        let whole =
            Self.words([0xA1B2_C3D4, 0x0004_0002, 0, 0, 65535, 1, 5, 7, 3, 3], swapped: false) + [1, 2, 3]
            + Self.words([5, 8, 2, 2], swapped: false) + [4, 5]
        #expect(try Self.packets(whole).count == 2)
        for count in 0..<whole.count where count != 24 && count != 43 {
            #expect(throws: CaptureError.self) { try Self.packets(Array(whole[..<count])) }
        }
        let second = CapturePlace(record: 2, packet: 2, offset: 43)
        #expect(throws: CaptureError.truncated(second, needs: 18, has: 17)) {
            try Self.packets(Array(whole.dropLast()))
        }
        #expect(throws: CaptureError.truncated(CapturePlace(record: 0, offset: 0), needs: 24, has: 9)) {
            try Self.packets(Array(whole[..<9]))
        }
        #expect(throws: CaptureError.format(magic: 0x6761_6D69)) { try Self.packets(Array("image".utf8)) }
        #expect(throws: CaptureError.linkType(147)) {
            try Self.packets(Self.words([0xA1B2_C3D4, 0x0004_0002, 0, 0, 65535, 147, 5, 7, 0, 0], swapped: false))
        }
    }
}
