import Cluster
import IPAddresses
import VPC

extension LabPlan {
    private var network: Network { cluster.network }

    /// The ways out of a VPC: to the internet, through an egress-only gateway, on-premises, to gateway endpoints.
    mutating func edges(_ number: Int) {
        let vpc = vpcs[number]
        let router = router(of: vpc.id)
        if network.internetGateway(ofVPC: vpc.id) != nil {
            connect(router, "net", Self.prefix + "internet", "v\(number)", gateway: "169.254.2.1")
            for interface in interfaces where interface.vpcID == vpc.id {
                for address in interface.ipv4Addresses.compactMap(\.publicAddress) {
                    line("ip -n \(Self.prefix)internet route add \(address)/32 via 169.254.2.1 dev v\(number) onlink")
                }
            }
        }
        if network.egressOnlyGateway(ofVPC: vpc.id) != nil {
            let gateway = "\(Self.prefix)e\(number)"
            add(namespace: gateway)
            connect(router, "eig", gateway, "vpc", gateway: "169.254.3.1")
            connect(gateway, "net", Self.prefix + "internet", "e\(number)", gateway: "169.254.4.1")
            for block in vpc.ipv6Blocks { line("ip -n \(gateway) -6 route add \(block) via fe80::1 dev vpc") }
            line("ip -n \(gateway) -6 route add default via fe80::2 dev net")
            line(
                """
                ip netns exec \(gateway) nft -f - <<'N'
                table inet dplab { chain forward { type filter hook forward priority 0; policy accept;
                iifname "net" ct state established,related accept
                iifname "net" drop
                }
                }
                N
                """)
        }
        // Packets come back in by the gateway that the subnet's own packets go out by.
        for subnet in network.subnets.values.sorted(by: { $0.id < $1.id }) where subnet.vpcID == vpc.id {
            let all: IPPrefix = .v6(.all)
            let route = network.routeTable(ofSubnet: subnet.id)?.routes.first { $0.destination == .prefix(all) }
            let link: String? =
                switch route?.target {
                case .internetGateway: "v\(number)"
                case .egressOnlyInternetGateway: "e\(number)"
                default: nil
                }
            guard let link else { continue }
            for block in subnet.ipv6Blocks {
                line("ip -n \(Self.prefix)internet -6 route add \(block) via fe80::1 dev \(link)")
            }
        }
        if network.vpnGateway(ofVPC: vpc.id) != nil {
            connect(router, "vpn", Self.prefix + "onprem", "v\(number)", gateway: "169.254.5.1")
            for block in vpc.ipv4Blocks {
                line("ip -n \(Self.prefix)onprem route add \(block) via 169.254.5.1 dev v\(number) onlink")
            }
            for block in vpc.ipv6Blocks {
                line("ip -n \(Self.prefix)onprem -6 route add \(block) via fe80::1 dev v\(number)")
            }
        }
        if network.endpoints.values.contains(where: { $0.vpcID == vpc.id && $0.type == "Gateway" }) {
            connect(router, "vpce", Self.prefix + "endpoint", "v\(number)", gateway: "169.254.6.1")
            for block in vpc.ipv4Blocks {
                line("ip -n \(Self.prefix)endpoint route add \(block) via 169.254.6.1 dev v\(number) onlink")
            }
        }
    }

    mutating func peerings() {
        for (number, peering) in network.peerings.values.sorted(by: { $0.id < $1.id }).enumerated() {
            guard network.vpcs[peering.requesterVPCID] != nil, network.vpcs[peering.accepterVPCID] != nil,
                peering.status == "active"
            else {
                skip("\(peering.id): not active, or its other end is not in the snapshot")
                continue
            }
            connect(
                router(of: peering.requesterVPCID), "x\(number)", router(of: peering.accepterVPCID), "x\(number)",
                gateway: "169.254.7.1")
            // The far end has no IPv4 address by itself.
            line("ip -n \(router(of: peering.accepterVPCID)) addr add 169.254.7.2/32 dev x\(number)")
        }
    }

    /// A table for each subnet, taken by what its interfaces send; another for what comes in from outside.
    mutating func tables(_ number: Int) {
        let vpc = vpcs[number]
        let router = router(of: vpc.id)
        lines += localRoutes(vpc, table: "table 99")
        for family in ["", "-6 "] {
            line("ip -n \(router) \(family)rule add pref 200 table 99")
            line("ip -n \(router) \(family)rule add pref 32000 blackhole")
        }
        for subnet in network.subnets.values.sorted(by: { $0.id < $1.id }) where subnet.vpcID == vpc.id {
            let table = "table \(table(subnet))"
            lines += localRoutes(vpc, table: table)
            for route in network.routeTable(ofSubnet: subnet.id)?.routes ?? [] {
                for prefix in route.destination.prefixes(network.prefixLists) { add(route, prefix, table, vpc, router) }
            }
            for interface in interfaces where interface.subnetID == subnet.id {
                for family in ["", "-6 "] {
                    line("ip -n \(router) \(family)rule add pref 100 iif \(link(interface)) \(table)")
                    line("ip -n \(router) \(family)rule add pref 101 iif \(link(interface)) blackhole")
                }
            }
        }
    }

    private mutating func add(_ route: Route, _ prefix: IPPrefix, _ table: String, _ vpc: VPC, _ router: String) {
        let family = prefix.family == .ipv6 ? "-6 " : ""
        func add(_ way: String) { line("ip -n \(router) \(family)route replace \(prefix) \(way) \(table)") }
        func drop() { line("ip -n \(router) \(family)route replace blackhole \(prefix) \(table)") }
        // The hosts at the other end answer for their own addresses.
        func via(_ link: String) -> String {
            prefix.family == .ipv6 ? "via fe80::2 dev \(link)" : "dev \(link) scope link"
        }
        if route.state != .active {
            drop()
            return
        }
        switch route.target {
        case .local: break
        case .internetGateway: add(via("net"))
        case .egressOnlyInternetGateway: add(via("eig"))
        case .vpnGateway: add(via("vpn"))
        case .gatewayEndpoint: add(via("vpce"))
        case .natGateway(let id):
            guard let gateway = network.natGateways[id], gateway.state == "available",
                let interface = gateway.addresses.first?.interfaceID.flatMap({ network.interfaces[$0] })
            else {
                drop()
                return
            }
            if prefix.family == .ipv6 {
                add("via fe80::2 dev \(link(interface))")
            } else {
                add("via \(gateway.addresses[0].privateAddress) dev \(link(interface)) onlink")
            }
        case .peering(let id):
            guard let number = network.peerings.keys.sorted().firstIndex(of: id), let peering = network.peerings[id]
            else {
                return
            }
            let isNear = peering.requesterVPCID == vpc.id
            let gateway =
                prefix.family == .ipv6
                ? (isNear ? "fe80::2" : "fe80::1") : (isNear ? "169.254.7.2" : "169.254.7.1")
            add("via \(gateway) dev x\(number)\(prefix.family == .ipv4 ? " onlink" : "")")
        case .networkInterface, .instance, .unsupported:
            skip("\(prefix) → \(route.target.id): such targets are not modelled")
            drop()
        }
    }
}
