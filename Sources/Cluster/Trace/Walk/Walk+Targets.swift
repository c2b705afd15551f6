import IPAddresses
import VPC

extension Walk {
    /// A target, its group, and its share of the connections.
    private struct Candidate {
        var group: TargetGroup
        var target: TargetGroup.Target
        var weight: Double
    }

    /// To one target, weighted by its group.
    ///
    /// Source: User Guides for Application and for Network Load Balancers, "Target groups".
    mutating func forward(
        from balancer: LoadBalancer, _ listener: LoadBalancer.Listener, _ option: Option, _ interface: NetworkInterface
    ) -> Outcome {
        let component = Component(.loadBalancer, "load-balancer/\(balancer.name)")
        var candidates: [Candidate] = []
        var areElsewhere = false
        for weighted in option.action.groups {
            guard let group = network.targetGroups[weighted.arn] else {
                return stop(
                    component, .notInSnapshot,
                    "the target group \(weighted.arn) is not known: \(cluster.inventory.lack(of: .targetGroups))")
            }
            guard group.hasTargetHealth else {
                return stop(
                    component, .notInSnapshot,
                    "the targets of \(group.name) are not in the snapshot; collect \(Inventory.Kind.targetHealth.command)"
                )
            }
            let receivers = receivers(of: group, balancer, interface)
            if receivers.isEmpty, !group.receivers.isEmpty { areElsewhere = true }
            candidates += receivers.map {
                Candidate(group: group, target: $0, weight: Double(weighted.weight) / Double(receivers.count))
            }
        }
        guard !candidates.isEmpty else {
            if areElsewhere {
                return block(
                    component, .elbNoTargetsInZone,
                    "\(component.id) has no target in the zone of \(interface.id), and cross-zone load balancing is off; register one there, "
                        + "or turn it on")
            }
            return block(
                component, .elbListenerHasNoTargets,
                "the listener on port \(listener.port) has no registered targets: clients get an error"
            )
        }
        let chosen = candidates[choices.choose(candidates.map(\.weight))]
        if chosen.group.targetType == "lambda" {
            return arrive(.interface(interface.id), component, "invokes \(chosen.target.id), and answers for it")
        }
        guard let address = self.address(of: chosen.target, chosen.group, from: interface) else {
            return stop(
                component, .notInSnapshot,
                "target \(chosen.target.id) of \(chosen.group.name) has no \(chosen.group.ipFamily) address in the snapshot; collect "
                    + (chosen.group.targetType == "alb" ? Inventory.Kind.loadBalancers : .interfaces).command)
        }
        return connect(balancer, chosen.group, chosen.target, address, interface)
    }

    /// The connection to the target that was chosen.
    private mutating func connect(
        _ balancer: LoadBalancer, _ group: TargetGroup, _ target: TargetGroup.Target, _ address: IPAddress,
        _ interface: NetworkInterface
    ) -> Outcome {
        let component = Component(.loadBalancer, "load-balancer/\(balancer.name)")
        let before = flow
        let keepsClient = flow.source.family == address.family && preservesClient(balancer, group)
        if keepsClient, flow.source == address {
            return block(
                component, .loadBalancerLoopback,
                "\(address) is its own target, and \(component.id) keeps the client's address: source and destination are one, and the "
                    + "connection times out; turn off preserve_client_ip.enabled, or use targets by address")
        }
        if !keepsClient {
            guard let own = interface.address(address.family) else {
                return block(
                    component, .noAddressOfFamily,
                    "\(interface.id) has no \(address.family) address to reach target \(target.id)")
            }
            flow.source = own
            remapSourcePorts()
        }
        flow.destination = address
        for index in flow.classes.indices { flow.classes[index].destinationPorts = PortSet(target.port) }
        let name = cluster.index.podByAddress[address].map { "pod/\($0)" } ?? self.name(of: target)
        let text =
            "a new connection to \(name)" + (keepsClient ? ", the client's address kept" : "")
            + ", \(group.name), \(target.state)"
        if let reason = track(component.id, .loadBalancer, from: before) { return refuse(component, reason, before) }
        passTranslated(component, .loadBalancer, from: before, text)
        if keepsClient, let receiver = network.interface(with: address, in: interface.vpcID) {
            track(Self.preservedElement(receiver.id), .loadBalancer, from: flow)
            guard passGroups(of: interface, isEgress: true) else { return .blocked }
            forwardedBy = Set(balancer.groupIDs + interface.groupIDs)
            return route(fromSubnet: interface.subnetID, of: interface.vpcID)
        }
        return send(from: interface)
    }

