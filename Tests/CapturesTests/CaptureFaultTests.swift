import Captures
import Packets
import Testing

@Suite("Captures that are damaged, or in part of link layers that are not read")
struct CaptureFaultTests {
    static let section: [UInt32] = [0x0A0D_0D0A, 28, 0x1A2B_3C4D, 1, ~0, ~0, 28]

    /// An interface's block, little-endian.
    static func interface(_ linkType: UInt32) -> [UInt32] { [1, 20, linkType, 65535, 20] }

    /// A packet's block, of four bytes.
    static func packet(_ interface: UInt32, _ data: UInt32, original: UInt32 = 4) -> [UInt32] {
        [6, 36, interface, 0, 7, 4, original, data, 36]
    }

    static func bytes(_ words: [UInt32]...) -> [UInt8] { words.flatMap { CaptureTests.words($0, swapped: false) } }

    /// All records, and the error that ended them.
    static func records(_ bytes: [UInt8]) -> ([CaptureRecord], CaptureError?) {
        var records: [CaptureRecord] = []
        do throws(CaptureError) {
            var reader = try CaptureReader(CaptureBytes(bytes))
            var buffer: [UInt8] = []
            while let record = try reader.nextRecord(into: &buffer, at: 0) { records.append(record) }
        } catch {
            return (records, error)
        }
        return (records, nil)
    }

    @Test("pcapng cut off within a packet's block: the packets before it, then which packet, where, and what to do")
    func cutBlock() {
        let whole = Self.bytes(Self.section, Self.interface(101), Self.packet(0, 1), Self.packet(0, 2))
        for count in 84..<120 {
            let (records, error) = Self.records(Array(whole[..<count]))
            #expect(records.count == 1)
            if count == 84 {
                #expect(error == nil)
                continue
            }
            #expect(error?.place == CapturePlace(record: 4, packet: 2, offset: 84))
            #expect(error?.description.contains("packet 2 at byte 84") == true)
            #expect(error?.fix == "capture it again, or keep what is whole: its first 84 bytes")
        }
        #expect(Self.records(whole).0.count == 2)
    }

    @Test("A block's length that leads beyond the end, or that can't be, is an error of its packet")
    func blockLength() {
        let before = Self.bytes(Self.section, Self.interface(101), Self.packet(0, 1))
        let place = CapturePlace(record: 4, packet: 2, offset: 84)
        for (length, expected) in [
            (UInt32(4096), CaptureError.truncated(place, needs: 4096, has: 36)), (37, .length(place, 37)),
            (8, .length(place, 8)), (~3, .length(place, UInt64(~3 as UInt32))), (16, .length(place, 16)),
        ] {
            var block = Self.packet(0, 2)
            block[1] = length
            let (records, error) = Self.records(before + Self.bytes(block))
            #expect(records.count == 1 && error == expected)
        }
        // More data than the block has.
        var block = Self.packet(0, 2)
        block[5] = 5
        #expect(Self.records(before + Self.bytes(block)).1 == .length(place, 5))
    }

