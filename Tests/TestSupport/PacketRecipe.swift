import IPAddresses
import Packets

/// A packet out of sixteen bytes that say its fields, with right lengths and checksums: what random bytes hardly ever are.
struct PacketRecipe {
    let bytes: [UInt8]

    static let length = 16

    private func field(_ index: Int) -> Int { Int(bytes[index]) }

    /// Addresses that the translators of the fuzz target know, and some that they do not.
    private static let ipv6 = [
        "2001:db8:1::5", "2001:db8:2::5", "2001:db8::9", "64:ff9b::c000:202", "64:ff9b::c633:6405",
        "2001:db8:64::c633:6405",
        "64:ff9b::a00:1", "fe80::1", "ff02::1", "::", "::1", "2600:1f18::7", "2001:db8:64::c000:202", "2001:db8:2::6",
    ].map { IPv6Address($0)! }
    private static let ipv4 = [
        "198.51.100.5", "192.0.2.2", "203.0.113.9", "10.0.0.1", "192.0.2.111", "127.0.0.1", "224.0.0.1", "0.0.0.0",
        "255.255.255.255", "198.51.100.77",
    ].map { IPv4Address($0)! }
    private static let ports: [UInt16] = [0, 53, 443, 1000, 1024, 2000, 40_000, 65_535]
    private static let protocols: [UInt8] = [6, 17, 1, 58, 6, 17, 50, 132]

    var isIPv6: Bool { field(0) & 1 == 1 }

    /// The packet.
    func packet() -> [UInt8] {
        let quote = field(0) & 2 == 2
        return isIPv6 ? ipv6Packet(quotes: quote) : ipv4Packet(quotes: quote)
    }

    private var ipProtocol: UInt8 { Self.protocols[field(1) % Self.protocols.count] }
    private var source6: IPv6Address { Self.ipv6[field(2) % Self.ipv6.count] }
    private var destination6: IPv6Address { Self.ipv6[field(3) % Self.ipv6.count] }
    private var source4: IPv4Address { Self.ipv4[field(2) % Self.ipv4.count] }
    private var destination4: IPv4Address { Self.ipv4[field(3) % Self.ipv4.count] }
    private var isFragment: Bool { field(0) & 4 == 4 }
    private var fragmentOffset: Int { isFragment ? field(9) & 7 * 8 : 0 }

    /// ICMP of the packet's family: a query, an answer, or an error of any type that quotes a packet the other way.
    private func icmp(quotes: Bool) -> [UInt8] {
        let types: [UInt8] = isIPv6 ? [128, 129, 1, 2, 3, 4, 135, 137] : [8, 0, 3, 11, 12, 5, 13, 4]
        var message: [UInt8] = [types[field(4) % types.count], UInt8(field(5) % 16), 0, 0]
        message += [0, UInt8(field(6)), UInt8(field(7)), UInt8(field(8))]
        if !quotes { return message + [UInt8](repeating: 0xA5, count: field(10) % 64) }
        // The quoted packet is this one's answer, without quoting another one.
        var inner = bytes
        inner[0] &= ~6
        (inner[2], inner[3]) = (inner[3], inner[2])
        (inner[4], inner[5]) = (inner[5], inner[4])
        inner[1] = bytes[11]
        return message + PacketRecipe(bytes: inner).packet().prefix(20 + field(12) % 200)
    }

    private func payload(quotes: Bool) -> [UInt8] {
        let data = [UInt8](repeating: 0x5A, count: field(10) % 2 == 0 ? field(10) : 1180 + field(10))
        let ports = [Self.ports[field(4) % Self.ports.count], Self.ports[field(5) % Self.ports.count]]
        let first = ports.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
        switch ipProtocol {
        case 6: return first + [0, 0, 0, 1, 0, 0, 0, 2, 0x50, UInt8(field(6) & 0x3F), 0xFF, 0xFF, 0, 0, 0, 0] + data
        case 17:
            let length = 8 + data.count
            return first + [UInt8(length >> 8), UInt8(truncatingIfNeeded: length), 0, 0] + data
        case 1, 58: return icmp(quotes: quotes)
        default: return first + data
        }
    }

    /// The checksum at its place: over the pseudo-header, but for ICMPv4.
    private func checksummed(_ payload: [UInt8], pseudo: [UInt8]) -> [UInt8] {
        var payload = payload
        let place: Int
        switch ipProtocol {
        case 6: place = 16
        case 17: place = 6
        case 1, 58: place = 2
        default: return payload
        }
        // Some UDP has none (RFC 768).
        if ipProtocol == 17, field(0) & 8 == 8 { return payload }
        let field = Self.checksum((ipProtocol == 1 ? [] : pseudo) + payload)
        payload[place] = UInt8(field >> 8)
        payload[place + 1] = UInt8(truncatingIfNeeded: field)
        return payload
    }

