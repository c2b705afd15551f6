import IPAddresses

/// An elastic network interface.
public struct NetworkInterface: Hashable, Sendable {
    public var id: String
    public var vpcID: String
    public var subnetID: String
    public var groupIDs: [String]

    /// `interface`, `nat_gateway`, `network_load_balancer`, …
    public var type: String
    public var details: String
    public var sourceDestinationCheck: Bool
    public var instanceID: String?
    public var deviceIndex: Int?
    public var ipv4Addresses: [IPv4Assignment]
    public var ipv6Addresses: [IPv6Address]
    public var ipv4Prefixes: [IPv4Prefix]
    public var ipv6Prefixes: [IPv6Prefix]

    /// Whether it is attached to something (`Status` in-use).
    public var isAttached = true

    /// Whether internet gateways let no IPv6 of it pass (`DenyAllIgwTraffic`).
    public var deniesInternetGateways = false

    public init(
        id: String, vpcID: String, subnetID: String, groupIDs: [String], type: String, details: String,
        sourceDestinationCheck: Bool, instanceID: String?, deviceIndex: Int?, ipv4Addresses: [IPv4Assignment],
        ipv6Addresses: [IPv6Address], ipv4Prefixes: [IPv4Prefix], ipv6Prefixes: [IPv6Prefix]
    ) {
        self.id = id
        self.vpcID = vpcID
        self.subnetID = subnetID
        self.groupIDs = groupIDs
        self.type = type
        self.details = details
        self.sourceDestinationCheck = sourceDestinationCheck
        self.instanceID = instanceID
        self.deviceIndex = deviceIndex
        self.ipv4Addresses = ipv4Addresses
        self.ipv6Addresses = ipv6Addresses
        self.ipv4Prefixes = ipv4Prefixes
        self.ipv6Prefixes = ipv6Prefixes
    }

    /// A private IPv4 address and the public one that is associated with it.
    public struct IPv4Assignment: Hashable, Sendable {
        public var address: IPv4Address
        public var isPrimary: Bool
        public var publicAddress: IPv4Address?

        public init(address: IPv4Address, isPrimary: Bool, publicAddress: IPv4Address?) {
            self.address = address
            self.isPrimary = isPrimary
            self.publicAddress = publicAddress
        }
    }

    /// The primary private IPv4 address.
    public var primaryIPv4: IPv4Address? { (ipv4Addresses.first(where: \.isPrimary) ?? ipv4Addresses.first)?.address }

    /// Whether the address, private ones and prefixes alike, is one of the interface's.
    public func owns(_ address: IPAddress) -> Bool {
        switch address {
        case .v4(let address):
            ipv4Addresses.contains { $0.address == address } || ipv4Prefixes.contains { $0.contains(address) }
        case .v6(let address): ipv6Addresses.contains(address) || ipv6Prefixes.contains { $0.contains(address) }
        }
    }

    /// The interface's own first address of a family; delegated prefixes aside.
    public func address(_ family: IPFamily) -> IPAddress? {
        switch family {
        case .ipv4: primaryIPv4.map { .v4($0) }
        case .ipv6: ipv6Addresses.first.map { .v6($0) }
        }
    }
}

/// An EC2 instance, as far as packets see it.
public struct Instance: Hashable, Sendable {
    public var id: String
    public var name: String?
    public var type: String
    public var metadata: MetadataOptions

    /// `running`, `stopped`, …
    public var state = "running"

    public init(id: String, name: String?, type: String, metadata: MetadataOptions) {
        self.id = id
        self.name = name
        self.type = type
        self.metadata = metadata
    }

    /// How the instance metadata service answers (EC2 User Guide, "Configure the instance metadata options").
    public struct MetadataOptions: Hashable, Sendable {
        public var isEnabled: Bool
        public var isIPv6Enabled: Bool
        public var hopLimit: Int

        /// Whether requests without a token are answered too (`HttpTokens` optional): the hop limit is of the tokens' answers.
        public var answersWithoutToken = false

        /// Whether the options were collected.
        public var isKnown = true

        public init(isEnabled: Bool = true, isIPv6Enabled: Bool = false, hopLimit: Int = 1) {
            self.isEnabled = isEnabled
            self.isIPv6Enabled = isIPv6Enabled
            self.hopLimit = hopLimit
        }
    }
}

/// The limits of an instance type (`aws ec2 describe-instance-types`).
public struct InstanceType: Hashable, Sendable {
    public var name: String
    public var isNitro: Bool
    public var vCPUs: Int
    public var maximumInterfaces: Int
    public var ipv4AddressesPerInterface: Int

    public init(name: String, isNitro: Bool, vCPUs: Int, maximumInterfaces: Int, ipv4AddressesPerInterface: Int) {
        self.name = name
        self.isNitro = isNitro
        self.vCPUs = vCPUs
        self.maximumInterfaces = maximumInterfaces
        self.ipv4AddressesPerInterface = ipv4AddressesPerInterface
    }
}

extension NetworkInterface {
    /// The interface's own addresses, delegated prefixes aside.
    package var ownAddresses: [IPAddress] { ipv4Addresses.map { .v4($0.address) } + ipv6Addresses.map { .v6($0) } }
}
