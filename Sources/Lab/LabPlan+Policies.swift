import Cluster
import IPAddresses
import VPC

extension LabPlan {
    /// A pod's network policies as rules in its own namespace, as the Amazon VPC CNI plugin's node agent has them at its link:
    /// what goes out is judged before the node translates it. Kubernetes' words, written down a second time.
    mutating func policies(of pod: Pod, on node: Node, _ namespace: String) {
        guard cluster.configuration.cni.enforcesNetworkPolicies != false, cluster.configuration.ipFamily == .ipv6 else {
            return
        }
        let own = (cluster.networkPolicies[pod.namespace] ?? []).filter { $0.selects(pod) }
        let ingress = own.compactMap { policy in policy.ingress.map { (policy, $0) } }
        let egress = own.compactMap { policy in policy.egress.map { (policy, $0) } }
        if ingress.isEmpty, egress.isEmpty { return }
        var text = ["table ip6 dplab {"]
        for (hook, side, policies) in [("input", "saddr", ingress), ("output", "daddr", egress)] where !policies.isEmpty
        {
            text.append("chain \(hook) { type filter hook \(hook) priority 0; policy drop;")
            text.append("ct state established,related accept")
            text.append("meta l4proto icmpv6 accept")
            for case .v6(let address) in node.addresses { text.append("ip6 \(side) \(address) accept") }
            for (policy, rules) in policies {
                for rule in rules { text += lines(of: rule, policy, pod, side) }
            }
            text.append("}")
        }
        text.append("}")
        line("ip netns exec \(namespace) nft -f - <<'N'\n\(text.joined(separator: "\n"))\nN")
    }

    private func lines(of rule: NetworkPolicy.Rule, _ policy: NetworkPolicy, _ pod: Pod, _ side: String) -> [String] {
        if rule.peers.isEmpty { return ports(rule.ports, of: pod).map { "\($0)accept" } }
        return rule.peers.flatMap { peer -> [String] in
            switch peer {
            case .block(.v6(let block), let except):
                let others = except.filter { $0.family == .ipv6 }.map(\.description)
                let but = others.isEmpty ? "" : "ip6 \(side) != { \(others.joined(separator: ", ")) } "
                let match = block.length == 0 ? "" : "ip6 \(side) \(block) "
                return ports(rule.ports, of: pod).map { "\(match)\(but)\($0)accept" }
            case .block: return []
            case .pods(let namespaces, let pods):
                return allowed(rule, policy, namespaces, pods, pod, side)
            }
        }
    }

    /// The pods that a peer means, and towards services that select what it means their cluster addresses.
    private func allowed(
        _ rule: NetworkPolicy.Rule, _ policy: NetworkPolicy, _ namespaces: LabelSelector?, _ pods: LabelSelector?,
        _ pod: Pod, _ side: String
    ) -> [String] {
        func isMeant(_ namespace: String) -> Bool {
            guard let namespaces else { return namespace == policy.namespace }
            return cluster.namespaces[namespace].map { namespaces.matches($0.labels) } ?? false
        }
        var result: [String] = []
        for other in cluster.pods.values.sorted(by: { $0.id < $1.id })
        where !other.isFinished && !other.usesHostNetwork && isMeant(other.namespace)
            && pods?.matches(other.labels) ?? true
        {
            for case .v6(let address) in other.addresses {
                let target = side == "daddr" ? other : pod
                result += ports(rule.ports, of: target).map { "ip6 \(side) \(address) \($0)accept" }
            }
        }
        guard side == "daddr" else { return result }
        for service in cluster.services.values.sorted(by: { $0.id < $1.id })
        where isMeant(service.namespace) && pods?.matches(service.selector) ?? true {
            for case .v6(let address) in service.clusterAddresses.prefix(1) {
                for port in service.ports where rule.ports.isEmpty || rule.ports.contains(where: { $0.leads(to: port) })
                {
                    result.append("ip6 daddr \(address) \(port.ipProtocol) dport \(port.port) accept")
                }
            }
        }
        return result
    }

    private func ports(_ ports: [NetworkPolicy.Port], of target: Pod) -> [String] {
        if ports.isEmpty { return [""] }
        return ports.flatMap { port -> [String] in
            switch port.number {
            case .all: return ["meta l4proto \(port.ipProtocol.number) "]
            case .range(let range): return ["\(port.ipProtocol) dport \(range.lowerBound)-\(range.upperBound) "]
            case .named(let name):
                return target.ports.filter { $0.name == name && $0.ipProtocol == port.ipProtocol }.prefix(1).map {
                    "\(port.ipProtocol) dport \($0.port) "
                }
            }
        }
    }

    /// The agents that answer on a node by addresses of its own.
    mutating func agents(of namespace: String) {
        var addresses = cluster.configuration.nodeLocalDNS
        if cluster.configuration.hasPodIdentityAgent {
            addresses += ["169.254.170.23", "fd00:ec2::23"].compactMap { IPAddress($0) }
        }
        for address in addresses {
            line(
                "ip -n \(namespace) addr add \(IPPrefix(host: address)) dev lo\(address.family == .ipv6 ? " nodad" : "")"
            )
            agentAddresses.insert(address)
        }
    }

    /// The portmap plugin's translations of a node's ports.
    func hostPorts(of node: Node) -> [String] {
        guard let own = cluster.interfaces(of: node).first?.ipv6Addresses.first else { return [] }
        return cluster.pods.values.filter { $0.nodeName == node.name && !$0.usesHostNetwork && !$0.isFinished }
            .sorted { $0.id < $1.id }.flatMap { pod in
                pod.ports.compactMap { port in
                    guard let hostPort = port.hostPort, case .v6(let address)? = pod.address(.ipv6) else { return nil }
                    return "ip6 daddr \(own) \(port.ipProtocol) dport \(hostPort) dnat ip6 to [\(address)]:\(port.port)"
                }
            }
    }
}

extension NetworkPolicy.Port {
    /// Whether a service's port leads to the pods' port that is meant.
    fileprivate func leads(to port: Service.Port) -> Bool {
        guard ipProtocol == port.ipProtocol else { return false }
        switch number {
        case .all: return true
        case .range(let range):
            if case .number(let target)? = port.target { return target == range.lowerBound }
            return port.target == nil && port.port == range.lowerBound
        case .named(let name): return port.target == .named(name)
        }
    }
}
