import IPAddresses
import Packets

/// A stateless translator between IPv4 and IPv6 (SIIT: RFC 7915), with explicit address mappings (RFC 7757). From any
/// number of threads.
public struct StatelessTranslator: Sendable {
    public let addresses: StatelessAddresses
    public let headers: HeaderTranslator
    public let refusals = RefusalCounters()

    /// Whether packets between two hosts with mappings, by their IPv4 addresses behind the prefix, are turned round
    /// (RFC 7757 4.2.2).
    public let hairpins: Bool

    public init(
        _ addresses: StatelessAddresses, options: TranslationOptions = TranslationOptions(), hairpins: Bool = true
    ) {
        self.addresses = addresses
        headers = HeaderTranslator(options)
        self.hairpins = hairpins
    }

    /// Translates a packet of either family in place: the inside has IPv6, the outside IPv4.
    ///
    /// - `range`: where in the buffer it is, with ``TranslationOptions/headroom`` in front of it.
    /// - `random`: 64 random bits, for identifications (RFC 7915 5.1).
    /// - Precondition: the headroom is there.
    public func translate(_ bytes: inout MutableRawSpan, _ range: Range<Int>, random: UInt64) -> PacketVerdict {
        precondition(
            range.lowerBound >= TranslationOptions.headroom, "translation needs headroom in front of the packet")
        do throws(PacketRefusal) {
            if !range.isEmpty, bytes.bytes.uint8(at: range.lowerBound) >> 4 == 4 {
                return .forwarded(try toIPv6(&bytes, range, .none, random), to: .inside, isNew: false)
            }
            return try toIPv4(&bytes, range, random)
        } catch {
            refusals.count(error.reason)
            return .refused(error)
        }
    }

    private func toIPv6(
        _ bytes: inout MutableRawSpan, _ range: Range<Int>, _ hairpin: StatelessAddresses.Hairpin, _ random: UInt64
    ) throws(PacketRefusal) -> TranslatedPacket {
        var packet = try parsed(ipv4: bytes.bytes, range)
        // What is turned round has lost its hop on the way there (RFC 7757 4.2.2).
        if hairpin != .none { packet.header.timeToLive += 1 }
        let meaning = try headers.check(packet, bytes.bytes)
        let isError = meaning != nil && packet.transport?.isICMPError == true
        let source =
            isError
            ? try addresses.errorSource(
                packet.header.source, behindPrefix: isBehindPrefix(packet, bytes.bytes, hairpin), random)
            : try addresses.ipv6(packet.header.source, behindPrefix: hairpin == .source)
        let new = Endpoints(
            from: source, packet.transport?.sourcePort ?? 0,
            to: try addresses.ipv6(packet.header.destination), packet.transport?.destinationPort ?? 0)
        guard let meaning, packet.transport?.isICMPError == true else {
            return try headers.translate(packet, &bytes, to: new, meaning)
        }
        let quote = try headers.quoted(in: packet, bytes.bytes)
        let quotedNew = Endpoints(
            from: try addresses.ipv6(quote.packet.header.source), quote.packet.transport?.sourcePort ?? 0,
            to: try addresses.ipv6(
                quote.packet.header.destination, behindPrefix: hairpin == .quotedDestination),
            quote.packet.transport?.destinationPort ?? 0)
        return try headers.translate(error: packet, &bytes, to: new, meaning, quote, to: quotedNew)
    }

    /// Whether an error's source stands for itself: that of one which is turned round and comes from whom the quoted packet
    /// was for (RFC 7757 4.2.1).
    private func isBehindPrefix(
        _ packet: IPv4Packet, _ bytes: borrowing RawSpan, _ hairpin: StatelessAddresses.Hairpin
    ) throws(PacketRefusal) -> Bool {
        guard hairpin == .quotedDestination else { return hairpin == .source }
        return try headers.quoted(in: packet, bytes).packet.header.destination == packet.header.source
    }

    private func toIPv4(_ bytes: inout MutableRawSpan, _ range: Range<Int>, _ random: UInt64) throws(PacketRefusal)
        -> PacketVerdict
    {
        let packet = try parsed(ipv6: bytes.bytes, range)
        let meaning = try headers.check(packet, bytes.bytes)
        let isError = packet.transport?.isICMPError ?? false
        let destination = try addresses.ipv4(packet.header.fixed.destination)
        let source =
            isError
            ? try addresses.errorSource(packet.header.fixed.source, random)
            : try addresses.ipv4(packet.header.fixed.source).address
        if source.isIllegalEndpoint || destination.address.isIllegalEndpoint { throw PacketRefusal(.illegalAddress) }
        let new = Endpoints(
            from: source, packet.transport?.sourcePort ?? 0, to: destination.address,
            packet.transport?.destinationPort ?? 0)
        let identification = UInt16(truncatingIfNeeded: random)
        let turnsRound =
            hairpins && destination.isBehindPrefix && addresses.explicit.ipv6(destination.address) != nil
        var headers = headers
        // What is turned round does not cross the IPv4 network.
        if turnsRound { headers.options.ipv4MTU = 0xFFFF }
        let saved = turnsRound ? SavedPacket(bytes.bytes, packet.range) : nil
        let translated: TranslatedPacket
        if let meaning, isError {
            let quote = try headers.quoted(in: packet, bytes.bytes)
            let quotedNew = Endpoints(
                from: try addresses.ipv4(quote.packet.header.fixed.source).address,
                quote.packet.transport?.sourcePort ?? 0,
                to: try addresses.ipv4(quote.packet.header.fixed.destination).address,
                quote.packet.transport?.destinationPort ?? 0)
            translated = try headers.translate(
                error: packet, &bytes, to: new, meaning, quote, to: quotedNew, identification: identification)
        } else {
            translated = try headers.translate(packet, &bytes, to: new, meaning, identification: identification)
        }
        guard let saved else { return .forwarded(translated, to: .outside, isNew: false) }
        do throws(PacketRefusal) {
            let back = try toIPv6(
                &bytes, translated.range, isError ? .quotedDestination : .source, random)
            return .forwarded(back, to: .inside, isNew: false)
        } catch {
            saved.restore(&bytes)
            throw error.turnedRound(mtu: self.headers.options.ipv6MTU)
        }
    }
}

/// Reads a packet's headers; bytes that are none are refused.
@inlinable
func parsed(ipv4 bytes: borrowing RawSpan, _ range: Range<Int>) throws(PacketRefusal) -> IPv4Packet {
    do throws(PacketError) {
        return try IPv4Packet(ipv4: bytes, range)
    } catch {
        throw PacketRefusal(error.reason)
    }
}

@inlinable
func parsed(ipv6 bytes: borrowing RawSpan, _ range: Range<Int>) throws(PacketRefusal) -> IPv6Packet {
    do throws(PacketError) {
        return try IPv6Packet(ipv6: bytes, range)
    } catch {
        throw PacketRefusal(error.reason)
    }
}

extension PacketError {
    @usableFromInline
    var reason: Refusal {
        if case .headerChecksum = self { .wrongChecksum } else { .malformed }
    }
}
