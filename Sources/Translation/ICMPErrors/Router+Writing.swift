import IPAddresses
import Packets

extension Router {
    /// An ICMP error: as much of the packet as fits 576 bytes, of internetwork control's precedence (RFC 1812 4.3.2.3,
    /// 4.3.2.5).
    func write(
        _ message: PacketRefusal.Answer.Message, about packet: IPv4Packet, _ bytes: borrowing RawSpan,
        from source: IPv4Address, _ output: inout MutableRawSpan, at start: Int, _ random: UInt64
    ) -> Range<Int> {
        let headers = IPv4Header.length + TransportHeader.quoteOffset
        let quoted = packet.start..<packet.start + min(packet.range.count, 576 - headers)
        var header = IPv4Header(
            totalLength: headers + quoted.count, timeToLive: 64, protocol: 1, from: source, to: packet.header.source)
        header.trafficClass = packet.header.trafficClass & 0x1E | 0xC0
        header.identification = UInt16(truncatingIfNeeded: random >> 32)
        header.write(&output, at: start)
        output.copy(quoted, of: bytes, to: start + headers)
        let range = start..<start + headers + quoted.count
        ICMPMeaning(message.type, message.code).write(
            &output, start + IPv4Header.length..<range.upperBound, field: message.field, InternetChecksum())
        return range
    }

    /// An ICMPv6 error: as much of the packet as fits the smallest MTU (RFC 4443 2.4).
    func write(
        _ message: PacketRefusal.Answer.Message, about packet: IPv6Packet, _ bytes: borrowing RawSpan,
        from source: IPv6Address, _ output: inout MutableRawSpan, at start: Int
    ) -> Range<Int> {
        let headers = IPv6Header.length + TransportHeader.quoteOffset
        let quoted = packet.start..<packet.start + min(packet.range.count, 1280 - headers)
        let length = TransportHeader.quoteOffset + quoted.count
        IPv6Header(
            payloadLength: length, hopLimit: 64, nextHeader: 58, from: source, to: packet.header.fixed.source
        ).write(&output, at: start)
        output.copy(quoted, of: bytes, to: start + headers)
        var sum = InternetChecksum()
        sum.add(source)
        sum.add(packet.header.fixed.source)
        sum.addPseudoHeader(ipProtocol: 58, length: length)
        let range = start..<start + headers + quoted.count
        ICMPMeaning(message.type, message.code).write(
            &output, start + IPv6Header.length..<range.upperBound, field: message.field, sum)
        return range
    }

    /// A reset from the host that the segment was for; nil where it is one itself, or no segment.
    func reset(
        _ packet: IPv4Packet, _ bytes: borrowing RawSpan, _ output: inout MutableRawSpan, at start: Int,
        _ random: UInt64
    ) -> Range<Int>? {
        guard let transport = packet.transport else { return nil }
        var header = IPv4Header(
            totalLength: IPv4Header.length + 20, timeToLive: 64, protocol: 6, from: packet.header.destination,
            to: packet.header.source)
        header.dontFragment = true
        header.identification = UInt16(truncatingIfNeeded: random >> 32)
        var sum = InternetChecksum()
        sum.add(packet.header.source)
        sum.add(packet.header.destination)
        guard
            writeReset(
                transport, bytes, packet.transportStart..<packet.end, sum, &output, at: start + IPv4Header.length)
        else { return nil }
        header.write(&output, at: start)
        return start..<start + header.totalLength
    }

    func reset(
        _ packet: IPv6Packet, _ bytes: borrowing RawSpan, _ output: inout MutableRawSpan, at start: Int
    ) -> Range<Int>? {
        guard let transport = packet.transport else { return nil }
        let header = IPv6Header(
            payloadLength: 20, hopLimit: 64, nextHeader: 6, from: packet.header.fixed.destination,
            to: packet.header.fixed.source)
        var sum = InternetChecksum()
        sum.add(header.source)
        sum.add(header.destination)
        guard
            writeReset(
                transport, bytes, packet.transportStart..<packet.end, sum, &output, at: start + IPv6Header.length)
        else { return nil }
        header.write(&output, at: start)
        return start..<start + IPv6Header.length + 20
    }

    /// RFC 9293 3.5.2: where the segment acknowledges, the reset begins there; else it acknowledges the segment.
    private func writeReset(
        _ transport: TransportHeader, _ bytes: borrowing RawSpan, _ range: Range<Int>, _ addresses: InternetChecksum,
        _ output: inout MutableRawSpan, at start: Int
    ) -> Bool {
        let flags = TCPFlags(rawValue: transport.tcpFlags)
        guard transport.kind == .tcp, !flags.contains(.rst) else { return false }
        let segment = range.lowerBound
        output.set(UInt32(transport.destinationPort) << 16 | UInt32(transport.sourcePort), at: start)
        var (sequence, acknowledgement) = (UInt32(0), UInt32(0))
        var own = TCPFlags.rst
        if flags.contains(.ack) {
            sequence = bytes.uint32(at: segment + 8)
        } else {
            let header = Int(bytes.uint8(at: segment + 12) >> 4) * 4
            let length = range.count - header + (flags.contains(.syn) ? 1 : 0) + (flags.contains(.fin) ? 1 : 0)
            acknowledgement = bytes.uint32(at: segment + 4) &+ UInt32(truncatingIfNeeded: length)
            own.insert(.ack)
        }
        output.set(sequence, at: start + 4)
        output.set(acknowledgement, at: start + 8)
        output.set(0x5000_0000 | UInt32(own.rawValue) << 16, at: start + 12)
        output.set(UInt32(0), at: start + 16)
        var sum = addresses
        sum.addPseudoHeader(ipProtocol: 6, length: 20)
        sum.add(output.bytes, start..<start + 20)
        output.set(sum.field, at: start + 16)
        return true
    }
}
