import IPAddresses
import VPC

extension Validator {
    /// Routes that lead nowhere, that nothing takes, or that are not for what their table's subnets are for.
    mutating func checkRoutes() {
        for table in ordered(network.routeTables) {
            let component = Component(.routeTable, table.id)
            for route in table.routes {
                if route.state != .active, route.state != .blackhole {
                    add(
                        .routeTargetUnsupported, .advice, component,
                        "\(table.id): AWS calls \(route.destination) → \(route.target.id) “\(route.state.rawValue)”: traces end there",
                        fix: "check by hand whether packets take it")
                } else if route.state == .blackhole {
                    add(
                        .routeBlackhole, .warning, component,
                        "\(table.id): \(route.destination) → \(route.target.id) is a blackhole: packets are dropped, its target is gone",
                        fix: "point \(route.destination) to a target that is there, or remove the route")
                } else if case .unsupported(let field, let id) = route.target {
                    add(
                        .routeTargetUnsupported, .advice, component,
                        "\(table.id): \(route.destination) → \(id) (\(field)) is of a kind that is not modelled: a trace ends there",
                        fix: "check by hand what happens to packets beyond \(id)")
                } else if let what = unmodelledTarget(route) {
                    add(
                        .routeTargetUnsupported, .advice, component,
                        "\(table.id): \(route.destination) → \(route.target.id), \(what): a trace ends there",
                        fix: "check by hand what happens to packets beyond \(route.target.id)")
                }
                checkLocal(route, of: table)
                checkNAT64(route, of: table)
            }
            for (route, others) in shadowed(in: table) {
                add(
                    .routeShadowed, .advice, component,
                    "\(table.id): \(route.destination) → \(route.target.id) is never used: \(others) cover all of it",
                    fix: "remove it, or the routes that cover it")
            }
        }
        checkPodSubnets()
    }

    /// Endpoints and appliances that forward by rules of their own.
    private func unmodelledTarget(_ route: Route) -> String? {
        switch route.target {
        case .gatewayEndpoint(let id):
            guard let endpoint = network.endpoints[id], endpoint.type != "Gateway" else { return nil }
            return "a \(endpoint.type) endpoint, behind which a firewall or an appliance decides"
        case .networkInterface(let id):
            return network.interfaces[id].map { $0.sourceDestinationCheck ? nil : "an appliance" } ?? nil
        default: return nil
        }
    }

    private mutating func checkLocal(_ route: Route, of table: RouteTable) {
        guard route.target == .local, case .prefix(let prefix) = route.destination,
            let vpc = network.vpcs[table.vpcID], !vpc.blocks.contains(prefix)
        else { return }
        let own = vpc.blocks.map(\.description).joined(separator: ", ")
        add(
            .routeLocalMismatch, .error, Component(.routeTable, table.id),
            "\(table.id) has a local route for \(prefix), but \(vpc.id)'s blocks are \(own)",
            fix: "collect route tables and VPCs at the same time; local routes are those of the VPC's blocks")
    }

    private mutating func checkNAT64(_ route: Route, of table: RouteTable) {
        guard case .prefix(.v6(let prefix)) = route.destination, IPv6Prefix.wellKnownNAT64.covers(prefix) else {
            return
        }
        if case .natGateway = route.target { return }
        add(
            .nat64RouteNotNAT, .error, Component(.routeTable, table.id),
            "\(table.id): \(prefix) → \(route.target.id), which translates nothing: only a NAT gateway does NAT64",
            fix: "point \(prefix) to a NAT gateway in a public subnet")
    }

    /// The routes that no packet takes, and what takes theirs: more specific routes that cover them, or one of the same
    /// prefix that comes first.
    private func shadowed(in table: RouteTable) -> [(route: Route, others: String)] {
        let all = table.routes.enumerated().flatMap { position, route in
            route.destination.prefixes(network.prefixLists).map { (position: position, prefix: $0) }
        }
        return table.routes.enumerated().compactMap { position, route in
            let own = all.filter { $0.position == position }.map(\.prefix)
            if own.isEmpty || route.target == .local { return nil }
            var others: Set<String> = []
            for prefix in own {
                // The local route covers more specific propagated routes too.
                if !route.origin.isStatic,
                    let local = all.first(where: {
                        table.routes[$0.position].target == .local && $0.prefix.covers(prefix)
                    })
                {
                    others.insert(table.routes[local.position].destination.description)
                    continue
                }
                let before = all.filter { other in
                    other.position != position && prefix.covers(other.prefix)
                        && (other.prefix != prefix
                            || RouteTable.isPreferred(
                                table.routes[other.position], other.position, to: route, position))
                }
                let space = before.reduce(into: FlowSet()) {
                    $0.formUnion(FlowSet(.init($1.prefix.family, destination: $1.prefix)))
                }
                guard FlowSet(.init(prefix.family, destination: prefix)).isSubset(of: space) else { return nil }
                for other in before { others.insert(table.routes[other.position].destination.description) }
            }
            return (route, others.sorted().joined(separator: ", "))
        }
    }

    /// Subnets of pods whose IPv6 goes out by an internet gateway: it lets connections in as well.
    private mutating func checkPodSubnets() {
        for subnetID in subnetsOfPods.sorted() {
            guard let (table, target) = defaultRoute(ofSubnet: subnetID, .ipv6),
                case .internetGateway(let gateway) = target
            else { continue }
            add(
                .privateSubnetInternetGateway, .warning, Component(.routeTable, table.id),
                "\(table.id): ::/0 → \(gateway), and \(subnetID) holds pods with global IPv6 addresses: they are reachable from "
                    + "the internet, except for what network ACLs and security groups deny",
                fix: "point ::/0 to an egress-only internet gateway")
        }
    }
}
