import Cluster
import Foundation
import IPAddresses
import Snapshot
import Testing
import TestSupport

@testable import dataplane

/// A row of the table of flows: what must come out, and what must be seen, in order.
struct FlowRow: Sendable, CustomTestStringConvertible {
    let id: String
    let from: String
    let to: String
    let verdict: Trace.Verdict
    /// Texts of the rendered trace, in order.
    let seen: [String]
    var ipProtocol = TraceRequest.ProtocolChoice.tcp
    var port: UInt16?
    var source: String?
    var ruleSet = RuleSet.seed
    var edits: [ExampleCluster.Edit] = []
    /// Texts that must not appear.
    var unseen: [String] = []

    var testDescription: String { "\(id) \(from) → \(to)" }

    init(
        _ id: String, _ from: String, _ to: String, _ ipProtocol: TraceRequest.ProtocolChoice, _ port: UInt16?,
        _ verdict: Trace.Verdict,
        _ seen: [String], source: String? = nil, ruleSet: RuleSet = .seed, edits: [ExampleCluster.Edit] = [],
        unseen: [String] = []
    ) {
        (self.id, self.from, self.to, self.ipProtocol, self.port, self.verdict) = (
            id, from, to, ipProtocol, port, verdict
        )
        (self.seen, self.source, self.ruleSet, self.edits, self.unseen) = (seen, source, ruleSet, edits, unseen)
    }
}

