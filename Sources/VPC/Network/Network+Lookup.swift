import IPAddresses
import PrefixTrie

extension Network {
    /// The interface that has `address` in the VPC, as one of its own or out of a delegated prefix.
    public func interface(with address: IPAddress, in vpcID: String) -> NetworkInterface? {
        let id =
            switch address {
            case .v4(let address): index.interfaceByIPv4[vpcID]?.longestMatch(for: address)?.value
            case .v6(let address): index.interfaceByIPv6[vpcID]?.longestMatch(for: address)?.value
            }
        return id.flatMap { interfaces[$0] }
    }

    /// The interface that a public IPv4 address is associated with, and the private address there.
    public func interface(withPublic address: IPv4Address) -> (
        interface: NetworkInterface, privateAddress: IPv4Address
    )? {
        guard let id = index.interfaceByPublicIPv4[address], let interface = interfaces[id],
            let assignment = interface.ipv4Addresses.first(where: { $0.publicAddress == address })
        else { return nil }
        return (interface, assignment.address)
    }

    /// The interfaces of an instance, the primary one first.
    public func interfaces(ofInstance id: String) -> [NetworkInterface] {
        (index.interfacesByInstance[id] ?? []).compactMap { interfaces[$0] }
            .sorted { ($0.deviceIndex ?? 0, $0.id) < ($1.deviceIndex ?? 0, $1.id) }
    }

    /// The interfaces with a description, in the order of their identifiers.
    public func interfaces(described text: String) -> [NetworkInterface] {
        (index.interfacesByDescription[text] ?? []).compactMap { interfaces[$0] }
    }

    /// The interfaces of a load balancer, one for each of its subnets, in the subnets' order.
    public func interfaces(of balancer: LoadBalancer) -> [NetworkInterface] {
        let own = interfaces(described: balancer.interfaceDescription)
        let order = Dictionary(balancer.subnetIDs.enumerated().map { ($1, $0) }, uniquingKeysWith: min)
        return own.sorted { (order[$0.subnetID] ?? .max, $0.id) < (order[$1.subnetID] ?? .max, $1.id) }
    }

    /// The VPCs whose blocks hold the address; several where IPv4 blocks repeat.
    public func vpcs(containing address: IPAddress) -> [VPC] {
        let ids: [String] =
            switch address {
            case .v4(let address): index.vpcsByIPv4.longestMatch(for: address)?.value ?? []
            case .v6(let address): (index.vpcByIPv6.longestMatch(for: address)?.value).map { [$0] } ?? []
            }
        return ids.compactMap { vpcs[$0] }
    }

    /// The route table of a subnet: its own, or the VPC's main one.
    public func routeTable(ofSubnet id: String) -> RouteTable? {
        let vpcID = subnets[id]?.vpcID
        let table = index.routeTableBySubnet[id] ?? vpcID.flatMap { index.mainRouteTableByVPC[$0] }
        return table.flatMap { routeTables[$0] }
    }

    /// The route table that routes what comes in through a gateway.
    public func routeTable(ofGateway id: String) -> RouteTable? {
        index.routeTableByGateway[id].flatMap { routeTables[$0] }
    }

    /// The network ACL of a subnet; nil where none of those that are known is associated with it. AWS lists each subnet among
    /// the associations of its ACL, of the default one too.
    public func acl(ofSubnet id: String) -> NetworkACL? { index.aclBySubnet[id].flatMap { acls[$0] } }

    /// The internet gateway that is attached to a VPC.
    public func internetGateway(ofVPC id: String) -> InternetGateway? {
        internetGateways.values.filter { $0.vpcIDs.contains(id) }.min { $0.id < $1.id }
    }

    /// The egress-only internet gateway of a VPC.
    public func egressOnlyGateway(ofVPC id: String) -> EgressOnlyInternetGateway? {
        egressOnlyGateways.values.filter { $0.vpcIDs.contains(id) }.min { $0.id < $1.id }
    }

    /// The virtual private gateway of a VPC.
    public func vpnGateway(ofVPC id: String) -> VPNGateway? {
        vpnGateways.values.filter { $0.vpcIDs.contains(id) }.min { $0.id < $1.id }
    }

    /// The interface endpoint that answers for a name in a VPC: the one whose name is the most specific.
    public func endpoint(withDNSName name: String, in vpcID: String?) -> VPCEndpoint? {
        let name = name.lowercased()
        // Private zones need both of the VPC's DNS attributes; where they were not collected they are assumed to be on.
        let vpc = vpcID.flatMap { vpcs[$0] }
        let usesPrivateNames = vpc?.enablesDNSSupport != false && vpc?.enablesDNSHostnames != false
        let matches = endpoints.values.flatMap { endpoint in
            endpoint.dnsNames.filter {
                endpoint.answers(for: name, as: $0, in: vpcID, usesPrivateNames: usesPrivateNames)
            }.map { (endpoint, $0) }
        }
        return matches.min { ($1.1.count, $0.0.id) < ($0.1.count, $1.0.id) }?.0
    }

    /// The load balancer of a name.
    public func loadBalancer(named name: String) -> LoadBalancer? { loadBalancers.values.first { $0.name == name } }

    /// The load balancer of a DNS name, compared without regard to case.
    public func loadBalancer(withDNSName name: String) -> LoadBalancer? {
        let name = name.lowercased()
        return loadBalancers.values.first { $0.dnsName?.lowercased() == name }
    }

    /// The load balancer that an interface belongs to.
    public func loadBalancer(of interface: NetworkInterface) -> LoadBalancer? {
        guard interface.details.hasPrefix("ELB ") else { return nil }
        return loadBalancers.values.first { $0.interfaceDescription == interface.details }
    }

    /// The NAT gateway that has a public address and no interface that is known: regional ones have none.
    public func natGateway(withPublic address: IPv4Address) -> NATGateway? {
        natGateways.values.filter { gateway in
            gateway.addresses.contains { own in
                own.publicAddress == address && (own.interfaceID.map { interfaces[$0] == nil } ?? true)
            }
        }.min { $0.id < $1.id }
    }

    /// The NAT gateway that an interface belongs to.
    public func natGateway(of interface: NetworkInterface) -> NATGateway? {
        guard interface.type == "nat_gateway" || interface.type == "regional_nat_gateway" else { return nil }
        return natGateways.values.first { gateway in gateway.addresses.contains { $0.interfaceID == interface.id } }
    }
}

extension VPCEndpoint {
    /// Whether a name leads to the endpoint, asked for in a VPC: the endpoint's own names everywhere, the service's names within
    /// the endpoint's VPC where private DNS is on.
    ///
    /// Source: AWS PrivateLink Guide, "Access an AWS service using an interface VPC endpoint", DNS hostnames and private DNS.
    fileprivate func answers(
        for name: String, as pattern: String, in vpcID: String?, usesPrivateNames: Bool
    ) -> Bool {
        let pattern = pattern.lowercased()
        let isMatch = pattern.hasPrefix("*.") ? name.hasSuffix(pattern.dropFirst()) : name == pattern
        guard isMatch else { return false }
        let isOwn = pattern.contains("vpce-") && pattern.hasSuffix(".vpce.amazonaws.com")
        return isOwn || (hasPrivateDNS && vpcID == self.vpcID && usesPrivateNames)
    }
}

extension NetworkInterface {
    /// Whether an interface of its type always has security groups. Network Load Balancers may have none; NAT gateways, transit
    /// gateways' attachments and Gateway Load Balancers' endpoints never have any.
    package var needsGroups: Bool {
        ["interface", "efa", "efa-only", "branch", "trunk", "lambda", "vpc_endpoint"].contains(type)
    }
}
