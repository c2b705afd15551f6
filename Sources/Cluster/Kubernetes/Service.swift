import IPAddresses
import VPC

/// A Kubernetes Service.
public struct Service: Hashable, Sendable {
    public var namespace: String
    public var name: String
    public var kind: Kind

    /// Empty for a headless service.
    public var clusterAddresses: [IPAddress]
    public var externalAddresses: [IPAddress]
    public var ports: [Port]
    public var hasClientAffinity: Bool
    public var internalTrafficIsLocal: Bool
    public var externalTrafficIsLocal: Bool
    public var annotations: [String: String]

    /// `spec.loadBalancerClass`.
    public var loadBalancerClass: String?

    /// The labels of the pods that serve it; empty for a service whose endpoints someone else writes.
    public var selector: [String: String] = [:]

    /// The name that a service of type ExternalName stands for.
    public var externalName: String?

    /// The addresses of `status.loadBalancer.ingress`, which kube-proxy answers for itself; names are not among them.
    public var balancerAddresses: [IPAddress] = []

    /// `spec.loadBalancerSourceRanges`.
    public var sourceRanges: [IPPrefix] = []

    /// `spec.trafficDistribution`, such as `PreferClose`; the slices' hints are what counts.
    public var trafficDistribution: String?

    public init(
        namespace: String, name: String, kind: Kind, clusterAddresses: [IPAddress], externalAddresses: [IPAddress] = [],
        ports: [Port], hasClientAffinity: Bool = false, internalTrafficIsLocal: Bool = false,
        externalTrafficIsLocal: Bool = false, annotations: [String: String] = [:], loadBalancerClass: String? = nil
    ) {
        self.namespace = namespace
        self.name = name
        self.kind = kind
        self.clusterAddresses = clusterAddresses
        self.externalAddresses = externalAddresses
        self.ports = ports
        self.hasClientAffinity = hasClientAffinity
        self.internalTrafficIsLocal = internalTrafficIsLocal
        self.externalTrafficIsLocal = externalTrafficIsLocal
        self.annotations = annotations
        self.loadBalancerClass = loadBalancerClass
    }

    /// `default/web`.
    public var id: String { "\(namespace)/\(name)" }

    public enum Kind: String, Sendable {
        case clusterIP = "ClusterIP"
        case nodePort = "NodePort"
        case loadBalancer = "LoadBalancer"
        case externalName = "ExternalName"
    }

    public struct Port: Hashable, Sendable {
        /// Empty where the service has one port without a name.
        public var name: String
        public var ipProtocol: IPProtocol
        public var port: UInt16
        public var nodePort: UInt16?

        /// The pods' port: a number or a name; nil for the service's own.
        public var target: Target?

        public init(name: String, ipProtocol: IPProtocol, port: UInt16, nodePort: UInt16?, target: Target? = nil) {
            self.name = name
            self.ipProtocol = ipProtocol
            self.port = port
            self.nodePort = nodePort
            self.target = target
        }

        public enum Target: Hashable, Sendable {
            case number(UInt16)
            case named(String)
        }
    }
}

/// Endpoints of one service and family (discovery.k8s.io/v1 EndpointSlice).
public struct EndpointSlice: Hashable, Sendable {
    public var name: String
    public var serviceID: String
    public var ports: [Port]
    public var endpoints: [Endpoint]

    public init(name: String, serviceID: String, ports: [Port], endpoints: [Endpoint]) {
        self.name = name
        self.serviceID = serviceID
        self.ports = ports
        self.endpoints = endpoints
    }

    public struct Port: Hashable, Sendable {
        public var name: String
        public var ipProtocol: IPProtocol
        public var port: UInt16?

        public init(name: String, ipProtocol: IPProtocol, port: UInt16?) {
            self.name = name
            self.ipProtocol = ipProtocol
            self.port = port
        }
    }

    public struct Endpoint: Hashable, Sendable {
        public var addresses: [IPAddress]
        public var isReady: Bool
        public var isServing: Bool
        public var isTerminating: Bool
        public var nodeName: String?

        /// The zones whose nodes should use it (`hints.forZones`); empty without a hint.
        public var hintedZones: [String]

        /// The nodes that should use it (`hints.forNodes`); empty without a hint.
        public var hintedNodes: [String]

        public init(
            addresses: [IPAddress], isReady: Bool, isServing: Bool, isTerminating: Bool, nodeName: String?,
            hintedZones: [String] = [], hintedNodes: [String] = []
        ) {
            self.addresses = addresses
            self.isReady = isReady
            self.isServing = isServing
            self.isTerminating = isTerminating
            self.nodeName = nodeName
            self.hintedZones = hintedZones
            self.hintedNodes = hintedNodes
        }
    }
}
