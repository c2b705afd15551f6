import IPAddresses
import VPC

extension Validator {
    /// Network ACLs are stateless: what answers a connection that they let through has to pass them as well.
    mutating func checkReturnPorts() {
        var reports: [ReturnReport: Set<String>] = [:]
        for subnet in ordered(network.subnets) {
            guard let acl = network.acl(ofSubnet: subnet.id) else { continue }
            for family in IPFamily.allCases where subnet.blocks.contains(where: { $0.family == family }) {
                let remotes = self.remotes(of: subnet, family)
                if remotes.isEmpty { continue }
                for ipProtocol in [IPProtocol.tcp, .udp] {
                    let outgoing = ReturnPath(
                        requests: acl.egress, replies: acl.ingress, isEgress: true,
                        ephemeral: ephemeralPorts(of: subnet, family))
                    // Whoever connects from outside may be behind a NAT: any port from 1024 on.
                    let incoming = ReturnPath(
                        requests: acl.ingress, replies: acl.egress, isEgress: false, ephemeral: .unprivileged)
                    for path in [outgoing, incoming] {
                        for (rule, ports) in path.denied(ipProtocol, remotes, family) {
                            let report = ReturnReport(
                                acl: acl.id, family: family, ipProtocol: ipProtocol, rule: rule, ports: ports,
                                isEgress: path.isEgress, ephemeral: path.ephemeral)
                            reports[report, default: []].insert(subnet.id)
                        }
                    }
                }
                checkPathMTU(acl, subnet, family, remotes)
            }
        }
        for (report, subnets) in reports.sorted(by: { $0.key.order < $1.key.order }) {
            findings.append(report.finding(subnets.sorted()))
        }
    }

    /// The addresses outside of a subnet that it has a route to.
    private func remotes(of subnet: Subnet, _ family: IPFamily) -> [IPPrefix] {
        guard let table = network.routeTable(ofSubnet: subnet.id) else { return [] }
        return table.routes.filter { $0.state == .active }.flatMap { $0.destination.prefixes(network.prefixLists) }
            .filter {
                $0.family == family
            }
    }

    /// The ports that replies to connections out of a subnet go to.
    private func ephemeralPorts(of subnet: Subnet, _ family: IPFamily) -> PortSet {
        let isTranslated =
            family == .ipv4 && isIPv6Cluster && cluster.configuration.cni.hasIPv4Egress
            && cluster.configuration.cni.randomizesSourcePorts
            && cluster.nodes.values.contains { node in
                !node.isFargate && cluster.interfaces(of: node).contains { $0.subnetID == subnet.id }
            }
        let hasTranslator =
            network.natGateways.values.contains { $0.subnetID == subnet.id }
            || network.loadBalancers.values.contains { $0.subnetIDs.contains(subnet.id) }
        return isTranslated || hasTranslator ? .unprivileged : .linuxEphemeral
    }

    /// Errors that say a packet is too big have to come in, or large packets are lost without a word.
    private mutating func checkPathMTU(
        _ acl: NetworkACL, _ subnet: Subnet, _ family: IPFamily, _ remotes: [IPPrefix]
    ) {
        // Fragmentation needed is code 4 of type 3 (RFC 1191 4); packet too big is type 2 (RFC 4443 3.2).
        let messages = family == .ipv4 ? FlowSet.icmp(type: 3, code: 4) : FlowSet.icmp(type: 2, code: 0)
        let errors = FlowSet(
            remotes.map {
                FlowSet.Box(family, source: $0, ipProtocol: .icmp(family), destinationPorts: messages)
            })
        // Only senders that something can be sent to send errors.
        let reached = FlowSet(
            acl.egress.decide(FlowSet(remotes.map { FlowSet.Box(family, destination: $0, ipProtocol: .tcp) })).allowed
                .boxes.map(\.reversed)
        ).anyProtocolAndPorts
        let parts = acl.ingress.decide(errors.intersection(reached)).parts
        guard let part = parts.first(where: { !$0.allows }) else { return }
        let name = family == .ipv4 ? "ICMP type 3 code 4 (fragmentation needed)" : "ICMPv6 type 2 (packet too big)"
        let finding = Finding(
            .naclBlocksPathMTUDiscovery, .advice, Component(.networkACL, acl.id),
            "\(acl.id) ingress: \(part.rule?.ruleLabel ?? "rule *") denies \(name) from outside: where a link on the way is narrower, "
                + "large packets from its subnets are lost and connections hang",
            fix: "allow \(name) from \(family == .ipv4 ? "0.0.0.0/0" : "::/0")")
        if !findings.contains(finding) { findings.append(finding) }
    }
}

