import IPAddresses

/// A pod.
public struct Pod: Hashable, Sendable {
    public var namespace: String
    public var name: String
    public var nodeName: String?

    /// The addresses of `status.podIPs`, the primary one first.
    public var addresses: [IPAddress]
    public var usesHostNetwork: Bool

    /// Whether it has stopped (phase Succeeded or Failed), so that its addresses are free.
    public var isFinished: Bool
    public var created: String
    public var labels: [String: String] = [:]

    /// The ports that its containers name.
    public var ports: [ContainerPort] = []

    /// Whether it belongs to another object, such as a ReplicaSet (`metadata.ownerReferences`).
    public var hasOwner = true

    /// Whether it is ready to serve (the condition `Ready`); nil where its status does not say.
    public var isReady: Bool?

    /// The branch network interface that security groups for pods have given it (annotation `vpc.amazonaws.com/pod-eni`).
    public var branchInterfaceID: String?

    /// Whether it has interfaces of several network cards (annotation `k8s.amazonaws.com/nicConfig`).
    public var hasSeveralInterfaces = false

    /// The address out of 169.254.172.0/22 that the host-local plugin gives it. No snapshot holds it: it is assumed to be
    /// given in the order of creation, from 169.254.172.2.
    public internal(set) var assumedIPv4: IPv4Address?

    public init(
        namespace: String, name: String, nodeName: String?, addresses: [IPAddress], usesHostNetwork: Bool,
        isFinished: Bool, created: String, labels: [String: String] = [:], ports: [ContainerPort] = []
    ) {
        self.namespace = namespace
        self.name = name
        self.nodeName = nodeName
        self.addresses = addresses
        self.usesHostNetwork = usesHostNetwork
        self.isFinished = isFinished
        self.created = created
        self.labels = labels
        self.ports = ports
    }

    /// `default/client`.
    public var id: String { "\(namespace)/\(name)" }

    /// The address of a family that the pod uses itself.
    public func address(_ family: IPFamily) -> IPAddress? {
        addresses.first { $0.family == family } ?? (family == .ipv4 ? assumedIPv4.map { .v4($0) } : nil)
    }

    /// A port of a container (core/v1 ContainerPort).
    public struct ContainerPort: Hashable, Sendable {
        /// Empty where it has none.
        public var name: String
        public var ipProtocol: IPProtocol
        public var port: UInt16

        /// The node's port that leads to it; nil for none.
        public var hostPort: UInt16?

        /// The node's address that the host port is bound to; nil for all.
        public var hostAddress: IPAddress?

        public init(
            name: String = "", _ ipProtocol: IPProtocol = .tcp, _ port: UInt16, hostPort: UInt16? = nil,
            hostAddress: IPAddress? = nil
        ) {
            self.name = name
            self.ipProtocol = ipProtocol
            self.port = port
            self.hostPort = hostPort
            self.hostAddress = hostAddress
        }
    }

    /// The number of the port of a name; nil where no container has it.
    func port(named name: String, _ ipProtocol: IPProtocol) -> UInt16? {
        ports.first { $0.name == name && $0.ipProtocol == ipProtocol }?.port
    }
}
