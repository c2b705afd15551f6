import IPAddresses
import Synchronization
import Translation
import VPC

/// The connections of a network's elements: what traces open and find again. The same translators as those that forward.
///
/// A trace without one starts with none. One that is shared by traces remembers what each of them has sent, as the network
/// would. Addresses of both families stand as IPv6 ones, IPv4 as IPv4-mapped. From any thread.
public final class NetworkState: Sendable {
    /// How many connections each element holds.
    public let connectionsPerElement: Int

    /// One for all tables: whoever traces chooses the tuples and has no one to attack, and the system's generator is slow.
    static let secret = ConnectionSecret()
    private let elements = Mutex<[String: ElementState]>([:])
    private let clock = Mutex<(seconds: Int, generator: SplitMix64)>((1, SplitMix64()))

    public init(connectionsPerElement: Int = 64) { self.connectionsPerElement = max(1, connectionsPerElement) }

    /// Lets time pass; idle connections end, and what they held is free again.
    public func pass(seconds: Int) {
        clock.withLock { $0.seconds += max(0, seconds) }
        let now = now
        for element in elements.withLock({ Array($0.values) }) { element.expire(now) }
    }

    /// How often an element has refused packets, by reason.
    ///
    /// - Parameter id: AWS's identifier, or the spelling of an ``Endpoint``.
    public func refusals(of id: String) -> [Refusal: UInt64] {
        let element = elements.withLock { $0[id] }
        var counts: [Refusal: UInt64] = [:]
        for counters in element?.counters ?? [] {
            for reason in Refusal.allCases where counters[reason] > 0 { counts[reason, default: 0] += counters[reason] }
        }
        return counts
    }

    var now: MonotonicTime { MonotonicTime(nanoseconds: 0) + .seconds(clock.withLock(\.seconds)) }

    func random() -> UInt64 { clock.withLock { $0.generator.next() } }

    /// The state of an element that a packet has come to.
    func known(_ id: String) -> ElementState? { elements.withLock { $0[id] } }

    /// The state of an element, made when it is first asked for; nil where there is no memory for it.
    func element(_ id: String, _ make: () throws -> ElementState) -> ElementState? {
        elements.withLock { elements in
            if let element = elements[id] { return element }
            let element = try? make()
            elements[id] = element
            return element
        }
    }
}

/// What an element with state has.
enum ElementState: Sendable {
    /// A security group's, an egress-only gateway's, a host's: no translation.
    case tracker(ConnectionTracker<IPv6Address>)
    case natGateway(Translation.NATGateway<IPv6Address>)
    case loadBalancer(LoadBalancerNAT)
    case node(NodeState)

    func expire(_ now: MonotonicTime) {
        switch self {
        case .tracker(let tracker): tracker.table.expire(now: now)
        case .natGateway(let gateway): gateway.translator.expire(now: now)
        case .loadBalancer(let balancer): balancer.table.expire(now: now)
        case .node(let node):
            node.services.table.expire(now: now)
            node.tracker.table.expire(now: now)
            node.sourceNAT?.translator.expire(now: now)
        }
    }

    var counters: [RefusalCounters] {
        switch self {
        case .tracker(let tracker): [tracker.refusals]
        case .natGateway(let gateway): [gateway.translator.refusals]
        case .loadBalancer(let balancer): [balancer.refusals]
        case .node(let node):
            [node.services.refusals, node.tracker.refusals] + (node.sourceNAT.map { [$0.translator.refusals] } ?? [])
        }
    }
}

/// A node's connection tracking: services first, then the source NAT; what neither translates is tracked.
struct NodeState: Sendable {
    let services: ServiceNAT<IPv6Address>
    let tracker: ConnectionTracker<IPv6Address>

    /// Nil where the node has no IPv4 address.
    let sourceNAT: SourceNAT?
}
