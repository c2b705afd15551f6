import IPAddresses
import VPC

extension Cluster {
    /// What a name leads to before the hosts file is asked: the cluster's endpoint, services, VPC endpoints and balancers; nil where
    /// it is the name of none.
    func resolverTarget(
        _ name: String, _ request: TraceRequest, _ origin: TraceOrigin
    ) throws(TraceError) -> TraceTarget? {
        if let id = serviceID(named: name, from: origin) { return try serviceTarget(id, request, origin) }
        if name.lowercased() == configuration.endpointHost?.lowercased() {
            if let target = try clusterEndpointTarget(name, request, origin) { return target }
        }
        if configuration.endpointHost == nil, !inventory.holds(.cluster), Self.isClusterEndpoint(name) {
            let text =
                "\(name) is a cluster's endpoint, and who reaches it is not known: \(inventory.lack(of: .cluster))"
            return TraceTarget(choice: .unknown(Component(.apiServer, "api-server"), .notInSnapshot, text))
        }
        let vpcID = origin.subnetID.flatMap { network.subnets[$0]?.vpcID }
        if let endpoint = network.endpoint(withDNSName: name, in: vpcID) {
            return try interfaceEndpointTarget(endpoint, name, request, origin)
        }
        if hosts.addresses(of: name).isEmpty, let balancer = network.loadBalancer(withDNSName: name) {
            return try balancerTarget(balancer, request, origin)
        }
        return nil
    }

    /// Whether a name is of the form of clusters' endpoints: `ID.gr7.REGION.eks.amazonaws.com`, `ID.REGION.api.aws`.
    private static func isClusterEndpoint(_ name: String) -> Bool {
        let labels = name.lowercased().split(separator: ".")
        return labels.suffix(3) == ["eks", "amazonaws", "com"] && labels.count >= 5
            || labels.suffix(2) == ["api", "aws"] && labels.first?.hasPrefix("eks-cluster") ?? false
    }

    /// A service by the name that pods know it by: `web.default.svc.cluster.local`, `web.default.svc`, `web.default`.
    ///
    /// Source: Kubernetes, "DNS for Services and Pods". Nodes do not ask the cluster's DNS.
    func serviceID(named name: String, from origin: TraceOrigin? = nil) -> String? {
        if let origin, origin.component.type != .pod { return nil }
        var labels = name.lowercased().split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if labels.last == "" { labels.removeLast() }
        for suffix in [["svc", "cluster", "local"], ["svc"], []] where Array(labels.suffix(suffix.count)) == suffix {
            let own = labels.dropLast(suffix.count)
            if own.count == 2, services["\(own[1])/\(own[0])"] != nil { return "\(own[1])/\(own[0])" }
        }
        return nil
    }

    /// The name that a service stands for (Kubernetes, "Service", type ExternalName): a CNAME of the cluster's DNS, without a proxy.
    func externalTarget(
        _ service: Service, _ request: TraceRequest, _ origin: TraceOrigin
    ) throws(TraceError) -> TraceTarget {
        let name = service.externalName ?? ""
        let note = "service/\(service.id) is of type ExternalName: its name stands for \(name)"
        if let address = IPAddress(name) {
            var target = family([address], request, origin)
            target.notes.append(note)
            return target
        }
        let isKnown =
            !hosts.addresses(of: name).isEmpty || network.loadBalancer(withDNSName: name) != nil
            || network.endpoint(withDNSName: name, in: origin.subnetID.flatMap { network.subnets[$0]?.vpcID }) != nil
            || name.lowercased() == configuration.endpointHost?.lowercased()
            || serviceID(named: name, from: origin) != nil
        guard isKnown, serviceID(named: name, from: origin) != service.id else {
            let text = "\(note), whose addresses are not in the snapshot; add them to its hosts file"
            return TraceTarget(choice: .unknown(Component(.service, "service/\(service.id)"), .nameUnknown, text))
        }
        var target = try hostTarget(name, request, origin)
        target.notes.insert(note, at: 0)
        return target
    }

