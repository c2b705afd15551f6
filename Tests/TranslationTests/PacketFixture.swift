import IPAddresses
import Packets
import TestSupport

@testable import Translation

/// Packets in bytes, made field by field with checksums computed from the whole.
enum TestPacket {
    static let headroom = TranslationOptions.headroom

    static func udp4(
        _ source: String, _ sourcePort: UInt16, _ destination: String, _ port: UInt16, _ payload: Int = 8,
        timeToLive: UInt8 = 64, dontFragment: Bool = false
    ) -> [UInt8] {
        var header = IPv4Header(
            totalLength: 28 + payload, timeToLive: timeToLive, protocol: 17, from: v4(source), to: v4(destination))
        header.dontFragment = dontFragment
        header.identification = 0x77
        return build(header, transport(17, sourcePort, port, payload))
    }

    static func tcp4(_ source: String, _ sourcePort: UInt16, _ destination: String, _ port: UInt16, _ flags: TCPFlags)
        -> [UInt8]
    {
        let header = IPv4Header(totalLength: 40, timeToLive: 64, protocol: 6, from: v4(source), to: v4(destination))
        var segment = [UInt8](repeating: 0, count: 20)
        segment.replaceSubrange(0..<4, with: bytes(sourcePort) + bytes(port))
        segment.replaceSubrange(4..<12, with: [0, 0, 0, 5, 0, 0, 0, 9])
        (segment[12], segment[13]) = (0x50, flags.rawValue)
        return build(header, segment)
    }

    static func udp6(
        _ source: String, _ sourcePort: UInt16, _ destination: String, _ port: UInt16, _ payload: Int = 8,
        hopLimit: UInt8 = 64
    ) -> [UInt8] {
        build(
            IPv6Header(
                payloadLength: 8 + payload, hopLimit: hopLimit, nextHeader: 17, from: v6(source), to: v6(destination)),
            transport(17, sourcePort, port, payload))
    }

    /// The fragments of an IPv4 packet, of `size` bytes of data each.
    static func fragments(_ packet: [UInt8], size: Int) throws -> [[UInt8]] {
        let header = try IPv4Header(packet.span.bytes, 0..<packet.count)
        let data = Array(packet[20...])
        return stride(from: 0, to: data.count, by: size).map { offset in
            let part = Array(data[offset..<min(data.count, offset + size)])
            var own = header
            own.totalLength = 20 + part.count
            own.fragmentOffset = offset
            own.moreFragments = offset + part.count < data.count
            return write(own) + part
        }
    }

    static func icmp4(
        _ type: UInt8, _ code: UInt8, from source: String, to destination: String, quoting quoted: [UInt8]
    )
        -> [UInt8]
    {
        let message = [type, code, 0, 0, 0, 0, 0, 0] + quoted
        return build(
            IPv4Header(
                totalLength: 20 + message.count, timeToLive: 64, protocol: 1, from: v4(source), to: v4(destination)),
            message)
    }

    private static func transport(_ number: UInt8, _ sourcePort: UInt16, _ port: UInt16, _ payload: Int) -> [UInt8] {
        bytes(sourcePort) + bytes(port) + bytes(UInt16(8 + payload)) + [0, 0] + (0..<payload).map { UInt8($0 & 0xFF) }
    }

    static func bytes(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xFF)] }

    private static func write(_ header: IPv4Header) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 20)
        var span = bytes.mutableSpan
        var raw = span.mutableBytes
        header.write(&raw, at: 0)
        return bytes
    }

    static func build(_ header: IPv4Header, _ upper: [UInt8]) -> [UInt8] {
        var sum = InternetChecksum()
        if header.ipProtocol != 1 {
            sum.add(header.source)
            sum.add(header.destination)
            sum.addPseudoHeader(ipProtocol: header.ipProtocol, length: upper.count)
        }
        return write(header) + summed(upper, TransportHeader.Kind(inIPv4: header.ipProtocol), sum)
    }

    static func build(_ header: IPv6Header, _ upper: [UInt8]) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 40)
        var span = bytes.mutableSpan
        var raw = span.mutableBytes
        header.write(&raw, at: 0)
        var sum = InternetChecksum()
        sum.add(header.source)
        sum.add(header.destination)
        sum.addPseudoHeader(ipProtocol: header.nextHeader, length: upper.count)
        return bytes + summed(upper, TransportHeader.Kind(inIPv6: header.nextHeader), sum)
    }

    private static func summed(_ upper: [UInt8], _ kind: TransportHeader.Kind, _ pseudoHeader: InternetChecksum)
        -> [UInt8]
    {
        var sum = pseudoHeader
        sum.add(upper.span.bytes, 0..<upper.count)
        var result = upper
        let field = kind == .udp ? sum.udpField : sum.field
        result.replaceSubrange(kind.checksumOffset..<kind.checksumOffset + 2, with: bytes(field))
        return result
    }
}

