import IPAddresses
import Synchronization

/// kube-proxy's translation: a service's address and port, or a node's port, to one of its endpoints.
///
/// Source: Kubernetes, "Virtual IPs and Service Proxies"; KEP-1669 for terminating endpoints.
public final class ServiceNAT<Address: ConnectionAddress>: Sendable {
    public let table: ConnectionTable<Address>
    public let refusals = RefusalCounters()
    public let timeouts: Timeouts
    private let secret: ConnectionSecret
    private let services = Mutex<[Key: Service]>([:])

    /// A port that a service answers on: a cluster address's, an external address's, or a node's.
    public struct Key: Hashable, Sendable {
        public var address: Address
        public var port: UInt16
        public var ipProtocol: UInt8

        public init(_ address: Address, _ port: UInt16, protocol ipProtocol: UInt8) {
            (self.address, self.port, self.ipProtocol) = (address, port, ipProtocol)
        }
    }

    public struct Endpoint: Hashable, Sendable {
        public var address: Address
        public var port: UInt16

        public init(_ address: Address, _ port: UInt16) { (self.address, self.port) = (address, port) }
    }

    /// What is behind a port.
    public struct Service: Hashable, Sendable {
        /// The endpoints that take new connections.
        public var endpoints: [Endpoint]

        /// `sessionAffinity: ClientIP`: how long a client stays with its endpoint; nil for none. Kubernetes' default is
        /// 10,800 s.
        public var affinity: Lifetime?

        /// The address that sources become, so that answers come back here: for node ports and external traffic. An
        /// endpoint's own packets to itself need one too.
        public var masquerade: Address?

        /// Whether all sources become that address, or only that of an endpoint that is sent to itself.
        public var masqueradesAll: Bool

        public init(
            _ endpoints: [Endpoint], affinity: Lifetime? = nil, masquerade: Address? = nil, masqueradesAll: Bool = false
        ) {
            (self.endpoints, self.affinity, self.masquerade, self.masqueradesAll) = (
                endpoints, affinity, masquerade, masqueradesAll
            )
        }
    }

    /// `capacity`: how many connections, and clients with affinity, it holds.
    /// - Throws: `ConnectionTableError` where there is not enough memory.
    public init(
        capacity: Int = 262_144, timeouts: Timeouts = Timeouts(), secret: ConnectionSecret = ConnectionSecret()
    ) throws(ConnectionTableError) {
        table = try ConnectionTable(capacity: capacity, secret: secret)
        self.timeouts = timeouts
        self.secret = secret
    }

    /// Sets what is behind a port, or, with nil, that there is no such service.
    ///
    /// An endpoint that is no longer named gets no new connections; the TCP connections that it has go on, so that it
    /// drains, and those of UDP, which would not learn of it, end, as kube-proxy ends them.
    public func set(_ key: Key, _ service: Service?) {
        let old = services.withLock { services in
            let old = services[key]
            services[key] = service
            return old
        }
        let gone = Set(old?.endpoints ?? []).subtracting(service?.endpoints ?? [])
        if gone.isEmpty || key.ipProtocol == 6 { return }
        table.removeSessions { original, reply in
            original.destination == key.address && original.destinationPort == key.port
                && original.ipProtocol == key.ipProtocol && gone.contains(Endpoint(reply.source, reply.sourcePort))
        }
    }

    /// Opens the connections of a state, and what affinity clients have: those of services that there are still. Endpoints that
    /// are no longer named keep only their TCP connections, as with ``set(_:_:)``.
    ///
    /// - Throws: `ConnectionStateError` where the state is not whole; then nothing has changed.
    public func restore(_ state: Span<UInt8>, now: MonotonicTime) throws(ConnectionStateError) -> RestoreSummary {
        try table.restore(state, now: now) { record in
            guard let service = service(for: record.original) else { return false }
            return record.original.ipProtocol == 6
                || service.endpoints.contains(Endpoint(record.reply.source, record.reply.sourcePort))
        }
    }

    /// Whether a packet is for a service.
    public func service(for tuple: FiveTuple<Address>) -> Service? {
        services.withLock { $0[Key(tuple.destination, tuple.destinationPort, protocol: tuple.ipProtocol)] }
    }

