import IPAddresses
import VPC

extension Walk {
    /// How packets have come to a node.
    enum Arrival {
        case fromPod(Pod)
        case fromHost
        case fromInterface(NetworkInterface)
    }

    /// Passes a node: connection tracking, kube-proxy, the CNI plugin's rules, the routes.
    mutating func passNode(_ node: Node, _ arrival: Arrival) -> Outcome {
        let component = Component(.node, "node/\(node.name)")
        let before = flow
        if let (connection, answer) = connection(at: component.id) {
            flow = answer
            if let kind = connection.kind {
                passTranslated(component, kind, from: before, "a tracked connection's reply, translated back")
            }
            return routeAtNode(node, arrival, before: before, isReply: true, masquerades: false)
        }
        if let outcome = unknownNode(node) ?? unknownService(node) { return outcome }
        if let primary = cluster.interfaces(of: node).first, let outcome = nodeService(node, primary) {
            return outcome
        }
        var masquerades = false
        switch translateService(at: node, arrival) {
        case .stopped(let outcome): return outcome
        case .none: masquerades = translateHostPort(at: node)
        case .translated(let own): masquerades = own
        }
        // Other engines than the VPC CNI plugin's agent see where packets really go.
        if case .fromPod(let pod) = arrival, case .standard = cluster.policyEnforcement {
            guard passPolicies(of: pod, isEgress: true) else { return .blocked }
        }
        return routeAtNode(node, arrival, before: before, isReply: false, masquerades: masquerades)
    }

    /// Nodes whose networking is not that of the Amazon VPC CNI plugin on Linux.
    private mutating func unknownNode(_ node: Node) -> Outcome? {
        let what =
            if node.isHybrid {
                "a hybrid node: its network is on premises"
            } else if node.isWindows {
                "a Windows node"
            } else if node.isAutoMode {
                "a node of EKS Auto Mode: NodeClass objects say how its pods send"
            } else {
                String?.none
            }
        guard let what else { return nil }
        return stop(
            Component(.node, "node/\(node.name)"), .unsupported,
            "node/\(node.name) is \(what), which is not modelled; the trace ends here")
    }

    /// Addresses and ports that services would have, where no services were collected.
    private mutating func unknownService(_ node: Node) -> Outcome? {
        if cluster.inventory.isComplete(.services) { return nil }
        let isInBlock = cluster.configuration.serviceBlock?.contains(flow.destination) ?? false
        let isNodePort =
            cluster.interfaces(of: node).contains { $0.address(flow.family) == flow.destination }
            && flow.classes.contains { traffic in
                traffic.ipProtocol?.hasPorts ?? false
                    && !traffic.destinationPorts.intersection(PortSet(30000...32767)).isEmpty
            }
        guard isInBlock || isNodePort else { return nil }
        return stop(
            Component(.node, "node/\(node.name)"), .notInSnapshot,
            "whether a service has \(flow.destination)\(isNodePort ? " and this node port" : "") is not known: "
                + cluster.inventory.lack(of: .services))
    }

    /// The portmap plugin's translation of a node's port to a pod's (`hostPort`).
    ///
    /// - Returns: whether the source is translated too: for a pod that calls itself.
    private mutating func translateHostPort(at node: Node) -> Bool {
        guard let ports = cluster.index.hostPorts[node.name], flow.family == cluster.configuration.ipFamily,
            cluster.interfaces(of: node).contains(where: { $0.address(flow.family) == flow.destination })
        else { return false }
        for (port, id) in ports {
            guard let hostPort = port.hostPort, port.hostAddress == nil || port.hostAddress == flow.destination,
                let address = cluster.pods[id]?.address(flow.family)
            else { continue }
            let taken = flow.classes.taking(port.ipProtocol, hostPort)
            if taken.isEmpty { continue }
            let before = flow
            flow.classes = taken
            flow.destination = address
            for index in flow.classes.indices { flow.classes[index].destinationPorts = PortSet(port.port) }
            passTranslated(
                Component(.node, "node/\(node.name)"), .hostPort, from: before,
                "portmap: host port \(hostPort) → pod/\(id) port \(port.port)")
            return address == before.source
        }
        return false
    }

