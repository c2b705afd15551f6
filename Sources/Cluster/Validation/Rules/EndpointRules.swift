import IPAddresses
import VPC

extension Validator {
    /// Gateways, endpoints and NAT gateways that are there and do nothing.
    mutating func checkStates() {
        for table in ordered(network.routeTables) {
            for route in table.routes where route.state == .active { checkTarget(route, of: table) }
        }
        for endpoint in ordered(network.endpoints) where !endpoint.isAvailable {
            add(
                .endpointNotAvailable, .warning, Component(.vpcEndpoint, endpoint.id),
                "\(endpoint.id) (\(endpoint.serviceName)) is \(endpoint.state)",
                fix: "accept it, or delete it and its routes")
        }
        for gateway in ordered(network.natGateways) where gateway.state == "failed" {
            add(
                .natGatewayFailed, .warning, Component(.natGateway, gateway.id),
                "\(gateway.id) has failed" + (gateway.failure.map { ": \($0)" } ?? ""),
                fix: "delete it, and create another one")
        }
        checkEndpointGroups()
    }

    private mutating func checkTarget(_ route: Route, of table: RouteTable) {
        let attached: [String]?
        switch route.target {
        case .internetGateway(let id): attached = network.internetGateways[id]?.vpcIDs
        case .egressOnlyInternetGateway(let id): attached = network.egressOnlyGateways[id]?.vpcIDs
        case .vpnGateway(let id): attached = network.vpnGateways[id]?.vpcIDs
        default: return
        }
        guard let attached, !attached.contains(table.vpcID) else { return }
        add(
            .gatewayUnattached, .error, Component(.routeTable, table.id),
            "\(table.id): \(route.destination) → \(route.target.id), which is not attached to \(table.vpcID): packets are dropped",
            fix: "attach \(route.target.id) to \(table.vpcID), or remove the route")
    }

    /// Interface endpoints that nobody of their VPC may connect to.
    private mutating func checkEndpointGroups() {
        for endpoint in ordered(network.endpoints) where endpoint.type == "Interface" {
            let interfaces = endpoint.interfaceIDs.compactMap { network.interfaces[$0] }
            guard !interfaces.isEmpty,
                interfaces.allSatisfy({ $0.groupIDs.allSatisfy { network.groups[$0] != nil } && !$0.groupIDs.isEmpty })
            else { continue }
            let isOpen = interfaces.contains { interface in
                interface.groupIDs.contains { id in !(network.groups[id]?.ingress.rules.isEmpty ?? true) }
            }
            if isOpen { continue }
            add(
                .endpointClosed, .error, Component(.vpcEndpoint, endpoint.id),
                "\(endpoint.id) (\(endpoint.serviceName)): no rule of its security groups lets anyone in",
                fix: "allow TCP 443 from the VPC's blocks, or from the groups that use it")
        }
    }

    /// Rules of listeners that no request comes to.
    mutating func checkListenerRules() {
        for balancer in ordered(network.loadBalancers) {
            for listener in balancer.listeners {
                let rules = listener.rules ?? []
                for (index, rule) in rules.enumerated() {
                    guard let earlier = rules.prefix(index).first(where: { $0.covers(rule) }) else { continue }
                    add(
                        .listenerRuleUnreachable, .warning, Self.component(balancer),
                        "load-balancer/\(balancer.name) port \(listener.port): no request comes to rule \(rule.priority) (\(rule.text)), since rule "
                            + "\(earlier.priority) (\(earlier.text)) takes all of them",
                        fix: "give it a priority below \(earlier.priority), or remove it")
                }
            }
        }
    }

    /// VPC Block Public Access.
    mutating func checkPublicAccess() {
        guard let access = network.blockPublicAccess, access.mode != .off else { return }
        let tables = ordered(network.routeTables).filter { table in
            table.routes.contains { route in
                switch route.target {
                case .internetGateway, .egressOnlyInternetGateway: true
                default: false
                }
            }
        }.map(\.id)
        if tables.isEmpty { return }
        add(
            .publicAccessBlocked, .warning, Component(.cluster, "vpc-block-public-access"),
            "VPC Block Public Access is on (\(access.mode.rawValue)): routes of \(list(tables)) to internet gateways carry "
                + (access.mode == .bidirectional ? "nothing" : "no connections from the internet")
                + (access.exclusions.isEmpty
                    ? "" : ", except for \(access.exclusions.map(\.resourceID).joined(separator: ", "))"),
            fix: "exclude the subnets that are meant to be public, or turn it off")
    }

    /// Who reaches the cluster's endpoint: nodes that do not cannot join.
    mutating func checkEndpointAccess() {
        guard let access = cluster.configuration.endpointAccess, !access.isPrivate else { return }
        let component = Component(.cluster, "cluster/\(cluster.configuration.name ?? "")")
        var outside: [String] = []
        for subnetID in subnetsOfNodes.sorted() {
            let sources = publicSources(ofSubnet: subnetID)
            if sources.isEmpty
                || sources.contains(where: { source in access.publicBlocks.contains { $0.contains(source) } })
            {
                continue
            }
            outside.append("\(subnetID) (\(sources.map(\.description).joined(separator: ", ")))")
        }
        if outside.isEmpty { return }
        add(
            .clusterEndpointClosed, .error, component,
            "the cluster's endpoint is public only, and publicAccessCidrs (\(access.publicBlocks.map(\.description).joined(separator: ", "))) leave out "
                + "the nodes of \(list(outside)): they cannot join, and lose the API server",
            fix: "turn on endpointPrivateAccess, or add the addresses that the nodes send from")
    }

    private var subnetsOfNodes: Set<String> {
        Set(cluster.nodes.values.filter { !$0.isHybrid }.flatMap { cluster.interfaces(of: $0).map(\.subnetID) })
    }

    /// The addresses that nodes of a subnet are seen with on the internet; none where that is not known.
    private func publicSources(ofSubnet id: String) -> [IPAddress] {
        switch defaultRoute(ofSubnet: id, .ipv4)?.target {
        case .natGateway(let gateway):
            return network.natGateways[gateway]?.addresses.compactMap(\.publicAddress).map { .v4($0) } ?? []
        case .internetGateway:
            let interfaces = cluster.nodes.values.flatMap { cluster.interfaces(of: $0) }.filter { $0.subnetID == id }
            return interfaces.flatMap(\.ipv4Addresses).compactMap(\.publicAddress).map { .v4($0) }
        default: return []
        }
    }
}

extension LoadBalancer.Rule {
    var text: String { conditions.isEmpty ? "all" : conditions.map(\.text).joined(separator: " and ") }

    /// Whether all requests that another rule takes are this one's: each of its conditions holds for all that the other's let through.
    fileprivate func covers(_ other: LoadBalancer.Rule) -> Bool {
        conditions.allSatisfy { own in
            if case .path(let patterns) = own, patterns.contains(where: { $0 == "*" || $0 == "/*" }) { return true }
            return other.conditions.contains { $0.isWithin(own) }
        }
    }
}

extension LoadBalancer.Condition {
    /// Whether it holds for nothing that another one does not hold for.
    fileprivate func isWithin(_ other: LoadBalancer.Condition) -> Bool {
        switch (self, other) {
        case (.host(let own), .host(let others)):
            own.allSatisfy { value in others.contains { HTTPRequest.matches(value.lowercased(), $0.lowercased()) } }
        case (.path(let own), .path(let others)):
            own.allSatisfy { value in others.contains { HTTPRequest.matches(value, $0) } }
        case (.source(let own), .source(let others)): own.allSatisfy { value in others.contains { $0.covers(value) } }
        default: self == other
        }
    }
}
