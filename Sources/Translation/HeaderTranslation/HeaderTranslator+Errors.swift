import IPAddresses
import Packets

/// A packet that an ICMP error quotes.
@frozen
public struct QuotedPacket<Packet: Hashable & Sendable>: Hashable, Sendable {
    public var packet: Packet

    /// The quoted packet's bytes end here; an extension structure may follow (RFC 4884).
    public var end: Int

    @usableFromInline var extensions: Range<Int>?
}

extension HeaderTranslator {
    /// Reads the packet that an ICMP error quotes.
    ///
    /// - Throws: where it is not a packet, is an error itself, or the message's checksum is wrong (RFC 7915 4.3; RFC
    ///   5508 REQ-3).
    public func quoted(in packet: IPv4Packet, _ bytes: borrowing RawSpan) throws(PacketRefusal)
        -> QuotedPacket<IPv4Packet>
    {
        if packet.hasRightChecksum(bytes) != true { throw PacketRefusal(.wrongChecksum) }
        let parts = Self.parts(bytes, packet.transportStart..<packet.end, lengthAt: 5, unit: 4)
        do throws(PacketError) {
            let quoted = try IPv4Packet(ipv4: bytes, parts.quoted, isQuoted: true)
            if quoted.transport?.isICMPError ?? false { throw PacketError.version(4) }
            return QuotedPacket(packet: quoted, end: parts.quoted.upperBound, extensions: parts.extensions)
        } catch {
            throw PacketRefusal(.malformed)
        }
    }

    /// Reads the packet that an ICMPv6 error quotes.
    ///
    /// - Throws: where it is not a packet, is an error itself, or the message's checksum is wrong (RFC 7915 5, 5.3).
    public func quoted(in packet: IPv6Packet, _ bytes: borrowing RawSpan) throws(PacketRefusal)
        -> QuotedPacket<IPv6Packet>
    {
        if packet.hasRightChecksum(bytes) != true { throw PacketRefusal(.wrongChecksum) }
        let start = packet.transportStart
        // Packet too big and parameter problem have other fields there.
        let hasLength = packet.transport?.type == 1 || packet.transport?.type == 3
        let parts =
            hasLength
            ? Self.parts(bytes, start..<packet.end, lengthAt: 4, unit: 8)
            : Parts(quoted: start + TransportHeader.quoteOffset..<packet.end)
        do throws(PacketError) {
            let quoted = try IPv6Packet(ipv6: bytes, parts.quoted, isQuoted: true)
            if quoted.transport?.isICMPError ?? false { throw PacketError.version(6) }
            return QuotedPacket(packet: quoted, end: parts.quoted.upperBound, extensions: parts.extensions)
        } catch {
            throw PacketRefusal(.malformed)
        }
    }

