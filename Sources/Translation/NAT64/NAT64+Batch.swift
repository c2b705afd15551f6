import IPAddresses
import Packets

extension NAT64 {
    /// Translates many packets of one buffer in place, in their order; their sessions are looked up together.
    ///
    /// - `ranges`: where they are, each with ``TranslationOptions/headroom`` in front of it.
    /// - `verdicts`: takes what became of each.
    /// - `random`: 64 random bits, for ports and identifications; the caller's, for each call anew.
    /// - Precondition: the headroom is there, and `verdicts` has room for as many as there are ranges.
    public func translate(
        _ bytes: inout MutableRawSpan, _ ranges: Span<Range<Int>>, into verdicts: inout MutableSpan<PacketVerdict>,
        now: MonotonicTime, random: UInt64
    ) {
        precondition(verdicts.count >= ranges.count, "fewer verdicts than packets")
        var start = 0
        while start < ranges.count {
            let count = min(PacketBatch.size, ranges.count &- start)
            var matches = InlineArray<32, ConnectionMatch>(repeating: .none)
            lookUp(bytes.bytes, ranges, start, count, &matches, now)
            for index in start..<start &+ count {
                let packetRandom = PacketBatch.random(random, index)
                verdicts[index] = translate(
                    &bytes, ranges[index], match: matches[index &- start], now, packetRandom)
            }
            start &+= count
        }
    }

    /// Looks the packets' sessions up; those that are no plain packets get none, and find their own way.
    private func lookUp(
        _ bytes: borrowing RawSpan, _ ranges: Span<Range<Int>>, _ start: Int, _ count: Int,
        _ matches: inout InlineArray<32, ConnectionMatch>, _ now: MonotonicTime
    ) {
        let none = FiveTuple(from: IPv6Address.unspecified, 0, to: .unspecified, 0, protocol: 0)
        var tuples = InlineArray<32, FiveTuple<IPv6Address>>(repeating: none)
        for index in 0..<count {
            if let tuple = tuple(bytes, ranges[start &+ index]) { tuples[index] = tuple }
        }
        let keys = tuples.span.extracting(0..<count)
        var found = matches.mutableSpan
        translator.table.lookup(keys, into: &found, now: now)
        for index in 0..<count { translator.table.prefetchTranslation(of: matches[index]) }
    }

    /// The tuple that a plain packet's session is found by.
    private func tuple(_ bytes: borrowing RawSpan, _ range: Range<Int>) -> FiveTuple<IPv6Address>? {
        if range.isEmpty { return nil }
        do throws(PacketError) {
            if bytes.uint8(at: range.lowerBound) &>> 4 == 4 {
                let packet = try IPv4Packet(ipv4: bytes, range)
                guard let transport = packet.transport else { return nil }
                return flow(packet, Ports(transport.sourcePort, transport.destinationPort)).tuple
            }
            let packet = try IPv6Packet(ipv6: bytes, range)
            guard let transport = packet.transport,
                let remote = prefix.prefix.extractEmbedded(from: packet.header.fixed.destination)
            else { return nil }
            return flow(packet, remote, Ports(transport.sourcePort, transport.destinationPort)).tuple
        } catch {
            return nil
        }
    }
}
