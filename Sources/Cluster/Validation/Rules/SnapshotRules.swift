import IPAddresses
import VPC

extension Validator {
    /// What a cluster always has and the snapshot does not: verdicts that rest on it are unknown.
    mutating func checkCompleteness() {
        // A cluster that was made by hand has what it has.
        guard cluster.inventory.held != nil else { return }
        for kind in Inventory.Kind.allCases {
            guard let gap = cluster.inventory.gaps[kind] else { continue }
            lacks(Component(.other, kind.rawValue), gap, kind)
        }
        if !network.vpcs.isEmpty { checkNetworkKinds() }
        if !network.loadBalancers.isEmpty { checkBalancerKinds() }
        if !cluster.pods.isEmpty || !cluster.nodes.isEmpty { checkClusterKinds() }
    }

    private mutating func lacks(_ component: Component, _ what: String, _ kind: Inventory.Kind) {
        add(
            .snapshotIncomplete, .warning, component, "\(what): verdicts that rest on it are unknown",
            fix: "collect \(kind.command)")
    }

    private mutating func require(_ kind: Inventory.Kind) {
        if cluster.inventory.holds(kind) || cluster.inventory.gaps[kind] != nil { return }
        lacks(Component(.other, kind.rawValue), "no \(kind.title) are in the snapshot", kind)
    }

    private mutating func checkNetworkKinds() {
        for kind in [Inventory.Kind.subnets, .routeTables, .networkACLs, .securityGroups, .interfaces] { require(kind) }
        if cluster.inventory.isComplete(.networkACLs) {
            for subnet in ordered(network.subnets) where network.acl(ofSubnet: subnet.id) == nil {
                lacks(
                    Component(.subnet, subnet.id), "no network ACL of the snapshot is associated with \(subnet.id)",
                    .networkACLs)
            }
        }
        if cluster.inventory.isComplete(.routeTables) {
            for subnet in ordered(network.subnets) where network.routeTable(ofSubnet: subnet.id) == nil {
                lacks(
                    Component(.subnet, subnet.id), "no route table of the snapshot is \(subnet.id)'s, nor the main one",
                    .routeTables)
            }
        }
        for interface in ordered(network.interfaces) {
            let unknown = interface.groupIDs.filter { network.groups[$0] == nil }
            if interface.groupIDs.isEmpty, interface.needsGroups {
                lacks(
                    Component(.networkInterface, interface.id), "\(label(interface)) has no security group", .interfaces
                )
            } else if !unknown.isEmpty, cluster.inventory.holds(.securityGroups) {
                lacks(
                    Component(.networkInterface, interface.id),
                    "the rules of \(unknown.joined(separator: ", ")) of \(label(interface)) are not in the snapshot",
                    .securityGroups)
            }
        }
        let lists = network.prefixLists.values.filter { !$0.isComplete }.map(\.id).sorted()
        if !lists.isEmpty {
            lacks(
                Component(.other, lists[0]), "the entries of \(lists.joined(separator: ", ")) are not in the snapshot",
                .prefixLists)
        }
    }

    private mutating func checkBalancerKinds() {
        for kind in [Inventory.Kind.listeners, .targetGroups] { require(kind) }
        for balancer in ordered(network.loadBalancers) where balancer.kind != .gateway {
            if cluster.inventory.holds(.listeners), balancer.listeners.isEmpty {
                lacks(
                    Self.component(balancer), "no listener of load-balancer/\(balancer.name) is in the snapshot",
                    .listeners)
            }
            if balancer.kind == .application, balancer.listeners.contains(where: { $0.rules == nil }) {
                add(
                    .snapshotIncomplete, .advice, Self.component(balancer),
                    "the listener rules of load-balancer/\(balancer.name) are not in the snapshot: traces take the default action",
                    fix: "collect \(Inventory.Kind.listenerRules.command)")
            }
        }
        for group in ordered(network.targetGroups) where !group.hasTargetHealth && group.targetType != "lambda" {
            lacks(
                Component(.targetGroup, "target-group/\(group.name)"),
                "the targets of target-group/\(group.name) are not in the snapshot", .targetHealth)
        }
    }

    private mutating func checkClusterKinds() {
        for kind in [Inventory.Kind.cluster, .nodes, .pods, .services, .endpointSlices, .daemonSets] { require(kind) }
        if cluster.inventory.holds(.daemonSets), !cluster.configuration.cni.isKnown,
            cluster.nodes.values.contains(where: { !$0.isFargate && !$0.isAutoMode && !$0.isHybrid }),
            !cluster.configuration.policyEngines.contains("cilium")
        {
            lacks(
                Component(.daemonSet, "daemonset/kube-system/aws-node"),
                "the DaemonSet aws-node, with the CNI plugin's settings, is not in the snapshot", .daemonSets)
        }
        if cluster.inventory.isComplete(.endpointSlices), cluster.inventory.holds(.services) {
            for service in ordered(cluster.services)
            where !service.selector.isEmpty && service.kind != .externalName
                && cluster.endpointSlices[service.id] == nil
            {
                lacks(
                    Self.component(service), "no endpoint slice of service/\(service.id) is in the snapshot",
                    .endpointSlices)
            }
        }
        let asked = ordered(cluster.networkPolicies).joined().filter(\.asksForNamespaces)
        let known = Set(cluster.namespaces.keys)
        let missing = Set(cluster.pods.values.map(\.namespace)).subtracting(known).sorted()
        if let policy = asked.first, !missing.isEmpty {
            lacks(
                Component(.networkPolicy, "network-policy/\(policy.id)"),
                "network-policy/\(policy.id) asks for labels of namespaces, and \(missing.joined(separator: ", ")) \(missing.count == 1 ? "is" : "are") not in the snapshot",
                .namespaces)
        }
    }
}

extension NetworkPolicy {
    /// Whether a peer is recognised by labels of its namespace, other than the name that the API server gives.
    fileprivate var asksForNamespaces: Bool {
        ((ingress ?? []) + (egress ?? [])).flatMap(\.peers).contains { peer in
            guard case .pods(let namespaces?, _) = peer else { return false }
            return namespaces.requirements.contains { $0.key != "kubernetes.io/metadata.name" }
        }
    }
}
