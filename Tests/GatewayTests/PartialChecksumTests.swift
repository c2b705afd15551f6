import IPAddresses
import Packets
import Testing

@testable import Gateway

@Suite("Checksums that a veth's sender has left to do")
struct PartialChecksumTests {
    /// A packet of either family and protocol, its checksum left to do or done.
    private func packet(isIPv4: Bool, isTCP: Bool, data: Int, isLeft: Bool) -> (bytes: [UInt8], range: Range<Int>) {
        let (start, header) = (128, isIPv4 ? 20 : 40)
        let length = header + (isTCP ? 20 : 8) + data
        var bytes = [UInt8](repeating: 0, count: start + length + 64)
        let transport = start + header
        for index in transport..<start + length { bytes[index] = UInt8(truncatingIfNeeded: index &* 31 &+ data) }
        if !isTCP { (bytes[transport + 4], bytes[transport + 5]) = (UInt8((8 + data) >> 8), UInt8((8 + data) & 0xFF)) }
        let field = transport + (isTCP ? 16 : 6)
        (bytes[field], bytes[field + 1]) = (0, 0)
        var span = bytes.mutableSpan
        var raw = span.mutableBytes
        let kind: UInt8 = isTCP ? 6 : 17
        if isIPv4 {
            IPv4Header(
                totalLength: length, timeToLive: 64, protocol: kind, from: IPv4Address(10, 9, 0, 2),
                to: IPv4Address(203, 0, 113, 2)
            ).write(&raw, at: start)
        } else {
            IPv6Header(
                payloadLength: length - 40, hopLimit: 64, nextHeader: kind, from: IPv6Address("2001:db8:1::2")!,
                to: IPv6Address("2001:db8:64::203.0.113.2")!
            ).write(&raw, at: start)
        }
        var left = SegmentHeader()
        left.flags = 1
        (left.checksumStart, left.checksumOffset) = (UInt16(header), isTCP ? 16 : 6)
        let range = start..<start + length
        #expect(LeftChecksum.prepare(left, &raw, range))
        if !isLeft { #expect(LeftChecksum.complete(left, &raw, range)) }
        return (bytes, range)
    }

    private func header(_ packet: (bytes: [UInt8], range: Range<Int>)) -> SegmentHeader {
        PartialChecksum.header(packet.bytes.span.bytes, packet.range)
    }

    @Test(
        "What is left is found, and doing it gives what the sender would have", arguments: [true, false], [true, false])
    func left(_ isIPv4: Bool, _ isTCP: Bool) {
        for data in [1, 16, 17, 100, 1_400] {
            var packet = self.packet(isIPv4: isIPv4, isTCP: isTCP, data: data, isLeft: true)
            let whole = self.packet(isIPv4: isIPv4, isTCP: isTCP, data: data, isLeft: false)
            let header = header(packet)
            #expect(header.needsChecksum && !header.isSegmented)
            var span = packet.bytes.mutableSpan
            var raw = span.mutableBytes
            #expect(LeftChecksum.complete(header, &raw, whole.range))
            #expect(packet.bytes == whole.bytes)
        }
    }

    @Test("What is done is left alone, or stays as it is by doing it again", arguments: [true, false], [true, false])
    func done(_ isIPv4: Bool, _ isTCP: Bool) {
        var found = 0
        for data in 1...1_400 {
            var packet = packet(isIPv4: isIPv4, isTCP: isTCP, data: data, isLeft: false)
            let (before, header, range) = (packet.bytes, header(packet), packet.range)
            if !header.needsChecksum { continue }
            found += 1
            var span = packet.bytes.mutableSpan
            var raw = span.mutableBytes
            #expect(LeftChecksum.complete(header, &raw, range))
            #expect(packet.bytes == before)
        }
        // One in 65,536 is found by chance.
        #expect(found < 5)
    }

    @Test("Fragments, other protocols, options and packets cut short have nothing left")
    func none() {
        func changed(isIPv4: Bool, _ change: (inout [UInt8]) -> Void) -> SegmentHeader {
            var packet = self.packet(isIPv4: isIPv4, isTCP: false, data: 40, isLeft: true)
            change(&packet.bytes)
            return header(packet)
        }
        #expect(changed(isIPv4: true) { _ in }.needsChecksum)
        #expect(!changed(isIPv4: true) { $0[128 + 6] = 0x20 }.needsChecksum)
        #expect(!changed(isIPv4: true) { $0[128 + 9] = 1 }.needsChecksum)
        #expect(!changed(isIPv4: true) { $0[128] = 0x46 }.needsChecksum)
        #expect(!changed(isIPv4: false) { $0[128 + 6] = 44 }.needsChecksum)
        #expect(
            !changed(isIPv4: false) {
                $0[128 + 40] ^= 1; $0[128 + 46] ^= 1
            }.needsChecksum)
        let packet = packet(isIPv4: false, isTCP: true, data: 1, isLeft: true)
        for length in 0..<packet.range.count {
            let range = packet.range.lowerBound..<packet.range.lowerBound + length
            #expect(!PartialChecksum.header(packet.bytes.span.bytes, range).needsChecksum)
        }
    }
}
