import IPAddresses
import Packets
import Testing
import Translation

@testable import Gateway

/// A TCP packet of either family with data, and a header of what is left to do of it.
private struct Segment {
    var bytes: [UInt8]
    let range: Range<Int>
    let transport: Int

    init(isIPv4: Bool, data: Int) {
        let headerLength = isIPv4 ? 20 : 40
        let start = 128
        let length = headerLength + 20 + data
        bytes = [UInt8](repeating: 0, count: start + length + 64)
        range = start..<start + length
        transport = start + headerLength
        for index in 0..<data { bytes[transport + 20 + index] = UInt8(truncatingIfNeeded: index &* 7 &+ 3) }
        let ports: [UInt8] = [0x80, 0x01, 0x01, 0xBB]
        bytes.replaceSubrange(transport..<transport + 4, with: ports)
        bytes[transport + 12] = 0x50
        bytes[transport + 13] = 0x02
        var span = bytes.mutableSpan
        var raw = span.mutableBytes
        if isIPv4 {
            IPv4Header(
                totalLength: length, timeToLive: 64, protocol: 6, from: IPv4Address(203, 0, 113, 2),
                to: IPv4Address(198, 51, 100, 1)
            ).write(&raw, at: start)
        } else {
            IPv6Header(
                payloadLength: length - 40, hopLimit: 64, nextHeader: 6, from: IPv6Address("2001:db8:1::2")!,
                to: IPv6Address("2001:db8:64::203.0.113.2")!
            ).write(&raw, at: start)
        }
    }

    var header: SegmentHeader {
        var header = SegmentHeader()
        header.flags = 1
        header.checksumStart = UInt16(transport - range.lowerBound)
        header.checksumOffset = 16
        return header
    }

    mutating func prepare(_ header: SegmentHeader) -> Bool {
        let range = range
        var span = bytes.mutableSpan
        var raw = span.mutableBytes
        return LeftChecksum.prepare(header, &raw, range)
    }

    mutating func complete(_ header: SegmentHeader) -> Bool {
        let range = range
        var span = bytes.mutableSpan
        var raw = span.mutableBytes
        return LeftChecksum.complete(header, &raw, range)
    }

    /// The sum over pseudo header and segment: 0xFFFF where the checksum is right (RFC 1071).
    var sum: UInt16 {
        var sum = InternetChecksum()
        let length = range.upperBound - transport
        let addresses = bytes[range.lowerBound] >> 4 == 4 ? 12..<20 : 8..<40
        sum.add(bytes.span.bytes, range.lowerBound + addresses.lowerBound..<range.lowerBound + addresses.upperBound)
        sum.addPseudoHeader(ipProtocol: 6, length: length)
        sum.add(bytes.span.bytes, transport..<range.upperBound)
        return sum.folded
    }
}

@Suite("Segments that have not been cut")
struct SegmentTests {
    @Test(
        "What is left of a checksum is completed to the right one, for both families and odd lengths",
        arguments: [0, 1, 2, 33, 1400])
    func complete(_ data: Int) {
        for isIPv4 in [true, false] {
            var segment = Segment(isIPv4: isIPv4, data: data)
            let isDone = segment.prepare(segment.header) && segment.complete(segment.header)
            #expect(isDone)
            #expect(segment.sum == 0xFFFF)
        }
    }

    @Test("A header that does not fit its packet is refused, and nothing is written beyond the packet")
    func misfit() {
        var segment = Segment(isIPv4: true, data: 10)
        let before = segment.bytes
        for (start, offset) in [(50, 0), (49, 0), (20, 29), (20, 60_000), (65_535, 65_535)] as [(UInt16, UInt16)] {
            var header = segment.header
            (header.checksumStart, header.checksumOffset) = (start, offset)
            let isDone = segment.complete(header) || segment.prepare(header)
            #expect(!isDone)
        }
        #expect(segment.bytes == before)
    }

