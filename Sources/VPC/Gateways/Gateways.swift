import IPAddresses

/// An internet gateway: translates between an interface's private IPv4 address and its public one, and passes IPv6.
public struct InternetGateway: Sendable {
    public var id: String
    public var vpcIDs: [String]

    public init(id: String, vpcIDs: [String]) {
        self.id = id
        self.vpcIDs = vpcIDs
    }
}

/// An egress-only internet gateway: IPv6 out, and replies in. Translates nothing.
public struct EgressOnlyInternetGateway: Sendable {
    public var id: String
    public var vpcIDs: [String]

    public init(id: String, vpcIDs: [String]) {
        self.id = id
        self.vpcIDs = vpcIDs
    }
}

/// A NAT gateway.
public struct NATGateway: Sendable {
    public var id: String
    public var vpcID: String
    public var subnetID: String
    public var state: String

    /// Whether it gives public addresses (`ConnectivityType` public) or private ones.
    public var isPublic: Bool
    public var addresses: [Address]

    public init(id: String, vpcID: String, subnetID: String, state: String, isPublic: Bool, addresses: [Address]) {
        self.id = id
        self.vpcID = vpcID
        self.subnetID = subnetID
        self.state = state
        self.isPublic = isPublic
        self.addresses = addresses
    }

    /// One address of the gateway.
    public struct Address: Sendable {
        public var interfaceID: String?
        public var privateAddress: IPv4Address
        public var publicAddress: IPv4Address?

        public init(interfaceID: String?, privateAddress: IPv4Address, publicAddress: IPv4Address?) {
            self.interfaceID = interfaceID
            self.privateAddress = privateAddress
            self.publicAddress = publicAddress
        }
    }
}

/// A virtual private gateway, behind which the on-premises network lies.
public struct VPNGateway: Sendable {
    public var id: String
    public var vpcIDs: [String]

    public init(id: String, vpcIDs: [String]) {
        self.id = id
        self.vpcIDs = vpcIDs
    }
}

/// A peering connection between two VPCs. Not transitive.
public struct PeeringConnection: Sendable {
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
public struct VPCEndpoint: Sendable {
    public var id: String
    public var vpcID: String
    public var serviceName: String

    /// `Gateway`, `Interface` or `GatewayLoadBalancer`.
    public var type: String
    public var state: String
    public var interfaceIDs: [String]

    public init(id: String, vpcID: String, serviceName: String, type: String, state: String, interfaceIDs: [String]) {
        self.id = id
        self.vpcID = vpcID
        self.serviceName = serviceName
        self.type = type
        self.state = state
        self.interfaceIDs = interfaceIDs
    }
}
