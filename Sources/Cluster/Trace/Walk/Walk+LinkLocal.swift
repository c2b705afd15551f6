import IPAddresses
import VPC

extension Walk {
    /// The services that a host reaches without leaving its link; nil where packets are for none of them.
    ///
    /// Neither security groups nor network ACLs see them (Amazon VPC User Guide, "Network ACL basics").
    mutating func linkLocalService(_ interface: NetworkInterface, cameThroughPod: Bool) -> Outcome? {
        guard leg == .forward else { return nil }
        switch flow.destination {
        case .v4(IPv4Address(169, 254, 169, 254)), .v6(Self.metadataIPv6):
            return metadataService(interface, cameThroughPod: cameThroughPod)
        case .v4(IPv4Address(169, 254, 169, 253)), .v6(Self.resolverIPv6):
            return arriveOnLink(interface, Component(.resolver, "\(flow.destination)"), "the VPC's resolver")
        case .v4(IPv4Address(169, 254, 169, 123)), .v6(Self.timeIPv6):
            return arriveOnLink(interface, Component(.other, "\(flow.destination)"), "the Amazon Time Sync Service")
        case .v4(let address):
            if let vpc = network.vpcs[interface.vpcID], vpc.resolver == address {
                return arriveOnLink(
                    interface, Component(.resolver, "\(address)"), "the VPC's resolver (the block's base plus two)")
            }
            if Self.lattice4.contains(address) { return lattice() }
            guard address.isLinkLocal else { return nil }
        case .v6(let address):
            if Self.lattice6.contains(address) { return lattice() }
            guard address.isLinkLocal || address == Self.podIdentityIPv6 else { return nil }
        }
        // Where there is a cluster, an agent of the node, or one of its pods, may have the address.
        let hasCluster = cluster.configuration.name != nil || !cluster.pods.isEmpty || !cluster.nodes.isEmpty
        for kind in [Inventory.Kind.daemonSets, .nodes, .pods] where hasCluster && !cluster.inventory.holds(kind) {
            return stop(
                owner(of: interface), .notInSnapshot,
                "\(flow.destination) may be an agent's or a pod's on the node: \(cluster.inventory.lack(of: kind))")
        }
        if cluster.configuration.hasNodeLocalDNS, cluster.configuration.nodeLocalDNS.isEmpty {
            return stop(
                owner(of: interface), .notInSnapshot,
                "\(flow.destination) may be NodeLocal DNSCache's: the addresses of the DaemonSet node-local-dns (-localip) are not in its arguments"
            )
        }
        return block(
            Component(.subnet, interface.subnetID), .noInterfaceHasAddress,
            "\(flow.destination) is link-local: no router carries it"
        )
    }

    private static let metadataIPv6 = IPv6Address(high: 0xFD00_0EC2_0000_0000, low: 0x254)
    private static let resolverIPv6 = IPv6Address(high: 0xFD00_0EC2_0000_0000, low: 0x253)
    private static let podIdentityIPv6 = IPv6Address(high: 0xFD00_0EC2_0000_0000, low: 0x23)
    private static let lattice4 = IPv4Prefix(masking: IPv4Address(169, 254, 171, 0), length: 24)
    private static let lattice6 = IPv6Prefix(masking: IPv6Address(high: 0xFD00_0EC2_0080_0000, low: 0), length: 64)
    private static let timeIPv6 = IPv6Address(high: 0xFD00_0EC2_0000_0000, low: 0x123)

    private mutating func arriveOnLink(_ interface: NetworkInterface, _ component: Component, _ text: String) -> Outcome
    {
        let owner = owner(of: interface)
        if let reason = track(owner.id, from: flow) { return refuse(owner, reason, flow) }
        return arrive(.linkLocal(component, interface: interface.id), component, text)
    }

