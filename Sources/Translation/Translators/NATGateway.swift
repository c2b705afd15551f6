import IPAddresses

/// A NAT gateway: TCP, UDP and ICMP to IPv4 destinations, 55,000 connections to each through an address, 350 s idle.
///
/// One that translates IPv6 to IPv4 too has IPv4-mapped addresses (RFC 4291 2.5.5.2) for the IPv4 ones, and counts both kinds of
/// connections together.
///
/// Source: Amazon VPC User Guide, "NAT gateway basics", "Troubleshoot NAT gateways".
public struct NATGateway<Address: ConnectionAddress>: Sendable {
    /// For each address of the gateway, to each destination: address, port and protocol.
    public static var connectionsPerDestination: Int { 55_000 }

    /// Then the connection is dropped, and a later packet of it is answered by a reset.
    public static var idleTimeout: Lifetime { .seconds(350) }

    public let translator: NAPT<Address>

    /// - `addresses`: the primary private address and the secondary ones, one to eight.
    /// - `capacity`: how many connections it holds.
    /// - Throws: `NAPTError` where there is not enough memory.
    public init(
        addresses: [Address], capacity: Int = 65_536 * 8, secret: ConnectionSecret = ConnectionSecret()
    ) throws(NAPTError) {
        var pool = PortPool(addresses)
        pool.pooling = .arbitrary
        var configuration = NAPTConfiguration(pool: pool)
        configuration.mapping = .addressAndPortDependent
        configuration.destinationLimit = Self.connectionsPerDestination
        configuration.timeouts = Timeouts(all: Self.idleTimeout)
        configuration.refreshesInbound = true
        configuration.strayTCP = .reset
        configuration.protocols = [1, 6, 17]
        configuration.hairpins = false
        translator = try NAPT(configuration, capacity: capacity, secret: secret)
    }

    /// Translates a packet from a private subnet.
    public func outbound(_ packet: FlowPacket<Address>, now: MonotonicTime, random: UInt64) -> Verdict<Address> {
        translator.outbound(packet, now: now, random: random)
    }

    /// Translates a packet that comes to one of the gateway's addresses; it lets in nothing but answers.
    public func inbound(_ packet: FlowPacket<Address>, now: MonotonicTime) -> Verdict<Address> {
        translator.inbound(packet, now: now)
    }

    /// Whether a fragment is passed on: those of UDP are, those of TCP and ICMP are dropped.
    public static func forwardsFragments(of ipProtocol: UInt8) -> Bool { ipProtocol == 17 }
}
