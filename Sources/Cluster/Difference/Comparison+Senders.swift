import IPAddresses
import VPC

/// Senders whose packets are treated alike, in both snapshots.
struct SenderClass {
    var index: Int
    var members: [Member]
    var scope: Scope

    struct Member {
        var endpoint: Endpoint
        var node: String?
        /// Their own addresses: nobody sends to itself.
        var addresses: Set<IPAddress>
    }

    enum Scope: Hashable {
        case inside
        /// On the internet: only to what is public, of the same family.
        case internet(IPFamily)
        /// Behind the VPN gateway: to VPCs, of the same family.
        case onPremises(IPFamily)
    }

    /// What outside senders are called: the intervals of their addresses.
    var intervals: [ClosedRange<UInt128>] = []

    func mayReach(_ destination: DestinationClass) -> Bool {
        switch scope {
        case .inside: true
        case .internet(let family): destination.family == family && destination.isReachedFromInternet
        case .onPremises(let family): destination.family == family && destination.isInVPC
        }
    }
}

extension Comparison {
    /// Pods, nodes, instances and other interfaces, and addresses outside, by likeness.
    func senderClasses() -> [SenderClass] {
        var classes: [String: SenderClass] = [:]
        func add(
            _ key: String, _ scope: SenderClass.Scope, _ member: SenderClass.Member,
            _ interval: ClosedRange<UInt128>? = nil
        ) {
            classes[key, default: SenderClass(index: 0, members: [], scope: scope)].members.append(member)
            if let interval { classes[key]?.intervals.append(interval) }
        }
        for (endpoint, likeness) in senders.before.sorted(by: { $0.key.description < $1.key.description }) {
            guard let other = senders.after[endpoint] else { continue }
            let addresses = Set(before.addresses(of: endpoint) + after.addresses(of: endpoint))
            add(
                "\(likeness) | \(other)", .inside,
                .init(endpoint: endpoint, node: before.nodeName(of: endpoint), addresses: addresses))
        }
        for family in IPFamily.allCases {
            for interval in outsideIntervals(family) {
                let address = IPAddress(family, number: interval.lowerBound)
                let cover = space.cover(of: address)
                let member = { SenderClass.Member(endpoint: $0, node: nil, addresses: []) }
                if address.isRoutedOnInternet {
                    add("internet \(cover)", .internet(family), member(.internet(address)), interval)
                }
                if isOnPremises(address) {
                    add("on-premises \(cover)", .onPremises(family), member(.onPremises(address)), interval)
                }
            }
        }
        return classes.sorted { $0.key < $1.key }.enumerated().map { index, entry in
            var result = entry.value
            result.index = index
            return result
        }
    }

    /// Whether a route of either snapshot leads to the address through a VPN gateway, which both have.
    private func isOnPremises(_ address: IPAddress) -> Bool {
        let hasGateway = [before, after].allSatisfy { cluster in
            cluster.network.vpnGateways.values.contains { !$0.vpcIDs.isEmpty }
        }
        return hasGateway
            && [before, after].contains { cluster in
                cluster.network.routeTables.values.contains { table in
                    if case .vpnGateway = table.route(to: address)?.route.target { true } else { false }
                }
            }
    }

    /// The intervals of addresses that are in no VPC of either snapshot.
    private func outsideIntervals(_ family: IPFamily) -> [ClosedRange<UInt128>] {
        (intervals[family] ?? []).filter { interval in
            let address = IPAddress(family, number: interval.lowerBound)
            return [owners.before, owners.after].allSatisfy {
                $0.owner(of: address) == nil && $0.cluster.network.vpcs(containing: address).isEmpty
            }
        }
    }

    /// Senders that are in one snapshot only.
    func endpointsInOne() -> (before: [String], after: [String]) {
        let (old, new) = (Set(senders.before.keys), Set(senders.after.keys))
        return (
            old.subtracting(new).map(\.description).sorted(), new.subtracting(old).map(\.description).sorted()
        )
    }
}

extension Owners {
    /// The endpoints inside that send, each with what its packets' treatment depends on.
    func senders(_ space: AddressSpace) -> [Endpoint: String] {
        let all =
            cluster.pods.values.compactMap { sender($0, space) } + cluster.nodes.values.compactMap(sender)
            + cluster.network.interfaces.values.compactMap(sender)
        return Dictionary(all.map { ($0.endpoint, $0.likeness) }, uniquingKeysWith: { first, _ in first })
    }

    private func sender(_ pod: Pod, _ space: AddressSpace) -> (endpoint: Endpoint, likeness: String)? {
        guard !pod.isFinished, !pod.usesHostNetwork, let node = pod.nodeName else { return nil }
        let covers = pod.addresses.map(space.cover)
        return (
            .pod(pod.id), "pod \(likeness(ofNode: node)) \(covers) \(pod.assumedIPv4 != nil) \(likeness(pod))"
        )
    }

    private func sender(_ node: Node) -> (endpoint: Endpoint, likeness: String)? {
        if node.isFargate { return nil }
        return (.node(node.name), "node \(likeness(ofNode: node.name))")
    }

    private func sender(_ interface: NetworkInterface) -> (endpoint: Endpoint, likeness: String)? {
        let network = cluster.network
        // Nodes are senders by themselves; gateways and balancers send for others.
        if cluster.node(of: interface) != nil || network.natGateway(of: interface) != nil
            || network.loadBalancer(of: interface) != nil
        {
            return nil
        }
        // An instance is called by its own name, as long as it has one interface.
        let instance = interface.instanceID.flatMap { network.interfaces(ofInstance: $0).count == 1 ? $0 : nil }
        return (
            instance.map { .instance($0) } ?? .interface(interface.id),
            "interface \(interface.id) \(likeness(interface))"
        )
    }
}

extension Cluster {
    fileprivate func addresses(of endpoint: Endpoint) -> [IPAddress] {
        switch endpoint {
        case .pod(let id): pods[id]?.addresses ?? []
        case .node(let name): nodes[name]?.addresses ?? []
        case .instance(let id): network.interfaces(ofInstance: id).flatMap(\.ownAddresses)
        case .interface(let id): network.interfaces[id]?.ownAddresses ?? []
        default: []
        }
    }

    fileprivate func nodeName(of endpoint: Endpoint) -> String? {
        switch endpoint {
        case .pod(let id): pods[id]?.nodeName
        case .node(let name): name
        default: nil
        }
    }
}
