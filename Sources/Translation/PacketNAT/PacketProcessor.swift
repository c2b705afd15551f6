import IPAddresses
import Packets

/// A translator that takes packets in their buffers, whichever it is.
public protocol PacketProcessor: Sendable {
    var refusals: RefusalCounters { get }

    /// Translates a packet in place.
    ///
    /// - `range`: where in the buffer it is, with ``TranslationOptions/headroom`` in front and
    ///     ``TranslationOptions/tailroom`` behind.
    /// - `random`: 64 random bits; the caller's, new for each packet.
    func process(_ bytes: inout MutableRawSpan, _ range: Range<Int>, now: MonotonicTime, random: UInt64)
        -> PacketVerdict

    /// Hands out a fragment that has waited for its first one, to be processed now.
    func takeHeldFragment(now: MonotonicTime) -> [UInt8]?

    /// Hands out a SYN from outside that nothing took for so long that its sender is to be told now: by
    /// ``PacketRefusal/Answer/portUnreachable``.
    func takeUnansweredSYN(now: MonotonicTime) -> [UInt8]?

    /// Removes what has been idle for too long, up to `limit` connections.
    @discardableResult
    func expire(now: MonotonicTime, limit: Int) -> Int
}

extension PacketProcessor {
    public func takeUnansweredSYN(now: MonotonicTime) -> [UInt8]? { nil }
}

extension NAT64: PacketProcessor {
    public func process(_ bytes: inout MutableRawSpan, _ range: Range<Int>, now: MonotonicTime, random: UInt64)
        -> PacketVerdict
    { translate(&bytes, range, now: now, random: random) }
}

extension StatelessTranslator: PacketProcessor {
    public func process(_ bytes: inout MutableRawSpan, _ range: Range<Int>, now: MonotonicTime, random: UInt64)
        -> PacketVerdict
    { translate(&bytes, range, random: random) }

    public func takeHeldFragment(now: MonotonicTime) -> [UInt8]? { nil }

    public func expire(now: MonotonicTime, limit: Int) -> Int { 0 }
}

extension PacketTranslator: PacketProcessor {
    public func process(_ bytes: inout MutableRawSpan, _ range: Range<Int>, now: MonotonicTime, random: UInt64)
        -> PacketVerdict
    { translate(&bytes, range, now: now, random: random) }
}

/// The services of both families.
public final class DualStackServices: PacketProcessor {
    public let ipv4: PacketTranslator<IPv4Header, ServiceFlows<IPv4Address>>
    public let ipv6: PacketTranslator<IPv6HeaderChain, ServiceFlows<IPv6Address>>

    /// Those of IPv6; ``ipv4`` has its own.
    public var refusals: RefusalCounters { ipv6.refusals }

    /// - Throws: `ConnectionTableError` where there is not enough memory.
    public init(
        _ ipv4: ServiceNAT<IPv4Address>, _ ipv6: ServiceNAT<IPv6Address>,
        options: ForwardingOptions = ForwardingOptions()
    ) throws(ConnectionTableError) {
        self.ipv4 = try PacketTranslator(ServiceFlows(ipv4), options: options)
        self.ipv6 = try PacketTranslator(ServiceFlows(ipv6), options: options)
    }

    public func process(_ bytes: inout MutableRawSpan, _ range: Range<Int>, now: MonotonicTime, random: UInt64)
        -> PacketVerdict
    {
        if !range.isEmpty, bytes.bytes.uint8(at: range.lowerBound) >> 4 == 4 {
            return ipv4.translate(&bytes, range, now: now, random: random)
        }
        return ipv6.translate(&bytes, range, now: now, random: random)
    }

    public func takeHeldFragment(now: MonotonicTime) -> [UInt8]? {
        ipv4.takeHeldFragment(now: now) ?? ipv6.takeHeldFragment(now: now)
    }

    public func expire(now: MonotonicTime, limit: Int) -> Int {
        ipv4.expire(now: now, limit: limit) + ipv6.expire(now: now, limit: limit)
    }
}
