import IPAddresses
import Synchronization

/// A load balancer: connections of clients of either family to targets of either family.
///
/// IPv4 addresses stand as IPv4-mapped ones (RFC 4291 2.5.5.2). A client's address is kept only where its target is of
/// the same family; else the target sees the balancer's own address.
///
/// Source: User Guide for Network Load Balancers, "Client IP preservation".
public final class LoadBalancerNAT: Sendable {
    public let table: ConnectionTable<IPv6Address>
    public let refusals = RefusalCounters()

    /// 350 s for TCP flows and 120 s for UDP ones (User Guide for Network Load Balancers, "Connection idle timeout").
    public let timeouts: Timeouts
    private let listeners = Mutex<[FiveTuple<IPv6Address>: Targets]>([:])

    public struct Listener: Hashable, Sendable {
        public var address: IPAddress
        public var port: UInt16
        public var ipProtocol: UInt8

        public init(_ address: IPAddress, _ port: UInt16, protocol ipProtocol: UInt8) {
            (self.address, self.port, self.ipProtocol) = (address, port, ipProtocol)
        }

        /// Packets to it, from anywhere: what listeners are looked up by. A closure that captures the listener itself is
        /// miscompiled (Swift 6.3.1, debug builds: an unaligned spill of the address).
        var key: FiveTuple<IPv6Address> {
            FiveTuple(from: .unspecified, 0, to: address.mapped, port, protocol: ipProtocol)
        }
    }

    public struct Target: Hashable, Sendable {
        public var address: IPAddress
        public var port: UInt16

        public init(_ address: IPAddress, _ port: UInt16) { (self.address, self.port) = (address, port) }
    }

    public struct Targets: Hashable, Sendable {
        public var targets: [Target]

        /// Whether targets see the client's address, where the families allow it.
        public var preservesClients: Bool

        /// The balancer's own addresses, by which it reaches targets.
        public var sources: [IPAddress]

        public init(_ targets: [Target], preservesClients: Bool, sources: [IPAddress]) {
            (self.targets, self.preservesClients, self.sources) = (targets, preservesClients, sources)
        }
    }

    /// `capacity`: how many connections it holds.
    /// - Throws: `ConnectionTableError` where there is not enough memory.
    public init(capacity: Int = 65_536 * 8, secret: ConnectionSecret = ConnectionSecret()) throws(ConnectionTableError)
    {
        table = try ConnectionTable(capacity: capacity, secret: secret)
        var timeouts = Timeouts(all: .seconds(350))
        timeouts.udp = .seconds(120)
        self.timeouts = timeouts
    }

    /// Sets the targets behind a listener, or, with nil, that there is no such listener. Connections go on.
    public func set(_ listener: Listener, _ targets: Targets?) {
        let key = listener.key
        listeners.withLock { $0[key] = targets }
    }

    /// Translates a packet of a client or of a target.
    ///
    /// `random`: 64 random bits, which choose target and port; the caller's, new for each packet.
    public func translate(_ packet: FlowPacket<IPv6Address>, now: MonotonicTime, random: UInt64) -> Verdict<IPv6Address>
    {
        let tuple = packet.tuple
        if let verdict = table.follow(packet, timeouts, now) { return verdict }
        let key = FiveTuple(
            from: .unspecified, 0, to: tuple.destination, tuple.destinationPort, protocol: tuple.ipProtocol)
        guard packet.mayOpen, let behind = listeners.withLock({ $0[key] }) else {
            return .refused(refusals.count(.noConnection))
        }
        if behind.targets.isEmpty { return .refused(refusals.count(.noEndpoints)) }
        let target = behind.targets[Int(truncatingIfNeeded: ((random >> 32) &* UInt64(behind.targets.count)) >> 32)]
        var source: IPAddress?
        if !behind.preservesClients || IPAddress(unmapping: tuple.source).family != target.address.family {
            source = behind.sources.first { $0.family == target.address.family }
            if source == nil { return .refused(refusals.count(.noEndpoints)) }
        }
        return open(packet, to: target, source: source, now: now, random: random)
    }

    /// Opens a connection to a target that the caller has chosen; a packet of one that is there goes where that goes.
    ///
    /// `source`: the balancer's own address, which the target sees; nil to keep the client's address and port.
    public func open(
        _ packet: FlowPacket<IPv6Address>, to target: Target, source: IPAddress?, now: MonotonicTime, random: UInt64
    ) -> Verdict<IPv6Address> {
        let tuple = packet.tuple
        let state: TCPState = tuple.ipProtocol == 6 ? .insideSYN : .none
        let start = ConnectionStart(state: state.rawValue, lifetime: timeouts.lifetime(tuple.ipProtocol, state))
        let (destination, port) = (target.address.mapped, target.port)
        let from = source?.mapped ?? tuple.source
        let isKept = source == nil
        let pool = PortPool([from])
        while true {
            if let verdict = table.follow(packet, timeouts, now) { return verdict }
            let result = table.open(tuple, start, now: now) { attempt in
                // A client that is kept keeps its port too.
                let own =
                    isKept ? (attempt == 0 ? tuple.sourcePort : nil) : pool.port(attempt, in: pool.ports, 0, random)
                return own.map { FiveTuple(from: destination, port, to: from, $0, protocol: tuple.ipProtocol) }
            }
            switch result {
            case .opened(let match):
                if let result = table.translation(of: match) { return .forwarded(result, isNew: true) }
            case .existing: break
            case .refused(let reason): return .refused(refusals.count(reason))
            }
        }
    }
}
