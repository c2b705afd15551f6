import IPAddresses
import PrefixTrie

/// Where a packet goes that the gateway sends itself: all there is to write in front of it.
package struct FrameHop: Hashable, Sendable {
    /// The interface's place among the gateway's.
    package var interface: Int
    package var destination: EthernetAddress
    package var source: EthernetAddress

    /// The longest packet, in bytes.
    package var mtu: Int
}

/// The kernel's routes and neighbours, compiled: a packet's way by its destination's longest prefix.
///
///     main table:  2001:db8:1::/64 dev eth0          ─► on the link: the kernel's, since it has to ask for the neighbour
///     neighbours:  2001:db8:1::2 eth0 02:…:01        ─► 2001:db8:1::2/128: a frame to 02:…:01
///     main table:  default via fe80::1 dev eth0      ─► ::/0: a frame to fe80::1's address, where that is known
///
/// What the gateway can't send by itself has no frame, and is given to the kernel: neighbours that are not known yet, routes with
/// several next hops, routes that drop, interfaces that are not the gateway's, the host's own addresses, and no route at all. So
/// the kernel asks for neighbours, and answers what can't be delivered.
package final class NextHopTable: Sendable {
    private let ipv4: ForwardingTable<IPv4Address>
    private let ipv6: ForwardingTable<IPv6Address>

    /// Both tables' next hops, IPv4's first; nil for the kernel.
    package let hops: [FrameHop?]
    private let firstOfIPv6: Int

    /// Multicast, broadcast and link-local addresses, which are no router's business.
    package static let always: [IPPrefix] = [
        .v4(IPv4Prefix(masking: IPv4Address(224, 0, 0, 0), length: 4)),
        .v4(IPv4Prefix(host: IPv4Address(255, 255, 255, 255))),
        .v6(IPv6Prefix(masking: IPv6Address(bits: 0xFF &<< 120), length: 8)),
        .v6(IPv6Prefix(masking: IPv6Address(bits: 0xFE80 &<< 112), length: 10)),
    ]

    /// Prefixes of the host itself.
    package let own: Set<IPPrefix>

    /// What a route's prefix leads to.
    fileprivate enum Way: Hashable {
        case kernel

        /// Whoever has the address, on this interface.
        case link(Int32)
        case frame(FrameHop)
    }

    /// Compiles the tables for interfaces, by their indices; a frame's interface is its place among them.
    ///
    /// - Throws: `ForwardingTableError.tooManyNextHops` for more than 65,534 neighbours and routers.
    package init(_ tables: KernelTables, interfaces: [Int32]) throws(ForwardingTableError) {
        let ways = Ways(tables, interfaces)
        own = Set(tables.routes.lazy.filter { $0.kind == .own }.map(\.prefix))
        let (four, six) = ways.tries(own: own)
        let (numbers4, values4) = try four.numbered()
        let (numbers6, values6) = try six.numbered()
        hops = values4.map(\.frame) + values6.map(\.frame)
        firstOfIPv6 = values4.count
        ipv4 = try ForwardingTable(compiling: numbers4)
        ipv6 = try ForwardingTable(compiling: numbers6)
    }

    /// A table without routes: the kernel sends all packets.
    package convenience init() {
        do {
            try self.init(KernelTables(), interfaces: [])
        } catch {
            preconditionFailure("an empty table has no next hops")
        }
    }

    /// The next hops of packets by their destinations, each at its place; nil without a route.
    func lookup(
        _ lookup: DestinationLookup, _ bytes: borrowing RawSpan, _ starts: [Int], into found: inout [Int?]
    ) {
        lookup.run(bytes, starts, ipv4, ipv6) { place, hop, isIPv4 in
            found[place] = hop == NextHop.noRoute ? nil : Int(hop) + (isIPv4 ? 0 : firstOfIPv6)
        }
    }

    /// The way to one address; nil for the kernel.
    package subscript(address: IPAddress) -> FrameHop? {
        let (number, first) =
            switch address {
            case .v4(let address): (ipv4.lookup(address), 0)
            case .v6(let address): (ipv6.lookup(address), firstOfIPv6)
            }
        return number == NextHop.noRoute ? nil : hops[Int(number) + first]
    }
}

