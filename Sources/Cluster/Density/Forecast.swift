import IPAddresses
import VPC

/// How many more pods a subnet takes, and what runs out first.
///
/// For nodes: the room on existing ones, then new nodes, each of which takes an IPv4 address, an IPv6 address and a
/// /80 of the subnet. For Fargate: each pod takes an address of both families out of the subnet (Amazon EKS Best Practices
/// Guide, "Running IPv6 EKS clusters").
public struct Forecast: Hashable, Sendable {
    public var subnetID: String
    public var kind: Kind

    /// Pods that existing nodes have room for; 0 for Fargate.
    public var podsOnNodes: Int

    /// Nodes that can be added until a family is exhausted; for Fargate each of them is one pod.
    public var moreNodes: Int

    /// Pods that a new node is taken to run: as many as the subnet's smallest one may, 1 for Fargate.
    public var podsPerNode: Int

    /// What is exhausted then.
    public var exhausted: IPFamily

    /// Free IPv4 addresses; nil where the snapshot does not say.
    public var freeIPv4: Int?

    /// Free /80s for nodes; for Fargate the addresses of the /64, practically endless.
    public var freeIPv6: Int

    /// All of the pods that can still be started.
    public var morePods: Int { podsOnNodes.plusSaturating(moreNodes.timesSaturating(podsPerNode)) }

    public enum Kind: String, Sendable {
        case nodes
        case fargate
    }
}

extension Cluster {
    /// A forecast for each subnet that has nodes or Fargate pods, in the order of their identifiers.
    ///
    /// Nodes run at most what their maximum of pods says, and at most ``HostLocalAllocator/usable`` pods where pods have
    /// IPv4 egress.
    public func forecast() -> [Forecast] {
        var running: [String: Int] = [:]
        for pod in pods.values where !pod.isFinished { running[pod.nodeName ?? "", default: 0] += 1 }
        var rooms: [String: [(limit: Int, running: Int)]] = [:]
        var fargate = Set(configuration.fargateSubnetIDs)
        for node in nodes.values {
            guard let subnetID = interfaces(of: node).first?.subnetID else { continue }
            if node.isFargate {
                fargate.insert(subnetID)
            } else {
                rooms[subnetID, default: []].append((podLimit(of: node), running[node.name] ?? 0))
            }
        }
        var result: [Forecast] = []
        for (id, nodes) in rooms.sorted(by: { $0.key < $1.key }) {
            guard let subnet = network.subnets[id] else { continue }
            let prefixes = freePrefixes(of: subnet)
            let addresses = subnet.availableIPv4Addresses
            let moreNodes = min(prefixes, addresses ?? .max)
            result.append(
                Forecast(
                    subnetID: id, kind: .nodes,
                    podsOnNodes: nodes.reduce(0) { $0.plusSaturating(max(0, $1.limit.plusSaturating(-$1.running))) },
                    moreNodes: moreNodes, podsPerNode: nodes.map(\.limit).min() ?? 0,
                    exhausted: moreNodes == prefixes ? .ipv6 : .ipv4, freeIPv4: addresses, freeIPv6: prefixes))
        }
        for id in fargate.sorted() {
            guard let subnet = network.subnets[id] else { continue }
            // A /64 has more addresses than a number that pods are counted in.
            let ipv6 = subnet.ipv6Blocks.isEmpty ? 0 : Int.max
            let pods = min(ipv6, subnet.availableIPv4Addresses ?? .max)
            result.append(
                Forecast(
                    subnetID: id, kind: .fargate, podsOnNodes: 0, moreNodes: pods, podsPerNode: 1,
                    exhausted: pods == ipv6 ? .ipv6 : .ipv4, freeIPv4: subnet.availableIPv4Addresses, freeIPv6: ipv6))
        }
        return result
    }

    /// The most pods that a node runs: its own figure, else the managed one of its type, and what host-local IPv4 allows.
    private func podLimit(of node: Node) -> Int {
        let type = node.instanceID.flatMap { network.instances[$0]?.type } ?? node.instanceType ?? ""
        let figure =
            node.maxPods ?? instanceType(named: type).map { MaxPods($0).managed(configuration.ipFamily) } ?? 110
        let isBound = configuration.ipFamily == .ipv6 && configuration.cni.hasIPv4Egress
        return isBound ? min(figure, HostLocalAllocator.usable) : figure
    }

    private func freePrefixes(of subnet: Subnet) -> Int {
        let taken = network.interfaces.values.filter { $0.subnetID == subnet.id }.flatMap { interface in
            interface.ipv6Prefixes + interface.ipv6Addresses.map { IPv6Prefix(host: $0) }
        }
        return subnet.ipv6Blocks.reduce(0) { $0.plusSaturating(NodePrefix.free(in: $1, taken: taken)) }
    }
}
