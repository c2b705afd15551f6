import Cluster
import IPAddresses
import VPC

extension SnapshotBuilder {
    /// A NetworkPolicy (networking.k8s.io/v1).
    mutating func addNetworkPolicy(_ cursor: Cursor) throws(SnapshotError) {
        let metadata = try cursor.required("metadata")
        let spec = try cursor.required("spec")
        let ingress = try rules(spec, "ingress", "from")
        let egress = try rules(spec, "egress", "to")
        // Without types a policy is for ingress, and for egress where it has such rules (Kubernetes API, policyTypes).
        var types = try spec.strings("policyTypes")
        if types.isEmpty { types = egress.isEmpty ? ["Ingress"] : ["Ingress", "Egress"] }
        if let unknown = types.first(where: { $0 != "Ingress" && $0 != "Egress" }) {
            throw try spec.required("policyTypes").fault("“Ingress” or “Egress” is expected here, not “\(unknown)”")
        }
        let policy = NetworkPolicy(
            namespace: try metadata.optionalString("namespace") ?? "default", name: try metadata.string("name"),
            podSelector: try spec["podSelector"].map { place throws(SnapshotError) in try selector(place) }
                ?? LabelSelector(),
            ingress: types.contains("Ingress") ? ingress : nil, egress: types.contains("Egress") ? egress : nil)
        if try isNew("NetworkPolicy", policy.id, policy, cursor) { policies.append(policy) }
    }

    private func rules(_ spec: Cursor, _ key: String, _ peersKey: String) throws(SnapshotError) -> [NetworkPolicy.Rule]
    {
        var result: [NetworkPolicy.Rule] = []
        for rule in try spec.elements(key) {
            var own = NetworkPolicy.Rule()
            for place in try rule.elements(peersKey) { own.peers.append(try peer(place)) }
            for place in try rule.elements("ports") { own.ports.append(try port(place)) }
            result.append(own)
        }
        return result
    }

    private func peer(_ cursor: Cursor) throws(SnapshotError) -> NetworkPolicy.Peer {
        if let block = cursor["ipBlock"] {
            var except: [IPPrefix] = []
            for place in try block.elements("except") { except.append(try place.prefix()) }
            return .block(try block.required("cidr").prefix(), except: except)
        }
        func selector(_ key: String) throws(SnapshotError) -> LabelSelector? {
            try cursor[key].map { place throws(SnapshotError) in try self.selector(place) }
        }
        let (namespaces, pods) = (try selector("namespaceSelector"), try selector("podSelector"))
        if namespaces == nil, pods == nil {
            throw cursor.fault("podSelector, namespaceSelector or ipBlock is expected here")
        }
        return .pods(namespaces: namespaces, pods: pods)
    }

    private func port(_ cursor: Cursor) throws(SnapshotError) -> NetworkPolicy.Port {
        let ipProtocol = try portProtocol(cursor)
        guard let place = cursor["port"] else { return .init(ipProtocol, .all) }
        if Int(try place.string()) == nil { return .init(ipProtocol, .named(try place.string())) }
        let first = try place.port()
        guard let end = cursor["endPort"] else { return .init(ipProtocol, .range(first...first)) }
        let last = try end.port()
        guard last >= first else { throw end.fault("the range of ports ends before it begins, at \(first)") }
        return .init(ipProtocol, .range(first...last))
    }

    /// A label selector (meta/v1).
    func selector(_ cursor: Cursor) throws(SnapshotError) -> LabelSelector {
        var requirements = try cursor.labels("matchLabels").sorted { $0.key < $1.key }.map {
            LabelSelector.Requirement($0.key, .isIn, [$0.value])
        }
        for expression in try cursor.elements("matchExpressions") {
            let place = try expression.required("operator")
            guard let comparison = LabelSelector.Comparison(rawValue: try place.string()) else {
                throw place.fault("In, NotIn, Exists or DoesNotExist is expected here")
            }
            requirements.append(.init(try expression.string("key"), comparison, try expression.strings("values")))
        }
        return LabelSelector(requirements)
    }
}

extension Cursor {
    /// A prefix, whose bits after the length Kubernetes does not ask to be zero.
    fileprivate func prefix() throws(SnapshotError) -> IPPrefix {
        let text = try string()
        do throws(AddressParseError) {
            return try IPPrefix(parsing: Array(text.utf8).span, hostBits: .masked)
        } catch {
            var fault = fault("\(error)")
            fault.isMalformedAddress = true
            throw fault
        }
    }
}