    @Test("Blocks of other kinds are named by their number")
    func otherBlocks() {
        let before = Self.bytes(Self.section, Self.interface(101), Self.packet(0, 1))
        let statistics = Self.bytes([5, 24, 0, 0, 0, 24])
        let (records, error) = Self.records(before + statistics.dropLast(3))
        #expect(records.count == 1 && error?.place == CapturePlace(record: 4, offset: 84))
        #expect(error?.description.contains("block 4 at byte 84") == true)
        let order = Self.bytes([0x0A0D_0D0A, 28, 0xDEAD_BEEF, 1, ~0, ~0, 28])
        #expect(Self.records(before + order).1 == .byteOrder(CapturePlace(record: 4, offset: 84), 0xDEAD_BEEF))
        #expect(
            Self.records(before + Self.bytes(Self.packet(3, 1))).1
                == .unknownInterface(CapturePlace(record: 4, packet: 2, offset: 84), 3))
    }

    @Test("Packets of an interface whose link type is not read are passed over, by name")
    func foreignInterface() throws {
        let (records, error) = Self.records(
            Self.bytes(
                Self.section, Self.interface(249), Self.interface(101), Self.packet(0, 1, original: 60),
                Self.packet(1, 2), Self.interface(250), Self.packet(2, 3)))
        #expect(error == nil)
        try #require(records.count == 3)
        guard case .unread(let first) = records[0], case .packet(let second) = records[1],
            case .unread(let third) = records[2]
        else {
            Issue.record("\(records)")
            return
        }
        #expect(first.interface == 0 && first.reason == .linkType(249) && first.originalLength == 60)
        #expect(first.description == "interface 0 has link type 249 (USBPCAP), which is not supported")
        #expect(second.linkType == .raw && first.time == second.time)
        #expect(third.description == "interface 2 has link type 250, which is not supported")
        // The short method leaves them out.
        #expect(
            try CaptureTests.packets(
                Self.bytes(Self.section, Self.interface(249), Self.interface(101), Self.packet(0, 1), Self.packet(1, 2))
            ).map(\.data) == [[2, 0, 0, 0]])
    }

    @Test("Where no interface has a link type that is read, that is an error")
    func foreignOnly() {
        let (records, error) = Self.records(Self.bytes(Self.section, Self.interface(249), Self.packet(0, 1)))
        #expect(records.count == 1 && error == .linkType(249))
        #expect(error?.description.hasPrefix("link type 249 (USBPCAP) is not supported") == true)
        #expect(Self.records(Self.bytes(Self.section, Self.interface(249))).1 == nil)
        // An interface that is read, if without a packet.
        let both = Self.bytes(Self.section, Self.interface(249), Self.interface(1), Self.packet(0, 1))
        #expect(Self.records(both).1 == nil)
    }

    @Test(
        "Loopback of either kind, and systems' own numbers of raw IP, are raw IP", arguments: [UInt32(0), 108, 12, 14])
    func rawIP(_ linkType: UInt32) throws {
        for family: [UInt8] in [
            [2, 0, 0, 0], [0, 0, 0, 2], [30, 0, 0, 0], [0, 0, 0, 24], [28, 0, 0, 0], [10, 0, 0, 0],
        ] {
            let header = linkType == 0 || linkType == 108 ? family : []
            let length = UInt32(header.count + 3)
            let packets = try CaptureTests.packets(
                Self.bytes([0xA1B2_C3D4, 0x0004_0002, 0, 0, 65535, linkType, 5, 7, length, length + 100])
                    + header + [0x45, 8, 9])
            try #require(packets.count == 1)
            #expect(packets[0].data == [0x45, 8, 9] && packets[0].packet.linkType == .raw)
            #expect(packets[0].packet.originalLength == 103)
        }
    }

    @Test("Loopback of another protocol, or without a whole header, is passed over")
    func loopbackOfOthers() {
        for (data, reason) in [
            ([UInt8]([7, 0, 0, 0, 0x45]), UnreadPacket.Reason.family(7)), ([2, 0, 0], .truncated), ([], .truncated),
        ] {
            let length = UInt32(data.count)
            let (records, error) = Self.records(
                Self.bytes([0xA1B2_C3D4, 0x0004_0002, 0, 0, 65535, 0, 5, 7, length, length]) + data)
            guard case .unread(let packet) = records.first, error == nil else {
                Issue.record("\(records)")
                continue
            }
            #expect(packet.reason == reason)
        }
    }

    @Test("Any cut, and any byte changed, ends in packets or an error")
    func damage() {
        let whole = Self.bytes(
            Self.section, Self.interface(0), Self.interface(249), Self.packet(0, 2), Self.packet(1, 2),
            [3, 20, 4, 2, 20])
        for count in 0...whole.count { _ = Self.records(Array(whole[..<count])) }
        for index in whole.indices {
            for value in [UInt8](arrayLiteral: 0, 1, 0x7F, 0x80, 0xFF) {
                var damaged = whole
                damaged[index] = value
                _ = Self.records(damaged).1?.description
            }
        }
    }
}
