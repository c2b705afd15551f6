import Cluster
import IPAddresses
import Snapshot
import Testing
import TestSupport

@Suite("Endpoints")
struct EndpointTests {
    let cluster: Cluster

    init() throws { cluster = try Snapshot(folder: ExampleCluster.folder).cluster }

    @Test(
        "Full names, unique ends, tags, addresses, hosts",
        arguments: [
            ("client", "pod/default/client"), ("default/client", "pod/default/client"),
            ("pod/client", "pod/default/client"),
            ("service/web", "service/default/web"), ("load-balancer/web", "load-balancer/web"),
            ("node-a", "node/ip-10-0-16-10.ec2.internal"), ("instance/i-0bastion", "instance/i-0bastion"),
            ("bastion", "instance/i-0bastion"), ("eni-0fargate", "interface/eni-0fargate"),
            ("api-server", "api-server"),
            ("10.0.0.1", "10.0.0.1"), ("internet/::1", "internet/::1"), ("example.com", "example.com"),
            ("EXAMPLE.com", "EXAMPLE.com"),
            ("web-0alb.elb.us-east-1.amazonaws.com", "web-0alb.elb.us-east-1.amazonaws.com"),
        ]
    )
    func found(text: String, expected: String) throws {
        #expect(try "\(cluster.endpoint(named: text))" == expected)
    }

    @Test("What is ambiguous lists the candidates; what is unknown says what is near; what is malformed says where")
    func errors() throws {
        let ambiguous = try #require(throws: TraceError.self) { try cluster.endpoint(named: "web") }
        #expect("\(ambiguous)".contains("load-balancer/web, service/default/web"))
        let unknown = try #require(throws: TraceError.self) { try cluster.endpoint(named: "pod/default/clients") }
        #expect(unknown == .unknownEndpoint("pod/default/clients", near: []))
        let near = try #require(throws: TraceError.self) { try cluster.endpoint(named: "pod/other/client") }
        #expect("\(near)".contains("pod/default/client"))
        let malformed = try #require(throws: TraceError.self) { try cluster.endpoint(named: "internet/10.0.0.256") }
        #expect("\(malformed)".contains("over 255 at position 7"))
    }

    @Test("Requests that make no sense")
    func requests() {
        #expect(throws: TraceError.portNeeded("tcp")) { try cluster.trace(from: "client", to: "web-1") }
        #expect(throws: TraceError.portWithoutMeaning("icmp")) {
            try cluster.trace(from: "client", to: "web-1", protocol: .icmp, port: 1)
        }
        #expect(throws: TraceError.self) { try cluster.trace(from: "service/web", to: "client", port: 1) }
        #expect(throws: TraceError.self) { try cluster.trace(from: "internet/8.8.8.8", to: "9.9.9.9", port: 1) }
        #expect(throws: TraceError.self) { try cluster.trace(from: "10.0.16.99", to: "client", port: 1) }
    }

    @Test("S15: host-local addresses follow the order of creation on each node")
    func hostLocal() throws {
        let expected = [
            "default/client": "169.254.172.2", "default/web-1": "169.254.172.3",
            "kube-system/coredns-1": "169.254.172.4", "default/web-2": "169.254.172.2",
            "default/api-1": "169.254.172.2",
        ]
        for (pod, address) in expected { #expect(cluster.pods[pod]?.assumedIPv4?.description == address) }
        #expect(
            cluster.pods["default/batch"]?.assumedIPv4 == nil
                && cluster.pods["kube-system/kube-proxy-a"]?.assumedIPv4 == nil)
    }

    @Test("S48: each rule that differs names its source and date")
    func ruleSets() {
        for rule in RuleSet.Rule.allCases {
            #expect(!RuleSet.seed.allows(rule) && RuleSet.current.allows(rule))
            #expect(!rule.source.isEmpty && rule.date.contains("-"))
        }
        #expect(
            RuleSet(named: "seed") == .seed && RuleSet(named: "current") == .current && RuleSet(named: "other") == nil)
    }
}
