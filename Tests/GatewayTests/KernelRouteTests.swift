import Foundation
import IPAddresses
import Packets
import TestSupport
import Testing

@testable import Gateway

/// Dumps of a network namespace's links, routes and neighbours (Linux 6.18), which are the fuzz target's inputs too:
/// eth 2 is 10.9.0.1/24 and 2001:db8:1::1/64, eth 3 is 203.0.113.1/24 and 2001:db8:2::1/64.
private func recorded(_ name: String) throws -> [UInt8] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    return Array(try Data(contentsOf: root.appending(path: "FuzzTargets/Corpus/netlink/\(name)")))
}

private func read(_ bytes: [UInt8]) throws(NetlinkError) -> [NetlinkMessage] {
    try NetlinkMessage.read(bytes.span.bytes)
}

private func tables() throws -> KernelTables {
    var tables = KernelTables()
    for name in ["link", "route", "neighbour"] {
        for message in try read(recorded(name)) { tables.take(message) }
    }
    return tables
}

private func address(_ text: String) throws -> IPAddress { try IPAddress(parsing: text.utf8.span) }
private func prefix(_ text: String) throws -> IPPrefix { try IPPrefix(parsing: text.utf8.span) }

@Suite("The kernel's routes, links and neighbours")
struct KernelRouteTests {
    @Test("A recorded dump: addresses, MTUs, metrics, several next hops, routers of the other family")
    func dump() throws {
        let tables = try tables()
        #expect(tables.links.map(\.index) == [1, 2, 3])
        #expect(tables.links[1].address == EthernetAddress(bits: 0xCA5E_264B_5509) && tables.links[1].mtu == 1500)
        func route(_ text: String) throws -> [KernelRoute] {
            let prefix = try prefix(text)
            return tables.routes.filter { $0.prefix == prefix }
        }
        let narrow = try #require(try route("198.18.0.0/15").first)
        #expect(try narrow.mtu == 1400 && narrow.gateway == address("203.0.113.2") && narrow.interface == 3)
        #expect(try route("172.16.0.0/12").map(\.priority) == [10, 20])
        #expect(try route("192.0.2.0/24").map(\.isSimple) == [false])
        #expect(try route("2001:db8:a::/48").map(\.isSimple) == [false])
        #expect(try route("192.0.2.77/32").first?.gateway == address("fe80::2"))
        #expect(try route("192.88.99.0/24").map(\.kind) == [.other])
        #expect(try route("203.0.113.1/32").map(\.kind) == [.own])
        #expect(try route("100.64.0.0/10").map(\.table) == [100])
        // The one whose state is FAILED has no Ethernet address; of multicast there are some too.
        let own = EthernetAddress(bits: 0x0200_0000_0002)
        #expect(
            try tables.neighbours.contains(
                KernelNeighbour(interface: 2, address: address("10.9.0.2"), ethernet: own)))
        #expect(try tables.neighbours.count == 8 && !tables.neighbours.map(\.address).contains(address("10.9.0.66")))
    }

    @Test(
        "The compiled way of each packet is the kernel's, or the kernel",
        arguments: [
            // On the link, and known; not known.
            ("10.9.0.2", 0, 0x02, 1500), ("203.0.113.2", 1, 0x12, 1500), ("10.9.0.3", nil, 0, 0),
            ("2001:db8:1::2", 0, 0x02, 1500), ("2001:db8:1::3", nil, 0, 0),
            // By a router, with a route's own MTU, by the lowest metric, by a router of the other family.
            ("8.8.8.8", 1, 0x19, 1500), ("198.19.0.1", 1, 0x12, 1400), ("172.16.0.1", 0, 0x02, 1500),
            ("192.0.2.77", 1, 0x12, 1500), ("2001:db8:9::1", 0, 0x02, 1500), ("2600::1", 1, 0x12, 1500),
            // A router that is not known, several next hops, black holes, the host itself, broadcast, another table.
            ("172.20.0.1", nil, 0, 0), ("192.0.2.1", nil, 0, 0), ("2001:db8:a::1", nil, 0, 0),
            ("192.88.99.1", nil, 0, 0), ("203.0.113.99", nil, 0, 0), ("203.0.113.1", nil, 0, 0),
            ("10.9.0.255", nil, 0, 0), ("100.64.0.1", 1, 0x19, 1500), ("ff02::1", nil, 0, 0),
            // The same prefix on two links: only the kernel knows which is meant.
            ("fe80::2", nil, 0, 0),
        ] as [(String, Int?, UInt64, Int)])
    func ways(_ text: String, _ interface: Int?, _ last: UInt64, _ mtu: Int) throws {
        let table = try NextHopTable(try tables(), interfaces: [2, 3])
        let hop = table[try address(text)]
        #expect(hop?.interface == interface)
        if let hop {
            #expect(hop.destination == EthernetAddress(bits: 0x0200_0000_0000 | last) && hop.mtu == mtu)
            #expect(hop.source.bits == (interface == 0 ? 0xCA5E_264B_5509 : 0x6AD7_1ECA_D9D3))
        }
    }

    @Test("An interface that is not the gateway's is the kernel's; its own prefixes are reported")
    func others() throws {
        let table = try NextHopTable(try tables(), interfaces: [3])
        #expect(try table[address("10.9.0.2")] == nil && table[address("8.8.8.8")]?.interface == 0)
        #expect(try table.own.contains(prefix("10.9.0.1/32")) && table.own.contains(prefix("ff00::/8")))
        #expect(try !table.own.contains(prefix("10.9.0.0/24")))
        #expect(NextHopTable()[try address("10.9.0.2")] == nil)
    }

    @Test(
        "Messages that are cut anywhere, or whose lengths lie, are refused or read as far as they go, and nothing traps"
    )
    func cut() throws {
        for name in ["link", "route", "neighbour"] {
            let bytes = try recorded(name)
            for length in stride(from: 0, to: min(bytes.count, 1_500), by: 1) {
                _ = try? read(Array(bytes[..<length]))
            }
            for place in 0..<min(bytes.count, 600) {
                var other = bytes
                other[place] ^= 0xFF
                _ = try? read(other)
            }
        }
    }

    @Test("Faults say what and where")
    func faults() throws {
        let route = try recorded("route")
        func fault(_ change: (inout [UInt8]) -> Void) -> NetlinkError? {
            var bytes = route
            change(&bytes)
            do throws(NetlinkError) {
                _ = try read(bytes)
                return nil
            } catch { return error }
        }
        #expect(fault { _ in } == nil)
        #expect(fault { $0[0] = 15 }?.reason == .message)
        #expect(fault { $0[1] = 0xFF }?.reason == .message)
        // The first attribute, after 16 bytes of header and 12 of rtmsg.
        #expect(fault { $0[28] = 3 } == NetlinkError(reason: .attribute, offset: 28))
        #expect(fault { $0[17] = 33 } == NetlinkError(reason: .prefix, offset: 17))
        #expect("\(NetlinkError(reason: .prefix, offset: 17))".contains("byte 17"))
    }
}

