import IPAddresses

/// Who enforces a cluster's network policies, and how.
enum PolicyEnforcement: Hashable {
    /// Nobody; why.
    case off(String)

    /// The node agent of the Amazon VPC CNI plugin. `isAssumed`: the DaemonSet does not say whether it is on.
    case vpcCNI(isStrict: Bool, isAssumed: Bool)

    /// Another engine, assumed to do what Kubernetes says.
    case standard(engine: String)

    /// No DaemonSet of an engine was collected.
    case unknown
}

extension Cluster {
    /// Who enforces the policies, by the daemon sets.
    ///
    /// Source: Amazon EKS User Guide, "Limit Pod traffic with Kubernetes network policies"; Amazon VPC CNI plugin, README,
    /// NETWORK_POLICY_ENFORCING_MODE.
    var policyEnforcement: PolicyEnforcement {
        if let engine = configuration.policyEngines.first { return .standard(engine: engine) }
        // A cluster that is made by hand says what it wants.
        guard inventory.holds(.daemonSets), configuration.cni.isKnown else { return .unknown }
        let strict = configuration.cni.enforcesStrictly
        switch configuration.cni.enforcesNetworkPolicies {
        case false: return .off("--enable-network-policy of aws-eks-nodeagent is false")
        case true:
            if configuration.enablesPolicyController == false {
                return .off("enable-network-policy-controller of the ConfigMap amazon-vpc-cni is false")
            }
            return .vpcCNI(isStrict: strict, isAssumed: false)
        default: return .vpcCNI(isStrict: strict, isAssumed: true)
        }
    }

    /// The policies that isolate a pod in a direction.
    func policies(isolating pod: Pod, isEgress: Bool) -> [NetworkPolicy] {
        policyIndex.selecting(pod).filter { (isEgress ? $0.egress : $0.ingress) != nil }
    }
}
