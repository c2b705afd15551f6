import IPAddresses

/// A node's source NAT: pods' host-local IPv4 addresses become the node's primary one.
///
/// Source: Amazon VPC CNI plugin, README, `AWS_VPC_K8S_CNI_RANDOMIZESNAT`; its chain in POSTROUTING.
public struct SourceNAT: Sendable {
    /// The addresses that are translated.
    public let inside: IPv4Prefix
    public let translator: NAPT<IPv4Address>

    /// 169.254.172.0/22, which pods of IPv6 clusters have their IPv4 addresses from.
    public static let hostLocal = IPv4Prefix(masking: IPv4Address(bits: 0xA9FE_AC00), length: 22)

    /// How ports are picked (`AWS_VPC_K8S_CNI_RANDOMIZESNAT`).
    public enum PortChoice: String, Hashable, Sendable, CaseIterable {
        /// `prng`, the plugin's default, and `hashrandom`: a random one.
        case random
        /// `none`: the packet's own where it is free.
        case preserving
    }

    /// - `mapping`: one port for an inside endpoint (RFC 4787 REQ-1), or, as Linux does it, one for each connection, which
    ///     others share where their destinations differ.
    /// - `capacity`: how many connections and mappings it holds; Linux's default for a node of 8 GB is 262,144.
    /// - Throws: `NAPTError` where there is not enough memory.
    public init(
        to node: IPv4Address, inside: IPv4Prefix = SourceNAT.hostLocal, ports: PortChoice = .random,
        mapping: EndpointDependence = .endpointIndependent, capacity: Int = 262_144,
        secret: ConnectionSecret = ConnectionSecret()
    ) throws(NAPTError) {
        var pool = PortPool([node])
        pool.selection = ports == .random ? .randomByClass : .preservingByClass
        var configuration = NAPTConfiguration(pool: pool)
        configuration.mapping = mapping
        configuration.strayTCP = .pickUp
        configuration.protocols = nil
        self.inside = inside
        translator = try NAPT(configuration, capacity: capacity, secret: secret)
    }

    /// Translates a packet that leaves the node.
    public func outbound(_ packet: FlowPacket<IPv4Address>, now: MonotonicTime, random: UInt64) -> Verdict<IPv4Address>
    {
        guard inside.contains(packet.tuple.source) else {
            return .refused(translator.refusals.count(.sourceNotInside))
        }
        return translator.outbound(packet, now: now, random: random)
    }

    /// Translates a packet that comes to the node's address.
    public func inbound(_ packet: FlowPacket<IPv4Address>, now: MonotonicTime) -> Verdict<IPv4Address> {
        translator.inbound(packet, now: now)
    }
}
