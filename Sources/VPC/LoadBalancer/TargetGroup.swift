import IPAddresses

/// The targets of a listener.
public struct TargetGroup: Hashable, Sendable {
    public var arn: String
    public var name: String
    public var protocolName: String

    /// `instance`, `ip`, `alb` or `lambda`.
    public var targetType: String
    public var ipFamily: IPFamily
    public var targets: [Target]

    /// The balancers that use the group, as `describe-target-groups` prints them.
    public var balancerARNs: [String]

    /// Whether the health of its targets was collected, which is what lists them.
    public var hasTargetHealth: Bool

    /// By key, as `describe-target-group-attributes` prints them; nil where they were not collected.
    public var attributes: [String: String]?

    public init(
        arn: String, name: String, protocolName: String, targetType: String, ipFamily: IPFamily, targets: [Target] = [],
        balancerARNs: [String] = [], hasTargetHealth: Bool = true, attributes: [String: String]? = nil
    ) {
        self.arn = arn
        self.name = name
        self.protocolName = protocolName
        self.targetType = targetType
        self.ipFamily = ipFamily
        self.targets = targets
        self.balancerARNs = balancerARNs
        self.hasTargetHealth = hasTargetHealth
        self.attributes = attributes
    }

    /// A registered target.
    public struct Target: Hashable, Sendable {
        /// An address, an instance's identifier, or an Application Load Balancer's ARN.
        public var id: String
        public var port: UInt16

        /// `healthy`, `unhealthy`, `draining`, …
        public var state: String

        /// The Availability Zone of an address; `all` for addresses outside of the VPC, or that every zone sends to.
        public var availabilityZone: String?

        public init(id: String, port: UInt16, state: String, availabilityZone: String? = nil) {
            self.id = id
            self.port = port
            self.state = state
            self.availabilityZone = availabilityZone
        }
    }

    /// Those of some targets that get new connections: the healthy ones; where none is, all that are registered
    /// (Elastic Load Balancing, "Routing and health", fail-open).
    public static func receivers(_ targets: [Target]) -> [Target] {
        let healthy = targets.filter { $0.state == "healthy" }
        return healthy.isEmpty ? targets.filter { $0.state != "draining" && $0.state != "unused" } : healthy
    }

    /// The targets that get new connections.
    public var receivers: [Target] { Self.receivers(targets) }
}
