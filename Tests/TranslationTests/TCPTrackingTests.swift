import IPAddresses
import Testing

@testable import Translation

@Suite("RFC 5382, RFC 7857, RFC 6146: TCP")
struct TCPTrackingTests {
    let server = "192.0.2.1"

    /// Opens a connection with a handshake; the outside port.
    func connect(_ nat: NAPTFixture, from port: UInt16 = 5000) throws -> UInt16 {
        let outside = try nat.port("10.0.0.1", port, server, 443, tcp, .syn)
        #expect(nat.back(server, 443, to: outside, tcp, [.syn, .ack]).tuple != nil)
        #expect(nat.out("10.0.0.1", port, server, 443, tcp, .ack).tuple != nil)
        return outside
    }

    @Test("RFC 5382 REQ-1: endpoint-independent mapping")
    func endpointIndependent() throws {
        let nat = try NAPTFixture()
        let port = try nat.port("10.0.0.1", 5000, server, 443, tcp, .syn)
        #expect(try nat.port("10.0.0.1", 5000, "203.0.113.7", 80, tcp, .syn) == port)
    }

    @Test("RFC 5382 REQ-2: simultaneous open: SYNs cross, and the connection is established")
    func simultaneousOpen() throws {
        let nat = try NAPTFixture()
        let port = try nat.port("10.0.0.1", 5000, server, 443, tcp, .syn)
        #expect(nat.back(server, 443, to: port, tcp, .syn).tuple?.destinationPort == 5000)
        #expect(nat.out("10.0.0.1", 5000, server, 443, tcp, [.syn, .ack]).tuple != nil)
        nat.pass(7000)
        #expect(nat.back(server, 443, to: port, tcp, .ack).tuple != nil)
    }

    @Test("Filtering depends on address and port by default: stricter than RFC 5382 REQ-3 recommends")
    func filtering() throws {
        let nat = try NAPTFixture()
        let port = try connect(nat)
        #expect(nat.back(server, 444, to: port, tcp, .syn) == .refused(.filtered))
        #expect(nat.back("192.0.2.2", 443, to: port, tcp, .syn) == .refused(.filtered))
    }

    @Test(
        "RFC 5382 REQ-4: an unsolicited SYN is not answered at once, and one from inside then opens as if it had not been"
    )
    func unsolicitedSYN() throws {
        let nat = try NAPTFixture()
        let port = try connect(nat)
        #expect(nat.back("192.0.2.2", 80, to: port, tcp, .syn) == .refused(.filtered))
        #expect(nat.back("192.0.2.2", 80, to: 2, tcp, .syn) == .refused(.noConnection))
        #expect(try nat.port("10.0.0.1", 5000, "192.0.2.2", 80, tcp, .syn) == port)
        #expect(nat.back("192.0.2.2", 80, to: port, tcp, .syn).tuple != nil)
    }

