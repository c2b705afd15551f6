import Cluster
import Snapshot
import Testing
import TestSupport

/// An edit of the example cluster, and what the validator has to find in it.
struct ValidationCase: Sendable, CustomTestStringConvertible {
    let id: Finding.Identifier
    let severity: Finding.Severity
    let component: String
    /// Texts that the message has to hold.
    let values: [String]
    let edits: [ExampleCluster.Edit]
    var ruleSet = RuleSet.seed
    /// Edits of the earlier snapshot, where there is one.
    var earlier: [ExampleCluster.Edit]?

    var testDescription: String { "\(id.rawValue) \(severity) \(ruleSet.name): \(values.first ?? "")" }

    init(
        _ id: Finding.Identifier, _ severity: Finding.Severity, _ component: String, _ values: [String],
        _ edits: ExampleCluster.Edit..., ruleSet: RuleSet = .seed, earlier: [ExampleCluster.Edit]? = nil
    ) {
        (self.id, self.severity, self.component, self.values, self.edits) = (id, severity, component, values, edits)
        (self.ruleSet, self.earlier) = (ruleSet, earlier)
    }
}

func exampleSnapshot(_ edits: [ExampleCluster.Edit] = []) throws -> Snapshot {
    try Snapshot(
        files: ExampleCluster.files(edits).map { .init(path: $0.path, bytes: $0.bytes) }, name: "Examples/cluster",
        toleratesMissing: true)
}

private let vpcs = "ec2-describe-vpcs.json"
private let subnets = "ec2-describe-subnets.json"
private let tables = "ec2-describe-route-tables.json"
private let acls = "ec2-describe-network-acls.json"
private let groups = "ec2-describe-security-groups.json"
private let interfaces = "ec2-describe-network-interfaces.json"
private let instances = "ec2-describe-instances.json"
private let nats = "ec2-describe-nat-gateways.json"
private let pods = "kubectl-get-pods.yaml"
private let nodes = "kubectl-get-nodes.yaml"
private let services = "kubectl-get-services.yaml"
private let ingresses = "kubectl-get-ingresses.yaml"
private let daemonSets = "kubectl-get-daemonsets.yaml"
private let balancers = "elbv2-describe-load-balancers.json"
private let listeners = "elbv2-describe-listeners.json"
private let clusters = "eks-describe-cluster.json"

private let nat64InV6Only =
    #",{"DestinationIpv6CidrBlock":"64:ff9b::/96","State":"active","Origin":"CreateRoute","NatGatewayId":"nat-0a"}"#

private let wholeVPC6 = "2001:db8:1234:1a00::/56"

