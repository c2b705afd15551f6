import IPAddresses
import VPC

extension Validator {
    /// Settings of the CNI plugin that an IPv6 cluster has no use for: S12, S43.
    mutating func checkCNI() {
        guard isIPv6Cluster else { return }
        let component = Component(.daemonSet, "daemonset/kube-system/aws-node")
        let cni = cluster.configuration.cni
        if cni.usesCustomNetworking || !cluster.eniConfigs.isEmpty {
            let what = [
                cni.usesCustomNetworking ? "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG is true" : nil,
                cluster.eniConfigs.isEmpty
                    ? nil : "there are ENIConfigs: \(cluster.eniConfigs.joined(separator: ", "))",
            ].compactMap { $0 }.joined(separator: ", and ")
            add(
                .customNetworkingEnabled, .warning, component,
                "\(what): an IPv6 cluster does not use custom networking; addresses do not run out, and for keeping pods and nodes "
                    + "apart there is no replacement",
                fix: "set it to false, and delete the ENIConfigs; use network policies to keep pods apart")
        }
        for (name, value) in cni.warmTargets.sorted(by: { $0.key < $1.key }) {
            add(
                .warmTargetIneffective, .advice, component,
                "\(name) is \(value): it has no effect, since a node's /80 is assigned once, at bootstrap, and no pod waits for an address",
                fix: "remove it")
        }
    }

    /// The metadata service over IPv6: S46.
    mutating func checkMetadata() {
        if ruleSet.allows(.metadataOverIPv6) { return }
        for instance in ordered(network.instances) where instance.metadata.isEnabled && instance.metadata.isIPv6Enabled
        {
            add(
                .imdsIPv6Required, .warning, Component(.instance, "instance/\(instance.id)"),
                "instance/\(instance.id) has HttpProtocolIpv6 enabled: the metadata service is not supported over IPv6 (fd00:ec2::254)",
                fix: "use 169.254.169.254 (rule set current supports fd00:ec2::254)")
        }
    }
}
