import Cluster
import TestSupport

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
