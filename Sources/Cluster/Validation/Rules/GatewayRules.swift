import IPAddresses
import VPC

extension Validator {
    /// NAT gateways, and what leads to them for NAT64: S07, S38.
    mutating func checkNATGateways() {
        for gateway in ordered(network.natGateways) where gateway.isPublic && gateway.isAvailable {
            guard network.subnets[gateway.subnetID] != nil, !isPublic(gateway.subnetID, .ipv4),
                !isInspected(gateway.subnetID)
            else { continue }
            let route = defaultRoute(ofSubnet: gateway.subnetID, .ipv4)
            add(
                .natGatewayInPrivateSubnet, .error, Component(.natGateway, gateway.id),
                "\(gateway.id) is public and is in \(gateway.subnetID), whose 0.0.0.0/0 "
                    + (route.map { "leads to \($0.target.id) (\($0.table.id))" } ?? "has no route")
                    + ": nothing that it translates gets out",
                fix: "put it in a subnet whose 0.0.0.0/0 leads to an internet gateway")
        }
        for subnet in ordered(network.subnets) where subnet.enablesDNS64 && nat64Route(of: subnet) == nil {
            let table = network.routeTable(ofSubnet: subnet.id)?.id ?? "no route table"
            add(
                .dns64WithoutRoute, .warning, Component(.subnet, subnet.id),
                "\(subnet.id) has DNS64, and \(table) has no route to 64:ff9b::/96: synthesized addresses lead nowhere",
                fix: "add 64:ff9b::/96 → a NAT gateway to \(table), or disable DNS64")
        }
    }

    /// The route of a subnet for 64:ff9b::/96; a default route does not count.
    func nat64Route(of subnet: Subnet) -> Route? {
        guard let table = network.routeTable(ofSubnet: subnet.id),
            let match = table.route(to: .v6(IPv6Prefix.wellKnownNAT64.last)), case .v6(let prefix) = match.prefix,
            IPv6Prefix.wellKnownNAT64.covers(prefix) || prefix.covers(.wellKnownNAT64) && prefix.length >= 32
        else { return nil }
        return match.route
    }

    /// The EKS API and the endpoints of clusters are IPv4 only in `seed`: S37.
    mutating func checkEKSEndpoint() {
        guard cluster.configuration.name != nil else { return }
        for subnet in ordered(network.subnets)
        where subnet.ipv4Block == nil && !subnet.ipv6Blocks.isEmpty && subnet.vpcID == cluster.configuration.vpcID {
            if ruleSet.allows(.dualStackEKSEndpoint), defaultRoute(ofSubnet: subnet.id, .ipv6) != nil { continue }
            let api = "the EKS API has IPv4 addresses only, and \(subnet.id) is IPv6 only"
            let component = Component(.subnet, subnet.id)
            let table = network.routeTable(ofSubnet: subnet.id)?.id ?? "its route table"
            if !subnet.enablesDNS64 {
                add(
                    .eksAPIUnreachable, .error, component,
                    "\(api): DNS64 is off, so that its names have no AAAA record",
                    fix: "aws ec2 modify-subnet-attribute --subnet-id \(subnet.id) --enable-dns64")
            }
            guard let route = nat64Route(of: subnet) else {
                add(
                    .eksAPIUnreachable, .error, component, "\(api): \(table) has no route to 64:ff9b::/96",
                    fix: "add 64:ff9b::/96 → a NAT gateway in a public subnet to \(table)")
                continue
            }
            guard case .natGateway(let id) = route.target else {
                add(
                    .eksAPIUnreachable, .error, component,
                    "\(api): \(table) sends 64:ff9b::/96 to \(route.target.id), which is not a NAT gateway",
                    fix: "point 64:ff9b::/96 to a NAT gateway in a public subnet")
                continue
            }
            let state = network.natGateways[id]?.state ?? "not in the snapshot"
            if network.natGateways[id]?.isAvailable != true || route.state == .blackhole {
                add(
                    .eksAPIUnreachable, .error, component,
                    "\(api): 64:ff9b::/96 leads to the NAT gateway \(id), which is "
                        + (route.state == .blackhole ? "gone" : state),
                    fix: "point 64:ff9b::/96 in \(table) to a NAT gateway that is available")
            }
        }
    }
}

extension NATGateway {
    var isAvailable: Bool { state == "available" }
}
