import IPAddresses
import Packets

extension NAT64 {
    /// Translates many packets of one buffer in place, in their order; their sessions are looked up together.
    ///
    /// - `ranges`: where they are, each with ``TranslationOptions/headroom`` in front of it.
    /// - `verdicts`: takes what became of each.
    /// - `random`: 64 random bits, for ports and identifications; the caller's, new for each call.
    /// - Precondition: the headroom is there, and `verdicts` has room for as many as there are ranges.
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

    private func translate(
        _ bytes: inout MutableRawSpan, _ ranges: Span<Range<Int>>, _ verdicts: inout MutableSpan<PacketVerdict>,
        _ start: Int, _ count: Int, _ now: MonotonicTime, _ random: UInt64
    ) {
        let none = FiveTuple(from: IPv6Address.unspecified, 0, to: .unspecified, 0, protocol: 0)
        var tuples = InlineArray<32, FiveTuple<IPv6Address>>(repeating: none)
        var packets = InlineArray<32, PlainPacket?>(repeating: nil)
        for index in 0..<count {
            guard let (packet, tuple) = plain(bytes.bytes, ranges[start &+ index]) else { continue }
            tuples[index] = tuple
            packets[index] = packet
        }
        var matches = InlineArray<32, ConnectionMatch>(repeating: .none)
        var found = matches.mutableSpan
        // Taken once: each look at it through the translator counts a reference.
        let table = translator.table
        table.lookup(tuples.span.extracting(0..<count), into: &found, now: now)
        for index in 0..<count {
            table.prefetchTranslation(of: matches[index])
            let isOutbound = bytes.bytes.uint8(at: ranges[start &+ index].lowerBound) &>> 4 == 6
            if packets[index] != nil, matches[index] == .none, isOutbound {
                translator.prefetchOpening(tuples[index], random: PacketBatch.random(random, start &+ index))
            }
        }
        for index in 0..<count {
            let range = ranges[start &+ index]
            let packetRandom = PacketBatch.random(random, start &+ index)
            if let packet = packets[index], matches[index] != .none,
                let verdict = translatePlain(
                    &bytes, range, packet, tuples[index], matches[index], table, now, packetRandom)
            {
                verdicts[start &+ index] = verdict
            } else {
                verdicts[start &+ index] = translate(&bytes, range, now: now, random: packetRandom)
            }
        }
    }
}