    /// Makes an ICMP error an ICMPv6 one, with the packet that it quotes (RFC 7915 4.2, 4.3).
    ///
    /// - `new`: the error's own addresses; its ports mean nothing.
    /// - `quotedNew`: those of the quoted packet, and its ports or identifier.
    /// - Precondition: there are ``TranslationOptions/headroom`` and ``TranslationOptions/tailroom``.
    public func translate(
        error packet: IPv4Packet, _ bytes: inout MutableRawSpan, to new: Endpoints<IPv6Address>, _ meaning: ICMPMeaning,
        _ quote: QuotedPacket<IPv4Packet>, to quotedNew: Endpoints<IPv6Address>
    ) throws(PacketRefusal) -> TranslatedPacket {
        let quoted = quote.packet
        let quotedHeader = quoted.header
        let fragmentLength = quotedHeader.isFragment ? 8 : 0
        let headers = IPv6Header.length + fragmentLength
        let innerMeaning = try meaningOfQuoted(quoted.transport) { (type, code) in
            ICMPMeaning.inIPv6(type: type, code: code, pointer: 0)
        }
        if quotedHeader.payloadLength + fragmentLength > 0xFFFF { throw PacketRefusal(.malformed) }
        // Errors are no longer than the smallest MTU (RFC 4443 2.4).
        let layout = ErrorLayout(
            headers: headers, data: quoted.transportStart..<quote.end, extensions: quote.extensions,
            room: 1280 - IPv6Header.length - TransportHeader.quoteOffset, unit: meaning.field == .unused ? 8 : 0,
            capacity: bytes.byteCount)
        let field = fieldInIPv6(meaning, layout, mtu: bytes.bytes.uint16(at: packet.transportStart + 6), quotedHeader)
        layout.arrange(&bytes)
        if let transport = quoted.transport {
            var change = ChecksumChange()
            if let innerMeaning {
                change.insertICMPv6(
                    from: quotedNew.source, to: quotedNew.destination, length: quotedHeader.payloadLength)
                retype(transport, &bytes, at: quoted.transportStart, innerMeaning, &change)
            } else {
                change.remove(quotedHeader.source)
                change.remove(quotedHeader.destination)
                change.insert(quotedNew.source)
                change.insert(quotedNew.destination)
            }
            transport.rewrite(&bytes, at: quoted.transportStart, end: layout.data.upperBound, quotedNew.ports, change)
        }
        let start = quoted.transportStart - headers
        var inner = IPv6Header(
            payloadLength: quotedHeader.payloadLength + fragmentLength, hopLimit: quotedHeader.timeToLive,
            nextHeader: quoted.ipProtocol == Self.icmp ? Self.icmpv6 : quoted.ipProtocol, from: quotedNew.source,
            to: quotedNew.destination)
        inner.trafficClass = options.trafficClass ?? quotedHeader.trafficClass
        if quotedHeader.isFragment {
            IPv6Extensions.FragmentHeader(
                offset: quotedHeader.fragmentOffset, moreFragments: quotedHeader.moreFragments,
                identification: UInt32(quotedHeader.identification)
            ).write(&bytes, at: start + IPv6Header.length, nextHeader: inner.nextHeader)
            inner.nextHeader = 44
        }
        inner.write(&bytes, at: start)
        let message = start - TransportHeader.quoteOffset..<start + layout.length
        var header = IPv6Header(
            payloadLength: message.count, hopLimit: packet.header.timeToLive - 1, nextHeader: Self.icmpv6,
            from: new.source, to: new.destination)
        header.trafficClass = options.trafficClass ?? packet.header.trafficClass
        header.write(&bytes, at: message.lowerBound - IPv6Header.length)
        var sum = InternetChecksum()
        sum.add(new.source)
        sum.add(new.destination)
        sum.addPseudoHeader(ipProtocol: Self.icmpv6, length: message.count)
        meaning.write(&bytes, message, field: field, sum)
        return TranslatedPacket(message.lowerBound - IPv6Header.length..<message.upperBound)
    }

