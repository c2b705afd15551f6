import IPAddresses

/// A pod.
public struct Pod: Sendable {
    public var namespace: String
    public var name: String
    public var nodeName: String?

    /// The addresses of `status.podIPs`, the primary one first.
    public var addresses: [IPAddress]
    public var usesHostNetwork: Bool

    /// Whether it runs no more (phase Succeeded or Failed), so that its addresses are free.
    public var isFinished: Bool
    public var created: String

    /// The address out of 169.254.172.0/22 that the host-local plugin gives it. No snapshot holds it: it is assumed to be
    /// given in the order of creation, from 169.254.172.2.
    public internal(set) var assumedIPv4: IPv4Address?

    public init(
        namespace: String, name: String, nodeName: String?, addresses: [IPAddress], usesHostNetwork: Bool,
        isFinished: Bool,
        created: String
    ) {
        self.namespace = namespace
        self.name = name
        self.nodeName = nodeName
        self.addresses = addresses
        self.usesHostNetwork = usesHostNetwork
        self.isFinished = isFinished
        self.created = created
    }

    /// `default/client`.
    public var id: String { "\(namespace)/\(name)" }

    /// The address of a family that the pod uses itself.
    public func address(_ family: IPFamily) -> IPAddress? {
        addresses.first { $0.family == family } ?? (family == .ipv4 ? assumedIPv4.map { .v4($0) } : nil)
    }
}
