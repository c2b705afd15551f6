import IPAddresses
import Packets

/// A stateful translator between IPv6 hosts inside and IPv4 hosts outside (RFC 6146). From any number of threads.
///
///     inside endpoint (IPv6) ── binding ── outside endpoint (IPv4 address of the pool, port)
///     remote endpoint (IPv4) ═ behind the prefix on the inside
///
/// The bindings and sessions are those of an ``NAPT`` with wide addresses: its outside, and all remote addresses, are IPv4-mapped
/// ones, and the protocol is ICMP for ICMPv6.
public final class NAT64: Sendable {
    public let prefix: TranslationPrefix
    public let translator: NAPT<IPv6Address>
    public let headers: HeaderTranslator
    public let fragments: FragmentKeeper

    /// Whether packets from outside that nothing takes are answered by ICMP errors.
    public let answersOutside: Bool

    public var refusals: RefusalCounters { translator.refusals }

    /// - `translator`: with a pool of IPv4-mapped addresses.
    /// - Throws: `NAPTError` where there is not enough memory.
    public init(
        _ translator: NAPT<IPv6Address>, prefix: TranslationPrefix, options: TranslationOptions = TranslationOptions(),
        answersOutside: Bool = true
    ) throws(NAPTError) {
        self.translator = translator
        self.prefix = prefix
        headers = HeaderTranslator(options)
        self.answersOutside = answersOutside
        do throws(ConnectionTableError) {
            fragments = try FragmentKeeper()
        } catch {
            throw .table(error)
        }
    }

    /// The translator of a NAT gateway: 64:ff9b::/96 to all IPv4 addresses, 55,000 connections to each destination.
    ///
    /// Source: Amazon VPC User Guide, "DNS64 and NAT64", "NAT gateway basics".
    public convenience init(
        gateway: NATGateway<IPv6Address>, options: TranslationOptions = TranslationOptions()
    ) throws(NAPTError) {
        try self.init(
            gateway.translator, prefix: .wellKnown(policy: .aws), options: options, answersOutside: false)
    }

    /// Translates a packet of either family in place: the inside has IPv6, the outside IPv4.
    ///
    /// - `range`: where in the buffer it is, with ``TranslationOptions/headroom`` in front of it.
    /// - `random`: 64 random bits, for ports and identifications; the caller's, new for each packet.
    /// - Precondition: the headroom is there.
    public func translate(
        _ bytes: inout MutableRawSpan, _ range: Range<Int>, now: MonotonicTime, random: UInt64
    ) -> PacketVerdict {
        precondition(
            range.lowerBound >= TranslationOptions.headroom, "translation needs headroom in front of the packet")
        do throws(PacketRefusal) {
            if !range.isEmpty, bytes.bytes.uint8(at: range.lowerBound) &>> 4 == 4 {
                return try inbound(parsed(ipv4: bytes.bytes, range), &bytes, now, random)
            }
            return try outbound(parsed(ipv6: bytes.bytes, range), &bytes, now, random)
        } catch {
            refusals.count(error.reason)
            return .refused(error)
        }
    }

    /// Hands out a fragment that has waited for its first one, to be translated now.
    public func takeHeldFragment(now: MonotonicTime) -> [UInt8]? {
        fragments.held.take(readyIn: fragments.table, now: now)
    }

    /// Hands out a SYN from outside that nothing took for so long that its sender is to be told now (RFC 6146 3.5.2.2).
    public func takeUnansweredSYN(now: MonotonicTime) -> [UInt8]? { translator.unsolicited.takeUnanswered(now: now) }

    /// Removes what has been idle for too long.
    @discardableResult
    public func expire(now: MonotonicTime, limit: Int = .max) -> Int {
        fragments.table.expire(now: now)
        return translator.expire(now: now, limit: limit)
    }
}
