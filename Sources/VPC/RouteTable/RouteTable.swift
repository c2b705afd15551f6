import IPAddresses
import PrefixTrie

/// A route table: the longest prefix wins; of equal ones the local route, then a static, then a propagated one.
///
/// Source: Amazon VPC User Guide, "Route priority".
public struct RouteTable: Sendable {
    public var id: String
    public var vpcID: String

    /// Whether subnets without an association of their own use it.
    public var isMain: Bool
    public var subnetIDs: [String]

    /// Gateways whose incoming packets it routes (edge associations).
    public var gatewayIDs: [String]
    public let routes: [Route]

    private var ipv4 = RadixTrie<IPv4Address, Int>()
    private var ipv6 = RadixTrie<IPv6Address, Int>()

    /// Makes a table; `prefixLists` holds the prefixes of the lists that routes may name.
    public init(
        id: String, vpcID: String, isMain: Bool, subnetIDs: [String], gatewayIDs: [String] = [], routes: [Route],
        prefixLists: [String: PrefixList]
    ) {
        self.id = id
        self.vpcID = vpcID
        self.isMain = isMain
        self.subnetIDs = subnetIDs
        self.gatewayIDs = gatewayIDs
        self.routes = routes
        for (position, route) in routes.enumerated() {
            switch route.destination {
            case .prefix(let prefix): insert(position, for: prefix)
            case .prefixList(let id): for prefix in prefixLists[id]?.prefixes ?? [] { insert(position, for: prefix) }
            }
        }
    }

    private mutating func insert(_ position: Int, for prefix: IPPrefix) {
        switch prefix {
        case .v4(let prefix):
            if let other = ipv4[prefix], precedence(other) <= precedence(position) { return }
            ipv4[prefix] = position
        case .v6(let prefix):
            if let other = ipv6[prefix], precedence(other) <= precedence(position) { return }
            ipv6[prefix] = position
        }
    }

    /// The rank among routes with one prefix, 0 first. A static route for the prefix comes before a prefix list's.
    private func precedence(_ position: Int) -> Int {
        let route = routes[position]
        if route.target == .local { return 0 }
        if route.origin == .propagated { return 3 }
        if case .prefixList = route.destination { return 2 }
        return 1
    }

    /// A route and the prefix of it that matched: the list's own where the route names a prefix list.
    public struct Match: Sendable {
        public var route: Route
        public var prefix: IPPrefix
    }

    /// The route for packets to `address`.
    public func route(to address: IPAddress) -> Match? {
        switch address {
        case .v4(let address):
            ipv4.longestMatch(for: address).map { Match(route: routes[$0.value], prefix: .v4($0.prefix)) }
        case .v6(let address):
            ipv6.longestMatch(for: address).map { Match(route: routes[$0.value], prefix: .v6($0.prefix)) }
        }
    }
}

/// A list of prefixes that routes and rules name by its identifier.
public struct PrefixList: Sendable {
    public var id: String
    public var name: String
    public var prefixes: [IPPrefix]

    public init(id: String, name: String, prefixes: [IPPrefix]) {
        self.id = id
        self.name = name
        self.prefixes = prefixes
    }
}
