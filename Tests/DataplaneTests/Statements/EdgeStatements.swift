import Cluster
import IPAddresses
import Snapshot
import Testing
import TestSupport
import VPC

@testable import dataplane

@Suite("Statements: load balancers")
struct LoadBalancerStatements {
    private let services = "kubectl-get-services.yaml"
    private let ingresses = "kubectl-get-ingresses.yaml"

    @Test("S29: an IPv4 client reaches an IPv6 pod through a dual-stack load balancer, which translates")
    func s29() throws {
        let ipv4 = try Statements.trace("internet/203.0.113.50", "load-balancer/web").trace
        #expect(ipv4.verdict == .delivered && ipv4.forward.first?.inbound?.family == .ipv4)
        #expect(ipv4.forward.last?.inbound?.family == .ipv6 && ipv4.forward.last?.component.type == .pod)
        #expect(Statements.translations(ipv4.forward).contains(.loadBalancer))
        let ipv6 = try Statements.trace("internet/2001:db8:beef::1", "load-balancer/web").trace
        #expect(ipv6.verdict == .delivered && ipv6.forward.allSatisfy { $0.inbound?.family == .ipv6 })
    }

    @Test("S30: the public load balancer is in public subnets, the nodes in private ones: both are checked")
    func s30() throws {
        let path = try Statements.trace("internet/203.0.113.50", "load-balancer/web").trace.forward
        let subnets = path.compactMap(\.subnetID)
        #expect(
            subnets.first?.hasPrefix("subnet-0public") == true && subnets.last?.hasPrefix("subnet-0private") == true)
        #expect(try Statements.findings(.loadBalancerInPrivateSubnet, []).isEmpty)
        #expect(try Statements.findings(.privateSubnetInternetGateway, []).isEmpty)
        let inPrivate = ExampleCluster.Edit(
            "elbv2-describe-load-balancers.json", after: #""LoadBalancerName":"web""#, "subnet-0public-a",
            "subnet-0private-a")
        #expect(
            try Statements.findings(.loadBalancerInPrivateSubnet, [inPrivate]).map(\.component.id) == [
                "load-balancer/web"
            ])
        let nodesPublic = ExampleCluster.Edit(
            "ec2-describe-route-tables.json", after: #""RouteTableId":"rtb-0private-b""#,
            #""EgressOnlyInternetGatewayId":"eigw-0demo""#, #""GatewayId":"igw-0demo""#)
        #expect(
            try Statements.findings(.privateSubnetInternetGateway, [nodesPublic]).map(\.component.id) == [
                "rtb-0private-b"
            ])
    }

    @Test(
        "S31: dual stack only with both annotations, on an Ingress and on a Service; the in-tree controller does no IPv6"
    )
    func s31() throws {
        #expect(
            try Statements.findings(.ingressNotDualStack, []).isEmpty
                && Statements.findings(.ingressTargetInstance, []).isEmpty)
        let spelling = ExampleCluster.Edit(ingresses, "ip-address-type: dualstack", "ip-address type: dualstack")
        let found = try Statements.findings(.ingressNotDualStack, [spelling])
        #expect(found.count == 1 && found[0].message.contains("“alb.ingress.kubernetes.io/ip-address type”"))
        #expect(found[0].fix == "set alb.ingress.kubernetes.io/ip-address-type: dualstack")
        let service = ExampleCluster.Edit(services, "ip-address-type: dualstack", "ip-address-type: ipv4")
        #expect(
            try Statements.findings(.ingressNotDualStack, [service]).map(\.component.id) == ["service/default/game"])
        let inTree = ExampleCluster.Edit(services, "aws-load-balancer-type: external", "aws-load-balancer-type: nlb")
        #expect(
            try Statements.findings(.loadBalancerInTreeController, [inTree]).map(\.component.id) == [
                "service/default/game"
            ])
    }

    @Test("S32: UDP on a dual-stack Network Load Balancer: refused in `seed`; in `current` with a source-NAT prefix")
    func s32() throws {
        let udp = ExampleCluster.Edit("elbv2-describe-listeners.json", #""Protocol": "TCP""#, #""Protocol": "UDP""#)
        let prefix = ExampleCluster.Edit(
            "elbv2-describe-load-balancers.json", after: #""LoadBalancerName":"game","#, #""Type":"network""#,
            #""Type":"network","EnablePrefixForIpv6SourceNat":"on""#)
        let seed = try Statements.findings(.loadBalancerUDPDualStack, [udp, prefix])
        #expect(seed.count == 1 && seed[0].fix.contains("IPv4 cluster"))
        #expect(try Statements.findings(.loadBalancerUDPDualStack, [udp], ruleSet: .current).count == 1)
        #expect(try Statements.findings(.loadBalancerUDPDualStack, [udp, prefix], ruleSet: .current).isEmpty)
        for (edits, ruleSet, isAllowed) in [
            ([udp, prefix], RuleSet.seed, false), ([udp], .current, false), ([udp, prefix], .current, true),
        ] {
            let trace = try Statements.trace(
                "internet/203.0.113.50", "load-balancer/game", .udp, 6000, edits, ruleSet: ruleSet
            ).trace
            #expect(!trace.codes.contains(.loadBalancerUDP) == isAllowed)
        }
    }

    @Test("S33: a target group with IPv6 targets holds addresses, not instances")
    func s33() throws {
        for group in try Statements.cluster().network.targetGroups.values {
            #expect(group.ipFamily == .ipv6 && group.targetType == "ip")
            #expect(group.targets.allSatisfy { IPAddress($0.id)?.family == .ipv6 })
        }
        let instances = try Statements.findings(
            .ingressTargetInstance, [.init(ingresses, "target-type: ip", "target-type: instance")])
        #expect(instances.map(\.component.id) == ["ingress/default/web"])
    }
}

@Suite("Statements: control plane")
struct ControlPlaneStatements {
    @Test("S34: the cross-account interfaces are dual stack; the API server reaches nodes and pods over IPv6")
    func s34() throws {
        for interface in try Statements.cluster().apiServerInterfaces {
            #expect(!interface.ipv4Addresses.isEmpty && !interface.ipv6Addresses.isEmpty)
        }
        for (to, port) in [("node-a", UInt16(10250)), ("webhook-1", 8443)] {
            let trace = try Statements.trace("api-server", to, .tcp, port).trace
            #expect(trace.verdict == .delivered && trace.forward.first?.inbound?.family == .ipv6)
        }
    }

    @Test("S35: kubelet and kube-proxy are in the host's network, on both of the node's addresses")
    func s35() throws {
        for address in ["10.0.32.10", "2001:db8:1234:1a20::b"] {
            let trace = try Statements.trace("node-a", address, .tcp, 10250).trace
            #expect(trace.verdict == .delivered && trace.forward.last?.component.type == .node)
        }
        let cluster = try Statements.cluster()
        let proxies = cluster.pods.values.filter { $0.name.hasPrefix("kube-proxy") }
        #expect(proxies.count == 3)
        for pod in proxies {
            let node = try #require(cluster.nodes[pod.nodeName ?? ""])
            #expect(pod.usesHostNetwork && pod.addresses.allSatisfy { node.addresses.contains($0) })
        }
    }

    @Test("S36: pod to API server is IPv6, through the service `kubernetes` and the cross-account interfaces")
    func s36() throws {
        let trace = try Statements.trace("client", "service/kubernetes").trace
        #expect(trace.verdict == .delivered && trace.branches.count == 2)
        for branch in trace.branches {
            #expect(branch.forward.allSatisfy { $0.inbound?.family == .ipv6 })
            #expect(branch.forward.last?.component.type == .apiServer)
        }
    }

    private let subnets = "ec2-describe-subnets.json"
    private let tables = "ec2-describe-route-tables.json"

    private var withoutDNS64: ExampleCluster.Edit {
        .init(subnets, after: #""SubnetId":"subnet-0v6only-a""#, #""EnableDns64":true"#, #""EnableDns64":false"#)
    }

    private var withoutRoute: ExampleCluster.Edit {
        .init(
            tables, after: #""RouteTableId":"rtb-0v6only""#,
            #",{"DestinationIpv6CidrBlock":"64:ff9b::/96","State":"active","Origin":"CreateRoute","NatGatewayId":"nat-0a"}"#,
            "")
    }

    private var withoutGateway: ExampleCluster.Edit {
        .init(
            "ec2-describe-nat-gateways.json", after: #""NatGatewayId":"nat-0a""#, #""State":"available""#,
            #""State":"deleted""#)
    }

    @Test("S37: the EKS API is IPv4 only in `seed`, and reached from an IPv6-only network only by DNS64 and NAT64")
    func s37() throws {
        let api = "eks.us-east-1.amazonaws.com"
        #expect(try Statements.trace("instance/i-0v6only", api).verdict == .delivered)
        #expect(try Statements.trace("instance/i-0v6only", api, .tcp, 443, [withoutDNS64]).verdict == .blocked)
        #expect(try Statements.findings(.eksAPIUnreachable, [withoutDNS64]).count == 1)
        // `current`: dual-stack endpoints, for which a default route for IPv6 is enough.
        #expect(try Statements.findings(.eksAPIUnreachable, [withoutDNS64], ruleSet: .current).isEmpty)
        #expect(!RuleSet.seed.allows(.dualStackEKSEndpoint) && RuleSet.current.allows(.dualStackEKSEndpoint))
    }

    @Test("S38: DNS64, route and NAT gateway: each missing part is told apart, by trace and by validate")
    func s38() throws {
        let api = "eks.us-east-1.amazonaws.com"
        let whole = try Statements.trace("instance/i-0v6only", api)
        for part in ["64:ff9b::345e:a14", "nat-0a", "198.51.100.11", "52.94.10.20"] {
            #expect(whole.text.contains(part))
        }
        #expect(Statements.translations(whole.trace.forward) == [.nat64])
        var codes: [Set<Explanation.Code>] = []
        var messages: Set<String> = []
        for edit in [withoutDNS64, withoutRoute, withoutGateway] {
            let trace = try Statements.trace("instance/i-0v6only", api, .tcp, 443, [edit]).trace
            #expect(trace.verdict == .blocked)
            codes.append(trace.codes)
            let findings = try Statements.findings(.eksAPIUnreachable, [edit])
            #expect(findings.count == 1)
            messages.formUnion(findings.map(\.message))
        }
        #expect(codes[0] == [.dns64Disabled] && Set(codes).count == 3 && messages.count == 3)
    }
}

@Suite("Statements: pod density, and the rest")
struct DensityStatements {
    @Test("S39: max pods = interfaces × (addresses an interface − 1) × 16 + 2")
    func s39() throws {
        for type in InstanceType.builtIn {
            let figures = MaxPods(type)
            #expect(figures.formula == type.maximumInterfaces * (type.ipv4AddressesPerInterface - 1) * 16 + 2)
        }
        #expect(MaxPods(interfaces: 4, addressesPerInterface: 15, vCPUs: 4).formula == 898)
    }

    @Test("S40: m5.large: the document prints 460, its formula gives 434; the tool prints 434 and says why")
    func s40() throws {
        let type = try #require(InstanceType.builtIn(named: "m5.large"))
        #expect(MaxPods(type).formula == 434)
        let row = MaxPodsCommand.Row(type, .ipv6, .managed)
        for part in ["460", "434", "3 × (10 − 1) × 16 + 2"] { #expect(row.note.contains(part)) }
        let found = try Statements.findings(
            .maxPodsOverFormula,
            [.init("kubectl-get-nodes.yaml", after: "name: ip-10-0-16-10.ec2.internal", "pods: '110'", "pods: '460'")])
        #expect(found.count == 1 && found[0].message.contains("= 434"))
    }

    @Test(
        "S41: managed groups compute the figure, 110 under 30 vCPUs and 250 from 30 on; self-managed nodes must set it")
    func s41() throws {
        for type in InstanceType.builtIn {
            let figures = MaxPods(type)
            #expect(figures.recommended == (type.vCPUs < 30 ? 110 : 250))
            #expect(figures.managed(.ipv6) == min(figures.formula, figures.recommended))
        }
        #expect(MaxPods(interfaces: 8, addressesPerInterface: 30, vCPUs: 29).recommended == 110)
        #expect(MaxPods(interfaces: 8, addressesPerInterface: 30, vCPUs: 30).recommended == 250)
        let file = "kubectl-get-nodes.yaml"
        let node = "name: ip-10-0-16-10.ec2.internal"
        let unset = ExampleCluster.Edit(file, after: node, "      pods: '110'\n", "")
        let selfManaged = ExampleCluster.Edit(file, after: node, "      eks.amazonaws.com/nodegroup: general\n", "")
        #expect(try Statements.findings(.maxPodsMissing, [unset]).isEmpty)
        #expect(try Statements.findings(.maxPodsMissing, [selfManaged]).isEmpty)
        #expect(try Statements.findings(.maxPodsMissing, [unset, selfManaged]).map(\.severity) == [.warning])
    }

    @Test("S42: a figure over the recommended one is a warning")
    func s42() throws {
        func found(_ pods: Int) throws -> [Finding] {
            try Statements.snapshot([
                .init(
                    "kubectl-get-nodes.yaml", after: "name: ip-10-0-16-10.ec2.internal", "pods: '110'",
                    "pods: '\(pods)'")
            ]).validate().filter { $0.id.rawValue.hasPrefix("max-pods") }
        }
        #expect(try found(110).isEmpty)
        #expect(try found(111).map(\.id) == [.maxPodsOverRecommended] && found(111).map(\.severity) == [.warning])
        #expect(try found(434).map(\.id) == [.maxPodsOverRecommended] && found(435).map(\.id) == [.maxPodsOverFormula])
    }

    @Test("S43: custom networking in an IPv6 cluster is a finding, which says what it is no replacement for")
    func s43() throws {
        let daemonSets = "kubectl-get-daemonsets.yaml"
        let enabled = ExampleCluster.Edit(daemonSets, after: "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", "'false'", "'true'")
        let configuration = ExampleCluster.Edit(
            daemonSets, after: "kind: List", "items:",
            "items:\n- apiVersion: crd.k8s.amazonaws.com/v1alpha1\n  kind: ENIConfig\n  metadata: {name: us-east-1a}")
        for edit in [enabled, configuration] {
            let found = try Statements.findings(.customNetworkingEnabled, [edit])
            #expect(found.map(\.severity) == [.warning] && found[0].message.contains("no replacement"))
        }
    }

    @Test("S44: Fargate pods have both families out of the subnet; their IPv4 leaves without the node's source NAT")
    func s44() throws {
        let inside = try Statements.trace("batch", "10.1.16.5", .tcp, 5432).trace
        #expect(inside.verdict == .delivered && Statements.translations(inside.forward).isEmpty)
        #expect(inside.forward.last?.inbound?.source.description == "10.0.32.77")
        let outside = try Statements.trace("batch", "93.184.216.34").trace
        #expect(Statements.translations(outside.forward) == [.natGateway])
        #expect(try Statements.trace("client", "batch", .tcp, 8080).trace.isUntranslated)
        #expect(try Statements.trace("client", "10.0.32.77", .tcp, 8080).verdict == .delivered)
    }

    @Test("S45: Fargate density is bound by both families; a forecast says when which is exhausted")
    func s45() throws {
        func subnets(_ free: Int) -> ExampleCluster.Edit {
            .init(
                "ec2-describe-subnets.json", after: #""SubnetId":"subnet-0private-b""#,
                #""AvailableIpAddressCount":4087"#, #""AvailableIpAddressCount":\#(free)"#)
        }
        func fargate(_ free: Int) throws -> Forecast {
            try #require(try Statements.cluster([subnets(free)]).forecast().first { $0.kind == .fargate })
        }
        #expect(try fargate(0).morePods == 0 && fargate(0).exhausted == .ipv4)
        #expect(try fargate(17).morePods == 17)
        #expect(try Statements.findings(.fargateSubnetExhausted, [subnets(0)]).map(\.severity) == [.error])
        #expect(try Statements.findings(.fargateSubnetNearlyExhausted, [subnets(17)])[0].message.contains("17 more"))
        #expect(try Statements.findings(.fargateSubnetNearlyExhausted, [subnets(410)]).isEmpty)
        let withoutIPv6 = ExampleCluster.Edit(
            "ec2-describe-subnets.json", after: "2001:db8:1234:1a20::/64", #""State":"associated""#,
            #""State":"disassociated""#)
        let ipv6 = try #require(try Statements.cluster([withoutIPv6]).forecast().first { $0.kind == .fargate })
        #expect(ipv6.morePods == 0 && ipv6.exhausted == .ipv6)
    }

    @Test("S45: nodes' forecast: the room on nodes, then new nodes until IPv4 addresses or /80s run out")
    func s45Nodes() throws {
        let forecast = try #require(try Statements.cluster().forecast().first { $0.subnetID == "subnet-0private-a" })
        // node-a and node-c run 6 and 5 pods (the host's network among them) of 110 each.
        #expect(forecast.podsOnNodes == 209 && forecast.moreNodes == 4087 && forecast.exhausted == .ipv4)
        #expect(forecast.morePods == 209 + 4087 * 110)
        // 65,536 /80s: the first and the last are AWS's; two nodes have one each, and their own addresses are in the first.
        #expect(forecast.freeIPv6 == 65_532)
        let many = ExampleCluster.Edit(
            "ec2-describe-subnets.json", after: #""SubnetId":"subnet-0private-a""#, #""AvailableIpAddressCount":4087"#,
            #""AvailableIpAddressCount":100000"#)
        let ipv6 = try #require(try Statements.cluster([many]).forecast().first { $0.subnetID == "subnet-0private-a" })
        #expect(ipv6.moreNodes == 65_532 && ipv6.exhausted == .ipv6)
    }

    @Test(
        "S46: the metadata service over IPv6 is for `current`; over IPv4 from the host's network, from pods with a hop limit of 2"
    )
    func s46() throws {
        let instances = "ec2-describe-instances.json"
        let enabled = ExampleCluster.Edit(
            instances, #""HttpProtocolIpv6": "disabled""#, #""HttpProtocolIpv6": "enabled""#)
        let hops = ExampleCluster.Edit(instances, #""HttpPutResponseHopLimit": 1"#, #""HttpPutResponseHopLimit": 2"#)
        let ipv6 = "fd00:ec2::254"
        #expect(try Statements.trace("node-a", ipv6, .tcp, 80, [enabled]).verdict == .blocked)
        #expect(try Statements.trace("node-a", ipv6, .tcp, 80, [enabled], ruleSet: .current).verdict == .delivered)
        #expect(try Statements.trace("node-a", ipv6, .tcp, 80, ruleSet: .current).verdict == .blocked)
        #expect(try Statements.findings(.imdsIPv6Required, [enabled]).count == 6)
        #expect(try Statements.findings(.imdsIPv6Required, [enabled], ruleSet: .current).isEmpty)
        let ipv4 = "169.254.169.254"
        #expect(try Statements.trace("node-a", ipv4, .tcp, 80).verdict == .delivered)
        #expect(try Statements.trace("client", ipv4, .tcp, 80).verdict == .blocked)
        #expect(try Statements.trace("client", ipv4, .tcp, 80, [hops]).verdict == .delivered)
    }

    @Test(
        "S48: the rule set is a value; each rule that differs changes a verdict or a finding, and names source and date"
    )
    func s48() throws {
        #expect(RuleSet.Rule.allCases.count == 5)
        for rule in RuleSet.Rule.allCases {
            #expect(!rule.source.isEmpty && !rule.statement.isEmpty && rule.date.wholeMatch(of: /\d{4}-\d{2}/) != nil)
        }
        #expect(RuleSet.seed != .current && Set([RuleSet.seed, .current]).count == 2)
    }
}