    /// Of the library: its tests compare it with others.
    private static func checksum(_ bytes: [UInt8]) -> UInt16 {
        var sum = InternetChecksum()
        sum.add(bytes.span.bytes, 0..<bytes.count)
        return sum.field
    }

    private static func words(_ address: IPv6Address) -> [UInt8] {
        stride(from: 120, through: 0, by: -8).map { UInt8(truncatingIfNeeded: address.bits >> UInt128($0)) }
    }

    private static func words(_ address: IPv4Address) -> [UInt8] {
        stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: address.bits >> UInt32($0)) }
    }

    private func ipv4Packet(quotes: Bool) -> [UInt8] {
        let addresses = Self.words(source4) + Self.words(destination4)
        var body = payload(quotes: quotes)
        let length = [UInt8(body.count >> 8), UInt8(truncatingIfNeeded: body.count)]
        body = checksummed(body, pseudo: addresses + [0, ipProtocol] + length)
        // No options, four bytes of padding, or a source route (RFC 791 3.1).
        let options: [[UInt8]] = [
            [], [], [], [1, 1, 1, 0], [0x83, 7, 4, 203, 0, 113, 9, 0], [0x83, 7, 8, 203, 0, 113, 9, 0],
        ]
        let chosen = options[field(13) % options.count]
        let total = 20 + chosen.count + body.count
        let flags = (isFragment ? field(14) & 1 << 13 : field(14) & 2 << 13) | fragmentOffset / 8
        var header: [UInt8] = [
            UInt8(0x45 + chosen.count / 4), UInt8(field(15)), UInt8(total >> 8), UInt8(truncatingIfNeeded: total),
            UInt8(field(7)), UInt8(field(8)), UInt8(flags >> 8), UInt8(truncatingIfNeeded: flags),
            [64, 1, 0, 255][field(14) >> 6], ipProtocol, 0, 0,
        ]
        header += addresses + chosen
        let checksum = Self.checksum(header)
        (header[10], header[11]) = (UInt8(checksum >> 8), UInt8(truncatingIfNeeded: checksum))
        return header + body
    }

    private func ipv6Packet(quotes: Bool) -> [UInt8] {
        let addresses = Self.words(source6) + Self.words(destination6)
        var body = payload(quotes: quotes)
        let length = [0, 0, UInt8(body.count >> 8), UInt8(truncatingIfNeeded: body.count)]
        body = checksummed(body, pseudo: addresses + length + [0, 0, 0, ipProtocol])
        // Extension headers in order: hop-by-hop, routing, fragment, destination options (RFC 8200 4.1).
        var headers: [(number: UInt8, bytes: [UInt8])] = []
        if field(13) & 1 == 1 { headers.append((0, [0, 0, 1, 4, 0, 0, 0, 0])) }
        if field(13) & 2 == 2 { headers.append((43, [0, 0, 0, UInt8(field(13) >> 5 & 1), 0, 0, 0, 0])) }
        if isFragment {
            let offset = fragmentOffset | field(14) & 1
            headers.append(
                (
                    44,
                    [
                        0, 0, UInt8(offset >> 8), UInt8(truncatingIfNeeded: offset), 0, 0, UInt8(field(7)),
                        UInt8(field(8)),
                    ]
                ))
        }
        if field(13) & 4 == 4 { headers.append((60, [0, 0, 1, 4, 0, 0, 0, 0])) }
        var chain: [UInt8] = []
        for (index, header) in headers.enumerated() {
            var bytes = header.bytes
            bytes[0] = index + 1 < headers.count ? headers[index + 1].number : ipProtocol
            chain += bytes
        }
        let payloadLength = chain.count + body.count
        let start: [UInt8] = [
            0x60 | UInt8(field(15) >> 4), UInt8(field(15) << 4 & 0xF0), 0, UInt8(field(7)), UInt8(payloadLength >> 8),
            UInt8(truncatingIfNeeded: payloadLength), headers.first?.number ?? ipProtocol,
            [64, 1, 0, 255][field(14) >> 6],
        ]
        return start + addresses + chain + body
    }
}

extension FuzzBody {
    /// Packets built from fields, sixteen bytes each, one after another through the same translators: sessions come of the first
    /// ones that the next ones meet.
    func recipes(_ bytes: [UInt8]) {
        var next = 0
        while next + PacketRecipe.length <= bytes.count, next < 8 * PacketRecipe.length {
            let recipe = PacketRecipe(bytes: Array(bytes[next..<next + PacketRecipe.length]))
            let packet = recipe.packet()
            headers(packet)
            packets(packet)
            next += PacketRecipe.length
        }
    }
}
