import IPAddresses

/// An Application or Network Load Balancer (Elastic Load Balancing version 2).
public struct LoadBalancer: Sendable {
    public var arn: String
    public var name: String
    public var kind: Kind
    public var isInternetFacing: Bool
    public var isDualStack: Bool
    public var dnsName: String?
    public var vpcID: String
    public var subnetIDs: [String]

    /// Whether the balancer has prefixes for IPv6 source NAT (`EnablePrefixForIpv6SourceNat`), which UDP over IPv6 needs.
    public var hasIPv6SourceNATPrefix: Bool
    public var listeners: [Listener]

    public init(
        arn: String, name: String, kind: Kind, isInternetFacing: Bool, isDualStack: Bool, dnsName: String?,
        vpcID: String,
        subnetIDs: [String], hasIPv6SourceNATPrefix: Bool, listeners: [Listener] = []
    ) {
        self.arn = arn
        self.name = name
        self.kind = kind
        self.isInternetFacing = isInternetFacing
        self.isDualStack = isDualStack
        self.dnsName = dnsName
        self.vpcID = vpcID
        self.subnetIDs = subnetIDs
        self.hasIPv6SourceNATPrefix = hasIPv6SourceNATPrefix
        self.listeners = listeners
    }

    public enum Kind: String, Sendable {
        case application
        case network
        case gateway
    }

    /// How the interfaces of this balancer describe themselves: `ELB app/web/0alb`.
    public var interfaceDescription: String {
        let parts = arn.split(separator: ":loadbalancer/", maxSplits: 1)
        return "ELB " + (parts.count == 2 ? String(parts[1]) : name)
    }

    /// What takes packets to a port.
    public struct Listener: Sendable {
        public var arn: String
        public var port: UInt16

        /// `HTTP`, `HTTPS`, `TCP`, `TLS`, `UDP`, `TCP_UDP`, …
        public var protocolName: String

        /// Target groups and their weights; empty where the action forwards nowhere.
        public var forwards: [(targetGroupARN: String, weight: Int)]

        public init(arn: String, port: UInt16, protocolName: String, forwards: [(targetGroupARN: String, weight: Int)])
        {
            self.arn = arn
            self.port = port
            self.protocolName = protocolName
            self.forwards = forwards
        }

        /// Whether packets of the protocol are for it.
        public func accepts(_ ipProtocol: IPProtocol?) -> Bool {
            switch ipProtocol {
            case .tcp: protocolName != "UDP" && protocolName != "QUIC"
            case .udp: ["UDP", "TCP_UDP", "QUIC", "TCP_QUIC"].contains(protocolName)
            default: false
            }
        }
    }
}

/// The targets of a listener.
public struct TargetGroup: Sendable {
    public var arn: String
    public var name: String
    public var protocolName: String
    public var targetType: String
    public var ipFamily: IPFamily
    public var targets: [Target]

    public init(
        arn: String, name: String, protocolName: String, targetType: String, ipFamily: IPFamily, targets: [Target] = []
    ) {
        self.arn = arn
        self.name = name
        self.protocolName = protocolName
        self.targetType = targetType
        self.ipFamily = ipFamily
        self.targets = targets
    }

    /// A registered target.
    public struct Target: Sendable {
        /// An address, or an instance's identifier.
        public var id: String
        public var port: UInt16

        /// `healthy`, `unhealthy`, `draining`, …
        public var state: String

        public init(id: String, port: UInt16, state: String) {
            self.id = id
            self.port = port
            self.state = state
        }
    }

    /// The targets that get new connections: the healthy ones; where none is, all that are registered
    /// (Elastic Load Balancing, "Routing and health", fail-open).
    public var receivers: [Target] {
        let healthy = targets.filter { $0.state == "healthy" }
        return healthy.isEmpty ? targets.filter { $0.state != "draining" && $0.state != "unused" } : healthy
    }
}