    /// Within the VPC the cluster's name leads to its interfaces where private access is on; nil where public records count.
    ///
    /// Source: Amazon EKS User Guide, "Cluster API server endpoint".
    private func clusterEndpointTarget(
        _ name: String, _ request: TraceRequest, _ origin: TraceOrigin
    ) throws(TraceError) -> TraceTarget? {
        let component = Component(.apiServer, "api-server")
        guard let access = configuration.endpointAccess else {
            let text = "whether the endpoint is public or private is not known: \(inventory.lack(of: .cluster))"
            return TraceTarget(choice: .unknown(component, .notInSnapshot, text))
        }
        let vpc = origin.subnetID.flatMap { network.subnets[$0]?.vpcID }.flatMap { network.vpcs[$0] }
        let isInside = vpc != nil && vpc?.id == configuration.vpcID
        // The private zone needs both of the VPC's DNS attributes; where they were not collected they are assumed to be
        // on.
        let usesZone = vpc?.enablesDNSSupport != false && vpc?.enablesDNSHostnames != false
        if access.isPrivate, (isInside && usesZone) || !access.isPublic {
            let isDualStack = name.lowercased().hasSuffix(".api.aws")
            let own = apiServerInterfaces.flatMap { addresses(of: $0) }.filter { isDualStack || $0.family == .ipv4 }
            if own.isEmpty {
                let text =
                    "the cluster's own interfaces are not in the snapshot; collect \(Inventory.Kind.interfaces.command)"
                return TraceTarget(choice: .unknown(component, .notInSnapshot, text))
            }
            var target = try recordTarget(name, own, request, origin)
            target.notes.append("\(name) is private: it leads to the cluster's interfaces in the VPC")
            return target
        }
        if hosts.addresses(of: name).isEmpty {
            let text = "the public addresses of \(name) are not in the snapshot; add them to its hosts file"
            return TraceTarget(choice: .unknown(component, .nameUnknown, text))
        }
        return nil
    }

    /// An interface endpoint's interfaces; one is as likely as the others.
    private func interfaceEndpointTarget(
        _ endpoint: VPCEndpoint, _ name: String, _ request: TraceRequest, _ origin: TraceOrigin
    ) throws(TraceError) -> TraceTarget {
        let interfaces = endpoint.interfaceIDs.compactMap { network.interfaces[$0] }
        let own = interfaces.flatMap { addresses(of: $0) }
        if own.isEmpty {
            let text =
                "\(name) is \(endpoint.id)'s, whose interfaces are not in the snapshot; collect "
                + Inventory.Kind.interfaces.command
            return TraceTarget(choice: .unknown(Component(.vpcEndpoint, endpoint.id), .notInSnapshot, text))
        }
        var target = family(own, request, origin)
        target.notes.append("\(name) leads to \(endpoint.id) (\(endpoint.serviceName))")
        return target
    }

    /// The interfaces whose addresses a balancer's name leads to: those of zones with targets, where a Network Load Balancer does
    /// not send across zones (User Guide for Network Load Balancers, "Availability Zones").
    func answering(_ balancer: LoadBalancer) -> [NetworkInterface] {
        let interfaces = network.interfaces(of: balancer)
        guard balancer.kind == .network else { return interfaces }
        let groups = balancer.listeners.flatMap(\.actions).flatMap(\.groups).compactMap { network.targetGroups[$0.arn] }
        if groups.isEmpty || groups.contains(where: { network.isCrossZone(balancer, $0) == true }) { return interfaces }
        let targets = groups.flatMap(\.receivers)
        let own = interfaces.filter { interface in
            let zone = network.subnets[interface.subnetID]?.availabilityZone
            return targets.contains { target in
                let other = network.zone(of: target)
                return other == nil || other == zone
            }
        }
        return own.isEmpty ? interfaces : own
    }

    /// Pods that have ended have no address any more, those that wait have none yet.
    func checkRuns(_ pod: Pod) throws(TraceError) {
        if pod.isFinished { throw .podHasEnded("pod/\(pod.id)") }
        if pod.addresses.isEmpty { throw .podWaits("pod/\(pod.id)") }
    }
}
