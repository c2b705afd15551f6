import IPAddresses
import VPC

/// A NetworkPolicy: it isolates the pods that it selects, and allows them what its rules name.
///
/// Source: Kubernetes, "Network Policies", and the API's NetworkPolicy (networking.k8s.io/v1).
public struct NetworkPolicy: Hashable, Sendable {
    public var namespace: String
    public var name: String
    public var podSelector: LabelSelector

    /// The rules for what comes in; nil where the policy does not isolate that way.
    public var ingress: [Rule]?

    /// The rules for what goes out; nil where the policy does not isolate that way.
    public var egress: [Rule]?

    public init(
        namespace: String, name: String, podSelector: LabelSelector, ingress: [Rule]?, egress: [Rule]?
    ) {
        self.namespace = namespace
        self.name = name
        self.podSelector = podSelector
        self.ingress = ingress
        self.egress = egress
    }

    /// `default/web`.
    public var id: String { "\(namespace)/\(name)" }

    public func selects(_ pod: Pod) -> Bool { pod.namespace == namespace && podSelector.matches(pod.labels) }

    /// What is allowed: from or to any of the peers, to any of the ports.
    public struct Rule: Hashable, Sendable {
        /// Empty for everybody.
        public var peers: [Peer]

        /// Empty for all ports and protocols.
        public var ports: [Port]

        public init(peers: [Peer] = [], ports: [Port] = []) {
            self.peers = peers
            self.ports = ports
        }
    }

    public enum Peer: Hashable, Sendable {
        /// Pods of the namespaces that the first selects, of the policy's own where it is nil; all of them where the second is.
        case pods(namespaces: LabelSelector?, pods: LabelSelector?)
        case block(IPPrefix, except: [IPPrefix])
    }

    public struct Port: Hashable, Sendable {
        public var ipProtocol: IPProtocol
        public var number: Number

        public init(_ ipProtocol: IPProtocol, _ number: Number) {
            self.ipProtocol = ipProtocol
            self.number = number
        }

        public enum Number: Hashable, Sendable {
            case all
            case range(ClosedRange<UInt16>)
            /// The port of that name of the pod that packets are for.
            case named(String)
        }
    }
}

/// A Namespace, of which policies ask for the labels.
public struct Namespace: Hashable, Sendable {
    public var name: String

    /// The API server adds `kubernetes.io/metadata.name`.
    public var labels: [String: String]

    public init(name: String, labels: [String: String]) {
        self.name = name
        self.labels = labels
        self.labels["kubernetes.io/metadata.name"] = name
    }
}
