import IPAddresses
import Packets
import TestSupport
import Testing

@Suite("Checksums")
struct ChecksumTests {
    @Test("RFC 1071 3: the example's sum")
    func example() {
        let bytes: [UInt8] = [0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7]
        var sum = InternetChecksum()
        sum.add(bytes.span.bytes, 0..<8)
        #expect(sum.folded == 0xDDF2)
        #expect(sum.field == 0x220D)
    }

    @Test("RFC 1071: parts of any length add up to the whole, an odd last byte counting as the upper half")
    func parts() {
        var generator = SeededGenerator(seed: 1)
        for count in 0..<130 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            // A word at a time, as the RFC describes it.
            var expected: UInt32 = 0
            for index in stride(from: 0, to: count, by: 2) {
                expected += UInt32(bytes[index]) << 8 | (index + 1 < count ? UInt32(bytes[index + 1]) : 0)
            }
            while expected > 0xFFFF { expected = expected >> 16 + expected & 0xFFFF }
            var sum = InternetChecksum()
            let middle = count / 4 * 2
            sum.add(bytes.span.bytes, 0..<middle)
            sum.add(bytes.span.bytes, middle..<count)
            #expect(UInt32(sum.folded) == expected)
        }
    }

    @Test("RFC 1624 4: an update that makes the sum all ones gives 0x0000, as computing it afresh does, and not 0xFFFF")
    func negativeZero() {
        // The RFC's own example: a checksum of 0xDD2F, and 0x5555 becomes 0x3285.
        var change = ChecksumChange()
        change.replace(UInt16(0x5555), by: 0x3285)
        #expect(change.applied(to: 0xDD2F) == 0x0000)
    }

    @Test("RFC 1624 3: updates agree with computing afresh, for all of 20,000 random headers")
    func updates() throws {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<20_000 {
            var bytes = [UInt8](repeating: 0, count: 40)
            let header = IPv4Header(
                totalLength: 40, timeToLive: .random(in: 2...255, using: &generator), protocol: 6,
                from: IPv4Address(bits: .random(in: 0...(.max), using: &generator)),
                to: IPv4Address(bits: .random(in: 0...(.max), using: &generator)))
            var span = bytes.mutableSpan
            var raw = span.mutableBytes
            header.write(&raw, at: 0)
            raw.set(UInt8(0x50), at: 32)
            Self.setChecksum(&raw, header)
            let packet = try IPv4Packet(ipv4: raw.bytes, 0..<40)
            #expect(packet.hasRightChecksum(raw.bytes) == true)
            let new = Endpoints(
                from: IPv4Address(bits: .random(in: 0...(.max), using: &generator)),
                .random(in: 0...(.max), using: &generator),
                to: IPv4Address(bits: .random(in: 0...(.max), using: &generator)),
                .random(in: 0...(.max), using: &generator))
            packet.rewrite(&raw, to: new, hops: 1)
            // Reading it verifies the header's checksum.
            let rewritten = try IPv4Packet(ipv4: raw.bytes, 0..<40)
            #expect(rewritten.hasRightChecksum(raw.bytes) == true)
            #expect(
                rewritten.header.source == new.source && rewritten.transport?.destinationPort == new.destinationPort)
            #expect(rewritten.header.timeToLive == header.timeToLive - 1)
        }
    }

    static func setChecksum(_ raw: inout MutableRawSpan, _ header: IPv4Header) {
        var sum = InternetChecksum()
        sum.add(header.source)
        sum.add(header.destination)
        sum.addPseudoHeader(ipProtocol: 6, length: 20)
        sum.add(raw.bytes, 20..<40)
        raw.set(sum.field, at: 36)
    }

    @Test("RFC 768: a UDP checksum that is zero stays so, and one that comes out as zero is sent as all ones")
    func udp() throws {
        var bytes: [UInt8] = [
            0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0, 1, 0, 2, 0, 8, 0, 0,
        ]
        var span = bytes.mutableSpan
        var raw = span.mutableBytes
        IPv4Header(
            totalLength: 28, timeToLive: 64, protocol: 17, from: IPv4Address(bits: 0x0A00_0001),
            to: IPv4Address(bits: 0x0A00_0002)
        ).write(&raw, at: 0)
        let packet = try IPv4Packet(ipv4: raw.bytes, 0..<28)
        packet.rewrite(&raw, to: Endpoints(from: IPv4Address(bits: 1), 2, to: IPv4Address(bits: 3), 4))
        #expect(raw.bytes.uint16(at: 26) == 0)
        var sum = InternetChecksum()
        sum.add(UInt16(0xFFFF))
        #expect(sum.field == 0 && sum.udpField == 0xFFFF)
    }
}
