import Captures
import Configuration
import Gateway
import DNS64
import IPAddresses
import Packets
import Translation

/// Translators that packets of any bytes are put through; made once, so that runs are many.
struct FuzzTranslators: Sendable {
    let all: [any PacketProcessor]

    static let shared: FuzzTranslators = {
        do { return try FuzzTranslators() } catch { preconditionFailure("\(error)") }
    }()

    private init() throws {
        var addresses = StatelessAddresses(prefix: try TranslationPrefix(IPv6Prefix(parsing: "2001:db8:64::/96")))
        try addresses.explicit.add(IPv4Prefix(parsing: "198.51.100.0/24"), IPv6Prefix(parsing: "2001:db8:1::/120"))
        addresses.errorSources = [try IPv4Address(parsing: "192.0.2.111")]
        let pool = PortPool([IPv6Address(mapping: try IPv4Address(parsing: "192.0.2.2"))])
        let nat = try NAPT(NAPTConfiguration(pool: pool), capacity: 4096)
        for ipProtocol: UInt8 in [1, 6, 17] {
            try nat.addStaticMapping(
                inside: IPv6Address(parsing: "2001:db8:2::5"), port: 1000, outside: pool.addresses[0],
                outsidePort: 2000,
                protocol: ipProtocol, now: MonotonicTime(nanoseconds: 0))
        }
        var small = TranslationOptions()
        small.ipv4MTU = 600
        var forwarding = ForwardingOptions()
        forwarding.mtu = 600
        let gateway = try NATGateway(addresses: [IPv4Address(parsing: "192.0.2.2")], capacity: 4096)
        let egress = try EgressOnlyGateway(capacity: 4096)
        all = [
            StatelessTranslator(addresses), StatelessTranslator(addresses, options: small),
            try NAT64(nat, prefix: .wellKnown(policy: .aws)),
            try IPv4PacketNAT(NAPTFlows(gateway), options: forwarding),
            try PacketTranslator<IPv6HeaderChain, EgressOnlyFlows>(
                EgressOnlyFlows(egress, inside: [IPv6Prefix(parsing: "2001:db8::/32")])),
        ]
    }
}

extension FuzzBody {
    /// Headers of any bytes: what can be read lies within them, and rewriting keeps right checksums right.
    func headers(_ bytes: [UInt8]) {
        let span = bytes.span.bytes
        let all = 0..<bytes.count
        for type in LinkHeader.LinkType.allCases { _ = try? LinkHeader(type, span, all) }
        plain(bytes)
        for isQuoted in [false, true] {
            if let packet = try? IPv4Packet(ipv4: span, all, isQuoted: isQuoted) {
                check(packet, bytes)
                _ = packet.header.hasUnexpiredSourceRoute(span, at: 0)
                if !isQuoted { rewriteIPv4(packet, bytes) }
            }
            if let packet = try? IPv6Packet(ipv6: span, all, isQuoted: isQuoted) {
                check(packet, bytes)
                if !isQuoted { rewriteIPv6(packet, bytes) }
            }
        }
    }

    /// What is plain is read the general way too, and says the same.
    private func plain(_ bytes: [UInt8]) {
        let all = 0..<bytes.count
        if let plain = PlainPacket(ipv4: bytes.span.bytes, all) {
            guard let packet = try? IPv4Packet(ipv4: bytes.span.bytes, all), let transport = packet.transport else {
                preconditionFailure("a plain packet is not one")
            }
            precondition(!packet.header.isFragment && packet.transportStart == 20 && packet.end == Int(plain.length))
            precondition(plain.hopsLeft == packet.header.timeToLive && plain.trafficClass == packet.header.trafficClass)
            precondition(plain.mayBeFragmented != packet.header.dontFragment)
            check(plain, packet.ipProtocol, transport)
        }
        if let plain = PlainPacket(ipv6: bytes.span.bytes, all) {
            guard let packet = try? IPv6Packet(ipv6: bytes.span.bytes, all), let transport = packet.transport else {
                preconditionFailure("a plain packet is not one")
            }
            precondition(packet.transportStart == 40 && packet.end == Int(plain.length))
            precondition(plain.hopsLeft == packet.header.fixed.hopLimit)
            precondition(plain.trafficClass == packet.header.fixed.trafficClass)
            check(plain, packet.ipProtocol, transport)
        }
    }

