import IPAddresses
import Packets

public typealias IPv4PacketNAT = PacketTranslator<IPv4Header, NAPTFlows<IPv4Address>>

/// What a ``PacketTranslator`` does as a router.
public struct ForwardingOptions: Hashable, Sendable {
    /// How much the time to live goes down.
    public var hops: UInt8 = 1

    /// The largest packets that the next hop takes, in bytes; nil for any.
    public var mtu: Int?

    public init() {}
}

/// Drives a translator within one family over packets in their buffers: addresses, ports and checksums are rewritten in
/// place (RFC 1624). From any number of threads.
public final class PacketTranslator<Header: IPHeader, Flows: FlowTranslator>: Sendable
where Header.Address == Flows.Address {
    public let flows: Flows
    public let options: ForwardingOptions
    public let fragments: FragmentKeeper

    public var refusals: RefusalCounters { flows.refusals }

    /// - Throws: `ConnectionTableError` where there is not enough memory.
    public init(_ flows: Flows, options: ForwardingOptions = ForwardingOptions()) throws(ConnectionTableError) {
        self.flows = flows
        self.options = options
        fragments = try FragmentKeeper()
    }

    /// Translates a packet in place.
    ///
    /// - `range`: where in the buffer it is.
    /// - `random`: 64 random bits, for ports; the caller's, new for each packet.
    @inlinable
    public func translate(
        _ bytes: inout MutableRawSpan, _ range: Range<Int>, now: MonotonicTime, random: UInt64
    ) -> PacketVerdict {
        do throws(PacketRefusal) {
            let packet = try read(bytes.bytes, range)
            return try translate(packet, &bytes, now, random)
        } catch {
            return .refused(error)
        }
    }

    @inlinable
    func read(_ bytes: borrowing RawSpan, _ range: Range<Int>) throws(PacketRefusal) -> IPPacket<Header> {
        do throws(PacketError) {
            return try Header.packet(bytes, range, isQuoted: false)
        } catch {
            throw PacketRefusal(refusals.count(error.reason))
        }
    }

    @inlinable
    func translate(
        _ packet: IPPacket<Header>, _ bytes: inout MutableRawSpan, _ now: MonotonicTime, _ random: UInt64
    ) throws(PacketRefusal) -> PacketVerdict {
        if packet.header.hopsLeft <= options.hops, options.hops > 0 {
            throw PacketRefusal(refusals.count(.timeExceeded), .timeExceeded)
        }
        if let mtu = options.mtu, packet.range.count > mtu, !packet.header.mayBeFragmented {
            throw PacketRefusal(refusals.count(.packetTooBig), .tooBig(mtu: mtu))
        }
        let isOutbound = flows.isOutbound(from: packet.header.sourceAddress, to: packet.header.destinationAddress)
        let side = isOutbound ? PacketVerdict.Side.outside : .inside
        if packet.header.isFragment { return try fragment(packet, &bytes, isOutbound, now, random) }
        if packet.transport?.isICMPError ?? false {
            return .forwarded(try error(packet, &bytes, isOutbound, now), to: side, isNew: false)
        }
        let flow = flow(
            packet, Ports(packet.transport?.sourcePort ?? 0, packet.transport?.destinationPort ?? 0))
        let verdict = flows.translate(flow, isOutbound: isOutbound, now: now, random: random)
        if !isOutbound, packet.ipProtocol == 6, flow.mayOpen, let reason = verdict.refusal,
            reason == .noConnection || reason == .filtered
        {
            flows.unsolicited?.note(flow.tuple, bytes.bytes, packet.range, now)
        }
        return try finish(packet, &bytes, verdict, isOutbound)
    }

    @inlinable
    func flow(_ packet: IPPacket<Header>, _ ports: Ports) -> FlowPacket<Header.Address> {
        FlowPacket(
            FiveTuple(
                from: packet.header.sourceAddress, ports.source, to: packet.header.destinationAddress,
                ports.destination, protocol: packet.ipProtocol),
            TCPFlags(rawValue: packet.transport?.tcpFlags ?? 0))
    }

    @inlinable
    func finish(
        _ packet: IPPacket<Header>, _ bytes: inout MutableRawSpan, _ verdict: Verdict<Header.Address>,
        _ isOutbound: Bool
    ) throws(PacketRefusal) -> PacketVerdict {
        switch verdict {
        case .forwarded(let tuple, let isNew):
            return .forwarded(rewrite(packet, &bytes, tuple), to: isOutbound ? .outside : .inside, isNew: isNew)
        case .hairpinned(let tuple, let isNew):
            return .forwarded(rewrite(packet, &bytes, tuple), to: .inside, isNew: isNew)
        case .reset(let reason): throw PacketRefusal(reason, .reset)
        case .refused(let reason):
            throw PacketRefusal(
                reason, flows.answer(to: reason, isOutbound: isOutbound, protocol: packet.ipProtocol))
        }
    }

    @inlinable
    func rewrite(_ packet: IPPacket<Header>, _ bytes: inout MutableRawSpan, _ tuple: FiveTuple<Header.Address>)
        -> TranslatedPacket
    {
        Header.rewrite(
            packet, &bytes,
            to: Endpoints(from: tuple.source, tuple.sourcePort, to: tuple.destination, tuple.destinationPort),
            hops: options.hops)
        if let mtu = options.mtu, packet.range.count > mtu { return cut(packet, &bytes, mtu) }
        return TranslatedPacket(packet.range)
    }

    /// IPv4 packets that may be are cut to the next hop's MTU (RFC 791 3.2). Options that are not to be copied go with
    /// all fragments.
    @usableFromInline
    func cut(_ packet: IPPacket<Header>, _ bytes: inout MutableRawSpan, _ mtu: Int) -> TranslatedPacket {
        guard let header = packet.header as? IPv4Header, header.headerLength == IPv4Header.length else {
            return TranslatedPacket(packet.range)
        }
        return .cut(packet.start, packet.transportStart..<packet.end, size: (mtu - IPv4Header.length) & ~7, &bytes)
    }

    /// Hands out a fragment that has waited for its first one, to be translated now.
    public func takeHeldFragment(now: MonotonicTime) -> [UInt8]? {
        fragments.held.take(readyIn: fragments.table, now: now)
    }

    /// Hands out a SYN from outside that nothing took for so long that its sender is to be told now.
    public func takeUnansweredSYN(now: MonotonicTime) -> [UInt8]? { flows.unsolicited?.takeUnanswered(now: now) }

    /// Removes what has been idle for too long.
    @discardableResult
    public func expire(now: MonotonicTime, limit: Int = .max) -> Int {
        fragments.table.expire(now: now)
        return flows.table.expire(now: now, limit: limit)
    }
}