    private func name(of target: TargetGroup.Target) -> String {
        network.loadBalancers[target.id].map { "load-balancer/\($0.name)" } ?? target.id
    }

    /// The targets of a group to which one of the balancer's interfaces sends: those of its zone, unless cross-zone load balancing
    /// is on.
    private mutating func receivers(
        of group: TargetGroup, _ balancer: LoadBalancer, _ interface: NetworkInterface
    ) -> [TargetGroup.Target] {
        let zone = network.subnets[interface.subnetID]?.availabilityZone
        let own = TargetGroup.receivers(
            group.targets.filter { target in
                let other = network.zone(of: target)
                return other == nil || zone == nil || other == zone
            })
        if own == group.receivers { return own }
        let isCrossZone: Bool
        switch network.isCrossZone(balancer, group) {
        case .some(let known): isCrossZone = known
        case nil:
            isCrossZone =
                choices.assume(
                    Fact(
                        component: Component(.loadBalancer, "load-balancer/\(balancer.name)"),
                        question: "whether cross-zone load balancing is on", options: ["off", "on"],
                        remedy: "collect \(Inventory.Kind.loadBalancerAttributes.command)", hasDefault: true)) == 1
        }
        return isCrossZone ? group.receivers : own
    }

    /// Whether the client's address is kept: only by Network Load Balancers; always for UDP and QUIC; for TCP and TLS as the group
    /// says (User Guide for Network Load Balancers, "Client IP preservation").
    private mutating func preservesClient(_ balancer: LoadBalancer, _ group: TargetGroup) -> Bool {
        guard balancer.kind == .network else { return false }
        if group.targetType == "alb" || group.protocolName.contains("UDP") || group.protocolName.contains("QUIC") {
            return true
        }
        let isDefault = group.targetType == "instance"
        if let attributes = group.attributes {
            return attributes["preserve_client_ip.enabled"].map { $0 == "true" } ?? isDefault
        }
        let index = choices.assume(
            Fact(
                component: Component(.targetGroup, "target-group/\(group.name)"),
                question: "whether the client's address is kept (preserve_client_ip.enabled)",
                options: isDefault ? ["kept", "not kept"] : ["not kept", "kept"],
                remedy: "collect \(Inventory.Kind.targetGroupAttributes.command)", hasDefault: true))
        return isDefault == (index == 0)
    }

    private func address(
        of target: TargetGroup.Target, _ group: TargetGroup, from interface: NetworkInterface
    ) -> IPAddress? {
        if let address = IPAddress(target.id) { return address }
        if group.targetType == "alb" {
            guard let balancer = network.loadBalancers[target.id] else { return nil }
            let zone = network.subnets[interface.subnetID]?.availabilityZone
            let interfaces = network.interfaces(of: balancer)
            let near = interfaces.first { network.subnets[$0.subnetID]?.availabilityZone == zone }
            return (near ?? interfaces.first)?.address(group.ipFamily)
        }
        return network.interfaces(ofInstance: target.id).first?.address(group.ipFamily)
    }
}

extension Network {
    /// The Availability Zone of a target; nil where every zone sends to it.
    func zone(of target: TargetGroup.Target) -> String? {
        if let zone = target.availabilityZone { return zone == "all" ? nil : zone }
        if target.id.hasPrefix("i-") {
            return interfaces(ofInstance: target.id).first.flatMap { subnets[$0.subnetID]?.availabilityZone }
        }
        guard let address = IPAddress(target.id) else { return nil }
        let interface = vpcs(containing: address).lazy.compactMap { self.interface(with: address, in: $0.id) }.first
        return interface.flatMap { subnets[$0.subnetID]?.availabilityZone }
    }

    /// Whether a balancer's interfaces send to targets of other zones; nil where the attributes were not collected. Application Load
    /// Balancers do unless the group says otherwise; Network Load Balancers where they or the group say so (User Guides,
    /// "Cross-zone load balancing").
    func isCrossZone(_ balancer: LoadBalancer, _ group: TargetGroup) -> Bool? {
        let key = "load_balancing.cross_zone.enabled"
        if let own = group.attributes?[key], own != "use_load_balancer_configuration" { return own == "true" }
        if balancer.kind == .application {
            return group.attributes == nil && balancer.attributes == nil ? true : balancer.attributes?[key] != "false"
        }
        return balancer.attributes.map { $0[key] == "true" }
    }
}