    private func check(_ plain: PlainPacket, _ ipProtocol: UInt8, _ transport: TransportHeader) {
        precondition(plain.ipProtocol == ipProtocol && plain.tcpFlags == transport.tcpFlags)
        precondition(plain.ports == UInt32(transport.sourcePort) << 16 | UInt32(transport.destinationPort))
    }

    private func check<Header>(_ packet: IPPacket<Header>, _ bytes: [UInt8]) {
        precondition(packet.start == 0 && packet.transportStart <= packet.end && packet.end <= bytes.count)
    }

    private func rewriteIPv4(_ packet: IPv4Packet, _ bytes: [UInt8]) {
        var copy = bytes
        let before = packet.hasRightChecksum(bytes.span.bytes)
        var span = copy.mutableSpan
        var raw = span.mutableBytes
        let new = Endpoints(from: IPv4Address(bits: 0x0102_0304), 5, to: IPv4Address(bits: 0xF0E0_D0C0), 0xFFFF)
        packet.rewrite(&raw, to: new, hops: packet.header.timeToLive > 1 ? 1 : 0)
        guard let after = try? IPv4Packet(ipv4: copy.span.bytes, 0..<copy.count) else {
            preconditionFailure("a rewritten packet can't be read")
        }
        precondition(before.stays(after.hasRightChecksum(copy.span.bytes)), "a right checksum has become wrong")
    }

    private func rewriteIPv6(_ packet: IPv6Packet, _ bytes: [UInt8]) {
        var copy = bytes
        let before = packet.hasRightChecksum(bytes.span.bytes)
        var span = copy.mutableSpan
        var raw = span.mutableBytes
        let new = Endpoints(
            from: IPv6Address(bits: 0x0102_0304_0506_0708), 5, to: IPv6Address(bits: ~0), 0xFFFF)
        packet.rewrite(&raw, to: new)
        guard let after = try? IPv6Packet(ipv6: copy.span.bytes, 0..<copy.count) else {
            preconditionFailure("a rewritten packet can't be read")
        }
        precondition(before.stays(after.hasRightChecksum(copy.span.bytes)), "a right checksum has become wrong")
    }

    /// Any bytes through every translator: out comes a packet that can be read, its checksum right where it was, or a
    /// refusal that leaves all as it was; answers are packets with right checksums.
    func packets(_ bytes: [UInt8]) {
        // After what translation may need in front.
        let start = TranslationOptions.headroom
        let range = start..<start + bytes.count
        let given =
            [UInt8](repeating: 0, count: start) + bytes + [UInt8](repeating: 0, count: TranslationOptions.tailroom)
        let wasRight = hasRightChecksum(given, range)
        let router = Router(ipv4: IPv4Address(bits: 0xC000_0201), ipv6: IPv6Address(bits: 0x2001_0DB8 << 96 | 1))
        for translator in FuzzTranslators.shared.all {
            var buffer = given
            var span = buffer.mutableSpan
            var raw = span.mutableBytes
            let verdict = translator.process(&raw, range, now: MonotonicTime(nanoseconds: 1 << 40), random: 7)
            switch verdict {
            case .held: precondition(buffer == given, "a held fragment was written to")
            case .refused(let refusal):
                precondition(buffer == given, "a refused packet was written to")
                var answer = [UInt8](repeating: 0, count: Router.room)
                var answerSpan = answer.mutableSpan
                var output = answerSpan.mutableBytes
                let written = router.answer(
                    refusal, to: buffer.span.bytes, range, &output, at: 0, now: MonotonicTime(nanoseconds: 1 << 40),
                    random: 7)
                if let written {
                    precondition(hasRightChecksum(answer, written) == true, "an answer's checksum is wrong")
                }
            case .forwarded(let packet, _, _):
                if !packet.isFragmented, hasRightChecksum(buffer, packet.range) == false {
                    precondition(wasRight != true, "a checksum has become wrong")
                }
                readAll(packet, &buffer)
            }
            if let fragment = translator.takeHeldFragment(now: MonotonicTime(nanoseconds: 1 << 40)) {
                precondition(!fragment.isEmpty)
            }
        }
    }

