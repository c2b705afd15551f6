import IPAddresses
import Testing

@testable import Translation

@Suite("RFC 4787: UDP")
struct UDPMappingTests {
    @Test("RFC 4787 REQ-1: endpoint-independent mapping by default: one outside port for all remotes")
    func endpointIndependent() throws {
        let nat = try NAPTFixture()
        let port = try nat.port("10.0.0.1", 5000, "192.0.2.1", 53)
        for remote in ["192.0.2.1", "192.0.2.2", "203.0.113.9"] {
            for remotePort: UInt16 in [53, 80, 9999] {
                #expect(try nat.port("10.0.0.1", 5000, remote, remotePort) == port)
            }
        }
        #expect(try nat.port("10.0.0.1", 5001, "192.0.2.1", 53) != port)
        #expect(try nat.port("10.0.0.2", 5000, "192.0.2.1", 53) != port)
    }

    @Test("RFC 4787 4.1: address-dependent mapping: one port for each remote address")
    func addressDependent() throws {
        let nat = try NAPTFixture {
            $0.mapping = .addressDependent
            // So that two mappings meet the same first candidate, which has to differ for the second.
            $0.pool.ports = 2000...2001
        }
        let port = try nat.port("10.0.0.1", 5000, "192.0.2.1", 53)
        #expect(try nat.port("10.0.0.1", 5000, "192.0.2.1", 54) == port)
        _ = try nat.port("10.0.0.1", 5000, "192.0.2.2", 53)
        // Another inside endpoint needs the other port for this remote address; a third one finds none.
        #expect(try nat.port("10.0.0.2", 5000, "192.0.2.1", 53) != port)
        #expect(nat.out("10.0.0.3", 5000, "192.0.2.1", 53) == .refused(.portsExhausted))
    }

