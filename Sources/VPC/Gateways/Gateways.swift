import IPAddresses

/// An internet gateway: translates between an interface's private IPv4 address and its public one, and passes IPv6.
public struct InternetGateway: Hashable, Sendable {
    public var id: String
    public var vpcIDs: [String]

    public init(id: String, vpcIDs: [String]) {
        self.id = id
        self.vpcIDs = vpcIDs
    }
}

/// An egress-only internet gateway: IPv6 out, and replies in. Translates nothing.
public struct EgressOnlyInternetGateway: Hashable, Sendable {
    public var id: String
    public var vpcIDs: [String]

    public init(id: String, vpcIDs: [String]) {
        self.id = id
        self.vpcIDs = vpcIDs
    }
}

/// A NAT gateway.
public struct NATGateway: Hashable, Sendable {
    public var id: String
    public var vpcID: String
    public var subnetID: String
    public var state: String

    /// Whether it gives public addresses (`ConnectivityType` public) or private ones.
    public var isPublic: Bool
    public var addresses: [Address]

    /// The route table of its own that a regional gateway has, which is in no subnet.
    ///
    /// Source: Amazon VPC User Guide, "Regional NAT gateways".
    public var routeTableID: String?

    /// Whether it is a regional gateway (`AvailabilityMode` regional), with addresses for each Availability Zone.
    public var isRegional = false

    /// Whether a regional gateway gets addresses for new zones by itself (`AutoProvisionZones`).
    public var expands = false

    /// Why it has failed (`FailureMessage`).
    public var failure: String?

    public init(id: String, vpcID: String, subnetID: String, state: String, isPublic: Bool, addresses: [Address]) {
        self.id = id
        self.vpcID = vpcID
        self.subnetID = subnetID
        self.state = state
        self.isPublic = isPublic
        self.addresses = addresses
    }

    /// One address of the gateway.
    public struct Address: Hashable, Sendable {
        public var interfaceID: String?
        public var privateAddress: IPv4Address
        public var publicAddress: IPv4Address?

        /// The Availability Zone whose packets take it, of regional gateways.
        public var availabilityZone: String?

        public init(
            interfaceID: String?, privateAddress: IPv4Address, publicAddress: IPv4Address?,
            availabilityZone: String? = nil
        ) {
            self.interfaceID = interfaceID
            self.privateAddress = privateAddress
            self.publicAddress = publicAddress
            self.availabilityZone = availabilityZone
        }
    }
}

/// A virtual private gateway, behind which the on-premises network lies.
public struct VPNGateway: Hashable, Sendable {
    public var id: String
    public var vpcIDs: [String]

    public init(id: String, vpcIDs: [String]) {
        self.id = id
        self.vpcIDs = vpcIDs
    }
}

/// A peering connection between two VPCs. Not transitive.
public struct PeeringConnection: Hashable, Sendable {
    public var id: String
    public var requesterVPCID: String
    public var accepterVPCID: String
    public var status: String

    public init(id: String, requesterVPCID: String, accepterVPCID: String, status: String) {
        self.id = id
        self.requesterVPCID = requesterVPCID
        self.accepterVPCID = accepterVPCID
        self.status = status
    }

    /// The VPC at the other end.
    public func peer(of vpcID: String) -> String { vpcID == requesterVPCID ? accepterVPCID : requesterVPCID }
}

/// A VPC endpoint.
public struct VPCEndpoint: Hashable, Sendable {
    public var id: String
    public var vpcID: String
    public var serviceName: String

    /// `Gateway`, `Interface` or `GatewayLoadBalancer`.
    public var type: String
    public var state: String
    public var interfaceIDs: [String]

    /// Whether the service's own names lead to the endpoint within its VPC (`PrivateDnsEnabled`).
    public var hasPrivateDNS: Bool

    /// The names of `DnsEntries`, private ones among them; `*.` at the front stands for any one label or more.
    public var dnsNames: [String]

    public init(
        id: String, vpcID: String, serviceName: String, type: String, state: String, interfaceIDs: [String],
        hasPrivateDNS: Bool = false, dnsNames: [String] = []
    ) {
        self.id = id
        self.vpcID = vpcID
        self.serviceName = serviceName
        self.type = type
        self.state = state
        self.interfaceIDs = interfaceIDs
        self.hasPrivateDNS = hasPrivateDNS
        self.dnsNames = dnsNames
    }

    public var isAvailable: Bool { state.lowercased() == "available" }
}