    @Test(
        "The header in the machine's byte order is read as it was written; families and lengths follow the translation")
    func header() {
        var header = SegmentHeader()
        (header.flags, header.type, header.headers, header.size) = (1, 0x81, 52, 1440)
        (header.checksumStart, header.checksumOffset) = (20, 16)
        var bytes = [UInt8](repeating: 0xAA, count: 14)
        do {
            var span = bytes.mutableSpan
            var raw = span.mutableBytes
            header.write(&raw, at: 2)
        }
        // virtio_net_hdr of a little-endian machine.
        #expect(bytes == [0xAA, 0xAA, 1, 0x81, 52, 0, 0xA0, 0x05, 20, 0, 16, 0, 0xAA, 0xAA])
        #expect(SegmentHeader(bytes.span.bytes, at: 2) == header)
        let wide = header.translated(isIPv4: false, by: 20)
        #expect(wide.type == 0x84 && wide.headers == 72 && wide.checksumStart == 40 && wide.size == 1440)
        #expect(wide.translated(isIPv4: true, by: -20) == header)
        var udp = header
        udp.type = 5
        #expect(udp.translated(isIPv4: false, by: 20).type == 5 && udp.isSegmented)
    }

    private func nat64() throws -> NAT64Gateway {
        let configuration = NAPTConfiguration(pool: PortPool([IPv6Address(mapping: IPv4Address(198, 51, 100, 1))]))
        let prefix = try TranslationPrefix(#require(IPv6Prefix("2001:db8:64::/96")), policy: .rfc6052)
        return try NAT64Gateway(
            NAT64(try NAPT(configuration, capacity: 64, secret: ConnectionSecret()), prefix: prefix))
    }

    private func translate(_ segment: inout Segment, _ gateway: NAT64Gateway, size: Int) -> PacketVerdict {
        let range = segment.range
        var span = segment.bytes.mutableSpan
        var raw = span.mutableBytes
        return gateway.translateSegments(
            &raw, range, segment: size, now: MonotonicTime(nanoseconds: 1_000_000_000), random: 42)
    }

    @Test("NAT64 of 60 KB at once: as one packet, with a checksum that the kernel goes on from")
    func large() throws {
        let gateway = try nat64()
        var segment = Segment(isIPv4: false, data: 60_000)
        guard case .forwarded(let translated, .outside, true) = translate(&segment, gateway, size: 1500) else {
            Issue.record("not forwarded")
            return
        }
        #expect(!translated.isFragmented && translated.range.count == segment.range.count - 20)
        let header = segment.header.translated(isIPv4: true, by: -20)
        var span = segment.bytes.mutableSpan
        var raw = span.mutableBytes
        // Completed, it is the right one for the packet as it is now.
        let isDone =
            LeftChecksum.prepare(header, &raw, translated.range)
            && LeftChecksum.complete(header, &raw, translated.range)
        var sum = InternetChecksum()
        let start = translated.range.lowerBound
        sum.add(raw.bytes, start + 12..<start + 20)
        sum.addPseudoHeader(ipProtocol: 6, length: translated.range.count - 20)
        sum.add(raw.bytes, start + 20..<translated.range.upperBound)
        #expect(isDone && sum.folded == 0xFFFF)
    }

    @Test("RFC 7915 4.1: segments that will be too big for the next hop are answered, with the MTU for their family")
    func tooBig() throws {
        let gateway = try nat64()
        var segment = Segment(isIPv4: true, data: 9_000)
        let verdict = translate(&segment, gateway, size: 1500)
        #expect(verdict == .refused(PacketRefusal(.packetTooBig, .tooBig(mtu: 1480))))
        #expect(gateway.refusals(.packetTooBig) == 1)
    }
}

@Suite("Datagrams that are written together")
struct DatagramRunTests {
    /// Datagrams of one flow, 200 bytes apart, with data that tells them apart.
    private func datagrams(isIPv4: Bool, _ sizes: [Int], port: (Int) -> UInt16 = { _ in 4000 }) -> (
        bytes: [UInt8], ranges: [Range<Int>]
    ) {
        let stride = 3000
        var bytes = [UInt8](repeating: 0, count: sizes.count * stride + 128)
        var ranges: [Range<Int>] = []
        for (index, size) in sizes.enumerated() {
            let start = 64 + index * stride
            let transport = start + (isIPv4 ? 20 : 40)
            let range = start..<transport + 8 + size
            ranges.append(range)
            for offset in 0..<size { bytes[transport + 8 + offset] = UInt8(truncatingIfNeeded: index &* 31 &+ offset) }
            var span = bytes.mutableSpan
            var raw = span.mutableBytes
            if isIPv4 {
                IPv4Header(
                    totalLength: range.count, timeToLive: 63, protocol: 17, from: IPv4Address(203, 0, 113, 2),
                    to: IPv4Address(198, 51, 100, 1)
                ).write(&raw, at: start)
            } else {
                IPv6Header(
                    payloadLength: range.count - 40, hopLimit: 63, nextHeader: 17, from: IPv6Address("2001:db8::1")!,
                    to: IPv6Address("2001:db8::2")!
                ).write(&raw, at: start)
            }
            raw.set(port(index), at: transport)
            raw.set(UInt16(53), at: transport + 2)
            raw.set(UInt16(size + 8), at: transport + 4)
            raw.set(UInt16(0xBEEF), at: transport + 6)
        }
        return (bytes, ranges)
    }