    /// Translates a packet of either direction; one that is for no service goes on as it is.
    ///
    /// `random`: 64 random bits, which choose the endpoint; the caller's, new for each packet.
    @specialized(where Address == IPv4Address)
    @specialized(where Address == IPv6Address)
    public func translate(_ packet: FlowPacket<Address>, now: MonotonicTime, random: UInt64) -> Verdict<Address> {
        if let verdict = table.follow(packet, timeouts, now) { return verdict }
        guard let service = service(for: packet.tuple) else { return .forwarded(packet.tuple, isNew: false) }
        guard let endpoint = endpoint(of: service, packet.tuple, now, random) else {
            return .refused(refusals.count(.noEndpoints))
        }
        let masquerades = service.masqueradesAll || endpoint.address == packet.tuple.source
        return open(packet, to: endpoint, source: masquerades ? service.masquerade : nil, now: now, random: random)
    }

    /// Opens a connection to an endpoint that the caller has chosen; a packet of one that is there goes where that goes.
    ///
    /// `source`: the address that the packet's source becomes; nil for its own.
    @specialized(where Address == IPv4Address)
    @specialized(where Address == IPv6Address)
    public func open(
        _ packet: FlowPacket<Address>, to endpoint: Endpoint, source: Address?, now: MonotonicTime, random: UInt64
    ) -> Verdict<Address> {
        while true {
            if let verdict = table.follow(packet, timeouts, now) { return verdict }
            switch openConnection(packet, endpoint, source ?? packet.tuple.source, now, random) {
            case .opened(let match):
                if let tuple = table.translation(of: match) { return .forwarded(tuple, isNew: true) }
            case .existing: break
            case .refused(let reason): return .refused(refusals.count(reason))
            }
        }
    }

    private func openConnection(
        _ packet: FlowPacket<Address>, _ endpoint: Endpoint, _ source: Address, _ now: MonotonicTime, _ random: UInt64
    ) -> OpenResult {
        let tuple = packet.tuple
        let state = packet.openingState(fromInside: true)
        let start = ConnectionStart(state: state.rawValue, lifetime: timeouts.lifetime(tuple.ipProtocol, state))
        var pool = PortPool([source])
        pool.selection = .randomByClass
        let range = pool.portsToTry(for: tuple.source, tuple.sourcePort) ?? pool.ports
        // A source that stays keeps its port, unless a node port and its service have led to the same answer at once.
        let kept = source == tuple.source ? 1 : 0
        return table.open(tuple, start, now: now) { attempt in
            // Linux, too, gives up where many are taken, rather than try them all.
            guard attempt < 128 else { return nil }
            let port =
                attempt < kept ? tuple.sourcePort : pool.port(attempt - kept, in: range, tuple.sourcePort, random)
            return port.map {
                FiveTuple(from: endpoint.address, endpoint.port, to: source, $0, protocol: tuple.ipProtocol)
            }
        }
    }

    /// The endpoint of a new connection: the one that the client has by affinity, if it still takes connections, else any.
    private func endpoint(of service: Service, _ tuple: FiveTuple<Address>, _ now: MonotonicTime, _ random: UInt64)
        -> Endpoint?
    {
        if service.endpoints.isEmpty { return nil }
        let chosen = service.endpoints[
            Int(truncatingIfNeeded: ((random >> 32) &* UInt64(service.endpoints.count)) >> 32)]
        guard let affinity = service.affinity else { return chosen }
        // A client's affinity is an entry of its own, without ports on its side: its answer names the endpoint.
        let key = FiveTuple(
            from: tuple.source, 0, to: tuple.destination, tuple.destinationPort, protocol: tuple.ipProtocol)
        while true {
            if let match = table.lookup(key, .addressMapping, now: now) {
                guard let answer = table.tuple(of: match.reversed) else { continue }
                let endpoint = Endpoint(answer.source, answer.sourcePort)
                if service.endpoints.contains(endpoint), table.refresh(match, now: now, lifetime: affinity) {
                    return endpoint
                }
                table.release(match)
                continue
            }
            let start = ConnectionStart(kind: .addressMapping, lifetime: affinity)
            // The port tells one service's affinity from another's with the same endpoint and client.
            let number = UInt16(
                truncatingIfNeeded: secret.fingerprint(
                    tuple.destination, to: tuple.destination, tuple.destinationPort, tuple.ipProtocol))
            let result = table.open(key, start, now: now) { attempt in
                guard attempt < 128 else { return nil }
                return FiveTuple(
                    from: chosen.address, chosen.port, to: tuple.source, number &+ UInt16(attempt),
                    protocol: tuple.ipProtocol)
            }
            switch result {
            case .opened: return chosen
            case .existing: continue
            // Without room for the affinity the connection goes on without.
            case .refused: return chosen
            }
        }
    }
}
