import IPAddresses
import VPC

extension Walk {
    /// Passes the network policies of a pod, out of it or into it. Replies of what they let through pass.
    ///
    /// - Returns: whether any packets are left.
    mutating func passPolicies(of pod: Pod, isEgress: Bool) -> Bool {
        guard leg == .forward else { return true }
        checkCollected(pod)
        checkMode(pod)
        guard !cluster.networkPolicies.isEmpty || cluster.configuration.cni.enforcesStrictly else { return true }
        let isIsolated = !cluster.policies(isolating: pod, isEgress: isEgress).isEmpty
        switch cluster.policyEnforcement {
        case .off(let reason):
            if isIsolated { note("network policies are not enforced: \(reason)") }
            return true
        case .standard(let engine):
            if isIsolated { note("\(engine) enforces network policies: assumed to do so as Kubernetes says") }
            return pass(pod, isEgress, isVPCCNI: false, isStrict: false)
        case .vpcCNI(let isStrict, let isAssumed):
            guard isIsolated || isStrict else { return true }
            let node = pod.nodeName.flatMap { cluster.nodes[$0] }
            if node?.isFargate ?? false || node?.isWindows ?? false {
                note(
                    "pod/\(pod.id) runs on \(node?.isFargate ?? false ? "Fargate" : "Windows"): the Amazon VPC CNI plugin enforces no network policies there"
                )
                return true
            }
            if isAssumed {
                note(
                    "the DaemonSet aws-node has no container aws-eks-nodeagent: network policies are assumed enforced"
                )
            }
            return passVPCCNI(pod, isEgress, isStrict)
        case .unknown: return passUnknownEngine(pod, isEgress)
        }
    }

    /// Where the node agent is on, or has made something of policies, these have to have been collected.
    private mutating func checkCollected(_ pod: Pod) {
        let isKnownOn = cluster.configuration.cni.enforcesNetworkPolicies == true
        let gap = cluster.inventory.gaps[.networkPolicies]
        guard gap != nil || (isKnownOn && !cluster.inventory.holds(.networkPolicies)) else { return }
        doubt(
            Component(.pod, "pod/\(pod.id)"), .notInSnapshot,
            "network policies may isolate pod/\(pod.id): \(cluster.inventory.lack(of: .networkPolicies))")
    }

    /// Without the DaemonSet nobody knows whether the node agent isolates pods without a policy too.
    private mutating func checkMode(_ pod: Pod) {
        let node = pod.nodeName.flatMap { cluster.nodes[$0] }
        guard !cluster.inventory.holds(.daemonSets), !(node?.isFargate ?? false) else { return }
        doubt(
            Component(.pod, "pod/\(pod.id)"), .notInSnapshot,
            "network policies may be enforced strictly (NETWORK_POLICY_ENFORCING_MODE): \(cluster.inventory.lack(of: .daemonSets))"
        )
    }

    /// The node agent filters the cluster's own family: what pods of an IPv6 cluster send from their host-local IPv4 addresses
    /// is not filtered (aws-network-policy-agent issues 55 and 408; Amazon EKS User Guide, "Limit Pod traffic with Kubernetes
    /// network policies", Considerations).
    private mutating func passVPCCNI(_ pod: Pod, _ isEgress: Bool, _ isStrict: Bool) -> Bool {
        if !pod.hasOwner {
            note("pod/\(pod.id) has no ownerReferences: the node agent may not cover it; it is assumed to")
        }
        guard flow.family == cluster.configuration.ipFamily else {
            let policy = cluster.policies(isolating: pod, isEgress: isEgress).first
            let id = policy.map { "network-policy/\($0.id)" } ?? "network-policy/strict-mode"
            pass(
                Component(.networkPolicy, id),
                "not applied: the node agent filters \(cluster.configuration.ipFamily) only, and this is \(flow.family)"
            )
            note(
                "network policies do not filter the host-local IPv4 of pod/\(pod.id): ENABLE_V4_EGRESS=false turns it off"
            )
            return true
        }
        return pass(pod, isEgress, isVPCCNI: true, isStrict: isStrict)
    }

