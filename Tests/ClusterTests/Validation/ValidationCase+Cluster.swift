import Cluster
import TestSupport

extension ValidationCase {
    static let cluster: [ValidationCase] = [
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
            .podOutsidePrefix, .error, "pod/default/api-1",
            ["2001:db8:1234:1a10:dddd::2", "2001:db8:1234:1a10:cccc::/80"],
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
            .customNetworkingEnabled, .warning, "daemonset/kube-system/aws-node",
            ["AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"],
            .init(daemonSets, after: "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", "'false'", "'true'")),
        .init(
            .customNetworkingEnabled, .warning, "daemonset/kube-system/aws-node", ["us-east-1a"],
            .init(
                daemonSets, after: "kind: List", "items:",
                "items:\n- apiVersion: crd.k8s.amazonaws.com/v1alpha1\n  kind: ENIConfig\n  metadata: {name: us-east-1a}"
            )),
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
}
