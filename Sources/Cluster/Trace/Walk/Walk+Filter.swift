import IPAddresses
import VPC

extension Walk {
    /// Passes a subnet's network ACL, in or out.
    ///
    /// - Returns: whether any packets are left.
    mutating func passACL(ofSubnet subnetID: String, isEgress: Bool) -> Bool {
        guard let acl = network.acl(ofSubnet: subnetID) else {
            let component = Component(.subnet, subnetID)
            let lack =
                cluster.inventory.isComplete(.networkACLs)
                ? "no network ACL of the snapshot is associated with \(subnetID), and each subnet has one; collect all of \(Inventory.Kind.networkACLs.command)"
                : "the network ACL of \(subnetID) is not known: \(cluster.inventory.lack(of: .networkACLs))"
            pass(component, "its network ACL is not in the snapshot: assumed to let packets through")
            doubt(component, .notInSnapshot, lack)
            return true
        }
        let component = Component(.networkACL, acl.id)
        let decision = acl.decide(flow, isEgress: isEgress)
        let direction = isEgress ? "egress" : "ingress"
        let remote = isEgress ? flow.destination : flow.source
        for part in decision.denied {
            let rule = part.rule.map { "rule \($0.number) (\($0.prefix))" } ?? "no rule allows it: the last one, “*”,"
            explain(
                component, .aclRestriction,
                "\(acl.id) \(direction): \(rule) denies \(part.traffic.label) \(isEgress ? "to" : "from") \(remote) "
                    + "(\(subnetID)); add an allow rule with a lower number"
            )
        }
        let decider = (decision.allowed.first ?? decision.denied.first)?.rule
        let text =
            "\(direction) \(decider?.label ?? "* deny")"
            + rest(decision.denied.map(\.traffic), decision.allowed.isEmpty)
        return filter(component, to: decision.allowedTraffic, hasDenied: !decision.denied.isEmpty, text) {
            $0.aclRule = decider
            $0.subnetID = subnetID
        }
    }

    /// Passes the security groups of an interface, in or out; replies of a connection that they let through pass.
    ///
    /// - Returns: whether any packets are left.
    mutating func passGroups(of interface: NetworkInterface, isEgress: Bool) -> Bool {
        let groups = interface.groupIDs.compactMap { network.groups[$0] }
        let balancerGroups = forwardedBy
        forwardedBy = []
        guard let first = groups.first else {
            if !interface.groupIDs.isEmpty || interface.needsGroups {
                let component = Component(.networkInterface, interface.id)
                pass(component, "its security groups are not in the snapshot: assumed to let packets through")
                doubt(
                    component, .notInSnapshot,
                    interface.groupIDs.isEmpty
                        ? "the security groups of \(interface.id) are not in the snapshot, and each interface has one; collect \(Inventory.Kind.interfaces.command)"
                        : "the rules of \(interface.groupIDs.joined(separator: ", ")) are not known: \(cluster.inventory.lack(of: .securityGroups))"
                )
            }
            return true
        }
        if connection(at: interface.id) != nil {
            pass(
                Component(.securityGroup, first.id), "\(isEgress ? "egress" : "ingress"): a tracked connection's reply"
            ) {
                $0.vpcID = interface.vpcID
            }
            return true
        }
        let remote = isEgress ? flow.destination : flow.source
        var remoteGroups = Set(self.interface(near: interface.vpcID, with: remote)?.groupIDs ?? [])
        // A rule that names a balancer's group is for what the balancer forwards, the client's address kept or not (User Guide
        // for Network Load Balancers, "Update the security groups for your Network Load Balancer").
        if !isEgress { remoteGroups.formUnion(balancerGroups) }
        var decision = SecurityGroup.decide(groups, flow, isEgress: isEgress, remoteGroups: remoteGroups)
        let uncertain = uncertainty(of: interface, groups, decision, isEgress: isEgress)
        if !uncertain.isEmpty {
            doubt(
                Component(.securityGroup, first.id), .notInSnapshot,
                "\(groups.map(\.id).joined(separator: ", ")) at \(interface.id) would deny this, but \(uncertain.joined(separator: "; "))"
            )
            decision.allowed += decision.denied
            decision.denied = []
        }
        let direction = isEgress ? "egress" : "ingress"
        let names = groups.map(\.id).joined(separator: ", ")
        for part in decision.denied {
            explain(
                Component(.securityGroup, first.id), .securityGroupRulesMismatch,
                "\(names) \(direction): no rule allows \(part.traffic.label) \(isEgress ? "to" : "from") \(remote)"
                    + (remoteGroups.isEmpty ? "" : " (in \(remoteGroups.sorted().joined(separator: ", ")))")
                    + " at \(interface.id); add one"
            )
        }
        let decider = decision.allowed.first?.rule
        let component = Component(.securityGroup, decider?.groupID ?? first.id)
        let text =
            "\(direction): \(decider?.label ?? "no rule matches")"
            + rest(decision.denied.map(\.traffic), decision.allowed.isEmpty)
        let isLeft = filter(component, to: decision.allowedTraffic, hasDenied: !decision.denied.isEmpty, text) {
            $0.groupRule = decider
            $0.vpcID = interface.vpcID
        }
        guard isLeft, let reason = track(interface.id, from: flow) else { return isLeft }
        _ = refuse(component, reason, flow)
        return false
    }

