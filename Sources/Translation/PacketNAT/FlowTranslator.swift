import IPAddresses

/// A translator within one family, as ``PacketTranslator`` drives it: it answers for flows, and never sees bytes.
public protocol FlowTranslator: Sendable {
    associatedtype Address: ConnectionAddress

    var table: ConnectionTable<Address> { get }
    var refusals: RefusalCounters { get }

    /// Whether a packet with such addresses comes from inside.
    func isOutbound(from source: Address, to destination: Address) -> Bool

    /// Passes on a packet of a connection that has been found; nil where ``translate(_:isOutbound:now:random:)`` has to look
    /// again.
    func follow(_ match: ConnectionMatch, _ packet: FlowPacket<Address>, isOutbound: Bool, now: MonotonicTime)
        -> Verdict<Address>?

    /// Asks for the memory that opening a packet's connection will touch; of batches.
    func prefetchOpening(_ tuple: FiveTuple<Address>, isOutbound: Bool, random: UInt64)

    /// The verdict on a packet; refusals are counted.
    func translate(_ packet: FlowPacket<Address>, isOutbound: Bool, now: MonotonicTime, random: UInt64)
        -> Verdict<Address>

    /// A packet's tuple as connections are found by it: with the identifier of an ICMP query on one side.
    func key(_ tuple: FiveTuple<Address>, isOutbound: Bool) -> FiveTuple<Address>

    /// Where SYNs from outside are kept that nothing takes; nil where they are told nothing.
    var unsolicited: UnsolicitedSYNs<Address>? { get }

    /// The packet that an ICMP error quotes, as whoever gets the error sent it; nil where it is of no connection.
    func related(_ embedded: FiveTuple<Address>, isOutbound: Bool, now: MonotonicTime) -> FiveTuple<Address>?

    /// Whether an ICMP error takes the address of the packet that it quotes as its source, since its own means nothing
    /// on the other side.
    func hidesErrorSource(_ source: Address, isOutbound: Bool) -> Bool

    func forwardsFragments(of ipProtocol: UInt8) -> Bool

    /// What the sender of a packet that is refused is told.
    func answer(to reason: Refusal, isOutbound: Bool, protocol ipProtocol: UInt8) -> PacketRefusal.Answer?

    /// Opens the connections of a state (``ConnectionState``), as far as they fit this translator.
    func restore(_ state: Span<UInt8>, now: MonotonicTime) throws(ConnectionStateError) -> RestoreSummary
}

extension FlowTranslator {
    public func forwardsFragments(of ipProtocol: UInt8) -> Bool { true }

    @inlinable
    public func key(_ tuple: FiveTuple<Address>, isOutbound: Bool) -> FiveTuple<Address> { tuple }

    @inlinable
    public func prefetchOpening(_ tuple: FiveTuple<Address>, isOutbound: Bool, random: UInt64) {
        table.prefetchOpening(tuple, tuple.reversed, .session)
    }

    public var unsolicited: UnsolicitedSYNs<Address>? { nil }

    public func hidesErrorSource(_ source: Address, isOutbound: Bool) -> Bool { false }

    /// The packet that an error quotes, by the other direction of its connection.
    @inlinable
    public func related(_ embedded: FiveTuple<Address>, isOutbound: Bool, now: MonotonicTime) -> FiveTuple<Address>? {
        let sent = key(embedded, isOutbound: !isOutbound)
        guard let match = table.lookup(sent.reversed, now: now), match.isOriginal == isOutbound else { return nil }
        return table.tuple(of: match.reversed)
    }
}

/// Source NAT as ``PacketTranslator`` drives it: of a node, of a NAT gateway, or of any ``NAPT``.
public struct NAPTFlows<Address: ConnectionAddress>: FlowTranslator {
    public let translator: NAPT<Address>

    /// The sources that are translated; none for all.
    public let inside: [Prefix<Address>]

    /// Whether only fragments of UDP go through, and the outside is told nothing: a NAT gateway's ways.
    public let isGateway: Bool

    public init(_ translator: NAPT<Address>, inside: [Prefix<Address>] = [], isGateway: Bool = false) {
        self.translator = translator
        self.inside = inside
        self.isGateway = isGateway
    }

    public init(_ node: SourceNAT) where Address == IPv4Address {
        self.init(node.translator, inside: [node.inside])
    }

    public init(_ gateway: NATGateway<Address>) { self.init(gateway.translator, isGateway: true) }

    @inlinable public var table: ConnectionTable<Address> { translator.table }
    @inlinable public var refusals: RefusalCounters { translator.refusals }

    @inlinable
    public func key(_ tuple: FiveTuple<Address>, isOutbound: Bool) -> FiveTuple<Address> {
        tuple.withIdentifier(fromInside: isOutbound)
    }

    public var unsolicited: UnsolicitedSYNs<Address>? { isGateway ? nil : translator.unsolicited }

    @inlinable
    public func prefetchOpening(_ tuple: FiveTuple<Address>, isOutbound: Bool, random: UInt64) {
        if isOutbound { translator.prefetchOpening(tuple, random: random) }
    }

    @inlinable
    func isInside(_ source: Address) -> Bool {
        var index = 0
        while index < inside.count {
            if inside[index].contains(source) { return true }
            index &+= 1
        }
        return inside.isEmpty
    }

    @inlinable
    public func isOutbound(from source: Address, to destination: Address) -> Bool {
        if !translator.configuration.pool.contains(destination) { return true }
        // To an outside address from inside: to be turned round, where the inside is known.
        return !inside.isEmpty && isInside(source)
    }