/// Requests through one of an ACL's lists, and their replies through the other.
private struct ReturnPath {
    var requests: NetworkACL.RuleList
    var replies: NetworkACL.RuleList
    var isEgress: Bool
    var ephemeral: PortSet

    /// The rules that deny replies to requests which pass, and their ports.
    func denied(
        _ ipProtocol: IPProtocol, _ remotes: [IPPrefix], _ family: IPFamily
    ) -> [(rule: NetworkACL.Entry?, ports: PortSet)] {
        // What comes in on ports from 1024 on is mostly replies itself: only services of well-known ports are looked at.
        let ports: ClosedRange<UInt16> = isEgress ? 0...65535 : 1...1023
        let sent = FlowSet(
            remotes.map {
                FlowSet.Box(
                    family, source: isEgress ? nil : $0, destination: isEgress ? $0 : nil, ipProtocol: ipProtocol,
                    destinationPorts: ports)
            })
        let passed = requests.decide(sent).allowed
        let ephemeralPorts = FlowSet(
            ephemeral.ranges.map { FlowSet.Box(family, ipProtocol: ipProtocol, destinationPorts: $0) })
        let replied = FlowSet(passed.boxes.map(\.reversed)).intersection(ephemeralPorts)
        var result: [(rule: NetworkACL.Entry?, ports: PortSet)] = []
        for part in replies.decide(replied).parts where !part.allows {
            result.append((part.rule, PortSet(part.flows.boxes.map(\.destinationPorts))))
        }
        return result
    }
}

extension FlowSet {
    /// The same addresses with all protocols and ports.
    fileprivate var anyProtocolAndPorts: FlowSet {
        FlowSet(
            boxes.flatMap { box in
                box.sourcePrefixes.flatMap { source in
                    box.destinationPrefixes.map { Box(box.family, source: source, destination: $0) }
                }
            })
    }
}

/// What is reported of an ACL once, however many of its subnets it is about.
private struct ReturnReport: Hashable {
    var acl: String
    var family: IPFamily
    var ipProtocol: IPProtocol
    var rule: NetworkACL.Entry?
    var ports: PortSet

    /// Whether the connections go out of the subnet.
    var isEgress: Bool
    var ephemeral: PortSet

    var order: String { "\(acl) \(isEgress) \(family) \(ipProtocol) \(rule?.number ?? 0) \(ports)" }

    func finding(_ subnets: [String]) -> Finding {
        let (requests, replies) = isEgress ? ("egress", "ingress") : ("ingress", "egress")
        let remote = rule?.prefix.description ?? (family == .ipv4 ? "0.0.0.0/0" : "::/0")
        let direction = isEgress ? "from" : "to"
        return Finding(
            .naclBlocksReturnPorts, .warning, Component(.networkACL, acl),
            "\(acl) \(replies): \(rule?.ruleLabel ?? "rule *") denies \(ipProtocol) replies \(direction) \(remote) to ports \(ports), "
                + "while \(requests) lets the connections through (\(subnets.joined(separator: ", ")); their source ports are "
                + "\(ephemeral))",
            fix: "add an \(replies) rule that allows \(ipProtocol) ports \(ports) \(direction) \(remote)"
                + (rule.map { $0.isDefault ? "" : ", with a number below \($0.number)" } ?? ""))
    }
}

extension NetworkACL.Entry {
    /// `rule 32767 (*)`, `rule 90`.
    fileprivate var ruleLabel: String { "rule \(number)" + (isDefault ? " (*)" : "") }
}
