import IPAddresses
import Packets

extension HeaderTranslator {
    /// Looks whether an IPv4 packet may be translated, before its addresses are (RFC 7915 4.1, 4.2).
    ///
    /// - Returns: what an ICMP message becomes; nil for all other packets.
    /// - Throws: why it may not, and what its sender is told.
    @inlinable
    public func check(_ packet: IPv4Packet, _ bytes: borrowing RawSpan) throws(PacketRefusal) -> ICMPMeaning? {
        let isError = packet.transport?.isICMPError ?? false
        // An error's source may be illegal: it still helps to find the fault (RFC 7915 4.1).
        if !isError && packet.header.source.isIllegalEndpoint || packet.header.destination.isIllegalEndpoint {
            throw PacketRefusal(.illegalAddress)
        }
        if packet.header.headerLength > IPv4Header.length,
            packet.header.hasUnexpiredSourceRoute(bytes, at: packet.start)
        {
            throw PacketRefusal(.sourceRoute, .sourceRouteFailed)
        }
        if packet.header.timeToLive <= 1 { throw PacketRefusal(.timeExceeded, .timeExceeded) }
        switch packet.ipProtocol {
        case 6, 17: return nil
        case Self.icmp: return try icmpMeaning(packet, bytes)
        case Self.igmp: throw PacketRefusal(.icmpNotTranslated)
        // As IPv6's next header these would say something else.
        case Self.icmpv6, 0, 43, 44, 60: throw PacketRefusal(.protocolNotTranslated, .prohibited)
        default: return nil
        }
    }

    @usableFromInline
    func icmpMeaning(_ packet: IPv4Packet, _ bytes: borrowing RawSpan) throws(PacketRefusal) -> ICMPMeaning {
        if packet.header.isFragment { throw PacketRefusal(.icmpFragment) }
        guard let transport = packet.transport,
            let meaning = ICMPMeaning.inIPv6(
                type: transport.type, code: transport.code, pointer: bytes.uint8(at: packet.transportStart + 4))
        else { throw PacketRefusal(.icmpNotTranslated) }
        return meaning
    }

    /// Makes an IPv4 packet that has been checked an IPv6 one, unless it is an ICMP error.
    ///
    /// - `new`: its addresses, and its ports or identifier.
    /// - `meaning`: of an ICMP message.
    /// - Precondition: there is ``TranslationOptions/headroom``.
    /// - Throws: why it can't be, and what its sender is told; then the packet is as it was.
    @inlinable
    public func translate(
        _ packet: IPv4Packet, _ bytes: inout MutableRawSpan, to new: Endpoints<IPv6Address>, _ meaning: ICMPMeaning?
    ) throws(PacketRefusal) -> TranslatedPacket {
        let isFragment = packet.header.isFragment
        let fragmentLength = isFragment ? 8 : 0
        let total = IPv6Header.length &+ fragmentLength &+ packet.transportLength
        if packet.header.dontFragment, total > options.ipv6MTU {
            throw PacketRefusal(.packetTooBig, .tooBig(mtu: options.ipv6MTU &- 20 &- fragmentLength))
        }
        if total &- IPv6Header.length > 0xFFFF { throw PacketRefusal(.packetTooBig) }
        if let transport = packet.transport {
            try rewrite(transport, packet, &bytes, new, meaning)
        }
        var header = IPv6Header(
            payloadLength: total &- IPv6Header.length, hopLimit: packet.header.timeToLive &- 1,
            nextHeader: meaning == nil ? packet.ipProtocol : Self.icmpv6, from: new.source, to: new.destination)
        header.trafficClass = options.trafficClass ?? packet.header.trafficClass
        let most = min(options.lowestIPv6MTU, options.ipv6MTU)
        // Into fragments that the IPv6 network carries in any case.
        let cuts = !packet.header.dontFragment && total > most
        let headers = IPv6Header.length &+ (isFragment || cuts ? IPv6Extensions.FragmentHeader.length : 0)
        let start = packet.transportStart &- headers
        if isFragment || cuts {
            let fragment = IPv6Extensions.FragmentHeader(
                offset: packet.header.fragmentOffset, moreFragments: packet.header.moreFragments,
                identification: UInt32(packet.header.identification))
            fragment.write(&bytes, at: start &+ IPv6Header.length, nextHeader: header.nextHeader)
            header.nextHeader = 44
        }
        header.write(&bytes, at: start)
        if cuts { return .cut(start, packet.transportStart..<packet.end, size: (most &- headers) & ~7, &bytes) }
        return TranslatedPacket(start..<packet.end)
    }

    @inlinable
    func rewrite(
        _ transport: TransportHeader, _ packet: IPv4Packet, _ bytes: inout MutableRawSpan,
        _ new: Endpoints<IPv6Address>,
        _ meaning: ICMPMeaning?
    ) throws(PacketRefusal) {
        var change = ChecksumChange()
        if let meaning {
            change.insertICMPv6(from: new.source, to: new.destination, length: packet.transportLength)
            retype(transport, &bytes, at: packet.transportStart, meaning, &change)
        } else {
            change.remove(packet.header.source)
            change.remove(packet.header.destination)
            change.insert(new.source)
            change.insert(new.destination)
            if transport.kind == .udp, bytes.bytes.uint16(at: packet.transportStart &+ 6) == 0 {
                try computeChecksum(packet, &bytes, new)
                return
            }
        }
        transport.rewrite(&bytes, at: packet.transportStart, end: packet.end, new.ports, change)
    }

    /// Gives an ICMP query the other family's type.
    @inlinable
    func retype(
        _ transport: TransportHeader, _ bytes: inout MutableRawSpan, at start: Int, _ meaning: ICMPMeaning,
        _ change: inout ChecksumChange
    ) {
        let old = UInt16(transport.type) &<< 8 | UInt16(transport.code)
        let new = UInt16(meaning.type) &<< 8 | UInt16(meaning.code)
        change.replace(old, by: new)
        bytes.set(new, at: start)
    }

    /// Gives a UDP packet the checksum that it has none of (RFC 7915 4.5).
    @usableFromInline
    func computeChecksum(_ packet: IPv4Packet, _ bytes: inout MutableRawSpan, _ new: Endpoints<IPv6Address>)
        throws(PacketRefusal)
    {
        // RFC 7915 4.5; what a sender is told about drops is in 4.4.
        if options.zeroUDPChecksum == .drop || packet.header.isFragment {
            throw PacketRefusal(.zeroChecksum, .prohibited)
        }
        let start = packet.transportStart
        bytes.set(new.sourcePort, at: start)
        bytes.set(new.destinationPort, at: start + 2)
        let length = Int(bytes.bytes.uint16(at: start + 4))
        var sum = InternetChecksum()
        sum.add(new.source)
        sum.add(new.destination)
        sum.addPseudoHeader(ipProtocol: 17, length: length)
        sum.add(bytes.bytes, start..<start + length)
        bytes.set(sum.udpField, at: start + 6)
    }
}
