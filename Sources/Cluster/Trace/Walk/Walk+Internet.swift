import IPAddresses
import VPC

extension Walk {
    mutating func leaveThroughInternetGateway(_ id: String, of vpcID: String, fromSubnet subnetID: String) -> Outcome {
        let component = Component(.internetGateway, id)
        guard isAttached(network.internetGateways[id]?.vpcIDs, component, vpcID, .internetGateways) else {
            return block(component, .unattached, "\(id) is not attached to \(vpcID)")
        }
        let isTranslated = hops.contains { $0.component.type == .natGateway }
        if let outcome = blockedPublicAccess(component, subnetID, vpcID, isInbound: false, isTranslated) {
            return outcome
        }
        if let reason = notOnInternet(flow.destination) {
            return block(component, reason, "the internet does not route \(flow.destination)")
        }
        if case .v4(let source) = flow.source, network.interface(withPublic: source) == nil,
            network.natGateway(withPublic: source) == nil
        {
            guard let interface = network.interface(with: flow.source, in: vpcID),
                let address = interface.ipv4Addresses.first(where: { $0.address == source })?.publicAddress
            else {
                return block(
                    component, .noPublicAddressForEgress,
                    "\(flow.source) has no public IPv4 address: \(id) passes only packets of addresses that have one; use a NAT gateway"
                )
            }
            let before = flow
            flow.source = .v4(address)
            passTranslated(component, .internetGateway, from: before, "the private address becomes the public one")
        } else {
            pass(component, flow.family == .ipv6 ? "out; IPv6 is not translated" : "out")
        }
        return crossInternet()
    }

    mutating func leaveThroughEgressOnlyGateway(
        _ id: String, of vpcID: String, fromSubnet subnetID: String
    ) -> Outcome {
        let component = Component(.egressOnlyInternetGateway, id)
        guard isAttached(network.egressOnlyGateways[id]?.vpcIDs, component, vpcID, .egressOnlyGateways) else {
            return block(component, .unattached, "\(id) is not attached to \(vpcID)")
        }
        if let outcome = blockedPublicAccess(component, subnetID, vpcID, isInbound: false, true) { return outcome }
        if let reason = notOnInternet(flow.destination) {
            return block(
                component, reason,
                noService(flow.destination) + "the internet does not route \(flow.destination): dropped here"
            )
        }
        if let reason = track(id, from: flow) { return refuse(component, reason, flow) }
        pass(component, leg == .forward ? "out, and remembered; not translated" : "out; not translated")
        return crossInternet()
    }

    /// Why an address of the service block has come to the routes at all.
    private func noService(_ address: IPAddress) -> String {
        guard cluster.configuration.serviceBlock?.contains(address) ?? false else { return "" }
        if let id = cluster.index.service(at: address) {
            return "\(address) is service/\(id)'s, but kube-proxy translates none of its ports here; "
        }
        return "no service has \(address), so it is routed like any address; "
    }

    /// Why the internet does not carry packets to the address; nil where it does.
    private func notOnInternet(_ address: IPAddress) -> Explanation.Code? {
        switch address {
        case .v4(let address) where address.isPrivate: .privateDestination
        case .v4(let address) where address.isShared: .sharedDestination
        default: address.isRoutedOnInternet ? nil : .destinationNotOnInternet
        }
    }

    /// On the internet: to an address of this network, or to a host outside.
    private mutating func crossInternet() -> Outcome {
        let isHere =
            switch flow.destination {
            case .v4(let address):
                network.interface(withPublic: address) != nil || network.natGateway(withPublic: address) != nil
            case .v6: !network.vpcs(containing: flow.destination).isEmpty
            }
        if isHere { return enterFromInternet() }
        if let outcome = publicEndpoint() { return outcome }
        return arrive(.internet, Component(.internet, "internet/\(flow.destination)"), "arrives")
    }

    /// From the internet into the VPC that has the destination.
    mutating func enterFromInternet() -> Outcome {
        switch flow.destination {
        case .v4(let address): return enterIPv4(address)
        case .v6: return enterIPv6()
        }
    }

    private mutating func enterIPv4(_ address: IPv4Address) -> Outcome {
        if let gateway = network.natGateway(withPublic: address) {
            if let own = internetGateway(ofVPC: gateway.vpcID) {
                pass(Component(.internetGateway, own.id), "in, to \(gateway.id)") { $0.vpcID = gateway.vpcID }
            }
            if !gateway.isRegional {
                doubt(
                    Component(.natGateway, gateway.id), .notInSnapshot,
                    "the interface of \(gateway.id) is not in the snapshot; collect \(Inventory.Kind.interfaces.command)"
                )
                guard passACL(ofSubnet: gateway.subnetID, isEgress: false) else { return .blocked }
            }
            return returnThroughNATGateway(gateway)
        }
        guard let (interface, privateAddress) = network.interface(withPublic: address) else {
            return block(
                Component(.internet, "internet/\(address)"), .noPublicAddressForIngress,
                "\(address) is not the public address of any interface in the snapshot"
            )
        }
        guard let gateway = internetGateway(ofVPC: interface.vpcID) else {
            return block(Component(.vpc, interface.vpcID), .unattached, "\(interface.vpcID) has no internet gateway")
        }
        let component = Component(.internetGateway, gateway.id)
        if let outcome = blockedPublicAccess(
            component, interface.subnetID, interface.vpcID, isInbound: true, network.natGateway(of: interface) != nil)
        {
            return outcome
        }
        if network.natGateway(of: interface) != nil {
            if let outcome = edgeRoute(of: gateway.id, to: .v4(privateAddress)) { return outcome }
            // The step to the private address is shown with the NAT gateway's own, as on the way out.
            pass(component, "in, to the NAT gateway's interface \(interface.id)") { $0.vpcID = interface.vpcID }
            guard passACL(ofSubnet: interface.subnetID, isEgress: false) else { return .blocked }
            return receive(at: interface)
        }
        let before = flow
        flow.destination = .v4(privateAddress)
        passTranslated(component, .internetGateway, from: before, "the public address becomes the private one")
        return enterVPC(through: gateway, interface.vpcID)
    }

