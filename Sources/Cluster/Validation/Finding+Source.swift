extension Finding.Identifier {
    /// Where it is written that this is wrong.
    public var source: String {
        switch self {
        case .vpcIPv6UniqueLocal, .vpcIPv6Size, .vpcIPv6Missing, .vpcIPv4Size:
            "Amazon VPC User Guide, “VPC CIDR blocks”"
        case .subnetIPv4Size, .subnetIPv6Size, .subnetOutsideVPC, .subnetOverlap, .addressOutsideSubnet:
            "Amazon VPC User Guide, “Subnet CIDR blocks”"
        case .malformedAddress: "RFC 4291 2.2 and 2.3; RFC 4632 3.1"
        case .referenceMissing, .snapshotIncomplete: "the snapshot itself"
        case .gatewayUnattached: "Amazon VPC User Guide, “Internet gateways”, and “Configure route tables”"
        case .endpointNotAvailable, .endpointClosed:
            "AWS PrivateLink Guide, “Access an AWS service using an interface VPC endpoint”, Security groups"
        case .natGatewayFailed: "Amazon VPC User Guide, “Troubleshoot NAT gateways”, NAT gateway creation fails"
        case .publicAccessBlocked: "Amazon VPC User Guide, “Block public access to VPCs and subnets”"
        case .listenerRuleUnreachable:
            "Elastic Load Balancing API Reference, CreateRule: rules are evaluated in priority order, lowest value first"
        case .networkPolicySelectsNothing: "Kubernetes, “Network Policies”, The NetworkPolicy resource"
        case .networkPolicyNotEnforced, .networkPolicyPodWithoutOwner:
            "Amazon EKS User Guide, “Limit Pod traffic with Kubernetes network policies”, Considerations"
        case .networkPolicyIPv4Unfiltered:
            "aws/aws-network-policy-agent, README, enable-ipv6, and issues 55 and 408; Amazon EKS User Guide, “Limit Pod traffic with "
                + "Kubernetes network policies”, Considerations"
        case .networkPolicyBlocksDNS: "Kubernetes, “Network Policies”, Default deny all egress traffic"
        case .networkPolicyServicePort:
            "aws/amazon-vpc-cni-k8s, docs/network-policy-faq.md: the service port must match the container port"
        case .clusterEndpointClosed:
            "Amazon EKS User Guide, “Control network access to cluster API server endpoint”, Public"
        case .routeLocalMismatch, .routeBlackhole, .routeShadowed, .routeTargetUnsupported:
            "Amazon VPC User Guide, “Configure route tables”, Route priority"
        case .publicSubnetEgressOnly, .privateSubnetInternetGateway:
            "Amazon VPC User Guide, “Enable outbound IPv6 traffic using an egress-only internet gateway”"
        case .peeringNoReturnRoute, .peeringOverlap, .peeringNotActive:
            "Amazon VPC Peering Guide, “Update your route tables” and “VPC peering limitations”"
        case .nat64RouteNotNAT, .dns64WithoutRoute, .natGatewayInPrivateSubnet:
            "Amazon VPC User Guide, “NAT gateways”, DNS64 and NAT64"
        case .naclBlocksReturnPorts, .naclRuleShadowed:
            "Amazon VPC User Guide, “Network ACLs”, Ephemeral ports"
        case .naclBlocksPathMTUDiscovery: "Amazon VPC User Guide, “Path MTU Discovery”; RFC 1191, RFC 8201"
        case .serviceBlockNotUniqueLocal, .serviceBlockSize, .serviceBlockChanged, .serviceAddressOutsideBlock:
            "Amazon EKS User Guide, “Learn about IPv6 addresses to clusters, Pods, and services”"
        case .serviceWithoutEndpoints: "Kubernetes, “Service”, EndpointSlices"
        case .nodeNotNitro, .nodeWithoutPrefix, .nodePrefixSize, .nodeAddressInPrefix, .prefixOverlap,
            .podOutsidePrefix, .podAddressDuplicate:
            "Amazon EKS User Guide, “Learn about IPv6 addresses to clusters, Pods, and services”; Amazon EC2 User Guide, "
                + "“Prefix delegation for Amazon EC2 network interfaces”"
        case .podIPv4OutsideRange, .podIPv4Exhausted: "Amazon VPC CNI plugin, egress-cni: 169.254.172.0/22"
        case .maxPodsOverFormula, .maxPodsOverRecommended, .maxPodsMissing:
            "Amazon EKS User Guide, “Assign more IP addresses to Amazon EKS nodes with prefixes”"
        case .fargateSubnetExhausted, .fargateSubnetNearlyExhausted:
            "Amazon EKS Best Practices Guide, “Running IPv6 EKS clusters”, Fargate"
        case .ingressNotDualStack, .ingressTargetInstance, .loadBalancerInTreeController, .loadBalancerInPrivateSubnet:
            "AWS Load Balancer Controller, “Ingress annotations” and “Service annotations”; Amazon EKS User Guide, “Route "
                + "application and HTTP traffic with Application Load Balancers”"
        case .loadBalancerUDPDualStack:
            "User Guide for Network Load Balancers, “Listeners for your Network Load Balancers”"
        case .targetGroupUnhealthy, .targetNotAPod: "Elastic Load Balancing, “Target groups”, Health checks"
        case .eksAPIUnreachable: "Amazon EKS User Guide, “Cluster API server endpoint”; “NAT gateways”, DNS64 and NAT64"
        case .customNetworkingEnabled:
            "Amazon EKS User Guide, “Deploy Pods in alternate subnets with custom networking”"
        case .warmTargetIneffective: "Amazon VPC CNI plugin, README, WARM_PREFIX_TARGET and ENABLE_IPv6"
        case .imdsIPv6Required: "Amazon EC2 User Guide, “Access instance metadata for an EC2 instance”"
        }
    }
}
