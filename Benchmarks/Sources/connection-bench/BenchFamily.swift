import BenchmarkSupport
import IPAddresses
import Translation

/// The tuples of a family, as the benchmark makes them and as DPDK takes them.
protocol BenchFamily: ConnectionAddress {
    static var family: String { get }

    /// The bytes of a key of the peer: 16 and 40.
    static var peerBytes: Int { get }

    /// Inside endpoint number `number` of many, to one of 65,536 servers.
    static func original(_ number: Int) -> FiveTuple<Self>

    /// One of 4,096 outside addresses.
    static func outside(_ number: Int) -> Self
    func appendPeerBytes(to bytes: inout [UInt8])
}

extension BenchFamily {
    static func peerKeys(_ tuples: [FiveTuple<Self>]) -> [UInt8] {
        var keys: [UInt8] = []
        keys.reserveCapacity(tuples.count * peerBytes)
        for tuple in tuples {
            tuple.source.appendPeerBytes(to: &keys)
            tuple.destination.appendPeerBytes(to: &keys)
            for port in [tuple.sourcePort, tuple.destinationPort] {
                keys.append(UInt8(port >> 8))
                keys.append(UInt8(truncatingIfNeeded: port))
            }
            keys.append(tuple.ipProtocol)
            while keys.count % peerBytes != 0 { keys.append(0) }
        }
        return keys
    }

    /// A number's bits, spread: the same for the same number.
    static func spread(_ number: Int) -> UInt64 {
        var generator = SplitMix(state: UInt64(number))
        return generator.next()
    }
}

extension IPv4Address: BenchFamily {
    static let family = "ipv4"
    static let peerBytes = 16

    static func original(_ number: Int) -> FiveTuple<Self> {
        FiveTuple(
            from: Self(bits: 0x0A00_0000 | UInt32(number >> 8)), UInt16(32768 + number & 0xFF),
            to: Self(bits: 0x5DB8_0000 | UInt32(truncatingIfNeeded: spread(number)) & 0xFFFF), 443, protocol: 6)
    }

    static func outside(_ number: Int) -> Self { Self(bits: 0xC633_0000 | UInt32(number & 0xFFF)) }

    func appendPeerBytes(to bytes: inout [UInt8]) {
        for shift in stride(from: 24, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: bits >> shift)) }
    }
}

extension IPv6Address: BenchFamily {
    static let family = "ipv6"
    static let peerBytes = 40

    static func original(_ number: Int) -> FiveTuple<Self> {
        FiveTuple(
            from: Self(high: 0x2001_0DB8_1234_1A20, low: UInt64(number >> 8)), UInt16(32768 + number & 0xFF),
            to: Self(high: 0x2606_2800_0220_0001, low: spread(number) & 0xFFFF), 443, protocol: 6)
    }

    static func outside(_ number: Int) -> Self { Self(high: 0x2001_0DB8_FFFF_0000, low: UInt64(number & 0xFFF)) }

    func appendPeerBytes(to bytes: inout [UInt8]) {
        for shift in stride(from: 120, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: bits >> shift)) }
    }
}
