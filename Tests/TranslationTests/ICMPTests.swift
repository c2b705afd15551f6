import IPAddresses
import Testing

@testable import Translation

@Suite("RFC 5508: ICMP")
struct ICMPTests {
    @Test("RFC 5508 REQ-1: query identifiers are translated, and the answer's back")
    func query() throws {
        let nat = try NAPTFixture()
        let request = try #require(nat.out("10.0.0.1", 77, "192.0.2.1", 0, icmp).tuple)
        #expect(request.source == NAPTFixture.outside && request.destinationPort == 0)
        let second = try #require(nat.out("10.0.0.2", 77, "192.0.2.1", 0, icmp).tuple)
        #expect(second.sourcePort != request.sourcePort)
        let reply = nat.back("192.0.2.1", 0, to: request.sourcePort, icmp).tuple
        #expect(reply == FiveTuple(from: v4("192.0.2.1"), 0, to: v4("10.0.0.1"), 77, protocol: icmp))
    }

    @Test("RFC 5508 REQ-2: a query lives 60 s")
    func lifetime() throws {
        let nat = try NAPTFixture()
        let port = try nat.port("10.0.0.1", 77, "192.0.2.1", 0, icmp)
        nat.pass(59)
        #expect(nat.back("192.0.2.1", 0, to: port, icmp).tuple != nil)
        nat.pass(2)
        #expect(nat.back("192.0.2.1", 0, to: port, icmp).tuple == nil)
    }

    @Test(
        "RFC 5508 REQ-4: errors from outside: the quoted packet becomes what the inside sent, whoever sends the error",
        arguments: [tcp, udp, icmp])
    func inboundErrors(ipProtocol: UInt8) throws {
        let nat = try NAPTFixture()
        let remotePort: UInt16 = ipProtocol == icmp ? 0 : 443
        let sent = FiveTuple(from: v4("10.0.0.1"), 5000, to: v4("192.0.2.1"), remotePort, protocol: ipProtocol)
        let out = try #require(
            nat.out("10.0.0.1", 5000, "192.0.2.1", remotePort, ipProtocol, ipProtocol == tcp ? .syn : []).tuple)
        let error = try #require(nat.nat.inboundError(quoting: out, now: nat.now))
        #expect(error.embedded == sent && error.destination == v4("10.0.0.1"))
        // What was never sent is no one's error.
        var forged = out
        forged.sourcePort ^= 1
        #expect(nat.nat.inboundError(quoting: forged, now: nat.now) == nil)
        #expect(nat.nat.inboundError(quoting: sent, now: nat.now) == nil)
        #expect(nat.nat.refusals[.noConnection] == 2)
    }

    @Test("RFC 5508 REQ-5: errors from inside: the quoted packet becomes what came in")
    func outboundErrors() throws {
        let nat = try NAPTFixture()
        let port = try nat.port("10.0.0.1", 5000, "192.0.2.1", 53)
        let arrived = try #require(nat.back("192.0.2.1", 53, to: port).tuple)
        let error = try #require(nat.nat.outboundError(quoting: arrived, now: nat.now))
        #expect(error.embedded == FiveTuple(from: v4("192.0.2.1"), 53, to: NAPTFixture.outside, port, protocol: udp))
        #expect(error.destination == v4("192.0.2.1") && error.source == NAPTFixture.outside)
    }

    @Test("RFC 6146 3.5, RFC 7857 7.1: errors neither prolong nor end a mapping")
    func errorsRefreshNothing() throws {
        let nat = try NAPTFixture()
        let out = try #require(nat.out("10.0.0.1", 5000, "192.0.2.1", 53).tuple)
        nat.pass(200)
        #expect(nat.nat.inboundError(quoting: out, now: nat.now) != nil)
        nat.pass(101)
        #expect(nat.nat.inboundError(quoting: out, now: nat.now) == nil)
    }

    @Test("RFC 5508 REQ-7: errors between two inside hosts are turned round, inner and outer header")
    func hairpinnedErrors() throws {
        let nat = try NAPTFixture { $0.filtering = .endpointIndependent }
        let portB = try nat.port("10.0.0.2", 7000, "192.0.2.1", 53)
        let arrived = try #require(nat.out("10.0.0.1", 5000, "198.51.100.1", portB).tuple)
        let error = try #require(nat.nat.outboundError(quoting: arrived, now: nat.now))
        #expect(error.embedded == FiveTuple(from: v4("10.0.0.1"), 5000, to: NAPTFixture.outside, portB, protocol: udp))
        #expect(error.destination == v4("10.0.0.1") && error.source == NAPTFixture.outside)
    }
}
