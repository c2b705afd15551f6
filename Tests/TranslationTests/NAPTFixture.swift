import IPAddresses
import TestSupport
import Testing

@testable import Translation

/// A translator, a clock and a generator: packets in a line each.
final class NAPTFixture {
    let nat: NAPT<IPv4Address>
    var now = MonotonicTime(nanoseconds: 1 << 40)
    var generator = SeededGenerator(seed: 1)

    static let outside = v4("198.51.100.1")

    init(
        capacity: Int = 1000, addresses: [String] = ["198.51.100.1"],
        _ change: (inout NAPTConfiguration<IPv4Address>) -> Void = { _ in },
        onMapping: (@Sendable (MappingEvent<IPv4Address>) -> Void)? = nil
    ) throws {
        var configuration = NAPTConfiguration(pool: PortPool(addresses.map(v4)))
        change(&configuration)
        nat = try NAPT(
            configuration, capacity: capacity, secret: ConnectionSecret(using: &generator), onMapping: onMapping)
    }

    func pass(_ seconds: Int) { now = now + .seconds(seconds) }

    /// Sends a packet from inside.
    @discardableResult
    func out(
        _ source: String, _ sourcePort: UInt16, _ remote: String, _ port: UInt16, _ ipProtocol: UInt8 = 17,
        _ flags: TCPFlags = []
    )
        -> Verdict<IPv4Address>
    {
        let tuple = FiveTuple(from: v4(source), sourcePort, to: v4(remote), port, protocol: ipProtocol)
        return nat.outbound(FlowPacket(tuple, flags), now: now, random: generator.next())
    }

    /// Sends a packet from outside to a port of the outside address.
    @discardableResult
    func back(
        _ remote: String, _ remotePort: UInt16, to port: UInt16, _ ipProtocol: UInt8 = 17, _ flags: TCPFlags = [],
        at outside: IPv4Address = outside
    )
        -> Verdict<IPv4Address>
    {
        let tuple = FiveTuple(from: v4(remote), remotePort, to: outside, port, protocol: ipProtocol)
        return nat.inbound(FlowPacket(tuple, flags), now: now)
    }

    /// The port that a packet goes out by.
    func port(
        _ source: String, _ sourcePort: UInt16, _ remote: String, _ port: UInt16, _ ipProtocol: UInt8 = 17,
        _ flags: TCPFlags = []
    )
        throws -> UInt16
    {
        try #require(out(source, sourcePort, remote, port, ipProtocol, flags).tuple).sourcePort
    }
}

let tcp: UInt8 = 6
let udp: UInt8 = 17
let icmp: UInt8 = 1
