import IPAddresses
import VPC

extension Validator {
    /// Addresses of pods: S10, S15, S16.
    mutating func checkPods() {
        var owners: [IPAddress: Pod] = [:]
        var hostLocalOwners: [String: [IPAddress: Pod]] = [:]
        var withoutIPv4: [String: Int] = [:]
        for pod in ordered(cluster.pods) where !pod.usesHostNetwork && !pod.isFinished {
            let node = pod.nodeName.flatMap { cluster.nodes[$0] }
            let prefixes = node.flatMap { cluster.interfaces(of: $0).first?.ipv6Prefixes } ?? []
            for address in pod.addresses {
                let isHostLocal = if case .v4(let own) = address { own.isLinkLocal } else { false }
                let other = isHostLocal ? hostLocalOwners[pod.nodeName ?? "", default: [:]][address] : owners[address]
                if let other {
                    add(
                        .podAddressDuplicate, .error, Self.component(pod),
                        "pod/\(pod.id) and pod/\(other.id) both have \(address)" + (isHostLocal ? " on one node" : ""),
                        fix: "delete one of the two: its controller recreates it with an address of its own")
                }
                if isHostLocal {
                    hostLocalOwners[pod.nodeName ?? "", default: [:]][address] = pod
                } else {
                    owners[address] = pod
                }
                // A branch interface has addresses of its own; hybrid and Auto Mode nodes give theirs differently.
                guard isIPv6Cluster, let node, !node.isFargate, !node.isHybrid, !node.isAutoMode,
                    pod.branchInterfaceID == nil
                else { continue }
                check(address, of: pod, on: node, prefixes)
            }
            if let node, !node.isFargate, isIPv6Cluster, cluster.configuration.cni.hasIPv4Egress, pod.assumedIPv4 == nil
            {
                withoutIPv4[node.name, default: 0] += 1
            }
        }
        for (name, count) in withoutIPv4.sorted(by: { $0.key < $1.key }) {
            add(
                .podIPv4Exhausted, .error, Component(.node, "node/\(name)"),
                "\(cluster.nodes[name].map(label) ?? name) has \(count) pods more than 169.254.172.0/22 has usable addresses (\(HostLocalAllocator.usable)): further pods do not start",
                fix: "set the node's maximum number of pods to at most \(HostLocalAllocator.usable)")
        }
    }

    private mutating func check(_ address: IPAddress, of pod: Pod, on node: Node, _ prefixes: [IPv6Prefix]) {
        switch address {
        case .v6(let own):
            if prefixes.isEmpty || prefixes.contains(where: { $0.contains(own) }) { return }
            add(
                .podOutsidePrefix, .error, Self.component(pod),
                "pod/\(pod.id) has \(own), outside of \(label(node))'s \(prefixes.map(\.description).joined(separator: ", "))",
                fix: "delete the pod: it gets an address of its node's prefix when it is recreated")
        case .v4(let own):
            if HostLocalAllocator.range.contains(own) { return }
            add(
                .podIPv4OutsideRange, .error, Self.component(pod),
                "pod/\(pod.id) has the IPv4 address \(own), outside of \(HostLocalAllocator.range): pods of IPv6 clusters have host-local ones",
                fix: "check the CNI plugin's configuration (10-aws.conflist, egress-cni), and delete the pod")
        }
    }

    /// Fargate pods take an address of each family out of their subnet: S44, S45.
    mutating func checkFargate() {
        let nodes = cluster.nodes.values.filter(\.isFargate)
        let subnets = Set(nodes.flatMap { cluster.interfaces(of: $0).map(\.subnetID) })
            .union(cluster.configuration.fargateSubnetIDs)
        for id in subnets.sorted() {
            guard let subnet = network.subnets[id], let available = subnet.availableIPv4Addresses,
                let capacity = subnet.ipv4Capacity
            else { continue }
            let component = Component(.subnet, id)
            if available <= 0 {
                add(
                    .fargateSubnetExhausted, .error, component,
                    "\(id) (\(subnet.ipv4Block!)) has 0 free IPv4 addresses: no new Fargate pod starts, whatever its IPv6 block has left",
                    fix: "add a subnet to the Fargate profile, or free addresses")
            } else if available > 0, available <= (capacity - 1) / 10 {
                add(
                    .fargateSubnetNearlyExhausted, .warning, component,
                    "\(id) (\(subnet.ipv4Block!)) has \(available) of \(capacity) IPv4 addresses left: \(available) more Fargate pods start",
                    fix: "add a subnet to the Fargate profile before they run out")
            }
        }
    }
}

extension Subnet {
    /// The IPv4 addresses that a subnet has to give: all but the five that AWS reserves.
    var ipv4Capacity: Int? { ipv4Block.map { (1 << (32 - $0.length)) - 5 } }
}
