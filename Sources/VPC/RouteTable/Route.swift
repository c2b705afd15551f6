import IPAddresses

/// One route of a route table.
public struct Route: Hashable, Sendable {
    public var destination: Destination
    public var target: Target
    public var state: State
    public var origin: Origin

    public init(destination: Destination, target: Target, state: State, origin: Origin) {
        self.destination = destination
        self.target = target
        self.state = state
        self.origin = origin
    }

    public enum Destination: Hashable, Sendable, CustomStringConvertible {
        case prefix(IPPrefix)
        case prefixList(id: String)

        public var description: String {
            switch self {
            case .prefix(let prefix): "\(prefix)"
            case .prefixList(let id): id
            }
        }
    }

    /// What AWS says of the route, in its own word (Amazon EC2 API Reference, Route, `state`).
    public struct State: RawRepresentable, Hashable, Sendable {
        public var rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }

        public static let active = State(rawValue: "active")

        /// The target is gone.
        public static let blackhole = State(rawValue: "blackhole")

        /// Not taken into the table; AWS's documents do not say when.
        public static let filtered = State(rawValue: "filtered")
    }

    /// How the route came to be, in AWS's own word (Amazon EC2 API Reference, Route, `origin`).
    public struct Origin: RawRepresentable, Hashable, Sendable {
        public var rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }

        public static let createRouteTable = Origin(rawValue: "CreateRouteTable")
        public static let createRoute = Origin(rawValue: "CreateRoute")

        /// Propagated by a virtual private gateway.
        public static let propagated = Origin(rawValue: "EnableVgwRoutePropagation")

        /// Put there by a VPC Route Server.
        public static let advertisement = Origin(rawValue: "Advertisement")

        /// Whether someone has written the route, not a protocol.
        public var isStatic: Bool { self == .createRouteTable || self == .createRoute }
    }

    /// Where packets go next.
    public enum Target: Hashable, Sendable {
        case local
        case internetGateway(String)
        case egressOnlyInternetGateway(String)
        case natGateway(String)
        case vpnGateway(String)
        case peering(String)
        case gatewayEndpoint(String)
        case networkInterface(String)
        case instance(String)
        /// A target that is known only by name: the field of the AWS API that names it, and the identifier.
        case unsupported(field: String, id: String)

        /// The identifier of the target, `local` for the local route.
        public var id: String {
            switch self {
            case .local: "local"
            case .internetGateway(let id), .egressOnlyInternetGateway(let id), .natGateway(let id), .vpnGateway(let id),
                .peering(let id), .gatewayEndpoint(let id), .networkInterface(let id), .instance(let id),
                .unsupported(_, let id):
                id
            }
        }

        /// The field of the AWS API that names the target.
        public var field: String {
            switch self {
            case .local, .internetGateway, .vpnGateway, .gatewayEndpoint: "GatewayId"
            case .egressOnlyInternetGateway: "EgressOnlyInternetGatewayId"
            case .natGateway: "NatGatewayId"
            case .peering: "VpcPeeringConnectionId"
            case .networkInterface: "NetworkInterfaceId"
            case .instance: "InstanceId"
            case .unsupported(let field, _): field
            }
        }
    }
}
