import Cluster
import IPAddresses

extension SnapshotBuilder {
    private static let warmTargets: Set<String> = [
        "WARM_IP_TARGET", "WARM_ENI_TARGET", "WARM_PREFIX_TARGET", "MINIMUM_IP_TARGET",
    ]

    /// Engines of network policies other than the VPC CNI plugin's agent, by the names that their installers give.
    private static let engines: Set<String> = [
        "calico-node", "cilium", "antrea-agent", "kube-router", "weave-net", "canal", "kube-ovn-cni", "romana-agent",
    ]

    /// Settings without which nobody knows where packets of pods go.
    private static let deciding: Set<String> = [
        "ENABLE_V4_EGRESS", "ENABLE_V6_EGRESS", "AWS_VPC_K8S_CNI_EXTERNALSNAT", "AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS",
        "AWS_VPC_K8S_CNI_RANDOMIZESNAT", "NETWORK_POLICY_ENFORCING_MODE",
    ]

    /// The settings of what runs on each node stand in its DaemonSet.
    mutating func addDaemonSet(_ cursor: Cursor) throws(SnapshotError) {
        let name = try cursor.required("metadata").string("name")
        let selector = try cursor["spec"]?["template"]?["spec"]?.labels("nodeSelector") ?? [:]
        if !selector.isEmpty { configuration.agentNodeSelectors[name] = selector }
        let containers = try cursor["spec"]?["template"]?["spec"]?.elements("containers") ?? []
        switch name {
        case "aws-node": try addCNI(containers)
        case "eks-pod-identity-agent": configuration.hasPodIdentityAgent = true
        case "node-local-dns": try addNodeLocalDNS(containers)
        case let name where Self.engines.contains(name):
            if !configuration.policyEngines.contains(name) { configuration.policyEngines.append(name) }
        default: break
        }
    }

    /// The CNI plugin's settings stand in the environment of aws-node, the node agent's in its arguments.
    private mutating func addCNI(_ containers: [Cursor]) throws(SnapshotError) {
        hasCNI = true
        for container in containers {
            if try container.optionalString("name") == "aws-eks-nodeagent" {
                configuration.cni.enforcesNetworkPolicies = false
                for argument in try container.strings("args") + container.strings("command")
                where argument.hasPrefix("--enable-network-policy=") || argument == "--enable-network-policy" {
                    configuration.cni.enforcesNetworkPolicies = !argument.hasSuffix("=false")
                }
            }
            for variable in try container.elements("env") {
                guard let place = variable["value"] else {
                    // A value from elsewhere is not in the output.
                    if variable["valueFrom"] != nil, try Self.deciding.contains(variable.string("name")) {
                        hasCNI = false
                    }
                    continue
                }
                try addSetting(variable.string("name"), place.string(), place)
            }
        }
    }

    private mutating func addSetting(_ name: String, _ value: String, _ place: Cursor) throws(SnapshotError) {
        switch name {
        case "ENABLE_V4_EGRESS": configuration.cni.hasIPv4Egress = value != "false"
        case "ENABLE_MULTI_NIC": configuration.cni.usesSeveralCards = value == "true"
        case "ENABLE_V6_EGRESS": configuration.cni.hasIPv6Egress = value == "true"
        case "AWS_VPC_K8S_CNI_RANDOMIZESNAT": configuration.cni.randomizesSourcePorts = value != "none"
        case "AWS_VPC_K8S_CNI_EXTERNALSNAT": configuration.cni.leavesSourceNATToOthers = value == "true"
        case "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": configuration.cni.usesCustomNetworking = value == "true"
        case "NETWORK_POLICY_ENFORCING_MODE": configuration.cni.enforcesStrictly = value.lowercased() == "strict"
        case "AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS":
            for block in value.split(whereSeparator: { $0 == "," || $0 == " " }) {
                guard let prefix = IPPrefix(String(block)) else {
                    throw place.fault("prefixes with commas between them are expected here, and “\(block)” is none")
                }
                configuration.cni.blocksWithoutSNAT.append(prefix)
            }
        case let name where Self.warmTargets.contains(name): configuration.cni.warmTargets[name] = value
        default: break
        }
    }

    /// `-localip 169.254.20.10,10.100.0.10`, as one argument or two.
    private mutating func addNodeLocalDNS(_ containers: [Cursor]) throws(SnapshotError) {
        configuration.hasNodeLocalDNS = true
        for container in containers {
            let arguments = try container.strings("command") + container.strings("args")
            for (index, argument) in arguments.enumerated() {
                let name = argument.drop { $0 == "-" }
                let list: Substring
                if name.hasPrefix("localip=") {
                    list = name.dropFirst("localip=".count)
                } else if name == "localip", index + 1 < arguments.count {
                    list = arguments[index + 1][...]
                } else {
                    continue
                }
                for text in list.split(separator: ",") {
                    if let address = IPAddress(String(text)) { configuration.nodeLocalDNS.append(address) }
                }
            }
        }
    }
}
