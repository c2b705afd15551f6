import IPAddresses
import Packets

// The fast path for plain packets whose sessions are known; it does what the general path does.
extension NAT64 {
    /// A plain packet and the tuple that its session is found by; nil for all others.
    @inline(__always)
    func plain(_ bytes: borrowing RawSpan, _ range: Range<Int>) -> (packet: PlainPacket, tuple: FiveTuple<IPv6Address>)?
    {
        if range.count < 28 { return nil }
        let source: IPv6Address
        let remote: IPv6Address
        let packet: PlainPacket
        if bytes.uint8(at: range.lowerBound) &>> 4 == 4 {
            guard let plain = PlainPacket(ipv4: bytes, range) else { return nil }
            packet = plain
            source = IPv6Address(mapping: bytes.ipv4Address(at: range.lowerBound &+ 12))
            remote = IPv6Address(mapping: bytes.ipv4Address(at: range.lowerBound &+ 16))
        } else {
            guard let plain = PlainPacket(ipv6: bytes, range),
                let embedded = prefix.prefix.extractEmbedded(from: bytes.ipv6Address(at: range.lowerBound &+ 24))
            else { return nil }
            packet = plain
            source = bytes.ipv6Address(at: range.lowerBound &+ 8)
            remote = IPv6Address(mapping: embedded)
        }
        let tuple = FiveTuple(
            from: source, UInt16(truncatingIfNeeded: packet.ports &>> 16), to: remote,
            UInt16(truncatingIfNeeded: packet.ports), protocol: packet.ipProtocol)
        return (packet, tuple)
    }

    /// - Returns: nil where the general path has to be taken.
    @inline(__always)
    func translatePlain(
        _ bytes: inout MutableRawSpan, _ range: Range<Int>, _ packet: PlainPacket, _ tuple: FiveTuple<IPv6Address>,
        _ match: ConnectionMatch, _ table: ConnectionTable<IPv6Address>, _ now: MonotonicTime, _ random: UInt64
    ) -> PacketVerdict? {
        guard packet.hopsLeft > 1, range.lowerBound >= TranslationOptions.headroom else { return nil }
        let isIPv4 = bytes.bytes.uint8(at: range.lowerBound) &>> 4 == 4
        let payload = Int(packet.length) &- (isIPv4 ? 20 : 40)
        if isIPv4 {
            let most =
                packet.mayBeFragmented
                ? min(headers.options.lowestIPv6MTU, headers.options.ipv6MTU) : headers.options.ipv6MTU
            guard !match.isOriginal, payload &+ 40 <= most else { return nil }
        } else {
            guard match.isOriginal, payload &+ 20 <= headers.options.ipv4MTU else { return nil }
        }
        guard let new = table.translation(of: match),
            !isIPv4 || new.source == tuple.source, isIPv4 || !translator.configuration.pool.contains(new.destination)
        else { return nil }
        let refreshes = match.isOriginal || translator.configuration.refreshesInbound
        guard
            table.track(
                match, FlowPacket(tuple, TCPFlags(rawValue: packet.tcpFlags)), translator.configuration.timeouts,
                refreshes: refreshes, now)
        else { return nil }
        let ports = UInt32(new.sourcePort) &<< 16 | UInt32(new.destinationPort)
        return isIPv4
            ? writePlainIPv6(&bytes, range, packet, new, ports, payload)
            : writePlainIPv4(&bytes, range, packet, tuple, new, ports, payload, random)
    }

    @inline(__always)
    private func writePlainIPv4(
        _ bytes: inout MutableRawSpan, _ range: Range<Int>, _ packet: PlainPacket, _ tuple: FiveTuple<IPv6Address>,
        _ new: FiveTuple<IPv6Address>, _ ports: UInt32, _ payload: Int, _ random: UInt64
    ) -> PacketVerdict {
        let transport = range.lowerBound &+ 40
        var header = IPv4Header(
            totalLength: payload &+ 20, timeToLive: packet.hopsLeft &- 1, protocol: packet.ipProtocol,
            from: new.source.embeddedIPv4, to: tuple.destination.embeddedIPv4)
        header.trafficClass = headers.options.trafficClass ?? packet.trafficClass
        header.identification = UInt16(truncatingIfNeeded: random &>> 16)
        header.dontFragment = header.totalLength > 1260
        var change = ChecksumChange()
        change.remove(tuple.source)
        change.remove(bytes.bytes.ipv6Address(at: range.lowerBound &+ 24))
        change.insert(header.source)
        change.insert(header.destination)
        rewritePlain(&bytes, transport, packet, ports, change)
        header.write(&bytes, at: transport &- 20)
        return .forwarded(TranslatedPacket(transport &- 20..<transport &+ payload), to: .outside, isNew: false)
    }

    @inline(__always)
    private func writePlainIPv6(
        _ bytes: inout MutableRawSpan, _ range: Range<Int>, _ packet: PlainPacket, _ new: FiveTuple<IPv6Address>,
        _ ports: UInt32, _ payload: Int
    ) -> PacketVerdict? {
        let transport = range.lowerBound &+ 20
        guard let source = prefix.prefix.embedding(new.source.embeddedIPv4) else { return nil }
        var header = IPv6Header(
            payloadLength: payload, hopLimit: packet.hopsLeft &- 1, nextHeader: packet.ipProtocol, from: source,
            to: new.destination)
        header.trafficClass = headers.options.trafficClass ?? packet.trafficClass
        var change = ChecksumChange()
        change.remove(bytes.bytes.ipv4Address(at: range.lowerBound &+ 12))
        change.remove(bytes.bytes.ipv4Address(at: range.lowerBound &+ 16))
        change.insert(source)
        change.insert(new.destination)
        rewritePlain(&bytes, transport, packet, ports, change)
        header.write(&bytes, at: transport &- 40)
        return .forwarded(TranslatedPacket(transport &- 40..<transport &+ payload), to: .inside, isNew: false)
    }

    /// Ports and checksum.
    @inline(__always)
    private func rewritePlain(
        _ bytes: inout MutableRawSpan, _ transport: Int, _ packet: PlainPacket, _ ports: UInt32,
        _ addresses: ChecksumChange
    ) {
        var change = addresses
        change.replace(packet.ports, by: ports)
        let checksum = change.applied(to: bytes.bytes.uint16(at: transport &+ packet.checksumOffset))
        bytes.set(ports, at: transport)
        bytes.set(
            packet.ipProtocol == 17 && checksum == 0 ? 0xFFFF : checksum, at: transport &+ packet.checksumOffset)
    }
}