let networkCases: [ValidationCase] = [
    .init(
        .vpcIPv6UniqueLocal, .error, "vpc-0demo", ["fd00:1234:5678:1a00::/56", "global unicast"],
        .init(vpcs, wholeVPC6, "fd00:1234:5678:1a00::/56")),
    .init(
        .vpcIPv6UniqueLocal, .advice, "vpc-0demo", ["fd00:1234:5678:1a00::/56"],
        .init(vpcs, wholeVPC6, "fd00:1234:5678:1a00::/56"), ruleSet: .current),
    .init(
        .vpcIPv6Size, .error, "vpc-0demo", ["2001:db8:1234:1a00::/64", "/56"],
        .init(vpcs, wholeVPC6, "2001:db8:1234:1a00::/64")),
    .init(
        .vpcIPv6Size, .error, "vpc-0demo", ["2001:db8:1234:1a00::/64"],
        .init(vpcs, wholeVPC6, "2001:db8:1234:1a00::/64"), ruleSet: .current),
    .init(
        .vpcIPv6Size, .error, "vpc-0demo", ["4000:db8:1234:1a00::/56", "no global unicast"],
        .init(vpcs, wholeVPC6, "4000:db8:1234:1a00::/56")),
    .init(
        .vpcIPv6Missing, .error, "vpc-0demo", ["no IPv6 block"],
        .init(vpcs, after: wholeVPC6, #""State":"associated""#, #""State":"disassociated""#)),
    .init(.vpcIPv4Size, .error, "vpc-0demo", ["10.0.0.0/8"], .init(vpcs, "10.0.0.0/16", "10.0.0.0/8")),
    .init(.vpcIPv4Size, .error, "vpc-0demo", ["10.0.0.0/29"], .init(vpcs, "10.0.0.0/16", "10.0.0.0/29")),
    .init(
        .subnetIPv6Size, .error, "subnet-0private-a", ["2001:db8:1234:1a10::/80"],
        .init(subnets, "2001:db8:1234:1a10::/64", "2001:db8:1234:1a10::/80")),
    .init(
        .subnetIPv6Size, .error, "subnet-0private-a", ["2001:db8:1234:1a10::/80"],
        .init(subnets, "2001:db8:1234:1a10::/64", "2001:db8:1234:1a10::/80"), ruleSet: .current),
    .init(
        .subnetIPv4Size, .error, "subnet-0isolated-a", ["10.0.48.0/29"],
        .init(subnets, "10.0.48.0/28", "10.0.48.0/29")),
    .init(
        .subnetOutsideVPC, .error, "subnet-0private-b", ["2001:db8:9999::/64", wholeVPC6],
        .init(subnets, "2001:db8:1234:1a20::/64", "2001:db8:9999::/64")),
    .init(
        .subnetOutsideVPC, .error, "subnet-0private-b", ["172.16.0.0/20", "10.0.0.0/16"],
        .init(subnets, "10.0.32.0/20", "172.16.0.0/20")),
    .init(
        .subnetOverlap, .error, "subnet-0private-b", ["10.0.16.0/21", "10.0.16.0/20", "subnet-0private-a"],
        .init(subnets, "10.0.32.0/20", "10.0.16.0/21")),
    .init(
        .subnetOverlap, .error, "subnet-0private-b", ["2001:db8:1234:1a10::/64", "subnet-0private-a"],
        .init(subnets, "2001:db8:1234:1a20::/64", "2001:db8:1234:1a10::/64")),
    .init(
        .addressOutsideSubnet, .error, "eni-0node-b", ["10.0.32.10", "10.0.64.0/20"],
        .init(subnets, "10.0.32.0/20", "10.0.64.0/20")),
    .init(
        .referenceMissing, .error, "rtb-0private-b", ["nat-0gone", "rtb-0private-b", "NatGateways"],
        .init(tables, #""NatGatewayId": "nat-0b""#, #""NatGatewayId": "nat-0gone""#)),
    .init(
        .routeLocalMismatch, .error, "rtb-0private-a", ["10.9.0.0/16", "10.0.0.0/16"],
        .init(
            tables, after: #""RouteTableId":"rtb-0private-a""#, #""DestinationCidrBlock":"10.0.0.0/16""#,
            #""DestinationCidrBlock":"10.9.0.0/16""#)),
    .init(
        .publicSubnetEgressOnly, .error, "rtb-0public", ["eigw-0demo", "load-balancer/web", "subnet-0public-a"],
        .init(
            tables, after: #""RouteTableId":"rtb-0public""#,
            #""DestinationIpv6CidrBlock":"::/0","State":"active","Origin":"CreateRoute","GatewayId":"igw-0demo""#,
            #""DestinationIpv6CidrBlock":"::/0","State":"active","Origin":"CreateRoute","EgressOnlyInternetGatewayId":"eigw-0demo""#
        )),
    .init(
        .privateSubnetInternetGateway, .warning, "rtb-0private-a", ["igw-0demo", "subnet-0private-a", "reachable"],
        .init(
            tables, after: #""RouteTableId":"rtb-0private-a""#, #""EgressOnlyInternetGatewayId":"eigw-0demo""#,
            #""GatewayId":"igw-0demo""#)),
    .init(
        .routeBlackhole, .warning, "rtb-0private-b", ["100.64.8.0/24", "nat-0deleted"],
        .init(tables, "100.64.7.0/24", "100.64.8.0/24")),
    .init(
        .routeShadowed, .advice, "rtb-0private-a", ["0.0.0.0/0 → nat-0a", "0.0.0.0/1", "128.0.0.0/1"],
        .init(
            tables, after: #""RouteTableId":"rtb-0private-a""#, #"{"DestinationPrefixListId":"#,
            #"{"DestinationCidrBlock":"0.0.0.0/1","NatGatewayId":"nat-0b","State":"active"},"#
                + #"{"DestinationCidrBlock":"128.0.0.0/1","NatGatewayId":"nat-0b","State":"active"},{"DestinationPrefixListId":"#
        )),
    .init(
        .routeShadowed, .advice, "rtb-0private-a", ["192.168.0.0/16 → vgw-0onprem"],
        .init(
            tables, after: #""RouteTableId":"rtb-0private-a""#, #"{"DestinationPrefixListId":"#,
            #"{"DestinationCidrBlock":"192.168.0.0/16","NatGatewayId":"nat-0b","State":"active"},{"DestinationPrefixListId":"#
        )),
    .init(
        .routeTargetUnsupported, .advice, "rtb-0private-a", ["tgw-0123", "TransitGatewayId"],
        .init(
            tables, after: #""RouteTableId":"rtb-0private-a""#, #"{"DestinationPrefixListId":"#,
            #"{"DestinationCidrBlock":"172.16.0.0/12","TransitGatewayId":"tgw-0123","State":"active"},{"DestinationPrefixListId":"#
        )),
    .init(
        .naclBlocksReturnPorts, .warning, "acl-0private",
        ["rule 32767", "udp", "1024-40000", "0.0.0.0/0", "ingress"],
        .init(
            acls, after: #""RuleNumber":130,"#, #""From":32768,"To":65535"#, #""From":40001,"To":65535"#)),
    .init(
        .naclBlocksReturnPorts, .warning, "acl-0private", ["rule 32768", "tcp", "32768-60999", "::/0"],
        .init(acls, after: #""RuleNumber":121,"#, #""From":1024,"To":65535"#, #""From":443,"To":443"#)),
    .init(
        .naclBlocksReturnPorts, .warning, "acl-0default", ["egress", "rule 99", "tcp", "to ports 3389"],
        .init(
            acls, after: #""NetworkAclId":"acl-0default""#, #""Entries":["#,
            #""Entries":[{"RuleNumber":99,"Egress":true,"RuleAction":"deny","Protocol":"6","CidrBlock":"0.0.0.0/0","PortRange":{"From":3389,"To":3389}},"#
        )),
    .init(
        .naclBlocksPathMTUDiscovery, .advice, "acl-0private", ["ICMPv6 type 2"],
        .init(acls, after: #""RuleNumber":140,"Egress":false,"#, #""allow""#, #""deny""#)),
    .init(
        .naclRuleShadowed, .advice, "acl-0private", ["115", "10.0.5.0/24", "100"],
        .init(
            acls, after: #""NetworkAclId":"acl-0private""#, #""Entries":["#,
            #""Entries":[{"RuleNumber":115,"Egress":false,"RuleAction":"deny","Protocol":"6","CidrBlock":"10.0.5.0/24","PortRange":{"From":80,"To":80}},"#
        )),
    .init(
        .naclRuleShadowed, .advice, "sg-0alb", ["tcp 443 from 203.0.113.0/24"],
        .init(
            groups, after: #""FromPort":443,"ToPort":443"#, "]", #"]"#),
        .init(
            groups, after: #""FromPort":80,"ToPort":80},{"IpProtocol":"tcp","IpRanges":["#, #"{"CidrIp":"0.0.0.0/0"}"#,
            #"{"CidrIp":"0.0.0.0/0"},{"CidrIp":"203.0.113.0/24"}"#)),
    .init(
        .peeringNoReturnRoute, .error, "rtb-0peer", [wholeVPC6, "pcx-0database", "rtb-0private-a"],
        .init(
            tables, after: #""RouteTableId":"rtb-0peer""#,
            #",{"DestinationIpv6CidrBlock":"2001:db8:1234:1a00::/56","State":"active","Origin":"CreateRoute","VpcPeeringConnectionId":"pcx-0database"}"#,
            "")),
    .init(
        .peeringNoReturnRoute, .error, "rtb-0peer", ["10.0.0.0/16", "pcx-0database"],
        .init(
            tables, after: #""RouteTableId":"rtb-0peer""#,
            #",{"DestinationCidrBlock":"10.0.0.0/16","State":"active","Origin":"CreateRoute","VpcPeeringConnectionId":"pcx-0database"}"#,
            "")),
    .init(
        .peeringOverlap, .error, "pcx-0database", ["10.0.0.0/16", "vpc-0demo", "vpc-0peer"],
        .init(vpcs, "10.1.0.0/16", "10.0.0.0/16")),
    .init(
        .peeringOverlap, .error, "pcx-0database", [wholeVPC6], .init(vpcs, "2001:db8:1234:1b00::/56", wholeVPC6)),
    .init(
        .peeringNotActive, .warning, "pcx-0database", ["pending-acceptance"],
        .init("ec2-describe-vpc-peering-connections.json", #""Code": "active""#, #""Code": "pending-acceptance""#)),
    .init(
        .nat64RouteNotNAT, .error, "rtb-0v6only", ["64:ff9b::/96", "eigw-0demo"],
        .init(
            tables, after: #""RouteTableId":"rtb-0v6only""#, #""NatGatewayId":"nat-0a""#,
            #""EgressOnlyInternetGatewayId":"eigw-0demo""#)),
    .init(
        .dns64WithoutRoute, .warning, "subnet-0isolated-a", ["64:ff9b::/96", "rtb-0main"],
        .init(subnets, after: #""SubnetId":"subnet-0isolated-a""#, #""EnableDns64":false"#, #""EnableDns64":true"#)),
    .init(
        .natGatewayInPrivateSubnet, .error, "nat-0a", ["subnet-0isolated-a", "no route"],
        .init(nats, "subnet-0public-a", "subnet-0isolated-a")),
    .init(
        .eksAPIUnreachable, .error, "subnet-0v6only-a", ["DNS64 is off"],
        .init(subnets, after: #""SubnetId":"subnet-0v6only-a""#, #""EnableDns64":true"#, #""EnableDns64":false"#)),
    .init(
        .eksAPIUnreachable, .error, "subnet-0v6only-a", ["no route to 64:ff9b::/96", "rtb-0v6only"],
        .init(tables, after: #""RouteTableId":"rtb-0v6only""#, nat64InV6Only, "")),
    .init(
        .eksAPIUnreachable, .error, "subnet-0v6only-a", ["nat-0a", "deleted"],
        .init(nats, after: #""NatGatewayId":"nat-0a""#, #""State":"available""#, #""State":"deleted""#)),
    .init(
        .eksAPIUnreachable, .error, "subnet-0v6only-a", ["nat-0a", "gone"],
        .init(
            tables, after: #""RouteTableId":"rtb-0v6only""#,
            #""64:ff9b::/96","State":"active""#, #""64:ff9b::/96","State":"blackhole""#)),
    .init(
        .eksAPIUnreachable, .error, "subnet-0v6only-a", ["eigw-0demo", "no NAT gateway"],
        .init(
            tables, after: #""RouteTableId":"rtb-0v6only""#, #""NatGatewayId":"nat-0a""#,
            #""EgressOnlyInternetGatewayId":"eigw-0demo""#)),
]

let clusterCases: [ValidationCase] = [
    .init(
        .serviceBlockNotUniqueLocal, .error, "cluster/demo", ["2001:db8::/108"],
        .init(clusters, "fd30:4a7c:1b2e::/108", "2001:db8::/108")),
    .init(
        .serviceBlockSize, .error, "cluster/demo", ["fd30:4a7c:1b2e::/112"],
        .init(clusters, "fd30:4a7c:1b2e::/108", "fd30:4a7c:1b2e::/112")),
    .init(
        .serviceBlockChanged, .error, "cluster/demo", ["fd30:4a7c:1b2e::/108", "fdaa:bbbb:cccc::/108"],
        earlier: [.init(clusters, "fd30:4a7c:1b2e::/108", "fdaa:bbbb:cccc::/108")]),
    .init(
        .serviceAddressOutsideBlock, .error, "service/default/web", ["fd99::1", "fd30:4a7c:1b2e::/108"],
        .init(services, "fd30:4a7c:1b2e::1234", "fd99::1")),
    .init(
        .serviceWithoutEndpoints, .warning, "service/default/webhook", ["no ready endpoint"],
        .init(
            "kubectl-get-endpointslices.yaml", after: "kubernetes.io/service-name: webhook", "ready: true",
            "ready: false")),
    .init(
        .nodeNotNitro, .error, "node/ip-10-0-16-10.ec2.internal", ["m4.large", "Nitro"],
        .init(
            instances, after: #""InstanceId":"i-0node-a""#, #""InstanceType":"m5.large""#,
            #""InstanceType":"m4.large""#)),
    .init(
        .nodeNotNitro, .error, "node/ip-10-0-16-10.ec2.internal", ["m4.large"],
        .init(
            nodes, after: "name: ip-10-0-16-10.ec2.internal", "instance-type: m5.large", "instance-type: m4.large")),
    .init(
        .nodeWithoutPrefix, .error, "node/ip-10-0-32-10.ec2.internal", ["eni-0node-b"],
        .init(
            interfaces, after: #""NetworkInterfaceId":"eni-0node-b""#,
            #"{"Ipv6Prefix":"2001:db8:1234:1a20:bbbb::/80"}"#, "")),
    .init(
        .nodePrefixSize, .error, "eni-0node-b", ["2001:db8:1234:1a20:bbbb::/96"],
        .init(interfaces, "2001:db8:1234:1a20:bbbb::/80", "2001:db8:1234:1a20:bbbb::/96")),
    .init(
        .nodeAddressInPrefix, .warning, "eni-0node-a",
        ["2001:db8:1234:1a10:aaaa::a", "2001:db8:1234:1a10:aaaa::/80"],
        .init(interfaces, "2001:db8:1234:1a10::a\"", "2001:db8:1234:1a10:aaaa::a\"")),
    .init(
        .prefixOverlap, .error, "eni-0node-c", ["2001:db8:1234:1a10:aaaa::/80", "eni-0node-a"],
        .init(interfaces, "2001:db8:1234:1a10:cccc::/80", "2001:db8:1234:1a10:aaaa::/80")),
    .init(
        .podOutsidePrefix, .error, "pod/default/api-1", ["2001:db8:1234:1a10:dddd::2", "2001:db8:1234:1a10:cccc::/80"],
        .init(pods, "2001:db8:1234:1a10:cccc::2", "2001:db8:1234:1a10:dddd::2")),
    .init(
        .podIPv4OutsideRange, .error, "pod/default/client", ["169.254.64.16", "169.254.172.0/22"],
        .init(
            pods, after: "podIP: 2001:db8:1234:1a10:aaaa::2", "    - ip: 2001:db8:1234:1a10:aaaa::2",
            "    - ip: 2001:db8:1234:1a10:aaaa::2\n    - ip: 169.254.64.16")),
    .init(
        .podAddressDuplicate, .error, "pod/default/worker", ["2001:db8:1234:1a20:bbbb::2", "pod/default/web-2"],
        .init(pods, "2001:db8:1234:1a20:bbbb::3", "2001:db8:1234:1a20:bbbb::2")),
    .init(
        .podAddressDuplicate, .error, "pod/default/web-1", ["169.254.172.9", "pod/default/client", "one node"],
        .init(
            pods, after: "podIP: 2001:db8:1234:1a10:aaaa::2", "    - ip: 2001:db8:1234:1a10:aaaa::2",
            "    - ip: 2001:db8:1234:1a10:aaaa::2\n    - ip: 169.254.172.9"),
        .init(
            pods, after: "podIP: 2001:db8:1234:1a10:aaaa::3", "    - ip: 2001:db8:1234:1a10:aaaa::3",
            "    - ip: 2001:db8:1234:1a10:aaaa::3\n    - ip: 169.254.172.9")),
    .init(
        .maxPodsOverFormula, .error, "node/ip-10-0-16-10.ec2.internal", ["460", "434", "m5.large"],
        .init(nodes, after: "name: ip-10-0-16-10.ec2.internal", "pods: '110'", "pods: '460'")),
    .init(
        .maxPodsOverRecommended, .warning, "node/ip-10-0-16-10.ec2.internal", ["300", "110"],
        .init(nodes, after: "name: ip-10-0-16-10.ec2.internal", "pods: '110'", "pods: '300'")),
    .init(
        .maxPodsMissing, .warning, "node/ip-10-0-16-10.ec2.internal", ["not set"],
        .init(
            nodes, after: "name: ip-10-0-16-10.ec2.internal", "      eks.amazonaws.com/nodegroup: general\n", ""),
        .init(nodes, after: "name: ip-10-0-16-10.ec2.internal", "      pods: '110'\n", "")),
    .init(
        .ingressNotDualStack, .error, "ingress/default/web", ["ip-address-type is missing"],
        .init(ingresses, "      alb.ingress.kubernetes.io/ip-address-type: dualstack\n", "")),
    .init(
        .ingressNotDualStack, .error, "ingress/default/web", ["alb.ingress.kubernetes.io/ip-address type"],
        .init(ingresses, "ip-address-type: dualstack", "ip-address type: dualstack")),
    .init(
        .ingressNotDualStack, .error, "ingress/default/web", ["“ipv4”"],
        .init(ingresses, "ip-address-type: dualstack", "ip-address-type: ipv4")),
    .init(
        .ingressNotDualStack, .error, "service/default/game", ["aws-load-balancer-ip-address-type is missing"],
        .init(services, "      service.beta.kubernetes.io/aws-load-balancer-ip-address-type: dualstack\n", "")),
    .init(
        .ingressTargetInstance, .error, "ingress/default/web", ["“instance”"],
        .init(ingresses, "target-type: ip", "target-type: instance")),
    .init(
        .ingressTargetInstance, .error, "service/default/game", ["nlb-target-type is “instance”"],
        .init(services, "nlb-target-type: ip", "nlb-target-type: instance")),
    .init(
        .loadBalancerInTreeController, .error, "service/default/game", ["in-tree", "missing"],
        .init(services, "      service.beta.kubernetes.io/aws-load-balancer-type: external\n", "")),
    .init(
        .loadBalancerUDPDualStack, .error, "load-balancer/game", ["6000", "UDP"],
        .init(listeners, #""Protocol": "TCP""#, #""Protocol": "UDP""#)),
    .init(
        .loadBalancerUDPDualStack, .error, "load-balancer/game", ["prefixes for IPv6 source NAT"],
        .init(listeners, #""Protocol": "TCP""#, #""Protocol": "TCP_UDP""#), ruleSet: .current),
    .init(
        .loadBalancerInPrivateSubnet, .error, "load-balancer/web", ["subnet-0private-a", "nat-0a"],
        .init(balancers, after: #""LoadBalancerName":"web""#, "subnet-0public-a", "subnet-0private-a")),
    .init(
        .targetGroupUnhealthy, .warning, "target-group/web", ["2001:db8:1234:1a20:bbbb::2", "unhealthy"],
        .init(
            "elbv2-describe-target-health-web.json", after: "2001:db8:1234:1a20:bbbb::2", #""State":"healthy""#,
            #""State":"unhealthy""#)),
    .init(
        .targetNotAPod, .warning, "target-group/web", ["2001:db8:1234:1a20:bbbb::99"],
        .init("elbv2-describe-target-health-web.json", "2001:db8:1234:1a20:bbbb::2", "2001:db8:1234:1a20:bbbb::99")),
    .init(
        .fargateSubnetExhausted, .error, "subnet-0private-b", ["0 free IPv4", "10.0.32.0/20"],
        .init(
            subnets, after: #""SubnetId":"subnet-0private-b""#, #""AvailableIpAddressCount":4087"#,
            #""AvailableIpAddressCount":0"#)),
    .init(
        .fargateSubnetNearlyExhausted, .warning, "subnet-0private-b", ["400 of 4091"],
        .init(
            subnets, after: #""SubnetId":"subnet-0private-b""#, #""AvailableIpAddressCount":4087"#,
            #""AvailableIpAddressCount":400"#)),
    .init(
        .customNetworkingEnabled, .warning, "daemonset/kube-system/aws-node", ["AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"],
        .init(daemonSets, after: "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", "'false'", "'true'")),
    .init(
        .customNetworkingEnabled, .warning, "daemonset/kube-system/aws-node", ["us-east-1a"],
        .init(
            daemonSets, after: "kind: List", "items:",
            "items:\n- apiVersion: crd.k8s.amazonaws.com/v1alpha1\n  kind: ENIConfig\n  metadata: {name: us-east-1a}")),
    .init(
        .warmTargetIneffective, .advice, "daemonset/kube-system/aws-node", ["WARM_IP_TARGET is 5"],
        .init(
            daemonSets, after: "          env:", "\n",
            "\n          - name: WARM_IP_TARGET\n            value: '5'\n")),
    .init(
        .imdsIPv6Required, .warning, "instance/i-0node-a", ["HttpProtocolIpv6", "fd00:ec2::254"],
        .init(
            instances, after: #""InstanceId":"i-0node-a""#, #""HttpProtocolIpv6":"disabled""#,
            #""HttpProtocolIpv6":"enabled""#)),
]