    /// The node's routes: its pods, itself, the link's services, else out of an interface.
    ///
    /// - Parameter before: the packets as they came, which connection tracking remembers.
    private mutating func routeAtNode(
        _ node: Node, _ arrival: Arrival, before: Flow, isReply: Bool, masquerades: Bool
    ) -> Outcome {
        let component = Component(.node, "node/\(node.name)")
        if masquerades { masquerade(component, node) }
        let kind = hops.last?.component == component && !isReply ? hops.last?.translation?.kind : nil
        if case .v4(let address) = flow.destination, HostLocalAllocator.range.contains(address),
            cluster.configuration.ipFamily == .ipv6
        {
            return deliverHostLocal(address, node, arrival, before: before, isReply: isReply)
        }
        if let id = cluster.index.podByAddress[flow.destination], cluster.pods[id]?.nodeName == node.name {
            if let reason = track(component.id, kind, from: before) { return refuse(component, reason, before) }
            if !node.isFargate { pass(component, "the host route to pod/\(id)") }
            return arriveAtPod(id)
        }
        let interfaces = cluster.interfaces(of: node)
        if isOwn(flow.destination, node, interfaces) {
            if let reason = track(component.id, kind, from: before) { return refuse(component, reason, before) }
            // A Fargate pod has its host to itself: both addresses are its own.
            if let id = cluster.index.podByFargateNode[node.name] {
                return arriveAtPod(id)
            }
            return arrive(.node(node.name), component, "the node's own process")
        }
        guard let primary = interfaces.first else {
            return stop(
                component, .notInSnapshot,
                "\(component.id) has no network interface in the snapshot; collect \(Inventory.Kind.interfaces.command)"
            )
        }
        var cameThroughPod = false
        if case .fromPod = arrival { cameThroughPod = true }
        if let outcome = linkLocalService(primary, cameThroughPod: cameThroughPod) { return outcome }
        if interfaces.contains(where: { $0.owns(flow.destination) }) {
            guard cluster.inventory.isComplete(.pods) else {
                return stop(
                    component, .notInSnapshot,
                    "\(flow.destination) is in the node's prefix, and which pod has it is not known: "
                        + cluster.inventory.lack(of: .pods))
            }
            return block(component, .noPodHasAddress, "\(flow.destination) is in the node's prefix, but no pod has it")
        }
        if case .fromInterface = arrival, flow == before, !isReply {
            return block(component, .noPodHasAddress, "no pod of \(component.id) has \(flow.destination)")
        }
        return leaveNode(node, arrival, interfaces, before: before, isReply: isReply, kind)
    }

    /// Out of the interface that has the source address, else of the primary one, through the CNI plugin's source NAT.
    private mutating func leaveNode(
        _ node: Node, _ arrival: Arrival, _ interfaces: [NetworkInterface], before: Flow, isReply: Bool,
        _ kind: Hop.Translation.Kind?
    ) -> Outcome {
        let component = Component(.node, "node/\(node.name)")
        let primary = interfaces[0]
        if !isReply, case .fromPod(let pod) = arrival, !node.isFargate {
            if let outcome = unknownCNI(component, pod) { return outcome }
        }
        if !isReply, case .fromPod(let pod) = arrival, !node.isFargate, let reason = sourceNAT(pod, primary) {
            guard let address = primary.primaryIPv4 else {
                return block(component, .noAddressOfFamily, "\(primary.id) has no IPv4 address to translate to")
            }
            let inner = flow
            flow.source = .v4(address)
            if cluster.configuration.cni.randomizesSourcePorts { randomizeSourcePorts() }
            if let reason = track(component.id, .sourceNAT, from: before) { return refuse(component, reason, before) }
            passTranslated(component, .sourceNAT, from: inner, "SNAT to the node's primary IPv4 address (\(reason))")
            return send(from: primary)
        }
        if let reason = track(component.id, kind, from: before) { return refuse(component, reason, before) }
        let interface = interfaces.first { $0.owns(flow.source) } ?? primary
        if !node.isFargate { pass(component, "no host route matches: out of \(interface.id)") }
        return send(from: interface)
    }

    /// What the CNI plugin does to what leaves the node by IPv4 is its settings' doing, and the cluster's family.
    private mutating func unknownCNI(_ component: Component, _ pod: Pod) -> Outcome? {
        guard case .v4 = flow.source else {
            guard cluster.configuration.ipFamily == .ipv4, cluster.configuration.cni.hasIPv6Egress else { return nil }
            return stop(
                component, .unsupported,
                "ENABLE_V6_EGRESS translates the IPv6 of pods to the node's, which is not modelled; the trace ends here"
            )
        }
        if !cluster.inventory.holds(.cluster) {
            doubtWay(
                component, .notInSnapshot,
                "the cluster's IP family is not known: \(cluster.inventory.lack(of: .cluster))")
        }
        if !cluster.configuration.cni.isKnown || !cluster.inventory.holds(.daemonSets) {
            doubtWay(
                component, .notInSnapshot,
                "the settings of the CNI plugin (DaemonSet aws-node) are not known; collect "
                    + Inventory.Kind.daemonSets.command)
        }
        return nil
    }

