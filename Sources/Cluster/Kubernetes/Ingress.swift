/// A Kubernetes Ingress.
public struct Ingress: Sendable {
    public var namespace: String
    public var name: String

    /// `spec.ingressClassName`, or the annotation that came before it.
    public var className: String?
    public var annotations: [String: String]

    public init(namespace: String, name: String, className: String?, annotations: [String: String]) {
        self.namespace = namespace
        self.name = name
        self.className = className
        self.annotations = annotations
    }

    /// `default/web`.
    public var id: String { "\(namespace)/\(name)" }
}
