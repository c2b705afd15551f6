import IPAddresses
import VPC

extension Validator {
    /// Network policies: what they do not do, and what they do without being asked.
    mutating func checkPolicies() {
        let policies = ordered(cluster.networkPolicies).joined()
        if policies.isEmpty { return }
        let pods = ordered(cluster.pods).filter { !$0.isFinished && !$0.usesHostNetwork }
        let selecting = Set(pods.flatMap { cluster.policyIndex.selecting($0) }.map(\.id))
        for policy in policies {
            let component = Component(.networkPolicy, "network-policy/\(policy.id)")
            if !selecting.contains(policy.id), cluster.inventory.isComplete(.pods) {
                add(
                    .networkPolicySelectsNothing, .warning, component,
                    "network-policy/\(policy.id) selects \(policy.podSelector), and no pod of \(policy.namespace) has such labels",
                    fix: "correct its podSelector, or delete it")
            }
        }
        switch cluster.policyEnforcement {
        case .off(let reason):
            for policy in policies {
                add(
                    .networkPolicyNotEnforced, .error, Component(.networkPolicy, "network-policy/\(policy.id)"),
                    "network-policy/\(policy.id) has no effect: \(reason)",
                    fix:
                        "turn network policies on in the Amazon VPC CNI add-on (enableNetworkPolicy), or delete the policy"
                )
            }
        case .vpcCNI: checkVPCCNI(pods)
        case .standard, .unknown: break
        }
        checkDNS(pods)
    }

    private mutating func checkVPCCNI(_ pods: [Pod]) {
        var unfiltered: [String: [String]] = [:]
        var unowned: [String] = []
        for pod in pods {
            let node = pod.nodeName.flatMap { cluster.nodes[$0] }
            let isolating = cluster.policyIndex.selecting(pod).filter { $0.ingress != nil || $0.egress != nil }
            if isolating.isEmpty || node?.isFargate ?? false { continue }
            if isIPv6Cluster, cluster.configuration.cni.hasIPv4Egress,
                let policy = isolating.first(where: { $0.egress != nil })
            {
                unfiltered[policy.id, default: []].append(pod.id)
            }
            if !pod.hasOwner { unowned.append(pod.id) }
        }
        for (policy, pods) in unfiltered.sorted(by: { $0.key < $1.key }) {
            add(
                .networkPolicyIPv4Unfiltered, .warning, Component(.networkPolicy, "network-policy/\(policy)"),
                "network-policy/\(policy) does not filter IPv4: \(list(pods.map { "pod/\($0)" })) still reach\(pods.count == 1 ? "es" : "") the IPv4 internet and the metadata "
                    + "service from the host-local IPv4 address",
                fix: "set ENABLE_V4_EGRESS=false on the DaemonSet aws-node")
        }
        if !unowned.isEmpty {
            add(
                .networkPolicyPodWithoutOwner, .advice, Component(.pod, "pod/\(unowned[0])"),
                "\(list(unowned.map { "pod/\($0)" })) \(unowned.count == 1 ? "has" : "have") no ownerReferences: the node agent may not cover such pods",
                fix: "run them by a Deployment, a StatefulSet or a Job")
        }
        checkServicePorts()
    }

    /// Egress is judged before kube-proxy's translation: a service whose port is not its pods' is admitted by its own port only.
    private mutating func checkServicePorts() {
        for policy in ordered(cluster.networkPolicies).joined() {
            for rule in policy.egress ?? [] {
                for case .range(let range) in rule.ports.map(\.number) where range.count == 1 {
                    for service in ordered(cluster.services) where !service.clusterAddresses.isEmpty {
                        let matches = rule.peers.contains { peer in
                            guard case .pods(let namespaces, let pods?) = peer, !pods.matchesAll else { return false }
                            let isNear = namespaces == nil ? service.namespace == policy.namespace : true
                            return isNear && !service.selector.isEmpty && pods.matches(service.selector)
                        }
                        guard matches, service.ports.contains(where: { $0.port == range.lowerBound }),
                            !service.ports.contains(where: {
                                $0.target == .number(range.lowerBound) || $0.target == nil
                            })
                        else { continue }
                        add(
                            .networkPolicyServicePort, .warning,
                            Component(.networkPolicy, "network-policy/\(policy.id)"),
                            "network-policy/\(policy.id) allows egress to port \(range.lowerBound), which is the port of service/\(service.id) and not of its pods: "
                                + "the node agent admits neither",
                            fix: "name the pods' port in the policy")
                    }
                }
            }
        }
    }

    /// Pods that may not ask for names find nothing.
    private mutating func checkDNS(_ pods: [Pod]) {
        guard let service = cluster.services["kube-system/kube-dns"], let address = service.clusterAddresses.first
        else {
            return
        }
        let isVPCCNI = if case .vpcCNI = cluster.policyEnforcement { true } else { false }
        var blocked: [String: [String]] = [:]
        for pod in pods where pod.namespace != "kube-system" {
            guard let policy = cluster.policies(isolating: pod, isEgress: true).first else { continue }
            let remotes =
                isVPCCNI
                ? [address]
                : (cluster.endpointSlices[service.id] ?? []).flatMap(\.endpoints).flatMap(\.addresses)
            let isAllowed = remotes.contains { remote in
                let outcome = PolicyEvaluation(cluster, pod, remote: remote, isEgress: true, isVPCCNI: isVPCCNI).decide(
                    [TrafficClass(.udp, destinationPorts: PortSet(53))], isStrict: false)
                return outcome.map { $0.decision.denied.isEmpty || !$0.uncertain.isEmpty } ?? true
            }
            if !isAllowed, !remotes.isEmpty { blocked[policy.id, default: []].append(pod.id) }
        }
        for (policy, pods) in blocked.sorted(by: { $0.key < $1.key }) {
            add(
                .networkPolicyBlocksDNS, .warning, Component(.networkPolicy, "network-policy/\(policy)"),
                "network-policy/\(policy) isolates \(list(pods.map { "pod/\($0)" })), and no rule allows DNS (udp 53 to kube-dns): no name resolves there",
                fix: "add an egress rule for UDP and TCP port 53 to the pods of kube-dns")
        }
    }

    /// The first few of many.
    func list(_ items: [String]) -> String {
        items.count <= 4
            ? items.joined(separator: ", ") : "\(items.prefix(4).joined(separator: ", ")) and \(items.count - 4) more"
    }
}
