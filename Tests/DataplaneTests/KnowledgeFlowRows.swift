import Cluster
import TestSupport

private let front = "front-7d9f-1"
private let cart = "cart-7d9f-1"

/// F51 and on: network policies.
let policyRows: [FlowRow] = [
    .init(
        "F51", front, cart, .tcp, 8080, .delivered,
        [
            "network-policy/shop/front-to-cart", "egress of pod/shop/front-7d9f-1: tcp 8080 to pods app=cart",
            "network-policy/shop/cart", "ingress of pod/shop/cart-7d9f-1: tcp 8080 from pods app=front",
        ]),
    .init(
        "F52", front, "service/shop/cart", .tcp, 80, .delivered,
        ["tcp 80 to pods app=cart", "service/shop/cart → pod/shop/cart-7d9f-1", "tcp 8080 from pods app=front"]),
    .init(
        "F53", "client", cart, .tcp, 8080, .blocked,
        ["NETWORK_POLICY", "no rule allows tcp port 8080 from pod/default/client"], unseen: ["reply"]),
    .init(
        "F54", front, "stock-7d9f-1", .tcp, 8080, .blocked,
        ["egress of pod/shop/front-7d9f-1: no rule allows tcp port 8080 to pod/shop/stock-7d9f-1"]),
    .init("F55", front, "service/kube-system/kube-dns", .udp, 53, .delivered, ["udp 53 to pods k8s-app=kube-dns"]),
    .init(
        "F56", front, "93.184.216.34", .tcp, 443, .delivered,
        ["not applied: the node agent filters IPv6 only", "SNAT", "ENABLE_V4_EGRESS=false"]),
    .init(
        "F57", front, "2606:2800:220:1:248:1893:25c8:1946", .tcp, 443, .blocked, ["NETWORK_POLICY"], unseen: ["eni-"]),
    .init("F58", "node-b", cart, .tcp, 8080, .delivered, ["the pod's own node"]),
    .init("F59", "node-a", cart, .tcp, 8080, .blocked, ["from 2001:db8:1234:1a10::a"]),
    .init(
        "F60", cart, "service/shop/stock", .tcp, 8080, .delivered,
        [
            "service/shop/stock → pod/shop/stock-7d9f-2, its one endpoint",
            "tcp 8080 from pods app=cart of namespaces team=shop",
        ]
    ),
    .init("ICMPv6 is never filtered", "client", cart, .icmpv6, nil, .delivered, ["not filtered"]),
    .init(
        "a policy's own pod reaches itself", cart, cart, .tcp, 8080, .delivered,
        ["its own address: packets do not leave the pod"]),
]

/// Load balancers' rules, targets and attributes.
let balancerRows: [FlowRow] = [
    .init(
        "F61", "internet/203.0.113.5", "load-balancer/shop", .tcp, 80, .partial,
        [
            "rule 1 (host shop.example.com and path /cart/*)", "a new connection to pod/shop/cart-7d9f-1",
            "rule 2 (path /stock/*)", "rule 3 (path /old/*)",
            "answers 301, a redirect to HTTPS://#{host}:443/#{path}: no target is reached", "the default rule",
            "answers 404 by itself: no target is reached",
        ]),
    .init(
        "F62", "internet/203.0.113.5", "load-balancer/shop", .tcp, 80, .delivered,
        ["a new connection to pod/shop/cart-7d9f-1", "from 2001:db8:1234:1a00::/63"],
        http: HTTPRequest(host: "shop.example.com", path: "/cart/1"), unseen: ["target 1 of"]),
    .init(
        "F63", "internet/203.0.113.5", "load-balancer/shop", .tcp, 80, .blocked,
        ["a new connection to pod/shop/stock-7d9f", "NETWORK_POLICY"],
        http: HTTPRequest(host: "shop.example.com", path: "/stock/7")),
    .init(
        "another host", "internet/203.0.113.5", "load-balancer/shop", .tcp, 80, .delivered, ["answers 404 by itself"],
        http: HTTPRequest(host: "other.example.com", path: "/cart/1")),
    .init(
        "a client that is its own target", "node-b", "10.0.0.60", .tcp, 6000, .blocked,
        ["LOAD_BALANCER_LOOPBACK"],
        edits: [
            .init(
                "elbv2-describe-target-groups.json", after: #""TargetGroupName":"game""#,
                #""TargetType":"ip","IpAddressType":"ipv6""#, #""TargetType":"instance","IpAddressType":"ipv4""#),
            .init(
                "elbv2-describe-target-health-game.json", #""Id": "2001:db8:1234:1a20:bbbb::4""#,
                #""Id": "i-0node-b""#),
        ]),
]

/// What answers on nodes, endpoints and names.
let nodeRows: [FlowRow] = [
    .init(
        "F64", "client", "sts.us-east-1.amazonaws.com", .tcp, 443, .delivered,
        ["eni-0sts-a", "leads to vpce-0sts (com.amazonaws.us-east-1.sts)"]),
    .init(
        "F65", "instance/i-0bastion", "sts.us-east-1.amazonaws.com", .tcp, 443, .blocked,
        ["sg-0endpoints", "ENI_SG_RULES_MISMATCH"]),
    .init("F66", "client", "fd00:ec2::23", .tcp, 80, .delivered, ["the EKS Pod Identity agent on ip-10-0-16-10"]),
    .init("F67", "client", "169.254.20.10", .udp, 53, .delivered, ["NodeLocal DNSCache on ip-10-0-16-10"]),
    .init(
        "F68", "client", "2001:db8:1234:1a10::c", .tcp, 8088, .delivered,
        ["portmap: host port 8088 → pod/shop/edge-7d9f-1 port 8080", "pod/shop/edge-7d9f-1"]),
    .init(
        "F69", "client", "service/shop/card-issuer", .tcp, 443, .delivered,
        ["ExternalName: its name stands for example.com"]),
    .init("F70", "client", "cart.shop.svc.cluster.local", .tcp, 80, .blocked, ["NETWORK_POLICY"]),
    .init(
        "F71", front, "cart.shop", .tcp, 80, .delivered, ["service/shop/cart → pod/shop/cart-7d9f-1"]),
    .init(
        "no agent", "client", "169.254.170.23", .tcp, 80, .blocked, ["NO_SUCH_SERVICE_ON_NODE"],
        edits: [.removing("kubectl-get-daemonsets-agents.yaml")]),
    .init(
        "no daemon sets", "client", "fd00:ec2::23", .tcp, 80, .unknown, ["NOT_IN_SNAPSHOT", "kubectl get daemonsets"],
        edits: [.removing("kubectl-get-daemonsets-agents.yaml"), .removing("kubectl-get-daemonsets.yaml")]),
    .init(
        "no network ACLs", "client", "web-2", .tcp, 8080, .unknown, ["NOT_IN_SNAPSHOT", "describe-network-acls"],
        edits: [.removing("ec2-describe-network-acls.json")]),
    .init(
        "a block stands, whatever is missing", "client", cart, .tcp, 8080, .blocked, ["NETWORK_POLICY"],
        edits: [.removing("ec2-describe-network-acls.json")]),
]
