import IPAddresses

/// A network address and port translator (RFC 2663 4.1.2): what ``SourceNAT`` and ``NATGateway`` configure. From any
/// number of threads.
///
///     inside endpoint ── mapping ── outside endpoint          one for each, or one for each remote address
///                └─ session ─ session …  ┘                     one for each remote endpoint
///
/// A mapping is an entry of the same table with the remote endpoint left open (RFC 6146's binding), kept by its sessions.
public final class NAPT<Address: ConnectionAddress>: Sendable {
    public let configuration: NAPTConfiguration<Address>

    /// The connections, as (inside → remote) and (remote → outside), whoever has opened them.
    public let table: ConnectionTable<Address>
    public let refusals = RefusalCounters()

    /// SYNs from outside that nothing took.
    public let unsolicited: UnsolicitedSYNs<Address>
    @usableFromInline let secret: ConnectionSecret
    @usableFromInline let destinations: FlowCounts?
    @usableFromInline let subscribers: FlowCounts?

    /// - `capacity`: how many sessions and mappings it holds.
    /// - `onMapping`: called for each mapping that comes and goes, for logs (RFC 6888 4).
    /// - Throws: `NAPTError` where the configuration contradicts itself, or there is not enough memory.
    public init(
        _ configuration: NAPTConfiguration<Address>, capacity: Int, secret: ConnectionSecret = ConnectionSecret(),
        onMapping: (@Sendable (MappingEvent<Address>) -> Void)? = nil
    ) throws(NAPTError) {
        try configuration.check()
        self.configuration = configuration
        unsolicited = UnsolicitedSYNs(lifetime: configuration.timeouts.tcpIncomingSYN)
        self.secret = secret
        self.onMapping = onMapping
        do throws(ConnectionTableError) {
            let destinations =
                configuration.mapping == .addressAndPortDependent ? try FlowCounts(capacity: capacity) : nil
            let hasLimits = configuration.subscriberLimit != nil || configuration.subscriberRate != nil
            let subscribers = hasLimits ? try FlowCounts(capacity: capacity) : nil
            self.destinations = destinations
            self.subscribers = subscribers
            let notice = Self.notice(destinations, subscribers, configuration.mapping.root, secret, onMapping)
            table = try ConnectionTable(capacity: capacity, secret: secret, onRemoval: notice)
        } catch {
            throw .table(error)
        }
    }

    @usableFromInline let onMapping: (@Sendable (MappingEvent<Address>) -> Void)?

    /// What a removed connection gives back; nil where it is nothing.
    private static func notice(
        _ destinations: FlowCounts?, _ subscribers: FlowCounts?, _ root: EntryKind, _ secret: ConnectionSecret,
        _ onMapping: (@Sendable (MappingEvent<Address>) -> Void)?
    ) -> (@Sendable (RemovedConnection<Address>) -> Void)? {
        if destinations == nil, subscribers == nil, onMapping == nil { return nil }
        return { removed in
            if removed.flags.contains(.countsDestination) {
                destinations?.release(secret.fingerprint(ofDestination: removed.reply))
            }
            if removed.flags.contains(.countsSubscriber) {
                subscribers?.release(secret.fingerprint(removed.original.source))
            }
            if removed.kind == root { onMapping?(MappingEvent(removed.original, removed.reply, isNew: false)) }
        }
    }

    /// Removes what has been idle for too long; see ``ConnectionTable/expire(now:limit:)``.
    @discardableResult
    public func expire(now: MonotonicTime, limit: Int = .max) -> Int { table.expire(now: now, limit: limit) }

    /// The memory of the translator, in bytes.
    public var bytes: Int { table.bytes + (destinations?.bytes ?? 0) + (subscribers?.bytes ?? 0) }

    /// How many connections a destination has through an outside address, where they are counted: with mappings that
    /// depend on address and port.
    public func count(from outside: Address, to remote: Address, port: UInt16, protocol ipProtocol: UInt8) -> Int? {
        destinations.map { Int($0.count(secret.fingerprint(outside, to: remote, port, ipProtocol))) }
    }
}

/// A mapping that has come or gone (RFC 6888 4; what is logged with the time of the call).
public struct MappingEvent<Address: ConnectionAddress>: Hashable, Sendable {
    public let inside: Address
    public let insidePort: UInt16
    public let outside: Address
    public let outsidePort: UInt16

    /// The remote endpoint, as far as the mapping depends on it; else unspecified and 0.
    public let remote: Address
    public let remotePort: UInt16
    public let ipProtocol: UInt8

    /// Whether it has come.
    public let isNew: Bool

    @inlinable
    init(_ original: FiveTuple<Address>, _ reply: FiveTuple<Address>, isNew: Bool) {
        (inside, insidePort) = (original.source, original.sourcePort)
        (outside, outsidePort) = (reply.destination, reply.destinationPort)
        (remote, remotePort, ipProtocol) = (original.destination, original.destinationPort, original.ipProtocol)
        self.isNew = isNew
    }
}

extension EndpointDependence {
    /// The kind of the entry that has the port.
    @inlinable
    var root: EntryKind {
        switch self {
        case .endpointIndependent: .endpointMapping
        case .addressDependent: .addressMapping
        case .addressAndPortDependent: .session
        }
    }
}

extension ConnectionFlags {
    /// A mapping that was configured: it lets in packets from everywhere.
    @inlinable static var isStatic: ConnectionFlags { ConnectionFlags(rawValue: 1 << 5) }
}