/// A translator, a clock, and packets in a line each.
final class PacketRunner {
    let translator: any PacketProcessor
    var now = MonotonicTime(nanoseconds: 1 << 40)
    var generator = SeededGenerator(seed: 5)

    init(_ translator: any PacketProcessor) { self.translator = translator }

    /// What came out, and the verdict.
    struct Result {
        var verdict: PacketVerdict
        var packets: [[UInt8]]

        var refusal: Refusal? { verdict.refusal?.reason }

        /// Whether the first packet's checksum is right.
        var isRight: Bool? { packets.first.flatMap { PacketRunner.isRight($0) } }

        func ipv4() throws -> IPv4Packet {
            guard let first = packets.first else { throw NoPacket() }
            return try IPv4Packet(ipv4: first.span.bytes, 0..<first.count)
        }

        func ipv6() throws -> IPv6Packet {
            guard let first = packets.first else { throw NoPacket() }
            return try IPv6Packet(ipv6: first.span.bytes, 0..<first.count)
        }
    }

    struct NoPacket: Error {}

    /// Whether a packet's checksum is right.
    static func isRight(_ bytes: [UInt8]) -> Bool? {
        bytes[0] >> 4 == 4
            ? (try? IPv4Packet(ipv4: bytes.span.bytes, 0..<bytes.count))?.hasRightChecksum(bytes.span.bytes)
            : (try? IPv6Packet(ipv6: bytes.span.bytes, 0..<bytes.count))?.hasRightChecksum(bytes.span.bytes)
    }

    static func ipv4(_ bytes: [UInt8]) throws -> IPv4Packet { try IPv4Packet(ipv4: bytes.span.bytes, 0..<bytes.count) }

    static func ipv6(_ bytes: [UInt8]) throws -> IPv6Packet { try IPv6Packet(ipv6: bytes.span.bytes, 0..<bytes.count) }

    /// A number of two or four bytes in a packet.
    static func word(_ bytes: [UInt8], _ offset: Int) -> UInt16 {
        UInt16(bytes[offset]) << 8 | UInt16(bytes[offset + 1])
    }

    func send(_ packet: [UInt8]) -> Result {
        let start = TestPacket.headroom
        var buffer =
            [UInt8](repeating: 0, count: start) + packet + [UInt8](repeating: 0, count: TranslationOptions.tailroom)
        var span = buffer.mutableSpan
        var raw = span.mutableBytes
        let verdict = translator.process(&raw, start..<start + packet.count, now: now, random: generator.next())
        var result = Result(verdict: verdict, packets: [])
        guard case .forwarded(var translated, _, _) = verdict else { return result }
        var next: Range<Int>? = translated.range
        while let range = next {
            result.packets.append(Array(buffer[range]))
            var span = buffer.mutableSpan
            var raw = span.mutableBytes
            next = translated.next(&raw)
        }
        return result
    }

    /// The answer that a router sends to a packet that was refused.
    func answer(_ router: Router, to packet: [UInt8], _ result: Result) -> [UInt8]? {
        guard let refusal = result.verdict.refusal else { return nil }
        var output = [UInt8](repeating: 0, count: Router.room)
        var span = output.mutableSpan
        var raw = span.mutableBytes
        let range = router.answer(
            refusal, to: packet.span.bytes, 0..<packet.count, &raw, at: 0, now: now, random: generator.next())
        return range.map { Array(output[$0]) }
    }
}
