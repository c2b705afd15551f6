import IPAddresses

/// What identifies a connection's packets in one direction: addresses, ports and protocol.
///
/// ICMP and ICMPv6 queries carry their identifier as the source port, their answers as the destination port, and 0 as
/// the other (RFC 5508 2). Protocols without ports carry 0 as both.
@frozen
public struct FiveTuple<Address: ConnectionAddress>: Hashable, Sendable, CustomStringConvertible {
    public var source: Address
    public var destination: Address
    public var sourcePort: UInt16
    public var destinationPort: UInt16

    /// The protocol's number (IANA).
    public var ipProtocol: UInt8

    @inlinable
    public init(
        from source: Address, _ sourcePort: UInt16, to destination: Address, _ destinationPort: UInt16,
        protocol ipProtocol: UInt8
    ) {
        self.source = source
        self.destination = destination
        self.sourcePort = sourcePort
        self.destinationPort = destinationPort
        self.ipProtocol = ipProtocol
    }

    /// The packets that answer these, if nothing translates them.
    @inlinable
    public var reversed: FiveTuple {
        FiveTuple(from: destination, destinationPort, to: source, sourcePort, protocol: ipProtocol)
    }

    public var description: String {
        "\(IPProtocol(number: ipProtocol)) \(source) port \(sourcePort) → \(destination) port \(destinationPort)"
    }
}
