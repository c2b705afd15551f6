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

    private let ipv4: PrefixLookup<IPv4Address, Int>
    private let ipv6: PrefixLookup<IPv6Address, Int>

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
        var (four, six) = (RadixTrie<IPv4Address, Int>(), RadixTrie<IPv6Address, Int>())
        func insert<Key>(_ position: Int, for prefix: Prefix<Key>, into trie: inout RadixTrie<Key, Int>) {
            if let other = trie[prefix], Self.precedence(routes[other]) <= Self.precedence(routes[position]) { return }
            trie[prefix] = position
        }
        for (position, route) in routes.enumerated() {
            for prefix in route.destination.prefixes(prefixLists) {
                switch prefix {
                case .v4(let prefix): insert(position, for: prefix, into: &four)
                case .v6(let prefix): insert(position, for: prefix, into: &six)
                }
            }
        }
        ipv4 = PrefixLookup(four)
        ipv6 = PrefixLookup(six)
    }

    /// The rank among routes with one prefix, 0 first. A static route for the prefix comes before a prefix list's.
    private static func precedence(_ route: Route) -> Int {
        if route.target == .local { return 0 }
        if route.origin == .propagated { return 3 }
        if case .prefixList = route.destination { return 2 }
        return 1
    }

    /// Whether of two routes with one prefix, at these positions of the table, the first is the one that packets take.
    public static func isPreferred(
        _ first: Route, _ firstPosition: Int, to second: Route, _ secondPosition: Int
    ) -> Bool {
        (precedence(first), firstPosition) < (precedence(second), secondPosition)
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

extension Route.Destination {
    /// The prefixes that are meant, a prefix list's own where one is named.
    public func prefixes(_ lists: [String: PrefixList]) -> [IPPrefix] {
        switch self {
        case .prefix(let prefix): [prefix]
        case .prefixList(let id): lists[id]?.prefixes ?? []
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