    private mutating func pass(_ pod: Pod, _ isEgress: Bool, isVPCCNI: Bool, isStrict: Bool) -> Bool {
        guard var outcome = decide(pod, isEgress, isVPCCNI, isStrict) else { return true }
        let component = Component(
            .networkPolicy, outcome.policies.first.map { "network-policy/\($0.id)" } ?? "network-policy/strict-mode")
        let direction = isEgress ? "egress" : "ingress"
        // What Kubernetes leaves open: protocols other than TCP, UDP and SCTP; the node agent never filters ICMPv6.
        var undefined: [TrafficClass] = []
        outcome.decision.denied.removeAll { part in
            guard !(part.traffic.ipProtocol?.hasPorts ?? false) else { return false }
            if isVPCCNI, part.traffic.ipProtocol != .icmpv6, part.traffic.ipProtocol != .icmp { return false }
            undefined.append(part.traffic)
            return true
        }
        if undefined.contains(where: { !isVPCCNI || $0.ipProtocol != .icmpv6 }) {
            doubt(
                component, .policyUndefined,
                "\(names(outcome.policies)) isolate pod/\(pod.id), and what that does to \(undefined.map(\.label).joined(separator: ", ")) is up to the engine"
            )
        }
        if !outcome.uncertain.isEmpty {
            doubt(
                component, .notInSnapshot,
                "\(names(outcome.policies)) \(direction) of pod/\(pod.id) depends on \(outcome.missing.joined(separator: "; "))"
            )
        }
        return finish(outcome, undefined, component, pod, isEgress)
    }

    private func decide(_ pod: Pod, _ isEgress: Bool, _ isVPCCNI: Bool, _ isStrict: Bool) -> PolicyOutcome? {
        PolicyEvaluation(
            cluster, pod, remote: isEgress ? flow.destination : flow.source, isEgress: isEgress, isVPCCNI: isVPCCNI
        ).decide(flow.classes, isStrict: isStrict)
    }

    private mutating func finish(
        _ outcome: PolicyOutcome, _ undefined: [TrafficClass], _ component: Component, _ pod: Pod, _ isEgress: Bool
    ) -> Bool {
        let direction = isEgress ? "egress" : "ingress"
        let remote = isEgress ? flow.destination : flow.source
        let left = outcome.decision.allowedTraffic + undefined + outcome.uncertain
        let denied = outcome.decision.deniedTraffic.filter { !outcome.uncertain.contains($0) }
        for traffic in denied {
            explain(
                component, .networkPolicy,
                "\(names(outcome.policies)) \(direction) of pod/\(pod.id): no rule allows \(traffic.label) \(isEgress ? "to" : "from") "
                    + "\(name(remote))" + serviceHint(remote, isEgress) + "; add one")
        }
        let decider = outcome.decision.allowed.first?.rule
        let text =
            decider.map { "\(direction) of pod/\(pod.id): \($0.label)" }
            ?? (left.isEmpty
                ? "\(direction) of pod/\(pod.id): no rule matches" : "\(direction) of pod/\(pod.id): not filtered")
        let shown = decider.flatMap {
            $0.policyID.isEmpty ? nil : Component(.networkPolicy, "network-policy/\($0.policyID)")
        }
        return filter(shown ?? component, to: left, hasDenied: !denied.isEmpty, text + rest(denied, left.isEmpty)) {
            $0.policyRule = decider
        }
    }

    /// Without a daemon set nobody knows who enforces; where nothing would be denied, that is the same either way.
    private mutating func passUnknownEngine(_ pod: Pod, _ isEgress: Bool) -> Bool {
        guard let outcome = decide(pod, isEgress, false, false), !outcome.decision.denied.isEmpty else { return true }
        doubt(
            Component(.networkPolicy, "network-policy/\(outcome.policies[0].id)"), .notInSnapshot,
            "\(names(outcome.policies)) would deny this, and who enforces network policies is not in the snapshot; collect "
                + Inventory.Kind.daemonSets.command)
        return true
    }

    private func names(_ policies: [NetworkPolicy]) -> String {
        policies.isEmpty ? "strict mode" : policies.map { "network-policy/\($0.id)" }.joined(separator: ", ")
    }

    private func name(_ address: IPAddress) -> String {
        if let id = cluster.index.podByAddress[address] { return "pod/\(id) (\(address))" }
        if let id = cluster.index.service(at: address) { return "service/\(id) (\(address))" }
        return "\(address)"
    }

    /// Where a service is what is denied, people look for the pods' port in vain.
    private func serviceHint(_ address: IPAddress, _ isEgress: Bool) -> String {
        guard isEgress, cluster.index.service(at: address) != nil, case .vpcCNI = cluster.policyEnforcement else {
            return ""
        }
        return " (judged before kube-proxy translates it: the service's port counts)"
    }
}

extension PolicyRule {
    /// `tcp 8080 from pods app=api`.
    var label: String { policyID.isEmpty ? peer : "\(match.label) \(isEgress ? "to" : "from") \(peer)" }
}