    /// Why the CNI plugin's POSTROUTING rule translates the source; nil where it does not.
    private func sourceNAT(_ pod: Pod, _ primary: NetworkInterface) -> String? {
        guard case .v4(let source) = flow.source else { return nil }
        if cluster.configuration.ipFamily == .ipv6 {
            return HostLocalAllocator.range.contains(source) ? "-s \(HostLocalAllocator.range)" : nil
        }
        let isInside = network.vpcs[primary.vpcID]?.contains(flow.destination) ?? false
        guard !isInside, !cluster.configuration.cni.leavesSourceNATToOthers else { return nil }
        // AWS-SNAT-CHAIN-0 returns for each of these (amazon-vpc-cni-k8s, buildIptablesSNATRules).
        if cluster.configuration.cni.blocksWithoutSNAT.contains(where: { $0.contains(flow.destination) }) { return nil }
        return "! -d the VPC's blocks"
    }

    /// The ports that Linux source NAT picks from with --random-fully; without it, it keeps the packet's own.
    mutating func randomizeSourcePorts() {
        for index in flow.classes.indices where flow.classes[index].ipProtocol?.hasPorts ?? false {
            let ports = flow.classes[index].sourcePorts
            // The kernel keeps low ports among themselves (nf_nat_l4proto_unique_tuple).
            if ports.isSubset(of: PortSet(0...511)) {
                flow.classes[index].sourcePorts = PortSet(1...511)
            } else if ports.isSubset(of: PortSet(512...1023)) {
                flow.classes[index].sourcePorts = PortSet(600...1023)
            } else {
                flow.classes[index].sourcePorts = .unprivileged
            }
        }
    }

    /// The ports that NAT gateways and load balancers pick from (Reachability Analyzer, REMAP_EPHEMERAL_PORT).
    mutating func remapSourcePorts() {
        for index in flow.classes.indices where flow.classes[index].ipProtocol?.hasPorts ?? false {
            flow.classes[index].sourcePorts = .unprivileged
        }
    }

    private mutating func masquerade(_ component: Component, _ node: Node) {
        guard let address = cluster.interfaces(of: node).first?.address(flow.family) else { return }
        let inner = flow
        flow.source = address
        randomizeSourcePorts()
        passTranslated(component, .masquerade, from: inner, "kube-proxy's masquerade to the node's address")
    }

    /// A pod's host-local address: known only on the node, and closed to new connections that are forwarded.
    private mutating func deliverHostLocal(
        _ address: IPv4Address, _ node: Node, _ arrival: Arrival, before: Flow, isReply: Bool
    ) -> Outcome {
        let component = Component(.node, "node/\(node.name)")
        let rule = "FORWARD -d \(HostLocalAllocator.range) -m conntrack --ctstate NEW -j REJECT"
        if case .fromHost = arrival {
        } else if !isReply {
            return block(
                component, .podIPv4Blocked, "IPv4 between pods is blocked: \(rule); use the pod's IPv6 address",
                rejects: true
            )
        }
        guard let id = cluster.index.podByHostLocal[node.name]?[address] else {
            guard cluster.inventory.isComplete(.pods) else {
                return stop(
                    component, .notInSnapshot,
                    "which pod has \(address) is not known: \(cluster.inventory.lack(of: .pods))")
            }
            return block(component, .noPodHasAddress, "no pod of \(component.id) has \(address)")
        }
        if let reason = track(component.id, nil, from: before) { return refuse(component, reason, before) }
        pass(component, "the host route to pod/\(id)")
        return arriveAtPod(id)
    }

    /// Into a pod, through its network policies.
    private mutating func arriveAtPod(_ id: String) -> Outcome {
        let component = Component(.pod, "pod/\(id)")
        guard let pod = cluster.pods[id] else { return arrive(.pod(id), component, "arrives") }
        if leg == .forward, let branch = pod.branchInterfaceID {
            return stop(
                component, .unsupported,
                "pod/\(id) has the branch interface \(branch) (security groups for pods), which is not modelled; the trace ends here"
            )
        }
        guard passPolicies(of: pod, isEgress: false) else { return .blocked }
        return arrive(.pod(id), component, "arrives")
    }

    private func isOwn(_ address: IPAddress, _ node: Node, _ interfaces: [NetworkInterface]) -> Bool {
        if node.addresses.contains(address) { return true }
        return interfaces.contains { interface in
            switch address {
            case .v4(let address):
                // In an IPv4 cluster all but the primary address of an interface are pods'.
                cluster.configuration.ipFamily == .ipv4
                    ? interface.primaryIPv4 == address : interface.ipv4Addresses.contains { $0.address == address }
            case .v6(let address): interface.ipv6Addresses.contains(address)
            }
        }
    }
}
