import IPAddresses
import VPC

extension Validator {
    /// Where load balancers stand, and what dual-stack ones take: S30, S32.
    mutating func checkLoadBalancers() {
        for balancer in ordered(network.loadBalancers) {
            if balancer.isInternetFacing {
                for subnetID in balancer.subnetIDs where network.subnets[subnetID] != nil {
                    checkPlace(balancer, subnetID)
                }
            }
            guard balancer.isDualStack, balancer.kind == .network else { continue }
            for listener in balancer.listeners where listener.accepts(.udp) {
                let isAllowed = ruleSet.allows(.udpOnDualStackNLB)
                if isAllowed, balancer.hasIPv6SourceNATPrefix { continue }
                add(
                    .loadBalancerUDPDualStack, .error, Self.component(balancer),
                    "load-balancer/\(balancer.name) is dual stack, and its listener on port \(listener.port) is \(listener.protocolName): "
                        + (isAllowed
                            ? "UDP needs prefixes for IPv6 source NAT, which are off" : "UDP is for IPv4 only"),
                    fix: isAllowed
                        ? "set EnablePrefixForIpv6SourceNat to on"
                        : "use an IPv4 cluster for UDP behind a load balancer (rule set current allows it with prefixes for IPv6 source NAT)"
                )
            }
        }
    }

    private mutating func checkPlace(_ balancer: LoadBalancer, _ subnetID: String) {
        let table = network.routeTable(ofSubnet: subnetID)?.id ?? "no route table"
        if !isPublic(subnetID, .ipv4), !isInspected(subnetID) {
            let target = defaultRoute(ofSubnet: subnetID, .ipv4).map { "leads to \($0.target.id)" } ?? "has no route"
            add(
                .loadBalancerInPrivateSubnet, .error, Self.component(balancer),
                "load-balancer/\(balancer.name) is internet-facing and is in \(subnetID), whose 0.0.0.0/0 \(target) (\(table)): "
                    + "clients do not reach it there",
                fix: "put it in public subnets (tag kubernetes.io/role/elb = 1)")
        }
        guard balancer.isDualStack, let (routes, target) = defaultRoute(ofSubnet: subnetID, .ipv6),
            case .egressOnlyInternetGateway(let gateway) = target
        else { return }
        add(
            .publicSubnetEgressOnly, .error, Component(.routeTable, routes.id),
            "\(routes.id): ::/0 → \(gateway), and the internet-facing dual-stack load-balancer/\(balancer.name) is in \(subnetID): "
                + "IPv6 clients do not reach it",
            fix: "point ::/0 of \(routes.id) to the internet gateway")
    }

    /// Targets of target groups: S33.
    mutating func checkTargets() {
        for group in ordered(network.targetGroups) {
            let component = Component(.targetGroup, "target-group/\(group.name)")
            let unhealthy = group.targets.filter {
                ["unhealthy", "unhealthy.draining", "unavailable"].contains($0.state)
            }
            if !unhealthy.isEmpty {
                let healthy = group.targets.contains { $0.state == "healthy" }
                add(
                    .targetGroupUnhealthy, .warning, component,
                    "target-group/\(group.name): \(unhealthy.map { "\($0.id) port \($0.port) is \($0.state)" }.joined(separator: ", "))"
                        + (healthy ? "" : "; no target is healthy, so that all get connections (fail-open)"),
                    fix:
                        "check the pod's readiness, and that its security group and network ACL let the health checks in"
                )
            }
            if cluster.pods.isEmpty || group.targetType != "ip" { continue }
            for target in group.targets {
                guard let address = IPAddress(target.id), !isAddressOfPod(address) else { continue }
                add(
                    .targetNotAPod, .warning, component,
                    "target-group/\(group.name) has the target \(target.id) port \(target.port) (\(target.state)), which is not a pod's address",
                    fix: "deregister it; the controller registers the pods of the service by itself")
            }
        }
    }

    private func isAddressOfPod(_ address: IPAddress) -> Bool {
        if cluster.index.podByAddress[address] != nil { return true }
        // Pods of the host's network have the node's address; Fargate pods' IPv4 address is their interface's.
        return cluster.index.nodeByAddress[address] != nil
            || cluster.nodes.values.contains { node in
                node.isFargate && cluster.interfaces(of: node).contains { $0.owns(address) }
            }
    }
}