/// What the table has to answer, found by looking at every route and neighbour.
private func expected(_ tables: KernelTables, _ address: IPAddress, interfaces: [Int32]) -> FrameHop? {
    let own = tables.routes.filter { $0.kind == .own && $0.prefix.contains(address) }.map(\.prefix.length).max() ?? -1
    let main = tables.routes.filter { $0.kind != .own && $0.table == 254 && $0.prefix.contains(address) }
    let length = main.map(\.prefix.length).max() ?? -1
    if own >= length { return nil }
    let longest = main.filter { $0.prefix.length == length }
    guard let lowest = longest.map(\.priority).min() else { return nil }
    let best = longest.filter { $0.priority == lowest }
    guard let route = best.first, best.allSatisfy({ $0 == route }), route.kind == .unicast, route.isSimple,
        let interface = route.interface, let place = interfaces.firstIndex(of: interface),
        route.gateway != nil || route.mtu == nil
    else { return nil }
    let target = route.gateway ?? address
    guard let neighbour = tables.neighbours.last(where: { $0.interface == interface && $0.address == target }),
        let link = tables.links.last(where: { $0.index == interface }), let source = link.address
    else { return nil }
    return FrameHop(
        interface: place, destination: neighbour.ethernet, source: source, mtu: min(link.mtu, route.mtu ?? link.mtu))
}

@Suite("Next hops by random tables")
struct NextHopTableTests {
    /// Few addresses, so that prefixes and neighbours meet.
    private struct Source {
        var generator: SeededGenerator

        mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
        mutating func address() -> IPAddress { .v4(IPv4Address(10, 0, UInt8(number(0...3)), UInt8(number(0...15)))) }

        mutating func tables() -> KernelTables {
            var tables = KernelTables()
            for index in 1...3 {
                var link = KernelLink(index: Int32(index))
                link.address = number(0...7) == 0 ? nil : EthernetAddress(bits: UInt64(index))
                link.mtu = 1_400 + 100 * index
                tables.links.append(link)
            }
            for _ in 0..<number(0...20) {
                guard case .v4(let address) = address() else { continue }
                let kinds: [KernelRoute.Kind] = [.unicast, .unicast, .unicast, .own, .other]
                var route = KernelRoute(
                    .v4(IPv4Prefix(masking: address, length: number(16...32))),
                    table: number(0...7) == 0 ? 100 : KernelRoute.mainTable, kind: kinds[number(0...4)])
                route.interface = number(0...7) == 0 ? nil : Int32(number(1...3))
                route.gateway = number(0...1) == 0 ? nil : self.address()
                route.priority = UInt32(number(0...2))
                route.mtu = number(0...3) == 0 ? 1_300 : nil
                route.isSimple = number(0...7) != 0
                tables.routes.append(route)
            }
            for _ in 0..<number(0...20) {
                tables.neighbours.append(
                    KernelNeighbour(
                        interface: Int32(number(1...3)), address: address(),
                        ethernet: EthernetAddress(bits: UInt64(number(0x10...0xFF)))))
            }
            return tables
        }
    }

    @Test("Random routes and neighbours: each address's way is what a look at all of them says", arguments: 0..<200)
    func random(_ seed: Int) throws {
        var source = Source(generator: SeededGenerator(seed: UInt64(seed)))
        let tables = source.tables()
        let table = try NextHopTable(tables, interfaces: [1, 3])
        for subnet in 0...3 {
            for host in 0...15 {
                let address = IPAddress.v4(IPv4Address(10, 0, UInt8(subnet), UInt8(host)))
                #expect(table[address] == expected(tables, address, interfaces: [1, 3]), "seed \(seed), \(address)")
            }
        }
    }
}
