import Synchronization

/// Why a packet is not let through, or a connection not opened. Established ones are as they were.
public enum Refusal: String, Error, Hashable, Sendable, CaseIterable {
    /// The table holds as many connections as it can.
    case tableFull
    /// No port is left, of those that may be used for the destination.
    case portsExhausted
    /// The destination has as many connections as it may have through one address.
    case destinationLimit
    /// The subscriber has as many connections as it may have (RFC 6888 REQ-4).
    case subscriberLimit
    /// The subscriber opens connections faster than it may (RFC 6888 REQ-4).
    case subscriberRate
    /// The tuple is its own answer, such as a packet from an endpoint to itself.
    case invalidTuple
    /// The packet belongs to no connection, and opens none.
    case noConnection
    /// There is a mapping, and its filter lets in no packets from there (RFC 4787 5).
    case filtered
    /// The translator does not take the protocol.
    case protocolNotTranslated
    /// The source is not one of the translator's inside addresses.
    case sourceNotInside
    /// The service has no endpoint that takes connections.
    case noEndpoints

    // MARK: Packets

    /// The bytes are not a packet, or its lengths contradict each other.
    case malformed
    /// A checksum that would have to be recomputed is wrong.
    case wrongChecksum
    /// The time to live, or hop limit, is used up.
    case timeExceeded
    /// Too big for the next hop, and not to be fragmented.
    case packetTooBig
    /// An IPv4 source route that is not used up (RFC 7915 4.1).
    case sourceRoute
    /// An IPv6 routing header with segments left (RFC 7915 5.1).
    case routingHeader
    /// An ICMP message that means nothing in the other family (RFC 7915 4.2, 5.2), or IGMP.
    case icmpNotTranslated
    /// A fragment of an ICMP message, whose checksum can't be told (RFC 7915 1.2).
    case icmpFragment
    /// A fragment whose first one has not been seen.
    case unknownFragment
    /// A fragment that the translator does not take, or one with extension headers after the fragment header.
    case fragmentNotTranslated
    /// A source that no packet may have (RFC 1812 5.3.7), or a multicast destination.
    case illegalAddress
    /// An address that has none in the other family.
    case addressNotTranslated
    /// An IPv4 address that is not global behind the well-known prefix (RFC 6052 3.1).
    case notGlobal
    /// A UDP packet without checksum that is to be dropped (RFC 7915 4.5).
    case zeroChecksum
}

/// How often a translator has refused, by reason. From any thread.
public final class RefusalCounters: @unchecked Sendable {
    // Sendable by hand: the memory holds nothing but atomics.
    private let counts: UnsafeMutablePointer<Atomic<UInt64>>

    public init() {
        counts = .allocate(capacity: Refusal.allCases.count)
        for index in Refusal.allCases.indices { (counts + index).initialize(to: Atomic(0)) }
    }

    deinit { counts.deallocate() }

    /// How often it was for this reason.
    public subscript(reason: Refusal) -> UInt64 { counts[Self.index(reason)].load(ordering: .relaxed) }

    /// Counts one, and hands the reason on.
    @discardableResult
    public func count(_ reason: Refusal) -> Refusal {
        counts[Self.index(reason)].wrappingAdd(1, ordering: .relaxed)
        return reason
    }

    private static func index(_ reason: Refusal) -> Int { Refusal.allCases.firstIndex(of: reason) ?? 0 }
}
