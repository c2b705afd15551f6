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
    /// - `random`: 64 random bits, for ports; the caller's, new for each call.
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
        let none = FiveTuple(from: Header.Address(bits: 0), 0, to: Header.Address(bits: 0), 0, protocol: 0)
        var tuples = InlineArray<32, FiveTuple<Header.Address>>(repeating: none)
        var packets = InlineArray<32, PlainPacket?>(repeating: nil)
        var index = 0
        while index < count {
            let range = ranges[start &+ index]
            if let packet = Header.plain(bytes.bytes, range) {
                let ends = Header.endpoints(packet, bytes.bytes, at: range.lowerBound)
                tuples[index] = FiveTuple(
                    from: ends.source, ends.sourcePort, to: ends.destination, ends.destinationPort,
                    protocol: packet.ipProtocol)
                packets[index] = packet
            }
            index &+= 1
        }
        var matches = InlineArray<32, ConnectionMatch>(repeating: .none)
        var found = matches.mutableSpan
        flows.table.lookup(tuples.span.extracting(0..<count), into: &found, now: now)
        index = 0
        while index < count {
            if packets[index] != nil, matches[index] == .none {
                let tuple = tuples[index]
                flows.prefetchOpening(
                    tuple, isOutbound: flows.isOutbound(from: tuple.source, to: tuple.destination),
                    random: PacketBatch.random(random, start &+ index))
            }
            index &+= 1
        }
        index = 0
        while index < count {
            let range = ranges[start &+ index]
            if let packet = packets[index], matches[index] != .none,
                let verdict = translatePlain(&bytes, range, packet, tuples[index], matches[index], now)
            {
                verdicts[start &+ index] = verdict
            } else {
                verdicts[start &+ index] = translate(
                    &bytes, range, now: now, random: PacketBatch.random(random, start &+ index))
            }
            index &+= 1
        }
    }

    /// The fast path for plain packets whose connections are known; it does what the general path does.
    ///
    /// - Returns: nil where the general path has to be taken.
    @inlinable
    func translatePlain(
        _ bytes: inout MutableRawSpan, _ range: Range<Int>, _ packet: PlainPacket, _ tuple: FiveTuple<Header.Address>,
        _ match: ConnectionMatch, _ now: MonotonicTime
    ) -> PacketVerdict? {
        guard packet.hopsLeft > options.hops, options.mtu.map({ Int(packet.length) <= $0 }) ?? true else { return nil }
        let isOutbound = flows.isOutbound(from: tuple.source, to: tuple.destination)
        let flow = FlowPacket(tuple, TCPFlags(rawValue: packet.tcpFlags))
        guard case .forwarded(let new, let isNew)? = flows.follow(match, flow, isOutbound: isOutbound, now: now) else {
            return nil
        }
        Header.rewrite(
            packet, &bytes, at: range.lowerBound,
            to: Endpoints(from: new.source, new.sourcePort, to: new.destination, new.destinationPort),
            hops: options.hops)
        let translated = TranslatedPacket(range.lowerBound..<range.lowerBound &+ Int(packet.length))
        return .forwarded(translated, to: isOutbound ? .outside : .inside, isNew: isNew)
    }
}
