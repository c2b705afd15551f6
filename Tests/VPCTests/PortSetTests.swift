import IPAddresses
import Testing
import TestSupport

@testable import VPC

@Suite("PortSet and rules")
struct PortSetTests {
    func random(_ generator: inout SeededGenerator) -> PortSet {
        PortSet(
            (0..<Int.random(in: 0..<5, using: &generator)).map { _ in
                // The edges of the space more often than chance would have it.
                let first =
                    Bool.random(using: &generator)
                    ? UInt16.random(in: 0...40, using: &generator) : UInt16.random(in: 65500...65535, using: &generator)
                return first...first + min(UInt16.random(in: 0..<12, using: &generator), 65535 - first)
            }
        )
    }

    @Test("Operations agree with sets of ports")
    func operations() {
        var generator = SeededGenerator(seed: 1)
        func ports(_ set: PortSet) -> Set<UInt16> { Set(set.ranges.flatMap { Array($0) }) }
        for _ in 0..<300 {
            let (a, b) = (random(&generator), random(&generator))
            #expect(ports(a.union(b)) == ports(a).union(ports(b)))
            #expect(ports(a.intersection(b)) == ports(a).intersection(ports(b)))
            #expect(ports(a.subtracting(b)) == ports(a).subtracting(ports(b)))
            #expect(a.complement.complement == a && a.complement.count + a.count == 65536)
            #expect(a.isSubset(of: b) == ports(a).isSubset(of: ports(b)))
            // Equal sets have equal ranges: none touch.
            #expect(zip(a.ranges, a.ranges.dropFirst()).allSatisfy { Int($0.upperBound) + 1 < Int($1.lowerBound) })
        }
    }

    @Test("Long rule lists, looked up in the trie, choose as a scan does")
    func ruleIndex() {
        var generator = SeededGenerator(seed: 2)
        let prefixes: [IPPrefix?] = (0..<500).map { number in
            if number % 50 == 0 { return nil }
            return Bool.random(using: &generator)
                ? .v4(
                    Prefix(
                        masking: IPv4Address(bits: UInt32(truncatingIfNeeded: generator.next()) & 0xC0F0_0000),
                        length: Int.random(in: 0...16, using: &generator)))
                : .v6(
                    Prefix(
                        masking: IPv6Address(high: generator.next() & 0xC0F0_0000_0000_0000, low: 0),
                        length: Int.random(in: 0...16, using: &generator)))
        }
        let (indexed, scanned) = (RuleIndex(prefixes), RuleIndex(prefixes, scanLimit: .max))
        for _ in 0..<2_000 {
            let address: IPAddress =
                Bool.random(using: &generator)
                ? .v4(IPv4Address(bits: UInt32(truncatingIfNeeded: generator.next())))
                : .v6(IPv6Address(high: generator.next(), low: 0))
            #expect(indexed.candidates(for: address) == scanned.candidates(for: address))
        }
    }

    @Test("Route priority: the longest prefix; of equals local, static, prefix list, propagated")
    func routePriority() throws {
        let prefix = try IPPrefix(parsing: "10.0.0.0/16")
        let list = PrefixList(id: "pl-1", name: "", prefixes: [prefix])
        let routes: [Route] = [
            .init(destination: .prefix(prefix), target: .vpnGateway("vgw-1"), state: .active, origin: .propagated),
            .init(
                destination: .prefixList(id: "pl-1"), target: .gatewayEndpoint("vpce-1"), state: .active,
                origin: .createRoute),
            .init(destination: .prefix(prefix), target: .natGateway("nat-1"), state: .active, origin: .createRoute),
            .init(destination: .prefix(prefix), target: .local, state: .active, origin: .createRouteTable),
            .init(
                destination: .prefix(try .init(parsing: "10.0.1.0/24")), target: .peering("pcx-1"), state: .active,
                origin: .createRoute),
        ]
        for (count, expected) in [(1, "vgw-1"), (2, "vpce-1"), (3, "nat-1"), (4, "local")] {
            let table = RouteTable(
                id: "rtb", vpcID: "vpc", isMain: true, subnetIDs: [], routes: routes.prefix(count).shuffled(),
                prefixLists: ["pl-1": list])
            #expect(try table.route(to: .init(parsing: "10.0.0.1"))?.route.target.id == expected)
        }
        let table = RouteTable(id: "rtb", vpcID: "vpc", isMain: true, subnetIDs: [], routes: routes, prefixLists: [:])
        #expect(try table.route(to: .init(parsing: "10.0.1.1"))?.route.target.id == "pcx-1")
        #expect(try table.route(to: .init(parsing: "11.0.0.1")) == nil)
    }
}
