import IPAddresses

/// A virtual private cloud: a network with IPv4 and IPv6 blocks of its own.
public struct VPC: Hashable, Sendable {
    public var id: String
    public var ipv4Blocks: [IPv4Prefix]
    public var ipv6Blocks: [IPv6Prefix]

    /// Whether the VPC's resolver answers at all (`enableDnsSupport`), and private zones are used (with `enableDnsHostnames`):
    /// nil where describe-vpc-attribute was not collected.
    public var enablesDNSSupport: Bool?
    public var enablesDNSHostnames: Bool?

    public init(id: String, ipv4Blocks: [IPv4Prefix], ipv6Blocks: [IPv6Prefix]) {
        self.id = id
        self.ipv4Blocks = ipv4Blocks
        self.ipv6Blocks = ipv6Blocks
    }

    /// Whether the address lies in one of the VPC's blocks.
    public func contains(_ address: IPAddress) -> Bool {
        switch address {
        case .v4(let address): ipv4Blocks.contains { $0.contains(address) }
        case .v6(let address): ipv6Blocks.contains { $0.contains(address) }
        }
    }

    /// The VPC's name server: the block's first address plus two (Amazon VPC User Guide, "Amazon DNS server").
    public var resolver: IPv4Address? { ipv4Blocks.first.map { IPv4Address(bits: $0.bits &+ 2) } }
}

/// A subnet of a VPC, in one Availability Zone.
public struct Subnet: Hashable, Sendable {
    public var id: String
    public var vpcID: String
    public var availabilityZone: String
    public var ipv4Block: IPv4Prefix?
    public var ipv6Blocks: [IPv6Prefix]

    /// Whether the resolver makes AAAA answers behind 64:ff9b::/96 for names without one (`EnableDns64`).
    public var enablesDNS64: Bool
    public var availableIPv4Addresses: Int?

    public init(
        id: String, vpcID: String, availabilityZone: String, ipv4Block: IPv4Prefix?, ipv6Blocks: [IPv6Prefix],
        enablesDNS64: Bool, availableIPv4Addresses: Int?
    ) {
        self.id = id
        self.vpcID = vpcID
        self.availabilityZone = availabilityZone
        self.ipv4Block = ipv4Block
        self.ipv6Blocks = ipv6Blocks
        self.enablesDNS64 = enablesDNS64
        self.availableIPv4Addresses = availableIPv4Addresses
    }

    /// Whether the address lies in one of the subnet's blocks.
    public func contains(_ address: IPAddress) -> Bool {
        switch address {
        case .v4(let address): ipv4Block?.contains(address) ?? false
        case .v6(let address): ipv6Blocks.contains { $0.contains(address) }
        }
    }
}