    @inlinable
    public func follow(
        _ match: ConnectionMatch, _ packet: FlowPacket<Address>, isOutbound: Bool, now: MonotonicTime
    ) -> Verdict<Address>? {
        guard match.isOriginal == isOutbound,
            !translator.configuration.pool.contains(packet.tuple.destination) || !isOutbound
        else { return nil }
        return translator.follow(match, packet, now)
    }

    @inlinable
    public func translate(_ packet: FlowPacket<Address>, isOutbound: Bool, now: MonotonicTime, random: UInt64)
        -> Verdict<Address>
    {
        if !isOutbound { return translator.inbound(packet, now: now) }
        if !isInside(packet.tuple.source) { return .refused(refusals.count(.sourceNotInside)) }
        return translator.outbound(packet, now: now, random: random)
    }

    public func hidesErrorSource(_ source: Address, isOutbound: Bool) -> Bool { isOutbound }

    public func restore(_ state: Span<UInt8>, now: MonotonicTime) throws(ConnectionStateError) -> RestoreSummary {
        try translator.restore(state, now: now)
    }

    public func forwardsFragments(of ipProtocol: UInt8) -> Bool {
        !isGateway || NATGateway<Address>.forwardsFragments(of: ipProtocol)
    }

    public func answer(to reason: Refusal, isOutbound: Bool, protocol ipProtocol: UInt8) -> PacketRefusal.Answer? {
        // Nothing answers a SYN from outside at once (RFC 5382 REQ-4).
        if !isOutbound { return isGateway || ipProtocol == 6 ? nil : .addressUnreachable }
        switch reason {
        case .noConnection, .sourceNotInside, .invalidTuple: return nil
        case .protocolNotTranslated: return isGateway ? nil : .prohibited
        default: return .prohibited
        }
    }
}

/// An egress-only internet gateway as ``PacketTranslator`` drives it.
public struct EgressOnlyFlows: FlowTranslator {
    public let gateway: EgressOnlyGateway

    /// The addresses of the VPC.
    public let inside: [IPv6Prefix]

    public init(_ gateway: EgressOnlyGateway, inside: [IPv6Prefix]) {
        self.gateway = gateway
        self.inside = inside
    }

    public var table: ConnectionTable<IPv6Address> { gateway.tracker.table }
    public var refusals: RefusalCounters { gateway.tracker.refusals }

    public func isOutbound(from source: IPv6Address, to destination: IPv6Address) -> Bool {
        inside.contains { $0.contains(source) }
    }

    public func follow(
        _ match: ConnectionMatch, _ packet: FlowPacket<IPv6Address>, isOutbound: Bool, now: MonotonicTime
    ) -> Verdict<IPv6Address>? {
        guard match.isOriginal == isOutbound else { return nil }
        return table.follow(match, packet, gateway.tracker.timeouts, now)
    }

    public func translate(
        _ packet: FlowPacket<IPv6Address>, isOutbound: Bool, now: MonotonicTime, random: UInt64
    ) -> Verdict<IPv6Address> {
        isOutbound ? gateway.outbound(packet, now: now) : gateway.inbound(packet, now: now)
    }

    public func related(_ embedded: FiveTuple<IPv6Address>, isOutbound: Bool, now: MonotonicTime) -> FiveTuple<
        IPv6Address
    >? {
        table.lookup(embedded.reversed, now: now) == nil ? nil : embedded
    }

    public func answer(to reason: Refusal, isOutbound: Bool, protocol ipProtocol: UInt8) -> PacketRefusal.Answer? {
        nil
    }

    /// Those of addresses that are inside still.
    public func restore(_ state: Span<UInt8>, now: MonotonicTime) throws(ConnectionStateError) -> RestoreSummary {
        try table.restore(state, now: now) { record in
            isOutbound(from: record.original.source, to: record.original.destination)
        }
    }
}

/// Services as ``PacketTranslator`` drives them: packets of either direction come the same way.
public struct ServiceFlows<Address: ConnectionAddress>: FlowTranslator {
    public let services: ServiceNAT<Address>

    public init(_ services: ServiceNAT<Address>) { self.services = services }

    public var table: ConnectionTable<Address> { services.table }
    public var refusals: RefusalCounters { services.refusals }

    public func isOutbound(from source: Address, to destination: Address) -> Bool { true }

    public func follow(
        _ match: ConnectionMatch, _ packet: FlowPacket<Address>, isOutbound: Bool, now: MonotonicTime
    ) -> Verdict<Address>? { table.follow(match, packet, services.timeouts, now) }

    public func translate(_ packet: FlowPacket<Address>, isOutbound: Bool, now: MonotonicTime, random: UInt64)
        -> Verdict<Address>
    { services.translate(packet, now: now, random: random) }

    public func related(_ embedded: FiveTuple<Address>, isOutbound: Bool, now: MonotonicTime) -> FiveTuple<Address>? {
        // An error about what is of no service is none of its concern, and passes.
        guard let match = table.lookup(embedded.reversed, now: now) else { return embedded }
        return table.tuple(of: match.reversed)
    }

    /// kube-proxy rejects packets to a service without endpoints.
    public func answer(to reason: Refusal, isOutbound: Bool, protocol ipProtocol: UInt8) -> PacketRefusal.Answer? {
        reason == .noEndpoints ? .portUnreachable : nil
    }

    public func restore(_ state: Span<UInt8>, now: MonotonicTime) throws(ConnectionStateError) -> RestoreSummary {
        try services.restore(state, now: now)
    }
}
