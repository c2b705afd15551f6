/// A Kubernetes Ingress.
public struct Ingress: Hashable, Sendable {
    public var namespace: String
    public var name: String

    /// `spec.ingressClassName`, or the annotation that came before it.
    public var className: String?
    public var annotations: [String: String]

    /// The class's controller and parameters, where the snapshot holds the class.
    public var controllerClass: IngressClass?

    public init(namespace: String, name: String, className: String?, annotations: [String: String]) {
        self.namespace = namespace
        self.name = name
        self.className = className
        self.annotations = annotations
    }

    /// `default/web`.
    public var id: String { "\(namespace)/\(name)" }
}

/// An IngressClass: which controller takes its Ingresses, and with which parameters.
public struct IngressClass: Hashable, Sendable {
    public var name: String

    /// `spec.controller`, such as `ingress.k8s.aws/alb`.
    public var controller: String

    /// `spec.parameters.name`, of an IngressClassParams.
    public var parametersName: String?

    /// The parameters themselves, where the snapshot holds them: `ipAddressType`, `targetType`, `scheme`.
    public var parameters: [String: String]?

    public init(name: String, controller: String, parametersName: String? = nil) {
        self.name = name
        self.controller = controller
        self.parametersName = parametersName
    }
}