    /// Makes an ICMPv6 error an ICMP one, with the packet that it quotes (RFC 7915 5.2, 5.3).
    ///
    /// - `new`: the error's own addresses; its ports mean nothing.
    /// - `quotedNew`: those of the quoted packet, and its ports or identifier.
    /// - Precondition: there is ``TranslationOptions/tailroom``.
    public func translate(
        error packet: IPv6Packet, _ bytes: inout MutableRawSpan, to new: Endpoints<IPv4Address>, _ meaning: ICMPMeaning,
        _ quote: QuotedPacket<IPv6Packet>, to quotedNew: Endpoints<IPv4Address>, identification: UInt16
    ) throws(PacketRefusal) -> TranslatedPacket {
        let quoted = quote.packet
        let innerMeaning = try meaningOfQuoted(quoted.transport) { (type, code) in
            ICMPMeaning.inIPv4(type: type, code: code, pointer: 0)
        }
        // By the quoted header, not by what is left of the packet.
        let extensionLength = quoted.transportStart - quoted.start - IPv6Header.length
        let quotedLength = quoted.header.fixed.payloadLength - extensionLength
        guard quotedLength >= 0, quotedLength + IPv4Header.length <= 0xFFFF else { throw PacketRefusal(.malformed) }
        let layout = ErrorLayout(
            headers: IPv4Header.length, data: quoted.transportStart..<quote.end, extensions: quote.extensions,
            room: 0xFFFF - IPv4Header.length - TransportHeader.quoteOffset, unit: meaning.field == .mtu ? 0 : 4,
            capacity: bytes.byteCount)
        let field = fieldInIPv4(meaning, layout, mtu: bytes.bytes.uint32(at: packet.transportStart + 4))
        layout.arrange(&bytes)
        if let transport = quoted.transport {
            var change = ChecksumChange()
            if let innerMeaning {
                change.removeICMPv6(
                    from: quoted.header.fixed.source, to: quoted.header.fixed.destination, length: quotedLength)
                retype(transport, &bytes, at: quoted.transportStart, innerMeaning, &change)
            } else {
                change.remove(quoted.header.fixed.source)
                change.remove(quoted.header.fixed.destination)
                change.insert(quotedNew.source)
                change.insert(quotedNew.destination)
            }
            transport.rewrite(&bytes, at: quoted.transportStart, end: layout.data.upperBound, quotedNew.ports, change)
        }
        let start = quoted.transportStart - IPv4Header.length
        ipv4Header(
            quoted.header, total: IPv4Header.length + quotedLength, hops: 0, from: quotedNew.source,
            to: quotedNew.destination, identification
        ).write(&bytes, at: start)
        let message = start - TransportHeader.quoteOffset..<start + layout.length
        let total = IPv4Header.length + message.count
        ipv4Header(packet.header, total: total, hops: 1, from: new.source, to: new.destination, identification)
            .write(&bytes, at: message.lowerBound - IPv4Header.length)
        meaning.write(&bytes, message, field: field, InternetChecksum())
        return TranslatedPacket(message.lowerBound - IPv4Header.length..<message.upperBound)
    }

    /// What a quoted ICMP query is in the other family; nil for other protocols.
    private func meaningOfQuoted(
        _ transport: TransportHeader?, _ meaning: (UInt8, UInt8) -> ICMPMeaning?
    ) throws(PacketRefusal) -> ICMPMeaning? {
        guard let transport, transport.kind.isICMP else { return nil }
        guard let found = meaning(transport.type, transport.code) else { throw PacketRefusal(.icmpNotTranslated) }
        return found
    }

    private func fieldInIPv6(_ meaning: ICMPMeaning, _ layout: ErrorLayout, mtu: UInt16, _ quoted: IPv4Header)
        -> UInt32
    {
        switch meaning.field {
        case .echo: 0
        case .unused: UInt32(layout.statedLength) << 24
        case .mtu: UInt32(TranslatedMTU.inIPv6(Int(mtu), quotedLength: quoted.totalLength, options))
        case .pointer(let place): UInt32(place)
        }
    }

    private func fieldInIPv4(_ meaning: ICMPMeaning, _ layout: ErrorLayout, mtu: UInt32) -> UInt32 {
        let stated = UInt32(layout.statedLength) << 16
        return switch meaning.field {
        case .echo: 0
        case .unused: stated
        case .mtu: UInt32(TranslatedMTU.inIPv4(Int(mtu), options))
        case .pointer(let place): UInt32(place) << 24 | stated
        }
    }
}

extension ICMPMeaning {
    /// Writes an error's header in front of what it quotes, with its checksum.
    ///
    /// `sum`: of the pseudo-header, where there is one.
    func write(_ bytes: inout MutableRawSpan, _ message: Range<Int>, field: UInt32, _ sum: InternetChecksum) {
        var sum = sum
        bytes.set(UInt32(type) << 24 | UInt32(code) << 16, at: message.lowerBound)
        bytes.set(field, at: message.lowerBound + 4)
        sum.add(bytes.bytes, message)
        bytes.set(sum.field, at: message.lowerBound + 2)
    }
}
