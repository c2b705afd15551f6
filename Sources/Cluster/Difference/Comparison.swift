import IPAddresses
import VPC

/// The work of a difference: classes of senders and of addresses, a walk for each pair, and the changes put together.
struct Comparison {
    let before: Cluster
    let after: Cluster
    let ruleSet: RuleSet
    let space: AddressSpace
    let owners: (before: Owners, after: Owners)
    let ports: [ClosedRange<UInt16>]

    /// Who sends, each with what its packets' treatment depends on.
    let senders: (before: [Endpoint: String], after: [Endpoint: String])

    /// Addresses that nothing tells apart, by family.
    let intervals: [IPFamily: [ClosedRange<UInt128>]]
    private(set) var walks = 0

    init(before: Cluster, after: Cluster, ruleSet: RuleSet) {
        (self.before, self.after, self.ruleSet) = (before, after, ruleSet)
        space = AddressSpace([before, after])
        owners = (Owners(before, space), Owners(after, space))
        ports = Self.portIntervals([before, after])
        senders = (owners.before.senders(space), owners.after.senders(space))
        let (space, hosts) = (space, owners.before.hosts + owners.after.hosts)
        intervals = Dictionary(
            uniqueKeysWithValues: IPFamily.allCases.map { ($0, space.intervals($0, hosts: hosts)) })
    }

    mutating func run(_ progress: (Int, Int) -> Void) -> Difference {
        let senders = senderClasses()
        let destinations = destinationClasses()
        var found = Found()
        for (index, sender) in senders.enumerated() {
            progress(index, senders.count)
            for destination in destinations where sender.mayReach(destination) { compare(sender, destination, &found) }
        }
        let (only, onlyAfter) = endpointsInOne()
        return Difference(
            changes: ChangeMerger(senders: senders, destinations: destinations, found: found).merge(), onlyBefore: only,
            onlyAfter: onlyAfter, walks: walks)
    }

    /// What the walks have found.
    struct Found {
        var changes: [FoundChange] = []

        /// Special-purpose addresses at which nothing of a sender and a kind arrives, before or after: whether they are said to
        /// be in a change or not makes no difference to anyone.
        var quiet: Set<Quiet> = []
    }

    struct Quiet: Hashable {
        var sender: Int
        var kind: TrafficKind
        var destination: Int
    }

    /// A change between one class of senders and one of addresses.
    struct FoundChange {
        var sender: Int
        var destination: Int
        var relation: Relation
        var kind: TrafficKind
        var before: Trace.Verdict
        var after: Trace.Verdict
        var ports: FlowSet

        /// The source ports that the sender uses at all.
        var sourcePorts: PortSet
        var detail: String?
    }

    /// Whether sender and destination are on one node.
    enum Relation: Hashable, CaseIterable {
        case sameNode
        case elsewhere
    }

    private mutating func compare(_ sender: SenderClass, _ destination: DestinationClass, _ found: inout Found) {
        for relation in Relation.allCases {
            guard let (source, address) = destination.pair(with: sender, relation) else { continue }
            for kind in TrafficKind.allCases {
                for ports in kind.hasPorts && destination.isPerPort ? self.ports : [0...65535] {
                    walks += 1
                    let traffic = { (source: PortSet) in kind.traffic(address.family, source, PortSet(ports)) }
                    let old = before.outcome(from: source, to: address, traffic, ruleSet)
                    let new = after.outcome(from: source, to: address, traffic, ruleSet)
                    if destination.isSpecial, old.isQuiet, new.isQuiet {
                        found.quiet.insert(Quiet(sender: sender.index, kind: kind, destination: destination.index))
                    }
                    for change in old.changes(to: new) {
                        found.changes.append(
                            FoundChange(
                                sender: sender.index, destination: destination.index, relation: relation, kind: kind,
                                before: change.before, after: change.after, ports: change.ports,
                                sourcePorts: old.sourcePorts,
                                detail: change.before == change.after ? "\(old.detail) → \(new.detail)" : nil))
                    }
                }
            }
        }
    }

    /// Ports that no rule, service or listener of either snapshot tells apart.
    private static func portIntervals(_ clusters: [Cluster]) -> [ClosedRange<UInt16>] {
        var starts: Set<Int> = [0]
        func cut(_ ports: PortSet) {
            for range in ports.ranges { starts.formUnion([Int(range.lowerBound), Int(range.upperBound) + 1]) }
        }
        for cluster in clusters {
            for acl in cluster.network.acls.values {
                for entry in acl.ingress.entries + acl.egress.entries { cut(entry.match.ports) }
            }
            for group in cluster.network.groups.values {
                for rule in group.ingress.rules + group.egress.rules { cut(rule.match.ports) }
            }
            for service in cluster.services.values {
                for port in service.ports {
                    cut(PortSet(port.port))
                    if let nodePort = port.nodePort { cut(PortSet(nodePort)) }
                }
            }
            for policy in cluster.networkPolicies.values.joined() {
                for port in ((policy.ingress ?? []) + (policy.egress ?? [])).flatMap(\.ports) {
                    if case .range(let range) = port.number { cut(PortSet(range)) }
                }
            }
            for pod in cluster.pods.values {
                for port in pod.ports {
                    if !cluster.networkPolicies.isEmpty, !port.name.isEmpty { cut(PortSet(port.port)) }
                    if let hostPort = port.hostPort { cut(PortSet(hostPort)) }
                }
            }
            for balancer in cluster.network.loadBalancers.values {
                for listener in balancer.listeners { cut(PortSet(listener.port)) }
            }
        }
        let sorted = starts.filter { $0 <= 65535 }.sorted()
        return sorted.indices.map { index in
            UInt16(sorted[index])...UInt16(index + 1 < sorted.count ? sorted[index + 1] - 1 : 65535)
        }
    }
}

/// Kinds of packets that are walked by themselves.
enum TrafficKind: Hashable, CaseIterable {
    case tcp, udp, echo, other

    var hasPorts: Bool { self == .tcp || self == .udp }

    func traffic(_ family: IPFamily, _ source: PortSet, _ destination: PortSet) -> TrafficClass {
        switch self {
        case .tcp: TrafficClass(.tcp, sourcePorts: source, destinationPorts: destination)
        case .udp: TrafficClass(.udp, sourcePorts: source, destinationPorts: destination)
        case .echo: .echoRequest(family)
        case .other: TrafficClass(nil)
        }
    }

    func ipProtocol(_ family: IPFamily) -> IPProtocol? {
        switch self {
        case .tcp: .tcp
        case .udp: .udp
        case .echo: .icmp(family)
        case .other: nil
        }
    }
}
