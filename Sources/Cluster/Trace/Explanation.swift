/// Why packets did not arrive, or not all of them.
public struct Explanation: Hashable, Sendable {
    public var code: Code
    public var component: Component
    public var leg: Leg

    /// What happened, with the values, and what to change.
    public var text: String

    /// The way of the packets: to the destination, or the replies'.
    public enum Leg: String, Sendable {
        case forward
        case reply = "return"
    }

    /// Reachability Analyzer's codes where it has one for the case, else codes in the same style.
    public enum Code: String, CaseIterable, Sendable {
        // Reachability Analyzer's: docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html
        case badState = "BAD_STATE"
        case elbListenersMismatch = "ELBV2_LISTENERS_MISMATCH"
        case elbListenerHasNoTargets = "ELBV2_LISTENER_HAS_NO_TG"
        case securityGroupRulesMismatch = "ENI_SG_RULES_MISMATCH"
        case sourceDestinationCheck = "ENI_SOURCE_DEST_CHECK_RESTRICTION"
        case privateDestination = "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS"
        case sharedDestination = "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS"
        case noPublicAddressForIngress = "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"
        case noPublicAddressForEgress = "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"
        case noInterfaceHasAddress = "NO_POSSIBLE_DESTINATION"
        case noRoute = "NO_ROUTE_TO_DESTINATION"
        case peeringAddressOutside = "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"
        case protocolRestriction = "PROTOCOL_RESTRICTION"
        case aclRestriction = "SUBNET_ACL_RESTRICTION"
        case unattached = "UNASSOCIATED_COMPONENT"
        case unsupported = "UNSUPPORTED_COMPONENT"
        case endpointProtocol = "VPCE_GATEWAY_PROTOCOL_RESTRICTION"
        case blockPublicAccess = "VPC_BLOCK_PUBLIC_ACCESS_ENABLED"
        case elbNoTargetsInZone = "ELBV2_NO_TARGETS_IN_AZ"
        // Ours.
        case deniesInternetGateways = "DENY_ALL_IGW_TRAFFIC"
        case serviceSourceRanges = "SERVICE_SOURCE_RANGES"
        case endpointAccess = "EKS_ENDPOINT_ACCESS"
        case loadBalancerLoopback = "LOAD_BALANCER_LOOPBACK"
        case networkPolicy = "NETWORK_POLICY"
        case policyUndefined = "NETWORK_POLICY_UNDEFINED"
        case notInSnapshot = "NOT_IN_SNAPSHOT"
        case nameUnknown = "NAME_NOT_IN_SNAPSHOT"
        case noNodeService = "NO_SUCH_SERVICE_ON_NODE"
        case blackhole = "BLACKHOLE"
        case connectionLimit = "CONNECTION_LIMIT"
        case destinationNotOnInternet = "DESTINATION_NOT_ROUTED_ON_INTERNET"
        case dns64Disabled = "DNS64_DISABLED"
        case egressOnlyNoConnection = "EGRESS_ONLY_NO_CONNECTION"
        case loadBalancerUDP = "LOAD_BALANCER_UDP_DUAL_STACK"
        case loop = "ROUTING_LOOP"
        case metadataDisabled = "IMDS_DISABLED"
        case metadataHopLimit = "IMDS_HOP_LIMIT"
        case metadataIPv6 = "IMDS_IPV6_UNSUPPORTED"
        case nat64DestinationNotIPv4 = "NAT_GATEWAY_IPV6_OUTSIDE_NAT64"
        case natNoConnection = "NAT_GATEWAY_NO_CONNECTION"
        case noAddressOfFamily = "NO_ADDRESS_OF_FAMILY"
        case noPodHasAddress = "NO_POD_HAS_ADDRESS"
        case podIPv4Blocked = "POD_IPV4_BLOCKED"
        case podIPv4Disabled = "POD_IPV4_EGRESS_DISABLED"
        case serviceHasNoEndpoints = "SERVICE_HAS_NO_ENDPOINTS"
        case serviceHasNoLocalEndpoints = "SERVICE_HAS_NO_LOCAL_ENDPOINTS"
    }
}
