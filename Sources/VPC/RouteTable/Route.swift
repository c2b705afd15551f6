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

    public enum State: String, Hashable, Sendable {
        case active
        case blackhole
    }

    /// How the route came to be, in the order in which equal prefixes are preferred.
    public enum Origin: String, Hashable, Sendable {
        case createRouteTable = "CreateRouteTable"
        case createRoute = "CreateRoute"
        case propagated = "EnableVgwRoutePropagation"
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
        /// A target that is known by name alone: the field of the AWS API that names it, and the identifier.
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