    private mutating func enterIPv6() -> Outcome {
        guard let vpc = network.vpcs(containing: flow.destination).first else {
            return block(
                Component(.internet, "internet/\(flow.destination)"), .noInterfaceHasAddress,
                "\(flow.destination) is in no VPC of the snapshot"
            )
        }
        // Which of a VPC's gateways packets come in by follows the subnet's route back.
        let subnetID = network.interface(with: flow.destination, in: vpc.id)?.subnetID
        let back = subnetID.flatMap { network.routeTable(ofSubnet: $0)?.route(to: flow.source)?.route.target }
        var gateways = network.egressOnlyGateways.keys.sorted()
        if case .egressOnlyInternetGateway(let id) = back, !gateways.contains(id) { gateways.append(id) }
        if let id = gateways.first(where: { connection(at: $0) != nil }) {
            pass(Component(.egressOnlyInternetGateway, id), "in: a tracked connection's reply") { $0.vpcID = vpc.id }
            return deliver(inVPC: vpc.id, fromSubnet: nil)
        }
        let internetGateway = internetGateway(ofVPC: vpc.id)
        if case .egressOnlyInternetGateway(let id) = back {
            return blockAtEgressOnlyGateway(id)
        }
        guard let internetGateway else {
            if let gateway = network.egressOnlyGateway(ofVPC: vpc.id) { return blockAtEgressOnlyGateway(gateway.id) }
            return block(Component(.vpc, vpc.id), .unattached, "\(vpc.id) has no internet gateway")
        }
        let component = Component(.internetGateway, internetGateway.id)
        if let subnetID, let outcome = blockedPublicAccess(component, subnetID, vpc.id, isInbound: true, false) {
            return outcome
        }
        if let interface = network.interface(with: flow.destination, in: vpc.id), deniesInternet(interface) {
            return block(
                component, .deniesInternetGateways,
                "\(owner(of: interface).id) takes no IPv6 from internet gateways (ipv6.deny_all_igw_traffic, DenyAllIgwTraffic)"
            )
        }
        pass(component, "in; IPv6 is not translated") { $0.vpcID = vpc.id }
        return enterVPC(through: internetGateway, vpc.id)
    }

    private mutating func blockAtEgressOnlyGateway(_ id: String) -> Outcome {
        block(
            Component(.egressOnlyInternetGateway, id), .egressOnlyNoConnection,
            "\(id) has no connection that these packets answer: it lets none in"
        )
    }

    private mutating func enterVPC(through gateway: InternetGateway, _ vpcID: String) -> Outcome {
        if let outcome = edgeRoute(of: gateway.id) { return outcome }
        return deliver(inVPC: vpcID, fromSubnet: nil)
    }

    /// The internet gateway of a VPC. Where none were collected, one is taken to be there, with a doubt.
    private mutating func internetGateway(ofVPC id: String) -> InternetGateway? {
        if let gateway = network.internetGateway(ofVPC: id) { return gateway }
        if cluster.inventory.isComplete(.internetGateways) { return nil }
        let component = Component(.internetGateway, "the internet gateway of \(id)")
        doubt(
            component, .notInSnapshot, "\(component.id) is not known: \(cluster.inventory.lack(of: .internetGateways))")
        return InternetGateway(id: component.id, vpcIDs: [id])
    }

    /// What VPC Block Public Access does to new connections; nil where it lets them pass.
    ///
    /// Source: Amazon VPC User Guide, "VPC BPA basics".
    private mutating func blockedPublicAccess(
        _ component: Component, _ subnetID: String, _ vpcID: String, isInbound: Bool, _ isTranslatedOrEgressOnly: Bool
    ) -> Outcome? {
        guard leg == .forward, let access = network.blockPublicAccess,
            !access.allows(
                subnetID: subnetID, vpcID: vpcID, isInbound: isInbound,
                isTranslatedOrEgressOnly: isTranslatedOrEgressOnly)
        else { return nil }
        return block(
            component, .blockPublicAccess,
            "VPC Block Public Access (\(access.mode.rawValue)) lets no connection of \(subnetID) pass \(component.id); exclude the subnet "
                + "or \(vpcID), or turn it off")
    }

    /// Whether internet gateways let no new IPv6 connection to an interface pass: by its own attribute, or its balancer's, which is on
    /// for internal ones (Elastic Load Balancing API Reference, LoadBalancerAttribute, ipv6.deny_all_igw_traffic).
    private func deniesInternet(_ interface: NetworkInterface) -> Bool {
        guard leg == .forward else { return false }
        if interface.deniesInternetGateways { return true }
        guard let balancer = network.loadBalancer(of: interface) else { return false }
        return balancer.attributes?["ipv6.deny_all_igw_traffic"].map { $0 == "true" } ?? !balancer.isInternetFacing
    }
}
