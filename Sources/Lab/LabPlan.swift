import Cluster
import IPAddresses
import VPC

/// The network namespaces, links, routes and rules that make a snapshot out of a Linux machine: a shell script.
///
///     pod ── node ──┐
///     instance ─────┤ router of a VPC ──┬── internet gateway's link ── internet
///     NAT gateway ──┤  tables of subnets ├── egress-only gateway ───── internet
///     balancer ─────┘  ACLs, groups      ├── peering ── router of another VPC
///                                        └── VPN gateway ── on-premises
///
/// All names begin with ``prefix``; `down` removes only these.
public struct LabPlan {
    public static let prefix = "dplab-"

    let cluster: Cluster
    var lines: [String] = []

    /// The namespace of each endpoint that can send and receive, by the spelling of an `Endpoint`.
    public private(set) var namespaces: [String: String] = [:]

    /// The namespaces of NAT gateways that do NAT64, each by a gateway of this package: ``nat64Configuration``.
    public internal(set) var nat64: [String] = []

    /// The configuration of a NAT gateway's NAT64. Its pool is the namespace's own: what leaves it is translated once more, to
    /// the NAT gateway's address, as IPv4 packets are.
    public static let nat64Configuration = """
        gateway: {device: nat64}
        router: {ipv4: 169.254.64.254, ipv6: "64:ff9b:1::1"}
        translator: {kind: nat64, policy: aws, pool: [169.254.64.1]}

        """

    /// The routes into a NAT gateway's NAT64, once its device is there.
    public static func nat64Routes(_ namespace: String) -> String {
        "ip -n \(namespace) -6 route replace \(IPv6Prefix.wellKnownNAT64) dev nat64\n"
            + "ip -n \(namespace) route replace 169.254.64.1 dev nat64\n"
    }

    /// What stands for load balancers.
    public internal(set) var proxies: [Proxy] = []

    /// A listener of a load balancer's interface: whoever connects gets a connection to one of the targets
    /// (`ADDRESS/PORT`).
    public struct Proxy: Hashable, Sendable {
        public var namespace: String
        public var port: UInt16
        public var address: IPv6Address
        public var targets: [String]
    }

    /// Addresses at which agents answer on each node.
    public internal(set) var agentAddresses: Set<IPAddress> = []

    /// What is in the snapshot and not in the lab, and why.
    public private(set) var skipped: [String] = []

    var interfaces: [NetworkInterface] = []
    private var index: [String: Int] = [:]
    let vpcs: [VPC]

    /// The script that builds the lab; `outside` are the hosts on the internet and on-premises that flows need.
    public init(_ cluster: Cluster, internet: [IPAddress], onPremises: [IPAddress], endpoints: [IPAddress]) {
        self.cluster = cluster
        vpcs = cluster.network.vpcs.values.sorted { $0.id < $1.id }
        interfaces = cluster.network.interfaces.values.sorted { $0.id < $1.id }
        for (number, interface) in interfaces.enumerated() { index[interface.id] = number }
        line("set -e")
        hosts("internet", internet)
        hosts("onprem", onPremises)
        hosts("endpoint", endpoints)
        for number in vpcs.indices { router(number) }
        for interface in interfaces { attach(interface) }
        for number in vpcs.indices { edges(number) }
        peerings()
        for number in vpcs.indices { tables(number) }
        for number in vpcs.indices { filters(number) }
        for interface in interfaces { owner(interface) }
    }

    public var script: String { lines.joined(separator: "\n") + "\n" }

    mutating func line(_ text: String) { lines.append(text) }
    mutating func skip(_ text: String) { skipped.append(text) }
    mutating func name(_ endpoint: String, _ namespace: String) { namespaces[endpoint] = namespace }

    // MARK: Names