    /// Every fragment can be read.
    private func readAll(_ packet: TranslatedPacket, _ buffer: inout [UInt8]) {
        var packet = packet
        var next: Range<Int>? = packet.range
        while let range = next {
            let isIPv4 = buffer[range.lowerBound] >> 4 == 4
            let canBeRead =
                isIPv4
                ? (try? IPv4Header(buffer.span.bytes, range)) != nil
                : (try? IPv6Header(buffer.span.bytes, range)) != nil
            precondition(canBeRead, "what came out is not a packet")
            var span = buffer.mutableSpan
            var raw = span.mutableBytes
            next = packet.next(&raw)
        }
    }

    private func hasRightChecksum(_ bytes: [UInt8], _ range: Range<Int>) -> Bool? {
        if range.isEmpty { return nil }
        let span = bytes.span.bytes
        if bytes[range.lowerBound] >> 4 == 4 { return (try? IPv4Packet(ipv4: span, range))?.hasRightChecksum(span) }
        return (try? IPv6Packet(ipv6: span, range))?.hasRightChecksum(span)
    }

    /// A message of any bytes: what can be read comes back the same, and what is made of it can be read.
    func dns(_ bytes: [UInt8]) {
        guard let message = try? DNSMessage(bytes) else { return }
        if let encoded = try? message.encoded() {
            guard let again = try? DNSMessage(encoded) else { preconditionFailure("a message does not read back") }
            precondition(again == message, "a message has changed")
        }
        for record in message.answers { _ = (record.name.description, record.ipv4Address, record.ipv6Address) }
        let dns64 = DNS64(prefix: .wellKnown(policy: .aws))
        _ = dns64.plan(for: message)
        _ = dns64.needsSynthesis(message)
        _ = dns64.withoutExcluded(message)
        _ = dns64.answer(message, from: message, empty: message)
        if let made = dns64.synthesized(message, from: message, empty: message) {
            precondition(made.answers.contains { $0.ipv6Address != nil })
            _ = try? made.encoded(limit: 512)
        }
        let cache = DNSCache(capacity: 4)
        cache.store(message, to: message, now: 10)
        if let kept = cache.answer(to: message, now: 11) { precondition(kept.id == message.id) }
    }

    /// A capture of any bytes: packets lie within the buffer, and it ends.
    func capture(_ bytes: [UInt8]) {
        var buffer: [UInt8] = []
        do throws(CaptureError) {
            var reader = try CaptureReader(CaptureBytes(bytes))
            while let packet = try reader.next(into: &buffer, at: 8, tailroom: 4) {
                precondition(packet.range.lowerBound == 8 && packet.range.upperBound + 4 <= buffer.count)
                _ = try? LinkHeader(packet.linkType, buffer.span.bytes, packet.range)
            }
        } catch {
            _ = error.description
        }
    }

    /// Messages of the kernel of any bytes, and the next hops that they make.
    func netlink(_ bytes: [UInt8]) {
        guard let messages = try? NetlinkMessage.read(bytes.span.bytes) else { return }
        var tables = KernelTables()
        for message in messages { tables.take(message) }
        // Compiling takes a hundred times as long as reading.
        if bytes.reduce(0, &+) % 16 != 0 { return }
        guard let table = try? NextHopTable(tables, interfaces: [2, 3]) else { return }
        for route in tables.routes {
            let hop =
                switch route.prefix {
                case .v4(let prefix): table[.v4(IPv4Address(bits: prefix.bits))]
                case .v6(let prefix): table[.v6(IPv6Address(bits: prefix.bits))]
                }
            // A frame leaves by an interface that is the gateway's.
            if let hop { precondition(hop.interface < 2, "a frame for no interface") }
        }
    }

    /// A configuration of any bytes; faults say where.
    func configuration(_ bytes: [UInt8]) {
        do throws(ConfigurationError) {
            let configuration = try Configuration(bytes, file: "input")
            _ = configuration.router.makeRouter()
        } catch {
            precondition(error.description.hasPrefix("input"))
        }
    }
}

extension Bool? {
    /// Whether a checksum is as right as this one was. A wrong one may become right: of nothing but zeros both 0x0000 and 0xFFFF
    /// stand for none, and just the latter is right.
    fileprivate func stays(_ now: Bool?) -> Bool { self == nil ? now == nil : self == false || now == true }
}
