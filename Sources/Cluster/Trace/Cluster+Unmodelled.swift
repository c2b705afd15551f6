import IPAddresses
import VPC

extension Cluster {
    /// All objects of the snapshot that could decide about packets and are not modelled.
    public var unchecked: [Unchecked] {
        inventory.unmodelled.map {
            Unchecked(kind: $0.kind, name: $0.name, reason: "not modelled: it \($0.effect.text)")
        }
        .sorted { ($0.kind, $0.name) < ($1.kind, $1.name) }
    }

    /// Names the objects that could decide about a trace's packets and are not modelled; where they could change its outcome, that is
    /// not known.
    func checkUnmodelled(_ trace: inout Trace) {
        if inventory.unmodelled.isEmpty { return }
        let path = TracePath(trace, self)
        let relevant = inventory.unmodelled.filter { path.meets($0) }
        if relevant.isEmpty { return }
        trace.merge(
            notes: [],
            unchecked: relevant.map {
                Unchecked(kind: $0.kind, name: $0.name, reason: "not modelled: it \($0.effect.text)")
            })
        let deciding = relevant.filter { object in
            switch object.effect {
            case .named: false
            case .mayDeny: trace.verdict <= .partial
            case .mayChange: true
            }
        }
        guard let first = deciding.first, trace.verdict != .unknown else { return }
        trace.verdict = .unknown
        let names = deciding.prefix(5).map { "\($0.kind) \($0.name)" }.joined(separator: ", ")
        let more = deciding.count > 5 ? " and \(deciding.count - 5) more" : ""
        if !trace.branches.isEmpty {
            trace.branches[0].explanations.append(
                Explanation(
                    code: .unsupported, component: Component(.other, first.name), leg: .forward,
                    text:
                        "\(names)\(more) could decide about these packets, and \(deciding.count == 1 ? "is" : "are") not modelled"
                ))
        }
    }
}

/// What a trace has met, as far as objects ask for it.
struct TracePath {
    private var namespaces: Set<String> = []
    private var kinds: Set<Component.Kind> = []
    private var ids: Set<String> = []
    private var isNamed = false

    init(_ trace: Trace, _ cluster: Cluster) {
        if case .host = trace.destination { isNamed = true }
        for hop in trace.branches.lazy.flatMap({ $0.forward + $0.reply }) {
            kinds.insert(hop.component.type)
            ids.insert(hop.component.id)
            if hop.component.type == .pod {
                let id = String(hop.component.id.dropFirst("pod/".count))
                if let pod = cluster.pods[id] { namespaces.insert(pod.namespace) }
            }
            if let route = hop.route { ids.insert(route.route.target.id) }
        }
    }

    func meets(_ object: UnmodelledObject) -> Bool {
        switch object.scope {
        case .pods: object.namespace.map(namespaces.contains) ?? !namespaces.isEmpty
        case .internet: kinds.contains(.internetGateway) || kinds.contains(.egressOnlyInternetGateway)
        case .vpc: kinds.contains(.networkInterface)
        case .names: isNamed
        case .loadBalancers: kinds.contains(.loadBalancer)
        case .itself: ids.contains(object.name)
        }
    }
}

extension UnmodelledObject.Effect {
    fileprivate var text: String {
        switch self {
        case .named: "could decide in part"
        case .mayDeny: "could drop these packets"
        case .mayChange: "could drop these packets, or let them through"
        }
    }
}