    /// What the snapshot does not say and could let through packets that an interface's groups deny.
    private func uncertainty(
        of interface: NetworkInterface, _ groups: [SecurityGroup], _ decision: Decision<SecurityGroup.Rule>,
        isEgress: Bool
    ) -> [String] {
        if decision.denied.isEmpty { return [] }
        var result = interface.groupIDs.filter { network.groups[$0] == nil }.map {
            "the rules of \($0) are not in the snapshot; collect \(Inventory.Kind.securityGroups.command)"
        }
        for rule in groups.flatMap({ (isEgress ? $0.egress : $0.ingress).rules }) {
            guard case .unknownPrefixList(let id) = rule.peer else { continue }
            let matches = decision.denied.contains { part in
                rule.match.ports(of: part.traffic).map { !$0.intersection(part.traffic.destinationPorts).isEmpty }
                    ?? false
            }
            if matches {
                result.append(
                    "the entries of the prefix list \(id) are not in the snapshot; collect get-managed-prefix-list-entries"
                )
            }
        }
        return Array(Set(result)).sorted()
    }

    /// The interface with an address in a VPC or in one that is peered with it.
    func interface(near vpcID: String, with address: IPAddress) -> NetworkInterface? {
        if let interface = network.interface(with: address, in: vpcID) { return interface }
        for peering in network.peerings.values.sorted(by: { $0.id < $1.id }) where peering.status == "active" {
            guard peering.requesterVPCID == vpcID || peering.accepterVPCID == vpcID else { continue }
            if let interface = network.interface(with: address, in: peering.peer(of: vpcID)) { return interface }
        }
        return nil
    }

    mutating func filter(
        _ component: Component, to allowed: [TrafficClass], hasDenied: Bool, _ text: String, _ fill: (inout Hop) -> Void
    ) -> Bool {
        var hop = Hop(component: component, inbound: flow, text: text)
        fill(&hop)
        hop.isBlocking = allowed.isEmpty
        if hasDenied { isPartial = true }
        flow.classes = allowed
        hop.outbound = allowed.isEmpty ? nil : flow
        hops.append(hop)
        return !allowed.isEmpty
    }

    func rest(_ denied: [TrafficClass], _ isAll: Bool) -> String {
        denied.isEmpty || isAll ? "" : "; denied: " + denied.map(\.label).joined(separator: ", ")
    }
}

extension TrafficClass {
    /// `tcp port 443`, `udp ports 1024-32767`, `icmp type 0`, `all else`.
    var label: String {
        guard let ipProtocol else { return "all other protocols" }
        if let icmpType { return "\(ipProtocol) type \(icmpType)" }
        guard ipProtocol.hasPorts else { return "protocol \(ipProtocol)" }
        if destinationPorts == .all { return "\(ipProtocol)" }
        return "\(ipProtocol) port\(destinationPorts.count == 1 ? "" : "s") \(destinationPorts)"
    }
}

extension RuleMatch {
    /// `all`, `tcp 443`, `icmp`.
    var label: String {
        guard let ipProtocol else { return "all" }
        if let icmpType { return "\(ipProtocol) type \(icmpType)" + (icmpCode.map { " code \($0)" } ?? "") }
        return ipProtocol.hasPorts && ports != .all ? "\(ipProtocol) \(ports)" : "\(ipProtocol)"
    }
}

extension NetworkACL.Entry {
    /// `101 allow all ::/0`.
    var label: String { "\(number) \(allows ? "allow" : "deny") \(match.label) \(prefix)" }
}

extension SecurityGroup.Rule {
    /// `tcp 8080 from sg-0alb`.
    var label: String {
        let peer =
            switch self.peer {
            case .prefix(let prefix): "\(prefix)"
            case .prefixList(let id, let prefix): "\(prefix) of \(id)"
            case .unknownPrefixList(let id), .group(let id): id
            }
        return "\(match.label) \(isEgress ? "to" : "from") \(peer)"
    }
}