private let metadataIPv6 = ExampleCluster.Edit(
    "ec2-describe-instances.json", #""HttpProtocolIpv6": "disabled""#, #""HttpProtocolIpv6": "enabled""#
)
private let noDNS64 = ExampleCluster.Edit(
    "ec2-describe-subnets.json", #""EnableDns64": true"#, #""EnableDns64": false"#)

let flowRows: [FlowRow] = [
    .init(
        "F01", "client", "web-1", .tcp, 8080, .delivered,
        ["pod/default/client", "the host route to pod/default/web-1", "pod/default/web-1"],
        unseen: ["eni-", "sg-", "acl-", "rtb-"]),
    .init(
        "F02", "client", "web-2", .tcp, 8080, .delivered,
        [
            "eni-0node-a", "sg-0cluster", "egress: all to ::/0", "acl-0private", "egress 101", "rtb-0private-a",
            "2001:db8:1234:1a00::/56 → local", "acl-0private", "ingress 101", "sg-0cluster",
            "ingress: all from sg-0cluster", "eni-0node-b", "node/ip-10-0-32-10.ec2.internal", "pod/default/web-2",
        ],
        unseen: ["SNAT"]
    ),
    .init(
        "F03", "client", "api-1", .tcp, 8080, .delivered,
        ["subnet-0private-a", "the same subnet: no network ACL", "eni-0node-c"], unseen: ["acl-"]),
    .init(
        "F04", "client", "service/web", .tcp, 80, .delivered,
        [
            "share 1/2", "[fd30:4a7c:1b2e::1234]:80", "service/default/web → pod/default/web-1",
            "[2001:db8:1234:1a10:aaaa::3]:8080", "[fd30:4a7c:1b2e::1234]:80 → [2001:db8:1234:1a10:aaaa::2]",
            "share 1/2", "service/default/web → pod/default/web-2", "[2001:db8:1234:1a20:bbbb::2]:8080",
            "[fd30:4a7c:1b2e::1234]:80 → [2001:db8:1234:1a10:aaaa::2]",
        ]),
    .init(
        "F05", "client", "service/kube-dns", .udp, 53, .delivered,
        ["service/kube-system/kube-dns → pod/kube-system/coredns-1", "pod/kube-system/coredns-1"], unseen: ["eni-"]),
    .init(
        "F06", "client", "fd30:4a7c:1b2e::dead", .tcp, 80, .blocked,
        ["rtb-0private-a", "::/0 → eigw-0demo", "eigw-0demo", "no service has", "DESTINATION_NOT_ROUTED_ON_INTERNET"]),
    .init("F07", "client", "service/empty", .tcp, 80, .rejected, ["no ready endpoints", "SERVICE_HAS_NO_ENDPOINTS"]),
    .init(
        "F08", "client", "169.254.172.3", .tcp, 8080, .rejected,
        ["FORWARD -d 169.254.172.0/22 -m conntrack --ctstate NEW -j REJECT", "POD_IPV4_BLOCKED"]),
    .init(
        "F09", "client", "10.0.32.10", .tcp, 10250, .delivered,
        [
            "169.254.172.2:32768-60999", "SNAT", "10.0.16.10:1024-65535", "rtb-0private-a", "10.0.0.0/16 → local",
            "node/ip-10-0-32-10.ec2.internal", "the node's own process",
        ]),
    .init(
        "F10", "client", "10.0.16.10", .tcp, 10250, .delivered,
        ["node/ip-10-0-16-10.ec2.internal", "the node's own process"], unseen: ["SNAT", "eni-"]),
    .init("F11", "node-a", "169.254.172.2", .tcp, 8080, .delivered, ["the host route to pod/default/client"]),
    .init(
        "F12", "client", "93.184.216.34", .tcp, 443, .delivered,
        [
            "SNAT", "10.0.16.10:", "acl-0private", "egress 100", "rtb-0private-a", "0.0.0.0/0 → nat-0a", "acl-0default",
            "ingress 100", "nat-0a", "198.51.100.11:1024-65535", "acl-0default", "egress 100", "rtb-0public",
            "0.0.0.0/0 → igw-0demo", "igw-0demo", "reply", "acl-0private", "ingress 120", "→ 169.254.172.2:32768-60999",
        ]),
    .init(
        "F13", "client", "8.8.8.8", .udp, 53, .partial,
        [
            "reply", "acl-0private", "ingress 130 allow udp 32768-65535", "denied: udp ports 1024-32767",
            "SUBNET_ACL_RESTRICTION", "rule 32767", "1024-32767",
        ]),
    .init(
        "F14", "client", "2606:2800:220:1:248:1893:25c8:1946", .tcp, 443, .delivered,
        [
            "rtb-0private-a", "::/0 → eigw-0demo", "eigw-0demo", "not translated", "reply", "eigw-0demo",
            "a tracked connection's reply", "acl-0private", "ingress 121",
        ], unseen: ["SNAT"]),
    .init(
        "F15", "internet/2606:4700::1", "client", .tcp, 8080, .blocked,
        ["eigw-0demo", "no connection", "EGRESS_ONLY_NO_CONNECTION"]),
    .init("F16", "node-a", "fd00:ec2::254", .tcp, 80, .blocked, ["IMDS_IPV6_UNSUPPORTED"]),
    .init(
        "F16 current", "node-a", "fd00:ec2::254", .tcp, 80, .delivered, ["answers i-0node-a"], ruleSet: .current,
        edits: [metadataIPv6]),
    .init(
        "F16 current, not enabled", "node-a", "fd00:ec2::254", .tcp, 80, .blocked,
        ["HttpProtocolIpv6 of i-0node-a is disabled"], ruleSet: .current),
    .init("F17", "node-a", "169.254.169.254", .tcp, 80, .delivered, ["answers i-0node-a"]),
    .init("F17 pod", "client", "169.254.169.254", .tcp, 80, .blocked, ["IMDS_HOP_LIMIT", "HttpPutResponseHopLimit"]),
    .init("F18", "client", "45.33.32.156", .tcp, 443, .blocked, ["SNAT", "acl-0private", "egress 90 deny"]),
    .init(
        "F19", "client", "2600:3c01::f03c:91ff:fe18:bb2f", .tcp, 443, .blocked, ["acl-0private", "egress 91 deny"],
        unseen: ["SNAT"]),
    .init(
        "F20", "client", "10.1.16.5", .tcp, 5432, .delivered,
        [
            "SNAT", "10.0.16.10:", "10.1.0.0/16 → pcx-0database", "pcx-0database", "acl-0peer", "sg-0database",
            "from 10.0.0.0/16", "i-0database", "reply", "10.0.0.0/16 → pcx-0database",
        ]),
    .init(
        "F21", "client", "2001:db8:1234:1b10::5", .tcp, 5432, .delivered,
        ["2001:db8:1234:1b00::/56 → pcx-0database", "sg-0database", "from 2001:db8:1234:1a00::/56"], unseen: ["SNAT"]),
    .init(
        "F22", "client", "2001:db8:1234:1b10::5", .tcp, 22, .blocked,
        ["sg-0database", "no rule matches", "ENI_SG_RULES_MISMATCH"]),
    .init(
        "F23", "client", "192.168.10.20", .tcp, 443, .delivered,
        [
            "SNAT", "192.168.0.0/16 → vgw-0onprem (propagated)", "vgw-0onprem", "on-premises/192.168.10.20", "reply",
            "acl-0private", "ingress 112",
        ]),
    .init(
        "F24", "client", "52.216.10.10", .tcp, 443, .delivered,
        ["SNAT", "52.216.0.0/15 (pl-63a5400a) → vpce-0s3", "vpce-0s3"], unseen: ["nat-0a"]),
    .init(
        "F25", "worker", "100.64.7.9", .tcp, 443, .blocked,
        ["SNAT", "rtb-0private-b", "100.64.7.0/24 → nat-0deleted", "BLACKHOLE"]),
    .init("F26", "worker", "93.184.216.34", .tcp, 443, .delivered, ["10.0.32.10:", "nat-0b", "198.51.100.12:"]),
    .init(
        "F27", "internet/203.0.113.50", "load-balancer/web", .tcp, 443, .delivered,
        [
            "share 1/2", "203.0.113.50:32768-60999 → 198.51.100.80:443", "igw-0demo", "→ 10.0.0.50:443", "sg-0alb",
            "tcp 443 from 0.0.0.0/0", "load-balancer/web",
            "[2001:db8:1234:1a00::50]:1024-65535 → [2001:db8:1234:1a10:aaaa::3]:8080", "acl-0private", "ingress 101",
            "sg-0cluster", "tcp 8080 from sg-0alb", "pod/default/web-1", "share 1/2", "pod/default/web-2",
        ]),
    .init(
        "F28", "internet/2001:db8:beef::1", "load-balancer/web", .tcp, 80, .delivered,
        [
            "[2001:db8:beef::1]:32768-60999 → [2001:db8:1234:1a00::50]:80", "igw-0demo",
            "[2001:db8:1234:1a00::50]:1024-65535 → [2001:db8:1234:1a10:aaaa::3]:8080",
        ]),
    .init(
        "F29", "internet/203.0.113.50", "load-balancer/web", .tcp, 8443, .blocked,
        ["sg-0alb", "ENI_SG_RULES_MISMATCH", "ELBV2_LISTENERS_MISMATCH"]),
    .init(
        "F30", "internet/203.0.113.50", "load-balancer/game", .tcp, 6000, .delivered,
        [
            "198.51.100.90:6000", "load-balancer/game",
            "[2001:db8:1234:1a00::60]:1024-65535 → [2001:db8:1234:1a20:bbbb::4]:8080", "pod/default/game-1",
        ]),
    .init(
        "F31", "internet/203.0.113.50", "load-balancer/game", .udp, 6000, .blocked,
        ["ELBV2_LISTENERS_MISMATCH", "LOAD_BALANCER_UDP_DUAL_STACK"]),
    .init(
        "F32", "api-server", "node-a", .tcp, 10250, .delivered,
        ["api-server", "[2001:db8:1234:1a10::f1]:", "eni-0xeni-a", "sg-0cluster", "node/ip-10-0-16-10.ec2.internal"]),
    .init(
        "F33", "client", "service/kubernetes", .tcp, 443, .delivered,
        [
            "share 1/2", "[2001:db8:1234:1a10::f1]:443", "api-server", "share 1/2", "[2001:db8:1234:1a20::f1]:443",
            "api-server",
        ]),
    .init(
        "F34", "api-server", "webhook-1", .tcp, 8443, .delivered,
        ["[2001:db8:1234:1a20::f1]:", "[2001:db8:1234:1a20:bbbb::5]:8443", "pod/default/webhook-1"]),
    .init(
        "F35", "instance/i-0v6only", "eks.us-east-1.amazonaws.com", .tcp, 443, .delivered,
        [
            "[64:ff9b::345e:a14]:443", "rtb-0v6only", "64:ff9b::/96 → nat-0a", "nat-0a", "NAT64",
            "198.51.100.11:1024-65535 → 52.94.10.20:443", "igw-0demo", "reply",
            "[64:ff9b::345e:a14]:443 → [2001:db8:1234:1a40::9]:", "DNS64",
        ]),
    .init(
        "F36", "instance/i-0v6only", "eks.us-east-1.amazonaws.com", .tcp, 443, .blocked,
        ["no AAAA", "no IPv4 address", "DNS64_DISABLED"], edits: [noDNS64]),
    .init(
        "F37", "instance/i-0v6only", "64:ff9b::a01:1005", .tcp, 5432, .delivered,
        [
            "64:ff9b::/96 → nat-0a", "NAT64", "10.0.0.100:1024-65535 → 10.1.16.5:5432", "rtb-0public",
            "10.1.0.0/16 → pcx-0database", "sg-0database", "from 10.0.0.0/16",
        ]),
    .init(
        "F38", "batch", "10.1.16.5", .tcp, 5432, .delivered,
        ["10.0.32.77:", "rtb-0private-b", "10.1.0.0/16 → pcx-0database"], unseen: ["SNAT"]),
    .init(
        "F39", "batch", "93.184.216.34", .tcp, 443, .delivered, ["10.0.32.77:", "nat-0b", "198.51.100.12:"],
        unseen: ["primary IPv4 address"]),
    .init(
        "F40", "client", "batch", .tcp, 8080, .delivered,
        ["→ [2001:db8:1234:1a20::77]:8080", "eni-0fargate", "pod/default/batch"]),
    .init(
        "F41", "client", "10.0.32.77", .tcp, 8080, .delivered,
        ["SNAT", "10.0.16.10:", "eni-0fargate", "pod/default/batch"]),
    .init(
        "F42", "client", "example.com", .tcp, 443, .delivered,
        ["[2606:2800:220:1:248:1893:25c8:1946]:443", "::/0 → eigw-0demo"], unseen: ["SNAT"]),
    .init(
        "F43", "client", "ipv4only.example.net", .tcp, 443, .delivered,
        ["SNAT", "→ 140.82.112.3:443", "nat-0a", "198.51.100.11:"]),
    .init(
        "F44", "internet/203.0.113.9", "198.51.100.20", .tcp, 22, .delivered,
        [
            "igw-0demo", "→ 10.0.0.20:22", "sg-0bastion", "tcp 22 from 203.0.113.0/24", "i-0bastion", "reply",
            "198.51.100.20:22 → 203.0.113.9:",
        ]),
    .init(
        "F44 other", "internet/192.0.2.1", "198.51.100.20", .tcp, 22, .blocked,
        ["→ 10.0.0.20:22", "sg-0bastion", "ENI_SG_RULES_MISMATCH"]),
    .init("F45", "instance/i-0bastion", "client", .tcp, 22, .blocked, ["acl-0private", "ingress 91 deny", "rule 91"]),
    .init(
        "F46", "client", "93.184.216.34", .icmp, nil, .blocked,
        ["nat-0a", "198.51.100.11 → 93.184.216.34", "reply", "acl-0private", "ingress 32767 deny", "icmp type 0"]),
    .init(
        "F47", "client", "2606:2800:220:1:248:1893:25c8:1946", .icmpv6, nil, .delivered,
        ["icmpv6 type 128", "eigw-0demo", "reply", "icmpv6 type 129", "ingress 140"]),
    .init(
        "F48", "client", "web-2", .tcp, 8080, .blocked,
        ["eni-0node-a", "source check", "ENI_SOURCE_DEST_CHECK_RESTRICTION"], source: "2001:db8:1234:1a20::1"),
    .init(
        "F50", "internet/198.18.0.1", "198.51.100.11", .tcp, 443, .blocked,
        ["igw-0demo", "nat-0a", "no connection", "NAT_GATEWAY_NO_CONNECTION"]),
]

/// Flows beyond the table, worked out by hand from the snapshot's tables.
let moreRows: [FlowRow] = [
    .init(
        "a balancer's own packets, such as health checks", "load-balancer/web", "web-1", .tcp, 8080, .delivered,
        [
            "[2001:db8:1234:1a00::50]:1024-65535", "sg-0cluster", "tcp 8080 from sg-0alb", "reply", "load-balancer/web",
            "arrives",
        ]),
    .init(
        "through the public name of the cluster's endpoint", "client", "0DEMO.gr7.us-east-1.eks.amazonaws.com", .tcp,
        443, .delivered,
        ["SNAT", "nat-0a", "→ 44.213.100.10:443"]),
    .init(
        "gateway endpoints take no UDP", "client", "52.216.10.10", .udp, 443, .blocked,
        ["VPCE_GATEWAY_PROTOCOL_RESTRICTION"]),
    .init(
        "an IPv4 literal from an IPv6-only subnet", "instance/i-0v6only", "93.184.216.34", .tcp, 443, .blocked,
        ["NO_ADDRESS_OF_FAMILY"]),
    .init(
        "the API server resolves a webhook's service itself", "api-server", "service/webhook", .tcp, 443, .delivered,
        ["[2001:db8:1234:1a20:bbbb::5]:8443", "sg-0cluster", "pod/default/webhook-1"], unseen: ["kube-proxy"]),
    .init(
        "a port that the service lacks", "client", "service/web", .tcp, 81, .blocked,
        ["eigw-0demo", "is service/default/web's, but kube-proxy translates none of its ports here"]),
    .init(
        "IPv6 into a public subnet", "internet/2001:db8:beef::7", "2001:db8:1234:1a00::20", .tcp, 22, .delivered,
        ["igw-0demo", "IPv6 is not translated", "sg-0bastion", "from 2001:db8:beef::/48", "reply", "::/0 → igw-0demo"]),
    .init(
        "node port, another node's endpoint", "worker", "node-a", .tcp, 30600, .delivered,
        [
            "service/default/game → pod/default/game-1", "masquerade",
            "[2001:db8:1234:1a10::a]:1024-65535 → [2001:db8:1234:1a20:bbbb::4]:8080", "pod/default/game-1",
        ]),
    .init(
        "a service that leads back to its own client", "web-1", "service/web", .tcp, 80, .delivered,
        ["share 1/2", "masquerade", "[2001:db8:1234:1a10::a]:"]),
    .init(
        "public address from inside: out and in again", "client", "198.51.100.80", .tcp, 443, .delivered,
        ["nat-0a", "198.51.100.11:", "igw-0demo", "igw-0demo", "→ 10.0.0.50:443", "load-balancer/web"]),
    .init(
        "no group for a peer's instance", "instance/i-0database", "10.0.16.10", .tcp, 10250, .blocked,
        ["pcx-0database", "acl-0private", "ingress 110", "sg-0cluster", "ENI_SG_RULES_MISMATCH"]),
    .init(
        "peer has no route out", "instance/i-0database", "8.8.8.8", .udp, 53, .blocked,
        ["rtb-0peer", "NO_ROUTE_TO_DESTINATION"]),
    .init("all protocols", "client", "web-2", .any, nil, .partial, ["denied: tcp port 22", "rule 91"]),
    .init(
        "headless service", "client", "web-headless", .tcp, 8080, .delivered, ["share 1/2", "share 1/2"],
        unseen: ["kube-proxy"]),
    .init(
        "the resolver is filtered by nothing", "client", "10.0.0.2", .udp, 53, .delivered, ["the VPC's resolver"],
        unseen: ["acl-", "sg-"]),
    .init(
        "NAT64 keeps the peer's rules", "instance/i-0v6only", "64:ff9b::a01:1005", .tcp, 22, .blocked,
        ["NAT64", "sg-0database"]),
    .init(
        "hole in a node's prefix", "client", "2001:db8:1234:1a10:aaaa::99", .tcp, 443, .blocked, ["NO_POD_HAS_ADDRESS"]),
    .init(
        "hop limit of 2", "client", "169.254.169.254", .tcp, 80, .delivered, ["answers i-0node-a"],
        edits: [
            .init("ec2-describe-instances.json", #""HttpPutResponseHopLimit": 1"#, #""HttpPutResponseHopLimit": 2"#)
        ]),
    .init(
        "reply without a route", "client", "2001:db8:1234:1b10::5", .tcp, 5432, .blocked,
        ["reply", "rtb-0peer", "NO_ROUTE_TO_DESTINATION"],
        edits: [
            .init(
                "ec2-describe-route-tables.json",
                #""DestinationIpv6CidrBlock": "2001:db8:1234:1a00::/56","#
                    + "\n          \"State\": \"active\",\n          \"Origin\": \"CreateRoute\"",
                #""DestinationIpv6CidrBlock": "2001:db8:9999::/56","#
                    + "\n          \"State\": \"active\",\n          \"Origin\": \"CreateRoute\"")
        ]),
    .init(
        "ports kept where SNAT does not randomize", "client", "8.8.8.8", .udp, 53, .delivered,
        ["10.0.16.10:32768-60999", "198.51.100.11:1024-65535", "ingress 130"],
        edits: [.init("kubectl-get-daemonsets.yaml", "value: prng", "value: none")]),
    .init(
        "no IPv4 egress for pods", "client", "8.8.8.8", .udp, 53, .blocked, ["POD_IPV4_EGRESS_DISABLED"],
        edits: [
            .init(
                "kubectl-get-daemonsets.yaml", "name: ENABLE_V4_EGRESS\n            value: 'true'",
                "name: ENABLE_V4_EGRESS\n            value: 'false'")
        ]),
    .init(
        "all endpoints unready", "client", "service/api", .tcp, 80, .rejected, ["SERVICE_HAS_NO_ENDPOINTS"],
        edits: [
            .init(
                "kubectl-get-endpointslices.yaml", "ready: true\n      serving: true",
                "ready: false\n      serving: false")
        ]),
]

@Suite("Flows through the example cluster")
struct FlowTests {
    func cluster(_ edits: [ExampleCluster.Edit]) throws -> Cluster {
        try Snapshot(
            files: ExampleCluster.files(edits).map { .init(path: $0.path, bytes: $0.bytes) }, name: "Examples/cluster"
        ).cluster
    }

    @Test("A row comes out as it must, in text and in JSON", arguments: flowRows + moreRows)
    func row(_ row: FlowRow) throws {
        let cluster = try cluster(row.edits)
        let request = try TraceRequest(
            from: cluster.endpoint(named: row.from), to: cluster.endpoint(named: row.to), protocol: row.ipProtocol,
            port: row.port,
            sourceAddress: row.source.flatMap { .init($0) }, ruleSet: row.ruleSet
        )
        let trace = try cluster.trace(request)
        #expect(trace.verdict == row.verdict)
        #expect(abs(trace.branches.reduce(0) { $0 + $1.share } - 1) < 1e-9)

        let text = TraceText.render(trace, request)
        var rest = text[...]
        for part in row.seen {
            guard let range = rest.range(of: part) else {
                Issue.record("“\(part)” is missing, or out of order, in\n\(text)")
                break
            }
            rest = rest[range.upperBound...]
        }
        for part in row.unseen { #expect(!text.contains(part), "\(text)") }

        let json = try #require(
            JSONSerialization.jsonObject(with: Data(TraceJSON.render(trace).text().utf8)) as? [String: Any])
        #expect(json["Verdict"] as? String == row.verdict.rawValue)
        #expect(json["NetworkPathFound"] as? Bool == (row.verdict == .delivered))
        #expect(json["RuleSet"] as? String == row.ruleSet.name)
        let forward = try #require(json["ForwardPathComponents"] as? [[String: Any]])
        #expect(forward.map { $0["SequenceNumber"] as? Int } == (1...forward.count).map { $0 })
        let reply = try #require(json["ReturnPathComponents"] as? [[String: Any]])
        #expect(row.verdict > .partial || !reply.isEmpty)
        #expect(
            (json["Branches"] as? [[String: Any]])?.count == (trace.branches.count > 1 ? trace.branches.count : nil))
        let explanations = try #require(json["Explanations"] as? [[String: Any]])
        #expect(explanations.isEmpty == (row.verdict == .delivered))
        // Each of the text's components stands in the JSON too.
        let ids = Set((forward + reply).compactMap { ($0["Component"] as? [String: Any])?["Id"] as? String })
        for hop in (trace.branches.first?.forward ?? []) + (trace.branches.first?.reply ?? []) {
            #expect(ids.contains(hop.component.id))
        }
    }

    @Test("JSON: the fields of rules, routes, headers and translations")
    func jsonFields() throws {
        let trace = try cluster([]).trace(from: "client", to: "93.184.216.34", port: 443)
        let json = try #require(
            JSONSerialization.jsonObject(with: Data(TraceJSON.render(trace).text().utf8)) as? [String: Any])
        let hops = try #require(json["ForwardPathComponents"] as? [[String: Any]])
        let acl = try #require(hops.first { $0["AclRule"] != nil }?["AclRule"] as? [String: Any])
        #expect(
            acl["RuleNumber"] as? Int == 100 && acl["Cidr"] as? String == "0.0.0.0/0" && acl["Egress"] as? Bool == true)
        #expect(acl["Protocol"] as? String == "-1" && acl["RuleAction"] as? String == "allow")
        let route = try #require(hops.first { $0["RouteTableRoute"] != nil }?["RouteTableRoute"] as? [String: Any])
        #expect(route["DestinationCidr"] as? String == "0.0.0.0/0" && route["NatGatewayId"] as? String == "nat-0a")
        let translation = try #require(hops.first { $0["Translation"] != nil }?["Translation"] as? [String: Any])
        #expect(translation["Kind"] as? String == "SourceNAT")
        let after = try #require(translation["After"] as? [String: Any])
        #expect(after["SourceAddresses"] as? [String] == ["10.0.16.10"])
        #expect((after["SourcePortRanges"] as? [[String: Int]]) == [["From": 1024, "To": 65535]])
    }

    @Test("S39, S40: the formula gives 434 for m5.large")
    func maxPods() {
        let figures = MaxPods(interfaces: 3, addressesPerInterface: 10, vCPUs: 2)
        #expect(figures.formula == 434 && figures.recommended == 110 && figures.secondaryIP == 29)
        #expect(figures.managed(.ipv6) == 110 && figures.managed(.ipv4) == 29)
        #expect(MaxPods(interfaces: 15, addressesPerInterface: 50, vCPUs: 96).recommended == 250)
        #expect(MaxPods(interfaces: 2, addressesPerInterface: 2, vCPUs: 2).managed(.ipv6) == 34)
    }
}
