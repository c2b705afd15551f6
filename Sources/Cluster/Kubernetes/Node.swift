import IPAddresses

/// A worker node, or the one-pod node that stands for a Fargate pod.
public struct Node: Sendable {
    public var name: String
    public var instanceID: String?
    public var isFargate: Bool
    public var availabilityZone: String?
    public var addresses: [IPAddress]
    public var maxPods: Int?
    public var labels: [String: String]

    /// The managed node group that the node belongs to (label `eks.amazonaws.com/nodegroup`); nil for self-managed nodes.
    public var nodeGroup: String? { labels["eks.amazonaws.com/nodegroup"] }

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