    func namespace(_ interface: NetworkInterface) -> String { "\(Self.prefix)i\(index[interface.id] ?? 0)" }
    func link(_ interface: NetworkInterface) -> String { "i\(index[interface.id] ?? 0)" }
    func router(of vpcID: String) -> String { "\(Self.prefix)r\(vpcs.firstIndex { $0.id == vpcID } ?? 0)" }
    func table(_ subnet: Subnet) -> Int {
        100 + (cluster.network.subnets.keys.sorted().firstIndex(of: subnet.id) ?? 0)
    }

    // MARK: Namespaces

    mutating func add(namespace: String) {
        line("ip netns add \(namespace)")
        line("ip -n \(namespace) link set lo up")
        line(
            "ip netns exec \(namespace) sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 "
                + "net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 net.ipv6.conf.default.addr_gen_mode=1 "
                + "net.ipv6.conf.default.accept_dad=0 net.ipv4.conf.all.accept_local=1")
    }

    /// A pair of links between two namespaces; the first one's end is the other's way out.
    mutating func connect(_ near: String, _ nearLink: String, _ far: String, _ farLink: String, gateway: String) {
        line("ip link add \(nearLink) netns \(near) type veth peer name \(farLink) netns \(far)")
        for (namespace, link, six, four) in [
            (near, nearLink, "fe80::1", gateway), (far, farLink, "fe80::2", nil),
        ] {
            line("ip -n \(namespace) link set \(link) up")
            line("ip -n \(namespace) -6 addr add \(six)/64 dev \(link) nodad")
            if let four { line("ip -n \(namespace) addr add \(four)/32 dev \(link)") }
        }
    }

    mutating func defaultRoute(_ namespace: String, _ link: String, gateway: String) {
        line("ip -n \(namespace) route add \(gateway) dev \(link) scope link")
        line("ip -n \(namespace) route add default via \(gateway) dev \(link)")
        line("ip -n \(namespace) -6 route add default via fe80::1 dev \(link)")
    }

    private mutating func hosts(_ kind: String, _ addresses: [IPAddress]) {
        let namespace = Self.prefix + kind
        add(namespace: namespace)
        for address in addresses {
            line(
                "ip -n \(namespace) addr add \(IPPrefix(host: address)) dev lo\(address.family == .ipv6 ? " nodad" : "")"
            )
            name("\(kind)/\(address)", namespace)
        }
    }

    private mutating func router(_ number: Int) { add(namespace: "\(Self.prefix)r\(number)") }

    private mutating func attach(_ interface: NetworkInterface) {
        let (own, router) = (namespace(interface), router(of: interface.vpcID))
        add(namespace: own)
        connect(router, link(interface), own, "eth0", gateway: "169.254.1.1")
        for address in interface.ipv4Addresses { line("ip -n \(own) addr add \(address.address)/32 dev eth0") }
        for address in interface.ipv6Addresses { line("ip -n \(own) -6 addr add \(address)/128 dev eth0 nodad") }
        defaultRoute(own, "eth0", gateway: "169.254.1.1")
    }

    /// The routes to all interfaces of a VPC, as commands for a table.
    func localRoutes(_ vpc: VPC, table: String) -> [String] {
        let router = router(of: vpc.id)
        return interfaces.filter { $0.vpcID == vpc.id }.flatMap { interface -> [String] in
            let link = link(interface)
            return interface.ipv4Addresses.map {
                "ip -n \(router) route add \($0.address)/32 dev \(link) \(table)"
            }
                + interface.ipv6Addresses.map {
                    "ip -n \(router) -6 route add \($0)/128 via fe80::2 dev \(link) \(table)"
                } + interface.ipv6Prefixes.map { "ip -n \(router) -6 route add \($0) via fe80::2 dev \(link) \(table)" }
        } + vpc.ipv4Blocks.map { "ip -n \(router) route add blackhole \($0) \(table)" }
            + vpc.ipv6Blocks.map { "ip -n \(router) -6 route add blackhole \($0) \(table)" }
    }
}