    @Test("RFC 6146 3.5.2.2: a SYN from outside that a filter admits is half open, as one from inside is: 4 minutes")
    func outsideSYN() throws {
        for answers in [false, true] {
            let nat = try NAPTFixture { $0.filtering = .endpointIndependent }
            let port = try connect(nat)
            #expect(nat.back("192.0.2.2", 80, to: port, tcp, .syn).tuple?.destination == v4("10.0.0.1"))
            nat.pass(230)
            if answers { #expect(nat.out("10.0.0.1", 5000, "192.0.2.2", 80, tcp, [.syn, .ack]).tuple != nil) }
            nat.pass(15)
            #expect((nat.back("192.0.2.2", 80, to: port, tcp, .ack).tuple != nil) == answers)
        }
    }

    @Test("RFC 5382 REQ-5: established connections live 2 h 4 min, half-open ones 4 min")
    func lifetimes() throws {
        let nat = try NAPTFixture()
        let port = try connect(nat)
        nat.pass(7439)
        #expect(nat.back(server, 443, to: port, tcp, .ack).tuple != nil)
        nat.pass(7441)
        #expect(nat.back(server, 443, to: port, tcp, .ack).tuple == nil)

        let half = try nat.port("10.0.0.1", 6000, server, 443, tcp, .syn)
        nat.pass(239)
        #expect(nat.back(server, 443, to: half, tcp, [.syn, .ack]).tuple != nil)
        let other = try nat.port("10.0.0.1", 6001, server, 443, tcp, .syn)
        nat.pass(241)
        #expect(nat.back(server, 443, to: other, tcp, [.syn, .ack]).tuple == nil)
    }

    @Test("RFC 6146 3.5.2.2: half closed it lives as before; closed by both it lives 4 min, whatever comes")
    func closing() throws {
        for firstIsInside in [true, false] {
            let nat = try NAPTFixture()
            let port = try connect(nat)
            let fin: TCPFlags = [.fin, .ack]
            if firstIsInside {
                nat.out("10.0.0.1", 5000, server, 443, tcp, fin)
            } else {
                nat.back(server, 443, to: port, tcp, fin)
            }
            nat.pass(7000)
            #expect(nat.out("10.0.0.1", 5000, server, 443, tcp, .ack).tuple != nil)
            if firstIsInside {
                nat.back(server, 443, to: port, tcp, fin)
            } else {
                nat.out("10.0.0.1", 5000, server, 443, tcp, fin)
            }
            nat.pass(200)
            #expect(nat.out("10.0.0.1", 5000, server, 443, tcp, .ack).tuple != nil)
            nat.pass(41)
            #expect(nat.out("10.0.0.1", 5000, server, 443, tcp, .ack) == .refused(.noConnection))
        }
    }

    @Test("RFC 7857 2.2: a RST ends nothing at once: 4 min, unless another packet comes")
    func reset() throws {
        for continues in [false, true] {
            let nat = try NAPTFixture()
            let port = try connect(nat)
            #expect(nat.back(server, 443, to: port, tcp, .rst).tuple != nil)
            nat.pass(100)
            if continues { #expect(nat.back(server, 443, to: port, tcp, .ack).tuple != nil) }
            nat.pass(200)
            #expect((nat.out("10.0.0.1", 5000, server, 443, tcp, .ack).tuple != nil) == continues)
        }
    }

    @Test("RFC 5382 REQ-8: hairpinning: by simultaneous open where filters depend on address and port")
    func hairpinning() throws {
        let open = try NAPTFixture { $0.filtering = .endpointIndependent }
        let portB = try connect(open)
        let there = open.out("10.0.0.9", 4000, "198.51.100.1", portB, tcp, .syn)
        guard case .hairpinned(let arriving, true) = there else {
            Issue.record("\(there)")
            return
        }
        #expect(arriving.source == NAPTFixture.outside && arriving.destination == v4("10.0.0.1"))

        let strict = try NAPTFixture { $0.pool.selection = .preserving }
        #expect(try strict.port("10.0.0.1", 5000, server, 443, tcp, .syn) == 5000)
        #expect(try strict.port("10.0.0.2", 6000, server, 443, tcp, .syn) == 6000)
        #expect(strict.out("10.0.0.1", 5000, "198.51.100.1", 6000, tcp, .syn) == .refused(.filtered))
        let crossing = strict.out("10.0.0.2", 6000, "198.51.100.1", 5000, tcp, .syn)
        #expect(crossing.tuple?.destination == v4("10.0.0.1"))
    }

    @Test("RFC 5382 5: a packet that belongs to no connection opens none; a NAT gateway answers by a reset")
    func stray() throws {
        let nat = try NAPTFixture()
        #expect(nat.out("10.0.0.1", 5000, server, 443, tcp, .ack) == .refused(.noConnection))
        let gateway = try NAPTFixture { $0.strayTCP = .reset }
        #expect(gateway.out("10.0.0.1", 5000, server, 443, tcp, .ack) == .reset(.noConnection))
        #expect(gateway.out("10.0.0.1", 5000, server, 443, tcp, .rst) == .refused(.noConnection))
        let linux = try NAPTFixture { $0.strayTCP = .pickUp }
        #expect(linux.out("10.0.0.1", 5000, server, 443, tcp, .ack).tuple != nil)
        linux.pass(7000)
        #expect(linux.out("10.0.0.1", 5000, server, 443, tcp, .ack).tuple != nil)
    }

    @Test("Every state: which packets lead where", arguments: TCPState.allCases)
    func everyState(state: TCPState) {
        for flags: TCPFlags in [.syn, [.syn, .ack], .ack, [.fin, .ack], .rst] {
            for fromInside in [true, false] {
                let next = state.next(flags, fromInside: fromInside)
                // A single RST never completes a handshake or brings a connection back, nor makes anything live longer
                // but its own four minutes.
                if flags == .rst, state != .none {
                    #expect(next.state == state || next.state == .reset)
                    #expect(!next.refreshes || next.state == .reset)
                }
                if state == .bothFIN { #expect(next.state == .bothFIN && !next.refreshes) }
                if next.state == .established, state == .insideSYN { #expect(!fromInside && flags.contains(.syn)) }
                if next.state == .established, state == .outsideSYN { #expect(fromInside && flags.contains(.syn)) }
            }
        }
    }
}
