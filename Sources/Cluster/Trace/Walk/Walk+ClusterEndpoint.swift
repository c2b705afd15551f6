import IPAddresses
import VPC

extension Walk {
    /// The public endpoint of the cluster's API server, where packets have come to it; nil where they are for somebody else.
    ///
    /// Source: Amazon EKS User Guide, "Cluster API server endpoint".
    mutating func publicEndpoint() -> Outcome? {
        guard leg == .forward, cluster.isPublicEndpoint(flow.destination),
            let access = cluster.configuration.endpointAccess
        else { return nil }
        let component = Component(.apiServer, "api-server")
        let host = cluster.configuration.endpointHost ?? "the endpoint"
        if !access.isPublic {
            return block(
                component, .endpointAccess,
                "the public endpoint of \(host) is off (endpointPublicAccess): only the VPC reaches the API server")
        }
        guard access.publicBlocks.contains(where: { $0.contains(flow.source) }) else {
            let blocks = access.publicBlocks.map(\.description).joined(separator: ", ")
            return block(
                component, .endpointAccess,
                "\(flow.source) is not among the publicAccessCidrs of \(host) (\(blocks)); add it, or turn on endpointPrivateAccess"
            )
        }
        return arrive(
            .internet, Component(.internet, "internet/\(flow.destination)"), "arrives at the cluster's public endpoint")
    }
}

extension Cluster {
    /// Whether an address is that of the cluster's public endpoint, by the hosts file.
    func isPublicEndpoint(_ address: IPAddress) -> Bool {
        guard let host = configuration.endpointHost else { return false }
        return hosts.addresses(of: host).contains(address)
    }
}
