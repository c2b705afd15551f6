extension Inventory {
    /// The kinds of objects on which verdicts rest.
    public enum Kind: String, CaseIterable, Sendable {
        // AWS.
        case vpcs = "Vpcs"
        case subnets = "Subnets"
        case routeTables = "RouteTables"
        case networkACLs = "NetworkAcls"
        case securityGroups = "SecurityGroups"
        case internetGateways = "InternetGateways"
        case egressOnlyGateways = "EgressOnlyInternetGateways"
        case natGateways = "NatGateways"
        case vpnGateways = "VpnGateways"
        case peerings = "VpcPeeringConnections"
        case endpoints = "VpcEndpoints"
        case prefixLists = "PrefixLists"
        case interfaces = "NetworkInterfaces"
        case instances = "Reservations"
        case loadBalancers = "LoadBalancers"
        case listeners = "Listeners"
        case listenerRules = "Rules"
        case targetGroups = "TargetGroups"
        case targetHealth = "TargetHealthDescriptions"
        case loadBalancerAttributes
        case targetGroupAttributes
        case blockPublicAccess = "VpcBlockPublicAccessOptions"
        case cluster
        // Kubernetes.
        case nodes = "Node"
        case pods = "Pod"
        case services = "Service"
        case endpointSlices = "EndpointSlice"
        case daemonSets = "DaemonSet"
        case namespaces = "Namespace"
        case networkPolicies = "NetworkPolicy"
        case configMaps = "ConfigMap"

        /// What they are called among people.
        public var title: String {
            switch self {
            case .vpcs: "VPCs"
            case .subnets: "subnets"
            case .routeTables: "route tables"
            case .networkACLs: "network ACLs"
            case .securityGroups: "security groups"
            case .internetGateways: "internet gateways"
            case .egressOnlyGateways: "egress-only internet gateways"
            case .natGateways: "NAT gateways"
            case .vpnGateways: "VPN gateways"
            case .peerings: "peering connections"
            case .endpoints: "VPC endpoints"
            case .prefixLists: "prefix lists"
            case .interfaces: "network interfaces"
            case .instances: "instances"
            case .loadBalancers: "load balancers"
            case .listeners: "listeners"
            case .listenerRules: "listener rules"
            case .targetGroups: "target groups"
            case .targetHealth: "targets and their health"
            case .loadBalancerAttributes: "attributes of load balancers"
            case .targetGroupAttributes: "attributes of target groups"
            case .blockPublicAccess: "options of VPC Block Public Access"
            case .cluster: "facts about the cluster"
            case .nodes: "nodes"
            case .pods: "pods"
            case .services: "services"
            case .endpointSlices: "endpoint slices"
            case .daemonSets: "daemon sets"
            case .namespaces: "namespaces"
            case .networkPolicies: "network policies"
            case .configMaps: "config maps"
            }
        }

        /// The call that collects them.
        public var command: String {
            switch self {
            case .vpcs: "aws ec2 describe-vpcs"
            case .subnets: "aws ec2 describe-subnets"
            case .routeTables: "aws ec2 describe-route-tables"
            case .networkACLs: "aws ec2 describe-network-acls"
            case .securityGroups: "aws ec2 describe-security-groups"
            case .internetGateways: "aws ec2 describe-internet-gateways"
            case .egressOnlyGateways: "aws ec2 describe-egress-only-internet-gateways"
            case .natGateways: "aws ec2 describe-nat-gateways"
            case .vpnGateways: "aws ec2 describe-vpn-gateways"
            case .peerings: "aws ec2 describe-vpc-peering-connections"
            case .endpoints: "aws ec2 describe-vpc-endpoints"
            case .prefixLists: "aws ec2 describe-managed-prefix-lists, and get-managed-prefix-list-entries of each"
            case .interfaces: "aws ec2 describe-network-interfaces"
            case .instances: "aws ec2 describe-instances"
            case .loadBalancers: "aws elbv2 describe-load-balancers"
            case .listeners: "aws elbv2 describe-listeners of each load balancer"
            case .listenerRules: "aws elbv2 describe-rules of each listener"
            case .targetGroups: "aws elbv2 describe-target-groups"
            case .targetHealth: "aws elbv2 describe-target-health of each target group, with its TargetGroupArn"
            case .loadBalancerAttributes:
                "aws elbv2 describe-load-balancer-attributes of each load balancer, with its LoadBalancerArn"
            case .targetGroupAttributes:
                "aws elbv2 describe-target-group-attributes of each target group, with its TargetGroupArn"
            case .blockPublicAccess: "aws ec2 describe-vpc-block-public-access-options"
            case .cluster: "aws eks describe-cluster"
            case .nodes: "kubectl get nodes -o yaml"
            case .pods: "kubectl get pods --all-namespaces -o yaml"
            case .services: "kubectl get services --all-namespaces -o yaml"
            case .endpointSlices: "kubectl get endpointslices --all-namespaces -o yaml"
            case .daemonSets: "kubectl get daemonsets --all-namespaces -o yaml"
            case .namespaces: "kubectl get namespaces -o yaml"
            case .networkPolicies: "kubectl get networkpolicies --all-namespaces -o yaml"
            case .configMaps: "kubectl get configmaps --namespace kube-system -o yaml"
            }
        }
    }
}