extension NextHopTable.Way {
    fileprivate var frame: FrameHop? { if case .frame(let hop) = self { hop } else { nil } }
}

/// What is chosen of the kernel's tables.
private struct Ways {
    private let tables: KernelTables
    private var places: [Int32: Int] = [:]
    private var links: [Int32: KernelLink] = [:]
    private var ethernet: [Neighbour: EthernetAddress] = [:]

    private struct Neighbour: Hashable {
        var interface: Int32
        var address: IPAddress
    }

    init(_ tables: KernelTables, _ interfaces: [Int32]) {
        self.tables = tables
        for (place, index) in interfaces.enumerated() { places[index] = place }
        for link in tables.links { links[link.index] = link }
        for neighbour in tables.neighbours {
            ethernet[Neighbour(interface: neighbour.interface, address: neighbour.address)] = neighbour.ethernet
        }
    }

    /// Routes by prefix, and a route to each neighbour that a link's route covers.
    func tries(
        own: Set<IPPrefix>
    ) -> (RadixTrie<IPv4Address, NextHopTable.Way>, RadixTrie<IPv6Address, NextHopTable.Way>) {
        var four = RadixTrie<IPv4Address, NextHopTable.Way>()
        var six = RadixTrie<IPv6Address, NextHopTable.Way>()
        func set(_ way: NextHopTable.Way, for prefix: IPPrefix) {
            switch prefix {
            case .v4(let prefix): four[prefix] = way
            case .v6(let prefix): six[prefix] = way
            }
        }
        for (prefix, route) in chosen() { set(route.map(way) ?? .kernel, for: prefix) }
        for prefix in own.union(NextHopTable.always) { set(.kernel, for: prefix) }
        var hosts: [(IPPrefix, NextHopTable.Way)] = []
        for neighbour in tables.neighbours {
            let covering =
                switch neighbour.address {
                case .v4(let address): four.longestMatch(for: address)?.value
                case .v6(let address): six.longestMatch(for: address)?.value
                }
            guard covering == .link(neighbour.interface),
                let hop = frame(neighbour.interface, neighbour.ethernet, mtu: nil)
            else { continue }
            hosts.append((IPPrefix(host: neighbour.address), .frame(hop)))
        }
        for (prefix, way) in hosts { set(way, for: prefix) }
        return (four, six)
    }

    /// The main table's route for each prefix, with the lowest metric; nil where two are as good.
    private func chosen() -> [IPPrefix: KernelRoute?] {
        var result: [IPPrefix: KernelRoute] = [:]
        var doubles: Set<IPPrefix> = []
        for route in tables.routes where route.table == KernelRoute.mainTable && route.kind != .own {
            guard let other = result[route.prefix] else {
                result[route.prefix] = route
                continue
            }
            if route.priority < other.priority {
                result[route.prefix] = route
                doubles.remove(route.prefix)
            } else if route.priority == other.priority, route != other {
                doubles.insert(route.prefix)
            }
        }
        return Dictionary(uniqueKeysWithValues: result.map { ($0, doubles.contains($0) ? nil : $1) })
    }

    private func way(_ route: KernelRoute) -> NextHopTable.Way {
        guard route.kind == .unicast, route.isSimple, let interface = route.interface, places[interface] != nil else {
            return .kernel
        }
        // A route's own MTU is a reason to leave neighbours on the link to the kernel.
        guard let gateway = route.gateway else { return route.mtu == nil ? .link(interface) : .kernel }
        guard let address = ethernet[Neighbour(interface: interface, address: gateway)],
            let hop = frame(interface, address, mtu: route.mtu)
        else { return .kernel }
        return .frame(hop)
    }

    private func frame(_ interface: Int32, _ address: EthernetAddress, mtu: Int?) -> FrameHop? {
        guard let place = places[interface], let link = links[interface], let source = link.address else { return nil }
        return FrameHop(interface: place, destination: address, source: source, mtu: min(link.mtu, mtu ?? link.mtu))
    }
}
