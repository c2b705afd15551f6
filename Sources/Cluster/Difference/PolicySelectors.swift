import IPAddresses

/// All selectors of a cluster's network policies: two pods that the same ones match are treated alike by policies.
struct PolicySelectors {
    private var ofPods: [(namespace: String?, namespaces: LabelSelector?, pods: LabelSelector)] = []
    private let cluster: Cluster

    init(_ cluster: Cluster) {
        self.cluster = cluster
        for policy in cluster.networkPolicies.values.joined() {
            ofPods.append((policy.namespace, nil, policy.podSelector))
            for peer in ((policy.ingress ?? []) + (policy.egress ?? [])).flatMap(\.peers) {
                guard case .pods(let namespaces, let pods) = peer else { continue }
                ofPods.append((namespaces == nil ? policy.namespace : nil, namespaces, pods ?? LabelSelector()))
            }
        }
    }

    var isEmpty: Bool { ofPods.isEmpty }

    /// The numbers of the selectors that match a pod, as text. Linear in the number of selectors.
    func meaning(_ pod: Pod) -> String {
        let labels = cluster.namespaces[pod.namespace]?.labels
        var result = ""
        for (number, selector) in ofPods.enumerated() {
            if let namespace = selector.namespace, namespace != pod.namespace { continue }
            if let namespaces = selector.namespaces {
                // Where the labels are not known, neither is the outcome: the namespace tells such pods apart.
                guard let labels else {
                    result += "\(number)?\(pod.namespace),"
                    continue
                }
                if !namespaces.matches(labels) { continue }
            }
            if selector.pods.matches(pod.labels) { result += "\(number)," }
        }
        return result
    }
}