    /// The instance metadata service (EC2 User Guide, "Use instance metadata to manage your EC2 instance").
    private mutating func metadataService(_ interface: NetworkInterface, cameThroughPod: Bool) -> Outcome {
        let component = Component(.metadataService, "\(flow.destination)")
        guard let instance = interface.instanceID.flatMap({ network.instances[$0] }) else {
            return block(
                component, .metadataDisabled,
                "there is no metadata service here: \(owner(of: interface).id) is not an EC2 instance")
        }
        let options = instance.metadata
        if !options.isEnabled {
            return block(component, .metadataDisabled, "HttpEndpoint of \(instance.id) is disabled; enable it")
        }
        if flow.family == .ipv6 {
            guard allows(.metadataOverIPv6) else {
                return block(
                    component, .metadataIPv6,
                    "the metadata service over IPv6 is unsupported (rule set seed); use 169.254.169.254")
            }
            if !options.isIPv6Enabled {
                return block(
                    component, .metadataIPv6,
                    "HttpProtocolIpv6 of \(instance.id) is disabled; enable it, or use 169.254.169.254")
            }
        }
        if !options.isKnown {
            doubtWay(
                component, .notInSnapshot,
                "the metadata options of \(instance.id) are not in the snapshot; collect \(Inventory.Kind.instances.command)"
            )
        }
        if cameThroughPod, options.hopLimit < 2, options.answersWithoutToken {
            note(
                "the metadata service of \(instance.id) answers pods without a token only (IMDSv1): its hop limit is \(options.hopLimit)"
            )
        } else if cameThroughPod, options.hopLimit < 2 {
            return block(
                component, .metadataHopLimit,
                "HttpPutResponseHopLimit of \(instance.id) is \(options.hopLimit): the answer does not get from the node to the pod; set it to 2"
            )
        }
        return arriveOnLink(interface, component, "answers \(instance.id)")
    }

    /// VPC Lattice's link-local blocks (Amazon VPC Lattice User Guide, "Control traffic in VPC Lattice using security groups").
    private mutating func lattice() -> Outcome {
        stop(
            Component(.other, "\(flow.destination)"), .unsupported,
            "\(flow.destination) is VPC Lattice's: its services and policies are not modelled; the trace ends here")
    }

    /// The agents that answer on each node, before kube-proxy and the routes; nil where packets are for none of them.
    mutating func nodeService(_ node: Node, _ primary: NetworkInterface) -> Outcome? {
        guard leg == .forward, !node.isFargate else { return nil }
        if cluster.configuration.nodeLocalDNS.contains(flow.destination), runs("node-local-dns", node) {
            return arriveAtAgent(
                node, primary, Component(.resolver, "node-local-dns"), ports: PortSet(53), [.udp, .tcp],
                "NodeLocal DNSCache on \(node.name)")
        }
        guard flow.destination == .v4(Self.podIdentityIPv4) || flow.destination == .v6(Self.podIdentityIPv6) else {
            return nil
        }
        let component = Component(.other, "\(flow.destination)")
        if cluster.configuration.hasPodIdentityAgent && runs("eks-pod-identity-agent", node) || node.isAutoMode {
            return arriveAtAgent(
                node, primary, component, ports: PortSet(80), [.tcp], "the EKS Pod Identity agent on \(node.name)")
        }
        guard cluster.inventory.holds(.daemonSets) else {
            return stop(
                component, .notInSnapshot,
                "whether the EKS Pod Identity agent runs is not known: \(cluster.inventory.lack(of: .daemonSets))")
        }
        return block(
            component, .noNodeService,
            "the EKS Pod Identity agent does not run here: there is no DaemonSet eks-pod-identity-agent for this node; install the add-on"
        )
    }

    /// Whether a node has the labels that an agent's DaemonSet asks for.
    private func runs(_ agent: String, _ node: Node) -> Bool {
        (cluster.configuration.agentNodeSelectors[agent] ?? [:]).allSatisfy { key, value in
            key == "kubernetes.io/os" && node.labels[key] == nil ? value == "linux" : node.labels[key] == value
        }
    }

    /// Amazon EKS User Guide, "Set up the Amazon EKS Pod Identity Agent": 169.254.170.23 and fd00:ec2::23, port 80.
    private static let podIdentityIPv4 = IPv4Address(169, 254, 170, 23)

    private mutating func arriveAtAgent(
        _ node: Node, _ primary: NetworkInterface, _ component: Component, ports: PortSet, _ protocols: [IPProtocol],
        _ text: String
    ) -> Outcome {
        let taken = flow.classes.compactMap { traffic -> TrafficClass? in
            guard let own = traffic.ipProtocol, protocols.contains(own) else { return nil }
            var result = traffic
            result.destinationPorts = traffic.destinationPorts.intersection(ports)
            return result.destinationPorts.isEmpty ? nil : result
        }
        guard !taken.isEmpty else {
            let names = protocols.map(\.description).joined(separator: " and ")
            return block(component, .noNodeService, "\(text) answers \(names) port \(ports) only", rejects: true)
        }
        flow.classes = taken
        let name = Component(.node, "node/\(node.name)")
        if let reason = track(name.id, from: flow) { return refuse(name, reason, flow) }
        return arrive(.linkLocal(component, interface: primary.id), component, text)
    }
}
