import Cluster
import TestSupport

/// Flows beyond the table, worked out by hand from the snapshot's tables.
let moreRows: [FlowRow] = [
    .init(
        "a balancer's own packets, such as health checks", "load-balancer/web", "web-1", .tcp, 8080, .delivered,
        [
            "[2001:db8:1234:1a00::50]:1024-65535", "sg-0cluster", "tcp 8080 from sg-0alb", "reply", "load-balancer/web",
            "arrives",
        ]),
    .init(
        "the name of the cluster's endpoint, which is private too: its interfaces", "client",
        "0DEMO.gr7.us-east-1.eks.amazonaws.com", .tcp,
        443, .delivered,
        ["SNAT", "api-server", "leads to the cluster's interfaces"]),
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