    @Test("RFC 4787 4.1: address-and-port-dependent mapping: ports serve several destinations")
    func addressAndPortDependent() throws {
        let nat = try NAPTFixture {
            $0.mapping = .addressAndPortDependent
            $0.pool.ports = 2000...2000
        }
        for remotePort: UInt16 in 1...100 { #expect(try nat.port("10.0.0.1", 5000, "192.0.2.1", remotePort) == 2000) }
        #expect(nat.out("10.0.0.2", 5000, "192.0.2.1", 7) == .refused(.portsExhausted))
        #expect(nat.nat.refusals[.portsExhausted] == 1)
        // Answers find their way by the remote endpoint.
        #expect(nat.back("192.0.2.1", 9, to: 2000).tuple?.destinationPort == 5000)
        nat.nat.table._invariantCheck()
    }

    @Test("RFC 4787 REQ-2: paired pooling: all of a host's connections have one outside address")
    func paired() throws {
        let nat = try NAPTFixture(capacity: 5000, addresses: ["198.51.100.1", "198.51.100.2", "198.51.100.3"])
        var used: Set<IPv4Address> = []
        for host in 1...50 {
            let addresses = Set(
                (1...10).compactMap { nat.out("10.0.0.\(host)", UInt16($0), "192.0.2.\($0)", 53).tuple?.source })
            #expect(addresses.count == 1)
            used.formUnion(addresses)
        }
        #expect(used.count == 3)
    }

    @Test("RFC 7857 4: paired pooling refuses where the address has no port left; arbitrary pooling takes another")
    func pooling() throws {
        for (pooling, expected) in [(PortPool<IPv4Address>.Pooling.paired, 4), (.arbitrary, 8)] {
            let nat = try NAPTFixture(addresses: ["198.51.100.1", "198.51.100.2"]) {
                $0.pool.pooling = pooling
                $0.pool.ports = 3000...3003
            }
            let passed = (1...20).filter { nat.out("10.0.0.1", UInt16($0), "192.0.2.1", 53).tuple != nil }
            #expect(passed.count == expected)
            #expect(nat.nat.refusals[.portsExhausted] == UInt64(20 - expected))
        }
    }

    @Test(
        "RFC 4787 REQ-3: no port overloading: two inside endpoints never share an outside endpoint, and all ports are used"
    )
    func noOverloading() throws {
        let nat = try NAPTFixture(capacity: 5000) { $0.pool.ports = 2000...2999 }
        let ports = Set(try (0..<1000).map { try nat.port("10.0.0.1", UInt16($0 + 1), "192.0.2.1", 53) })
        #expect(ports == Set(2000...2999))
        #expect(nat.out("10.0.0.2", 1, "192.0.2.77", 1) == .refused(.portsExhausted))
        // None of the thousand has been disturbed.
        for port in ports { #expect(nat.back("192.0.2.1", 53, to: port).tuple != nil) }
    }

    @Test("RFC 4787 4.2.1: port preservation, and another port where the preserved one is taken")
    func preservation() throws {
        let nat = try NAPTFixture { $0.pool.selection = .preserving }
        #expect(try nat.port("10.0.0.1", 5000, "192.0.2.1", 53) == 5000)
        #expect(try nat.port("10.0.0.2", 5000, "192.0.2.1", 53) != 5000)
        // A port outside of the pool's can't be kept.
        #expect(try nat.port("10.0.0.1", 80, "192.0.2.1", 53) >= 1024)
    }

    @Test("RFC 6056 4: random ports are spread over the range")
    func randomPorts() throws {
        let nat = try NAPTFixture(capacity: 20_000)
        var quarters = [0, 0, 0, 0]
        for number in 0..<4000 {
            let port = try nat.port("10.0.0.1", UInt16(number + 1), "192.0.2.1", 53)
            quarters[(Int(port) - 1024) * 4 / 64_512] += 1
        }
        #expect(quarters.allSatisfy { (900...1100).contains($0) }, "\(quarters)")
    }

    @Test(
        "RFC 4787 REQ-5: a mapping lives 5 minutes; REQ-6: packets from inside refresh it, those from outside by option"
    )
    func lifetime() throws {
        for refreshes in [false, true] {
            let nat = try NAPTFixture { $0.refreshesInbound = refreshes }
            let port = try nat.port("10.0.0.1", 5000, "192.0.2.1", 53)
            nat.pass(299)
            #expect(nat.back("192.0.2.1", 53, to: port).tuple != nil)
            nat.pass(2)
            #expect((nat.back("192.0.2.1", 53, to: port).tuple != nil) == refreshes)
            let second = try nat.port("10.0.0.1", 6000, "192.0.2.1", 53)
            for _ in 0..<5 {
                nat.pass(250)
                #expect(try nat.port("10.0.0.1", 6000, "192.0.2.1", 53) == second)
            }
            #expect(nat.back("192.0.2.1", 53, to: second).tuple != nil)
            nat.pass(400)
            nat.nat.expire(now: nat.now)
            #expect(nat.nat.table.count == 0, "mappings go with their last session")
            nat.nat.table._invariantCheck()
        }
    }

    @Test(
        "RFC 4787 REQ-8: filtering: endpoint-independent, address-dependent (the default), address-and-port-dependent")
    func filtering() throws {
        let expected: [(EndpointDependence?, sameAddress: Bool, other: Bool)] = [
            (.endpointIndependent, true, true), (.addressDependent, true, false), (nil, true, false),
            (.addressAndPortDependent, false, false),
        ]
        for (filter, sameAddress, other) in expected {
            let nat = try NAPTFixture { $0.filtering = filter }
            let port = try nat.port("10.0.0.1", 5000, "192.0.2.1", 53)
            #expect(nat.back("192.0.2.1", 53, to: port).tuple?.destination == v4("10.0.0.1"))
            #expect((nat.back("192.0.2.1", 99, to: port).tuple != nil) == sameAddress)
            #expect((nat.back("192.0.2.9", 53, to: port).tuple != nil) == other)
            if !other { #expect(nat.back("192.0.2.9", 53, to: port) == .refused(.filtered)) }
            #expect(nat.back("192.0.2.1", 53, to: port &+ 1) == .refused(.noConnection))
        }
    }

    @Test(
        "A filter that is wider than the mapping is refused (RFC 4787 5 has the filters): a shared port has no one owner"
    )
    func filterWiderThanMapping() {
        #expect(throws: NAPTError.filterWiderThanMapping(.endpointIndependent, .addressAndPortDependent)) {
            try NAPTFixture {
                $0.mapping = .addressAndPortDependent
                $0.filtering = .endpointIndependent
            }
        }
    }

    @Test("RFC 4787 REQ-9: hairpinning, with the sender's outside endpoint as the source, and back")
    func hairpinning() throws {
        let nat = try NAPTFixture { $0.filtering = .endpointIndependent }
        let portB = try nat.port("10.0.0.2", 7000, "192.0.2.1", 53)
        let there = nat.out("10.0.0.1", 5000, "198.51.100.1", portB)
        guard case .hairpinned(let arriving, true) = there else {
            Issue.record("\(there)")
            return
        }
        #expect(arriving.source == NAPTFixture.outside && arriving.destination == v4("10.0.0.2"))
        #expect(arriving.destinationPort == 7000)
        let back = nat.out("10.0.0.2", 7000, "198.51.100.1", arriving.sourcePort)
        guard case .hairpinned(let answer, false) = back else {
            Issue.record("\(back)")
            return
        }
        #expect(answer == FiveTuple(from: NAPTFixture.outside, portB, to: v4("10.0.0.1"), 5000, protocol: udp))
        // Filters hold for hairpinned packets too.
        let strict = try NAPTFixture { $0.filtering = .addressAndPortDependent }
        let port = try strict.port("10.0.0.2", 7000, "192.0.2.1", 53)
        #expect(strict.out("10.0.0.1", 5000, "198.51.100.1", port) == .refused(.filtered))
    }

    @Test("RFC 4787 REQ-12: ICMP errors end no mapping")
    func errorsEndNothing() throws {
        let nat = try NAPTFixture()
        let port = try nat.port("10.0.0.1", 5000, "192.0.2.1", 53)
        let quoted = FiveTuple(from: NAPTFixture.outside, port, to: v4("192.0.2.1"), 53, protocol: udp)
        for _ in 0..<10 { #expect(nat.nat.inboundError(quoting: quoted, now: nat.now) != nil) }
        #expect(nat.back("192.0.2.1", 53, to: port).tuple != nil)
    }
}
