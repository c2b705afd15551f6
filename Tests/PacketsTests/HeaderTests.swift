import IPAddresses
import Packets
import TestSupport
import Testing

@Suite("Headers")
struct HeaderTests {
    static let udp: [UInt8] = {
        var bytes = [UInt8](repeating: 0, count: 36)
        var span = bytes.mutableSpan
        var raw = span.mutableBytes
        IPv4Header(
            totalLength: 36, timeToLive: 64, protocol: 17, from: IPv4Address(bits: 0x0A00_0001),
            to: IPv4Address(bits: 0x0A00_0002)
        ).write(&raw, at: 0)
        raw.set(UInt32(0x03E8_0035), at: 20)
        raw.set(UInt16(16), at: 24)
        return bytes
    }()

    @Test("RFC 791: a packet that is cut off anywhere is refused, and says what is missing")
    func truncated() throws {
        for count in 0..<36 {
            let bytes = Array(Self.udp[..<count])
            #expect(throws: PacketError.self) { try IPv4Packet(ipv4: bytes.span.bytes, 0..<count) }
        }
        let whole = try IPv4Packet(ipv4: Self.udp.span.bytes, 0..<36)
        #expect(whole.transport?.sourcePort == 1000 && whole.transport?.destinationPort == 53)
        #expect("\(PacketError.truncated(.udp, needs: 8, has: 3))" == "the UDP header needs 8 bytes, and 3 are left")
    }

    @Test("RFC 791: what a link layer has padded is not part of the packet")
    func padding() throws {
        let bytes = Self.udp + [UInt8](repeating: 0xEE, count: 10)
        #expect(try IPv4Packet(ipv4: bytes.span.bytes, 0..<46).end == 36)
    }

    @Test(
        "Faults are told apart",
        arguments: [
            (0, UInt8(0x55), PacketError.version(5)), (0, 0x44, .length(.ipv4, 16)), (3, 0xFF, .length(.ipv4, 255)),
            (2, 0x00, nil), (8, 1, .headerChecksum(0)), (25, 7, .length(.udp, 7)), (25, 17, .length(.udp, 17)),
        ] as [(Int, UInt8, PacketError?)])
    func faults(_ offset: Int, _ value: UInt8, _ expected: PacketError?) {
        var bytes = Self.udp
        bytes[offset] = value
        let result = Result { () throws(PacketError) in try IPv4Packet(ipv4: bytes.span.bytes, 0..<36) }
        switch (result, expected) {
        case (.success, nil): break
        case (.failure(.headerChecksum), .headerChecksum): break
        case (.failure(let error), let expected?): #expect(error == expected)
        default: Issue.record("\(result) where \(String(describing: expected)) is due")
        }
    }

    @Test("RFC 8200 4: extension headers are walked over, in any order, and what follows them is found")
    func extensions() throws {
        // Hop-by-hop, destination options of 16 bytes, a used-up routing header, a first fragment, UDP.
        let chain: [UInt8] =
            [60, 0, 1, 4, 0, 0, 0, 0] + [43, 1] + [UInt8](repeating: 0, count: 14) + [44, 0, 0, 0, 0, 0, 0, 0]
            + [17, 0, 0, 1, 0, 0, 0, 9] + [3, 232, 0, 53, 0, 16, 0, 0]
        let bytes = Self.ipv6(next: 0, chain)
        let packet = try IPv6Packet(ipv6: bytes.span.bytes, 0..<bytes.count)
        #expect(packet.ipProtocol == 17 && packet.transportStart == 40 + 40)
        #expect(packet.header.extensions.fragment == .init(offset: 0, moreFragments: true, identification: 9))
        #expect(packet.header.isFragment && packet.header.extensions.segmentsLeft == nil)
        #expect(packet.transport?.sourcePort == 1000)
        for count in 40..<bytes.count - 8 {
            var cut = Array(bytes[..<count])
            cut[5] = UInt8(count - 40)
            #expect(throws: PacketError.self) { try IPv6Packet(ipv6: cut.span.bytes, 0..<count) }
        }
    }

    @Test("RFC 8504 5.3: a chain of headers without end is refused")
    func endless() {
        let bytes = Self.ipv6(next: 60, Array(repeating: [60, 0, 1, 4, 0, 0, 0, 0], count: 17).flatMap { $0 })
        #expect(throws: PacketError.tooManyExtensionHeaders) {
            try IPv6Packet(ipv6: bytes.span.bytes, 0..<bytes.count)
        }
    }

    @Test("RFC 7915 5.1: segments left are found, and where")
    func segmentsLeft() throws {
        let bytes = Self.ipv6(next: 43, [17, 0, 0, 2, 0, 0, 0, 0] + [0, 1, 0, 2, 0, 8, 0, 0])
        #expect(try IPv6Packet(ipv6: bytes.span.bytes, 0..<bytes.count).header.extensions.segmentsLeft == 43)
    }

    @Test("Link headers: Ethernet with tags, Linux cooked of both versions, raw")
    func links() throws {
        let tagged = [UInt8](repeating: 2, count: 12) + [0x88, 0xA8, 0, 1, 0x81, 0, 0, 2, 0x86, 0xDD]
        let ethernet = try LinkHeader(.ethernet, tagged.span.bytes, 0..<22)
        #expect(ethernet.length == 22 && ethernet.isIPv6 && ethernet.etherTypeOffset == 20)
        #expect(throws: PacketError.self) { try LinkHeader(.ethernet, tagged.span.bytes, 0..<18) }
        let cooked = [UInt8](repeating: 0, count: 14) + [8, 0]
        #expect(try LinkHeader(.linuxCooked, cooked.span.bytes, 0..<16).isIPv4)
        let cooked2 = [0x86, 0xDD] + [UInt8](repeating: 0, count: 18)
        #expect(try LinkHeader(.linuxCooked2, cooked2.span.bytes, 0..<20).isIPv6)
        #expect(try LinkHeader(.raw, Self.udp.span.bytes, 0..<36).isIPv4)
    }

    static func ipv6(next: UInt8, _ payload: [UInt8]) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 40) + payload
        var span = bytes.mutableSpan
        var raw = span.mutableBytes
        IPv6Header(
            payloadLength: payload.count, hopLimit: 64, nextHeader: next, from: IPv6Address(bits: 1 << 96),
            to: IPv6Address(bits: 2 << 96)
        ).write(&raw, at: 0)
        return bytes
    }
}