    /// How many of the packets go into the first one's run, and the bytes then.
    private func joined(_ packets: (bytes: [UInt8], ranges: [Range<Int>])) -> (
        count: Int, bytes: [UInt8], range: Range<Int>
    ) {
        var bytes = packets.bytes
        guard var run = DatagramRun(bytes.span.bytes, packets.ranges[0]) else { return (0, bytes, 0..<0) }
        var span = bytes.mutableSpan
        var raw = span.mutableBytes
        for range in packets.ranges.dropFirst() where !run.append(&raw, range, end: 3000) { break }
        run.finish(&raw)
        return (run.count, bytes, run.range)
    }

    @Test(
        "Equal datagrams, and a last shorter one, become one whose headers tell how to cut it",
        arguments: [true, false])
    func equal(_ isIPv4: Bool) {
        let sizes = [100, 100, 100, 37]
        let packets = datagrams(isIPv4: isIPv4, sizes)
        let (count, bytes, range) = joined(packets)
        #expect(count == 4)
        let headers = isIPv4 ? 28 : 48
        #expect(range.count == headers + sizes.reduce(0, +))
        let data = packets.ranges.flatMap { packets.bytes[$0.lowerBound + headers..<$0.upperBound] }
        #expect(Array(bytes[range.lowerBound + headers..<range.upperBound]) == data)
        let header = SegmentHeader(bytes.span.bytes, at: range.lowerBound - 10)
        #expect(header.type == 5 && header.size == 100 && Int(header.headers) == headers && header.needsChecksum)
        let transport = range.lowerBound + headers - 8
        #expect(Int(bytes.span.bytes.uint16(at: transport + 4)) == range.upperBound - transport)
        if isIPv4 {
            var sum = InternetChecksum()
            sum.add(bytes.span.bytes, range.lowerBound..<range.lowerBound + 20)
            #expect(sum.folded == 0xFFFF && Int(bytes.span.bytes.uint16(at: range.lowerBound + 2)) == range.count)
        } else {
            #expect(Int(bytes.span.bytes.uint16(at: range.lowerBound + 4)) == range.count - 40)
        }
    }

    @Test("Another flow, a larger datagram, one after a shorter one, and a full run begin a new one")
    func others() {
        #expect(joined(datagrams(isIPv4: true, [50, 50, 50]) { $0 == 1 ? 4001 : 4000 }).count == 1)
        #expect(joined(datagrams(isIPv4: true, [50, 51])).count == 1)
        #expect(joined(datagrams(isIPv4: false, [50, 20, 50])).count == 2)
        #expect(joined(datagrams(isIPv4: false, [1400, 1400, 1400])).count == 2, "no more room")
        #expect(joined(datagrams(isIPv4: true, [Int](repeating: 10, count: 100))).count == DatagramRun.most)
        var differs = datagrams(isIPv4: true, [50, 50])
        differs.bytes[differs.ranges[1].lowerBound + 8] = 62
        #expect(joined(differs).count == 1, "another time to live")
    }

    @Test("What is not a plain datagram with data and checksum joins no run")
    func none() {
        for (offset, value) in [(9, 6), (0, 0x46), (6, 0x20), (7, 1), (20 + 5, 9)] as [(Int, UInt8)] {
            var packets = datagrams(isIPv4: true, [50])
            packets.bytes[packets.ranges[0].lowerBound + offset] = value
            #expect(joined(packets).count == 0)
        }
        var unchecked = datagrams(isIPv4: true, [50])
        unchecked.bytes.replaceSubrange(64 + 26..<64 + 28, with: [0, 0])
        #expect(joined(unchecked).count == 0 && joined(datagrams(isIPv4: true, [0])).count == 0)
    }
}
