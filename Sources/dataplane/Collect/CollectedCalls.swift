import Cluster

/// The calls of the collect script that stand by themselves: one file each.
struct CollectedCalls {
    var file: String
    var command: String

    /// The top-level key or the kind of what it gives, as the manifest says it.
    var kind: String

    /// Whether a cluster may be without it: a call that fails then leaves no file.
    var isOptional = false

    /// AWS's calls by what they describe, and the top-level key of their output.
    private static let ec2: [(name: String, kind: String)] = [
        ("vpcs", "Vpcs"), ("subnets", "Subnets"), ("route-tables", "RouteTables"), ("network-acls", "NetworkAcls"),
        ("security-groups", "SecurityGroups"), ("internet-gateways", "InternetGateways"),
        ("egress-only-internet-gateways", "EgressOnlyInternetGateways"), ("nat-gateways", "NatGateways"),
        ("vpn-gateways", "VpnGateways"), ("vpc-peering-connections", "VpcPeeringConnections"),
        ("vpc-endpoints", "VpcEndpoints"), ("network-interfaces", "NetworkInterfaces"), ("instances", "Reservations"),
        ("vpc-block-public-access-options", "VpcBlockPublicAccessOptions"),
        ("vpc-block-public-access-exclusions", "VpcBlockPublicAccessExclusions"),
        ("transit-gateways", "TransitGateways"), ("transit-gateway-attachments", "TransitGatewayAttachments"),
        ("transit-gateway-vpc-attachments", "TransitGatewayVpcAttachments"),
        ("transit-gateway-route-tables", "TransitGatewayRouteTables"),
    ]

    /// Lists of several calls are counted by none of them.
    private static let lists = [("prefix-lists", "prefix lists"), ("managed-prefix-lists", "managed prefix lists")]

    private static let kubernetes: [(name: String, kind: String)] = [
        ("nodes", "Node"), ("pods", "Pod"), ("services", "Service"), ("endpointslices", "EndpointSlice"),
        ("ingresses", "Ingress"), ("ingressclasses", "IngressClass"), ("daemonsets", "DaemonSet"),
        ("namespaces", "Namespace"), ("networkpolicies", "NetworkPolicy"),
    ]

    /// Kinds that only some clusters know.
    private static let optional: [(name: String, kind: String)] = [
        ("ingressclassparams.elbv2.k8s.aws", "IngressClassParams"), ("eniconfigs.crd.k8s.amazonaws.com", "ENIConfig"),
        ("securitygrouppolicies.vpcresources.k8s.aws", "SecurityGroupPolicy"),
        ("nodeclasses.eks.amazonaws.com", "NodeClass"),
        ("clusternetworkpolicies.networking.k8s.aws", "ClusterNetworkPolicy"),
        ("applicationnetworkpolicies.networking.k8s.aws", "ApplicationNetworkPolicy"),
        ("adminnetworkpolicies.policy.networking.k8s.io", "AdminNetworkPolicy"),
        ("baselineadminnetworkpolicies.policy.networking.k8s.io", "BaselineAdminNetworkPolicy"),
        ("ciliumnetworkpolicies.cilium.io", "CiliumNetworkPolicy"),
        ("ciliumclusterwidenetworkpolicies.cilium.io", "CiliumClusterwideNetworkPolicy"),
        ("networkpolicies.crd.projectcalico.org", "NetworkPolicy.crd.projectcalico.org"),
        ("globalnetworkpolicies.crd.projectcalico.org", "GlobalNetworkPolicy"),
        ("authorizationpolicies.security.istio.io", "AuthorizationPolicy"),
        ("peerauthentications.security.istio.io", "PeerAuthentication"),
    ]

    static func all(_ cluster: String) -> [CollectedCalls] {
        var calls = ec2.map { name, kind in
            CollectedCalls(
                file: "ec2-describe-\(name).json", command: "aws ec2 describe-\(name) --output json", kind: kind)
        }
        calls += lists.map { name, kind in
            CollectedCalls(
                file: "ec2-describe-\(name).json", command: "aws ec2 describe-\(name) --output json", kind: kind)
        }
        calls += [("load-balancers", "LoadBalancers"), ("target-groups", "TargetGroups")].map { name, kind in
            CollectedCalls(
                file: "elbv2-describe-\(name).json", command: "aws elbv2 describe-\(name) --output json", kind: kind)
        }
        calls.append(
            CollectedCalls(
                file: "eks-describe-cluster.json", command: "aws eks describe-cluster --name \(cluster) --output json",
                kind: "cluster"))
        calls += kubernetes.map { name, kind in
            CollectedCalls(
                file: "kubectl-get-\(name).yaml", command: "kubectl get \(name) --all-namespaces --output yaml",
                kind: kind)
        }
        calls.append(
            CollectedCalls(
                file: "kubectl-get-configmaps.yaml",
                command: "kubectl get configmaps amazon-vpc-cni kube-proxy-config --namespace kube-system "
                    + "--ignore-not-found --output yaml", kind: "ConfigMap"))
        calls += optional.map { name, kind in
            CollectedCalls(
                file: "kubectl-get-\(name.prefix { $0 != "." })-\(name.drop { $0 != "." }.dropFirst()).yaml",
                command: "kubectl get \(name) --all-namespaces --output yaml", kind: kind, isOptional: true)
        }
        return calls
    }
}
