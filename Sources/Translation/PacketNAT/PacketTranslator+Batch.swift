import IPAddresses
import Packets

/// How many packets are looked up together.
@usableFromInline
enum PacketBatch {
    @inlinable static var size: Int { 32 }

    /// The random bits of one packet of a batch.
    @inlinable
    static func random(_ base: UInt64, _ index: Int) -> UInt64 {
        let value = (base &+ UInt64(truncatingIfNeeded: index) &* 0x9E37_79B9_7F4A_7C15) &* 0xBF58_476D_1CE4_E5B9
        return value ^ value &>> 31
    }
}

extension PacketTranslator {
    /// Translates many packets of one buffer in place, in their order; their connections are looked up together.
    ///
    /// - `ranges`: where they are.
    /// - `verdicts`: takes what became of each.
    /// - `random`: 64 random bits, for ports; the caller's, for each call anew.
    /// - Precondition: `verdicts` has room for as many as there are ranges.
    @inlinable
    public func translate(
        _ bytes: inout MutableRawSpan, _ ranges: Span<Range<Int>>, into verdicts: inout MutableSpan<PacketVerdict>,
        now: MonotonicTime, random: UInt64
    ) {
        precondition(verdicts.count >= ranges.count, "fewer verdicts than packets")
        var start = 0
        while start < ranges.count {
            let count = min(PacketBatch.size, ranges.count &- start)
            translate(&bytes, ranges, &verdicts, start, count, now, random)
            start &+= count
        }
    }

    @inlinable
    func translate(
        _ bytes: inout MutableRawSpan, _ ranges: Span<Range<Int>>, _ verdicts: inout MutableSpan<PacketVerdict>,
        _ start: Int, _ count: Int, _ now: MonotonicTime, _ random: UInt64
    ) {
        var matches = InlineArray<32, ConnectionMatch>(repeating: .none)
        lookUp(bytes.bytes, ranges, start, count, &matches, now)
        var index = 0
        while index < count {
            let range = ranges[start &+ index]
            let packetRandom = PacketBatch.random(random, start &+ index)
            do throws(PacketRefusal) {
                let packet = try read(bytes.bytes, range)
                verdicts[start &+ index] = try translate(packet, &bytes, match: matches[index], now, packetRandom)
            } catch {
                verdicts[start &+ index] = .refused(error)
            }
            index &+= 1
        }
    }

    /// Looks the packets' connections up; those that are no plain packets get none, and find their own way.
    @inlinable
    func lookUp(
        _ bytes: borrowing RawSpan, _ ranges: Span<Range<Int>>, _ start: Int, _ count: Int,
        _ matches: inout InlineArray<32, ConnectionMatch>, _ now: MonotonicTime
    ) {
        let none = FiveTuple(from: Header.Address(bits: 0), 0, to: Header.Address(bits: 0), 0, protocol: 0)
        var tuples = InlineArray<32, FiveTuple<Header.Address>>(repeating: none)
        var index = 0
        while index < count {
            if let packet = try? Header.packet(bytes, ranges[start &+ index], isQuoted: false),
                let transport = packet.transport
            {
                tuples[index] = flow(packet, Ports(transport.sourcePort, transport.destinationPort)).tuple
            }
            index &+= 1
        }
        let keys = tuples.span.extracting(0..<count)
        var found = matches.mutableSpan
        flows.table.lookup(keys, into: &found, now: now)
    }
}
