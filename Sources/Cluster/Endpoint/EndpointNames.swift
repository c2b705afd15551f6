import IPAddresses
import VPC

/// The names by which endpoints are called: in full, or by the end of the name where that is unique.
struct EndpointNames: Sendable {
    /// A full name and what it stands for; several names may stand for one thing.
    private var byName: [String: Endpoint] = [:]

    /// By the last part of the name, so that a look-up need not read all names.
    private var byLastPart: [String: [(name: String, endpoint: Endpoint)]] = [:]

    init(network: Network, nodes: [Node], pods: [Pod], services: [Service]) {
        let instancesOfNodes = Set(nodes.compactMap(\.instanceID))
        for pod in pods { add("pod/\(pod.id)", .pod(pod.id)) }
        for service in services { add("service/\(service.id)", .service(service.id)) }
        for node in nodes {
            add("node/\(node.name)", .node(node.name))
            // The Name tag of a node's instance is what people call the node.
            if let name = node.instanceID.flatMap({ network.instances[$0]?.name }) {
                add("node/\(name)", .node(node.name))
            }
        }
        for instance in network.instances.values {
            add("instance/\(instance.id)", .instance(instance.id))
            guard !instancesOfNodes.contains(instance.id), let name = instance.name else { continue }
            add("instance/\(name)", .instance(instance.id))
        }
        for interface in network.interfaces.values { add("interface/\(interface.id)", .interface(interface.id)) }
        for balancer in network.loadBalancers.values {
            add("load-balancer/\(balancer.name)", .loadBalancer(balancer.name))
        }
    }

    private mutating func add(_ name: String, _ endpoint: Endpoint) {
        byName[name] = endpoint
        let last = name.split(separator: "/").last.map(String.init) ?? name
        byLastPart[last, default: []].append((name, endpoint))
    }

    /// The endpoint that `text` names in full or by whole parts at the end, with or without its kind in front.
    func find(_ text: String) throws(TraceError) -> Endpoint? {
        if let endpoint = byName[text] { return endpoint }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let candidates = byLastPart[parts.last ?? ""] ?? []
        let matches = candidates.filter { candidate in
            if candidate.name.hasSuffix("/" + text) { return true }
            // `service/web` for `service/default/web`.
            return parts.count > 1 && candidate.name.hasPrefix(parts[0] + "/")
                && candidate.name.hasSuffix("/" + parts.dropFirst().joined(separator: "/"))
        }
        if let endpoint = try unique(text, matches) { return endpoint }
        return try unique(text, byName.filter { $0.key.hasSuffix(text) }.map { ($0.key, $0.value) })
    }

    private func unique(_ text: String, _ matches: [(name: String, endpoint: Endpoint)]) throws(TraceError) -> Endpoint?
    {
        let endpoints = Set(matches.map(\.endpoint))
        if endpoints.count > 1 { throw .ambiguousEndpoint(text, candidates: endpoints.map(\.description).sorted()) }
        return endpoints.first
    }

    /// Names that hold the text's last part, for an error; at most five.
    func near(_ text: String) -> [String] {
        let last = text.split(separator: "/").last.map { $0.lowercased() } ?? ""
        if last.isEmpty { return [] }
        return Array(byName.keys.filter { $0.lowercased().contains(last) }.sorted().prefix(5))
    }
}

extension Cluster {
    /// The endpoint that a text names: a full name, the unique end of one, an address, or a DNS name.
    public func endpoint(named text: String) throws(TraceError) -> Endpoint {
        if text == "api-server" { return .apiServer }
        if text.hasPrefix("internet/") { return .internet(try address(text.dropFirst(9), of: text)) }
        if text.hasPrefix("on-premises/") { return .onPremises(try address(text.dropFirst(12), of: text)) }
        if let address = IPAddress(text) { return .address(address) }
        if !hosts.addresses(of: text).isEmpty || text.lowercased() == configuration.endpointHost?.lowercased() {
            return .host(text)
        }
        if network.loadBalancer(withDNSName: text) != nil || isEndpointName(text) { return .host(text) }
        if let endpoint = try index.names.find(text) { return endpoint }
        if serviceID(named: text) != nil { return .host(text) }
        // What looks like an address is meant as one: say what is wrong with it.
        if text.utf8.allSatisfy({ $0.isAddressCharacter }), text.contains(".") || text.contains(":") {
            _ = try address(text[...], of: text)
        }
        throw .unknownEndpoint(text, near: index.names.near(text))
    }

    /// Whether an interface endpoint of some VPC answers for the name.
    private func isEndpointName(_ text: String) -> Bool {
        network.vpcs.keys.contains { network.endpoint(withDNSName: text, in: $0) != nil }
    }

    private func address(_ part: Substring, of text: String) throws(TraceError) -> IPAddress {
        do throws(AddressParseError) {
            return try IPAddress(parsing: part)
        } catch {
            throw .badAddress(text, error)
        }
    }
}

extension UInt8 {
    fileprivate var isAddressCharacter: Bool {
        (0x30...0x3A).contains(self) || (0x61...0x66).contains(self | 0x20) || self == 0x2E || self == 0x2F
            || self == 0x25
    }
}
