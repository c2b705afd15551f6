import IPAddresses
import VPC

extension Validator {
    /// Nodes of an IPv6 cluster: S10, S11.
    mutating func checkNodes() {
        guard isIPv6Cluster else { return }
        for node in ordered(cluster.nodes) where !node.isFargate && !node.isHybrid {
            let instance = node.instanceID.flatMap { network.instances[$0] }
            let types = Set([instance?.type, node.instanceType].compactMap { $0 }).sorted()
            for name in types where cluster.instanceType(named: name)?.isNitro == false {
                add(
                    .nodeNotNitro, .error, Self.component(node),
                    "\(label(node)) is \(name), which is not a Nitro instance: IPv6 clusters use prefix mode, which needs one",
                    fix: "use a Nitro type, such as m5.large")
            }
            guard let interface = cluster.interfaces(of: node).first else { continue }
            if interface.ipv6Prefixes.isEmpty {
                add(
                    .nodeWithoutPrefix, .error, Self.component(node),
                    "\(label(node))'s primary interface \(interface.id) has no IPv6 prefix: its pods get no addresses",
                    fix:
                        "allow ec2:AssignIpv6Addresses in the node's role, and replace the node: the prefix is assigned at bootstrap"
                )
            }
        }
    }

    /// Prefixes of nodes: one /80 each, of its own.
    mutating func checkPrefixes() {
        for interface in ordered(network.interfaces) {
            let component = Component(.networkInterface, interface.id)
            for prefix in interface.ipv6Prefixes {
                if prefix.length != 80 {
                    add(
                        .nodePrefixSize, .error, component,
                        "\(label(interface)) has the prefix \(prefix), a /\(prefix.length): prefixes of interfaces are /80",
                        fix: "assign \(IPv6Prefix(masking: prefix.first, length: 80))")
                }
                for address in interface.ipv6Addresses where prefix.contains(address) {
                    add(
                        .nodeAddressInPrefix, .warning, component,
                        "\(label(interface))'s own address \(address) lies in its prefix \(prefix), which is for pods: a pod may get it too",
                        fix: "give the interface an address of the subnet outside of its prefix")
                }
            }
        }
        for (_, interfaces) in Dictionary(grouping: ordered(network.interfaces), by: \.vpcID).sorted(by: {
            $0.key < $1.key
        }) {
            let prefixes = interfaces.flatMap { interface in
                interface.ipv6Prefixes.map { (block: IPPrefix.v6($0), owner: interface.id) }
            }
            for (first, second) in Self.overlaps(prefixes) where first.owner != second.owner {
                add(
                    .prefixOverlap, .error, Component(.networkInterface, second.owner),
                    "\(label(second.owner)) has the prefix \(second.block), which overlaps \(label(first.owner))'s \(first.block)",
                    fix: "unassign one of the two, and replace its node")
            }
        }
    }

    /// How many pods nodes may run: S39 to S42.
    mutating func checkMaxPods() {
        guard isIPv6Cluster else { return }
        for node in ordered(cluster.nodes) where !node.isFargate && !node.isHybrid {
            guard let maxPods = node.maxPods else {
                if node.nodeGroup == nil {
                    add(
                        .maxPodsMissing, .warning, Self.component(node),
                        "\(label(node)) is in no managed node group, and its maximum number of pods is not set",
                        fix: "set the kubelet's --max-pods to what `dataplane maxpods --self-managed` says")
                }
                continue
            }
            let name = node.instanceID.flatMap { network.instances[$0]?.type } ?? node.instanceType ?? ""
            guard let type = cluster.instanceType(named: name) else { continue }
            let figures = MaxPods(type)
            let formula =
                "\(figures.interfaces) × (\(figures.addressesPerInterface) − 1) × 16 + 2 = \(figures.formula)"
            if maxPods > figures.formula {
                add(
                    .maxPodsOverFormula, .error, Self.component(node),
                    "\(label(node)) (\(name)) may run \(maxPods) pods; the formula gives \(formula)",
                    fix: "set its maximum to \(figures.managed(.ipv6))")
            } else if maxPods > figures.recommended {
                add(
                    .maxPodsOverRecommended, .warning, Self.component(node),
                    "\(label(node)) (\(name), \(figures.vCPUs) vCPUs) may run \(maxPods) pods; \(figures.recommended) are recommended: CPU and "
                        + "memory run out before addresses",
                    fix: "set its maximum to \(figures.managed(.ipv6))")
            }
        }
    }
}

extension Cluster {
    /// An instance type: the snapshot's, else the built-in table's.
    public func instanceType(named name: String) -> InstanceType? {
        network.instanceTypes[name] ?? InstanceType.builtInByName[name]
    }
}
