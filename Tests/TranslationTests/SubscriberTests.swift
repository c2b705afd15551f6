import IPAddresses
import Synchronization
import Testing

@testable import Translation

@Suite("RFC 6888, RFC 7422: carrier-grade NAT")
struct SubscriberTests {
    @Test(
        "RFC 6888 REQ-4, REQ-11 (d): a subscriber's ports are limited; others, and its own old ones, are not disturbed",
        arguments: EndpointDependence.allCases)
    func limit(mapping: EndpointDependence) throws {
        let nat = try NAPTFixture {
            $0.mapping = mapping
            $0.subscriberLimit = 10
        }
        for port: UInt16 in 1...10 { #expect(nat.out("10.0.0.1", port, "192.0.2.1", 53).tuple != nil) }
        #expect(nat.out("10.0.0.1", 11, "192.0.2.1", 53) == .refused(.subscriberLimit))
        #expect(nat.nat.refusals[.subscriberLimit] == 1)
        #expect(nat.out("10.0.0.2", 11, "192.0.2.1", 53).tuple != nil)
        for port: UInt16 in 1...10 {
            guard case .forwarded(_, isNew: false) = nat.out("10.0.0.1", port, "192.0.2.1", 53) else {
                Issue.record("port \(port) was disturbed")
                return
            }
        }
        // What expires is given back.
        nat.pass(301)
        nat.nat.expire(now: nat.now)
        for port: UInt16 in 21...30 { #expect(nat.out("10.0.0.1", port, "192.0.2.1", 53).tuple != nil) }
        #expect(nat.out("10.0.0.1", 31, "192.0.2.1", 53) == .refused(.subscriberLimit))
        nat.nat.table._invariantCheck()
    }

    @Test("RFC 6888 REQ-4: new flows a second are limited for each subscriber")
    func rate() throws {
        let nat = try NAPTFixture { $0.subscriberRate = 5 }
        var passed = 0
        for port: UInt16 in 1...20 where nat.out("10.0.0.1", port, "192.0.2.1", 53).tuple != nil { passed += 1 }
        #expect(passed == 5 && nat.nat.refusals[.subscriberRate] == 15)
        #expect(nat.out("10.0.0.2", 1, "192.0.2.1", 53).tuple != nil)
        nat.pass(1)
        #expect(nat.out("10.0.0.1", 21, "192.0.2.1", 53).tuple != nil)
    }

    @Test("RFC 6888 REQ-2, RFC 4787 REQ-2: pooling is paired by default")
    func pooling() throws { #expect(try NAPTFixture().nat.configuration.pool.pooling == .paired) }

    @Test("RFC 6888 4: each mapping that comes, and each that goes, is reported, with both endpoints")
    func logging() throws {
        let events = Mutex<[MappingEvent<IPv4Address>]>([])
        let nat = try NAPTFixture({ _ in }, onMapping: { event in events.withLock { $0.append(event) } })
        let port = try nat.port("10.0.0.1", 5000, "192.0.2.1", 53)
        nat.out("10.0.0.1", 5000, "192.0.2.2", 53)
        nat.pass(400)
        nat.nat.expire(now: nat.now)
        let seen = events.withLock { $0 }
        #expect(seen.map(\.isNew) == [true, false])
        for event in seen {
            #expect(event.inside == v4("10.0.0.1") && event.insidePort == 5000 && event.outsidePort == port)
            #expect(event.outside == NAPTFixture.outside && event.ipProtocol == udp && event.remotePort == 0)
        }
    }

    @Test(
        "RFC 6146 3.1: static mappings take packets from everywhere, stay, and go when they are taken back"
    )
    func staticMapping() throws {
        let nat = try NAPTFixture()
        let mapping = try nat.nat.addStaticMapping(
            inside: v4("10.0.0.5"), port: 8080, outside: NAPTFixture.outside, outsidePort: 80, protocol: tcp,
            now: nat.now)
        #expect(throws: NAPTError.mappingExists) {
            try nat.nat.addStaticMapping(
                inside: v4("10.0.0.6"), port: 8080, outside: NAPTFixture.outside, outsidePort: 80, protocol: tcp,
                now: nat.now)
        }
        #expect(throws: NAPTError.notInPool) {
            try nat.nat.addStaticMapping(
                inside: v4("10.0.0.6"), port: 8080, outside: v4("198.51.100.7"), outsidePort: 80, protocol: tcp,
                now: nat.now)
        }
        nat.pass(100_000)
        nat.nat.expire(now: nat.now)
        let inside = nat.back("203.0.113.1", 999, to: 80, tcp, .syn)
        #expect(inside.tuple == FiveTuple(from: v4("203.0.113.1"), 999, to: v4("10.0.0.5"), 8080, protocol: tcp))
        // Its own packets out have the same port.
        #expect(try nat.port("10.0.0.5", 8080, "203.0.113.7", 1, tcp, .syn) == 80)
        nat.nat.removeStaticMapping(mapping)
        nat.pass(8000)
        nat.nat.expire(now: nat.now)
        #expect(nat.back("203.0.113.1", 1000, to: 80, tcp, .syn) == .refused(.noConnection))
        #expect(nat.nat.table.count == 0)
    }

    @Test("RFC 7422 2: blocks from the inside address, computed both ways, none shared")
    func deterministicBlocks() throws {
        let blocks = try DeterministicBlocks<IPv4Address>(
            inside: IPv4Prefix("100.64.0.0/24")!,
            addresses: [v4("198.51.100.1"), v4("198.51.100.2"), v4("198.51.100.3")], size: 500)
        var owners: [String: IPv4Address] = [:]
        for host: UInt32 in 0..<256 {
            let address = IPv4Address(bits: 0x6440_0000 + host)
            let block = try #require(blocks.outside(of: address))
            #expect(block.ports.count == 500 && block.ports.lowerBound >= 1024)
            for port in block.ports {
                #expect(owners.updateValue(address, forKey: "\(block.address) \(port)") == nil)
                if port % 50 == 0 { #expect(blocks.inside(of: block.address, port) == address) }
            }
        }
        #expect(blocks.outside(of: v4("100.64.1.0")) == nil)
        #expect(blocks.inside(of: v4("198.51.100.1"), 80) == nil && blocks.inside(of: v4("203.0.113.1"), 2000) == nil)
        #expect(throws: DeterministicBlocks<IPv4Address>.Failure.tooFewBlocks(needed: 256, there: 64)) {
            try DeterministicBlocks(inside: IPv4Prefix("100.64.0.0/24")!, addresses: [v4("198.51.100.1")], size: 1000)
        }
        #expect(throws: DeterministicBlocks<IPv4Address>.Failure.blockSize(0)) {
            try DeterministicBlocks(inside: IPv4Prefix("100.64.0.0/24")!, addresses: [v4("198.51.100.1")], size: 0)
        }
    }

    @Test("RFC 7422 2: a translator with blocks keeps to them, and its answers need no log to be told apart")
    func blocksInUse() throws {
        let addresses = [v4("198.51.100.1"), v4("198.51.100.2")]
        let blocks = try DeterministicBlocks(inside: IPv4Prefix("100.64.0.0/25")!, addresses: addresses, size: 1000)
        let nat = try NAPTFixture(capacity: 20_000, addresses: ["198.51.100.1", "198.51.100.2"]) {
            $0.pool.blocks = blocks
        }
        for host in [0, 1, 64, 127] {
            for port: UInt16 in 1...1000 {
                let out = try #require(nat.out("100.64.0.\(host)", port, "192.0.2.1", 53).tuple)
                #expect(blocks.inside(of: out.source, out.sourcePort) == v4("100.64.0.\(host)"))
            }
            #expect(nat.out("100.64.0.\(host)", 1001, "192.0.2.1", 53) == .refused(.portsExhausted))
        }
        #expect(nat.out("100.64.0.128", 1, "192.0.2.1", 53) == .refused(.sourceNotInside))
    }
}
