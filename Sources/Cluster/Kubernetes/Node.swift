import IPAddresses

/// A worker node, or the one-pod node that stands for a Fargate pod.
public struct Node: Hashable, Sendable {
    public var name: String
    public var instanceID: String?
    public var isFargate: Bool
    public var availabilityZone: String?
    public var addresses: [IPAddress]
    public var maxPods: Int?
    public var labels: [String: String]

    /// The managed node group that the node belongs to (label `eks.amazonaws.com/nodegroup`); nil for self-managed nodes.
    public var nodeGroup: String? { labels["eks.amazonaws.com/nodegroup"] }

    /// A node outside of AWS (Amazon EKS User Guide, "Hybrid nodes"): no instance, and its addresses are on premises.
    public var isHybrid: Bool { labels["eks.amazonaws.com/compute-type"] == "hybrid" }

    /// A node of EKS Auto Mode, whose networking is not that of the DaemonSet aws-node.
    public var isAutoMode: Bool { labels["eks.amazonaws.com/compute-type"] == "auto" }

    public var isWindows: Bool { labels["kubernetes.io/os"] == "windows" }

    /// The instance type by the node's own label.
    public var instanceType: String? {
        labels["node.kubernetes.io/instance-type"] ?? labels["beta.kubernetes.io/instance-type"]
    }

    public init(
        name: String, instanceID: String?, isFargate: Bool, availabilityZone: String?, addresses: [IPAddress],
        maxPods: Int?,
        labels: [String: String]
    ) {
        self.name = name
        self.instanceID = instanceID
        self.isFargate = isFargate
        self.availabilityZone = availabilityZone
        self.addresses = addresses
        self.maxPods = maxPods
        self.labels = labels
    }
}
