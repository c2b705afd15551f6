import IPAddresses
import PrefixTrie

/// A route table: the longest prefix wins; of equal ones the local route, then a static, then a propagated one. Propagated
/// routes within the VPC's own blocks are never taken: the local route is preferred even where they are more specific.
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

    /// Positions of routes of which AWS takes one at random.
    private let ambiguous: Set<Int>
    private let taken: [(prefix: IPPrefix, position: Int)]
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
        var ambiguous: Set<Int> = []
        let local = routes.filter { $0.target == .local }.flatMap { $0.destination.prefixes(prefixLists) }
        func insert<Key>(_ position: Int, for prefix: Prefix<Key>, into trie: inout RadixTrie<Key, Int>) {
            if let other = trie[prefix] {
                let (known, new) = (Self.precedence(routes[other]), Self.precedence(routes[position]))
                // Of overlapping lists AWS takes one at random (Amazon VPC User Guide, "Route priority").
                if known == new, known == 2, routes[other].target != routes[position].target {
                    ambiguous.insert(position)
                    ambiguous.insert(other)
                }
                if known <= new { return }
            }
            trie[prefix] = position
        }
        for (position, route) in routes.enumerated() {
            for prefix in route.destination.prefixes(prefixLists) {
                if !route.origin.isStatic, route.target != .local, local.contains(where: { $0.covers(prefix) }) {
                    continue
                }
                switch prefix {
                case .v4(let prefix): insert(position, for: prefix, into: &four)
                case .v6(let prefix): insert(position, for: prefix, into: &six)
                }
            }
        }
        self.ambiguous = ambiguous
        taken = four.map { (.v4($0.prefix), $0.value) } + six.map { (.v6($0.prefix), $0.value) }
        ipv4 = PrefixLookup(four)
        ipv6 = PrefixLookup(six)
    }

    /// The rank among routes with one prefix, 0 first. A static route for the prefix comes before a prefix list's.
    private static func precedence(_ route: Route) -> Int {
        if route.target == .local { return 0 }
        if !route.origin.isStatic { return 3 }
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

        /// Whether another prefix list's route has the same prefix and another target: AWS takes one of them at random.
        public var isAmbiguous = false
    }

    /// The routes that packets take, one for each prefix: of equal prefixes the preferred one, in the prefixes' order.
    public var effective: [Match] { taken.map { Match(route: routes[$0.position], prefix: $0.prefix) } }

    /// The route for packets to `address`.
    public func route(to address: IPAddress) -> Match? {
        switch address {
        case .v4(let address):
            ipv4.longestMatch(for: address).map {
                Match(route: routes[$0.value], prefix: .v4($0.prefix), isAmbiguous: ambiguous.contains($0.value))
            }
        case .v6(let address):
            ipv6.longestMatch(for: address).map {
                Match(route: routes[$0.value], prefix: .v6($0.prefix), isAmbiguous: ambiguous.contains($0.value))
            }
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
public struct PrefixList: Hashable, Sendable {
    public var id: String
    public var name: String
    public var prefixes: [IPPrefix]

    /// Whether its entries were collected, even if there are none.
    public var isComplete: Bool

    public init(id: String, name: String, prefixes: [IPPrefix], isComplete: Bool = true) {
        self.id = id
        self.name = name
        self.prefixes = prefixes
        self.isComplete = isComplete
    }
}
