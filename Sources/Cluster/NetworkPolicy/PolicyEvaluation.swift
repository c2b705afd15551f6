import IPAddresses
import VPC

/// What network policies do with the packets between a pod and another address.
struct PolicyEvaluation {
    let cluster: Cluster
    let pod: Pod
    let isEgress: Bool
    let remote: IPAddress

    /// The pod that has the other address.
    let remotePod: Pod?

    /// Whether the pods' own node agent decides, with its own ways, and not only Kubernetes' words.
    let isVPCCNI: Bool

    init(_ cluster: Cluster, _ pod: Pod, remote: IPAddress, isEgress: Bool, isVPCCNI: Bool) {
        self.cluster = cluster
        self.pod = pod
        self.isEgress = isEgress
        self.remote = remote
        self.isVPCCNI = isVPCCNI
        remotePod = cluster.index.podByAddress[remote].flatMap { cluster.pods[$0] }
    }

    /// - Returns: nil where no policy isolates the pod.
    func decide(_ classes: [TrafficClass], isStrict: Bool) -> PolicyOutcome? {
        let policies = cluster.policies(isolating: pod, isEgress: isEgress)
        if policies.isEmpty, !isStrict { return nil }
        var outcome = PolicyOutcome(policies: policies)
        let candidates = candidates(policies)
        let certain = candidates.filter { $0.missing == nil }.map(\.rule)
        for traffic in classes {
            traffic.decide(certain, match: \.match, allows: { _ in true }, into: &outcome.decision)
        }
        let possible = candidates.filter { $0.missing != nil }
        for part in outcome.decision.denied {
            var rest = Decision<PolicyRule>()
            part.traffic.decide(possible.map(\.rule), match: \.match, allows: { _ in true }, into: &rest)
            outcome.uncertain += rest.allowedTraffic
        }
        if !outcome.uncertain.isEmpty { outcome.missing = Set(possible.compactMap(\.missing)).sorted() }
        return outcome
    }

    /// The rules that are for the other end.
    private func candidates(_ policies: [NetworkPolicy]) -> [PolicyCandidate] {
        if isOwnNode {
            // Kubernetes: "traffic to and from the node where a Pod is running is always allowed".
            return [candidate(nil, nil, RuleMatch(ipProtocol: nil), "the pod's own node", nil)]
        }
        return isVPCCNI ? mapEntries(policies) : namedPeers(policies)
    }

    /// Whether the other end is the pod's node.
    private var isOwnNode: Bool {
        guard let node = pod.nodeName.flatMap({ cluster.nodes[$0] }) else { return false }
        let primary = cluster.interfaces(of: node).first
        return node.addresses.contains(remote) || primary?.ownAddresses.contains(remote) ?? false
    }

    func candidate(
        _ policy: NetworkPolicy?, _ position: Int?, _ match: RuleMatch, _ peer: String, _ missing: String?
    ) -> PolicyCandidate {
        PolicyCandidate(
            rule: PolicyRule(
                policyID: policy?.id ?? "", isEgress: isEgress, position: position, match: match, peer: peer),
            missing: missing)
    }

    func rules(of policy: NetworkPolicy) -> [NetworkPolicy.Rule] { (isEgress ? policy.egress : policy.ingress) ?? [] }

    /// As Kubernetes says: the union of what the rules name.
    private func namedPeers(_ policies: [NetworkPolicy]) -> [PolicyCandidate] {
        var result: [PolicyCandidate] = []
        for policy in policies {
            for (position, rule) in rules(of: policy).enumerated() {
                let ports = ports(rule.ports, of: isEgress ? remotePod : pod)
                if rule.peers.isEmpty {
                    result += ports.map { candidate(policy, position, $0, "all", nil) }
                }
                for peer in rule.peers {
                    guard let missing = match(peer, of: policy) else { continue }
                    result += ports.map { candidate(policy, position, $0, "\(peer)", missing.fact) }
                }
            }
        }
        return result
    }

    /// That a peer is the other end, or may be, if a fact holds.
    struct PeerMatch {
        var fact: String?
    }

    /// Whether a peer of a policy's rule is the other end; nil where it is not.
    private func match(_ peer: NetworkPolicy.Peer, of policy: NetworkPolicy) -> PeerMatch? {
        switch peer {
        case .block(let block, let except):
            return block.contains(remote) && !except.contains(where: { $0.contains(remote) }) ? PeerMatch() : nil
        case .pods(let namespaces, let pods):
            guard let remotePod, !remotePod.usesHostNetwork else { return nil }
            if let pods, !pods.matches(remotePod.labels) { return nil }
            return matches(namespaces, remotePod.namespace, of: policy)
        }
    }

    /// Whether a peer's namespaces are those of an object; the policy's own where the peer names none.
    func matches(_ selector: LabelSelector?, _ namespace: String, of policy: NetworkPolicy) -> PeerMatch? {
        guard let selector else { return namespace == policy.namespace ? PeerMatch() : nil }
        if let known = cluster.namespaces[namespace] { return selector.matches(known.labels) ? PeerMatch() : nil }
        switch selector.matches(known: Namespace(name: namespace, labels: [:]).labels) {
        case true: return PeerMatch()
        case false: return nil
        default:
            return PeerMatch(
                fact: "the labels of the namespace \(namespace), of which \(policy.id) asks \(selector); collect "
                    + Inventory.Kind.namespaces.command)
        }
    }

    /// The ports of a rule, names resolved at a pod.
    func ports(_ ports: [NetworkPolicy.Port], of target: Pod?) -> [RuleMatch] {
        if ports.isEmpty { return [RuleMatch(ipProtocol: nil)] }
        return ports.compactMap { port in
            switch port.number {
            case .all: RuleMatch(ipProtocol: port.ipProtocol)
            case .range(let range): RuleMatch(ipProtocol: port.ipProtocol, ports: PortSet(range))
            case .named(let name):
                target?.port(named: name, port.ipProtocol).map {
                    RuleMatch(ipProtocol: port.ipProtocol, ports: PortSet($0))
                }
            }
        }
    }
}
