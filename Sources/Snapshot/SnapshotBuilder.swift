import Cluster
import IPAddresses
import VPC

/// What the files of a snapshot hold, put together: elements in any order, then references, then the cluster.
struct SnapshotBuilder {
    var parts = Network.Parts()
    var configuration = ClusterConfiguration()
    var nodes: [Node] = []
    var pods: [Pod] = []
    var services: [Service] = []
    var slices: [EndpointSlice] = []
    var hosts = Hosts()
    var ingresses: [Ingress] = []
    var eniConfigs: [String] = []
    var notes: [String] = []
    var namespaces: [Namespace] = []
    var policies: [NetworkPolicy] = []
    var ingressClasses: [String: IngressClass] = [:]
    var classParameters: [String: [String: String]] = [:]

    /// Objects that could decide and are not modelled.
    var unmodelled: [UnmodelledObject] = []

    /// Whether the DaemonSet aws-node was read.
    var hasCNI = false

    /// Kubernetes' kinds that were passed over, so that each is noted once.
    var skippedKinds: Set<String> = []

    /// Files with a List of no items, which names no kind.
    var emptyLists: [String] = []

    /// What the collect script recorded of its calls.
    var calls: [CollectedCall] = []

    /// How many elements of each kind were read.
    var counts: [String: Int] = [:]

    /// What is known already of an object, and where it stands, so that it counts once.
    var known: [String: (value: AnyHashable, place: Cursor)] = [:]

    /// References to what is not there, where they are to be collected instead of thrown.
    var missing: [Snapshot.MissingReference] = []
    var toleratesMissing = false

    /// The kinds of which some file was there, by their top-level key.
    var kinds: Set<String> = []
    var references: [Reference] = []

    // What can be made only once all files are read.
    var routeTables: [PendingRouteTable] = []
    var groups: [PendingGroup] = []
    var listeners: [(balancerARN: String, listener: LoadBalancer.Listener)] = []
    var targets: [(groupARN: String, target: TargetGroup.Target)] = []

    /// By listener.
    var rules: [String: [LoadBalancer.Rule]] = [:]

    /// By ARN of a balancer or a group.
    var attributes: [String: [String: String]] = [:]
    var groupsWithHealth: Set<String> = []

    /// By VPC, then by attribute.
    var dns: [String: [String: Bool]] = [:]
    var blockMode: BlockPublicAccess.Mode?
    var exclusions: [BlockPublicAccess.Exclusion] = []
    var nestedInterfaces: [NetworkInterface] = []
    var nestedPlaces: [String: Cursor] = [:]

    struct PendingRouteTable: Hashable {
        var id: String
        var vpcID: String
        var isMain: Bool
        var subnetIDs: [String]
        var gatewayIDs: [String]
        var routes: [Route]
    }

    struct PendingGroup: Hashable {
        var id: String
        var name: String
        var vpcID: String
        var rules: [SecurityGroup.Rule]
    }

    /// A mention of something by its identifier.
    struct Reference {
        var kind: String
        var id: String
        var owner: String
        var place: Cursor

        /// Whether what is not there is noted only: AWS itself keeps stale references to groups.
        var mayLack = false
    }

    /// Notes that `owner` names something at `place`; whether it is there is checked at the end.
    mutating func refer(
        _ owner: String, to kind: String, _ place: Cursor?, mayLack: Bool = false
    ) throws(SnapshotError) {
        guard let place else { return }
        references.append(
            Reference(kind: kind, id: try place.string(), owner: owner, place: place, mayLack: mayLack)
        )
    }

    /// Counts elements of a kind that were read.
    mutating func count(_ kind: String, _ number: Int) {
        kinds.insert(kind)
        counts[kind, default: 0] += number
    }

    /// Whether an object is read for the first time. One that stands in two files counts once.
    ///
    /// - Throws: where it was described differently before.
    mutating func isNew(
        _ kind: String, _ id: String, _ value: some Hashable & Sendable, _ cursor: Cursor
    ) throws(SnapshotError) -> Bool {
        let key = "\(kind) \(id)"
        let value = AnyHashable(value)
        guard let other = known[key] else {
            known[key] = (value, cursor)
            return true
        }
        if other.value == value { return false }
        let place = other.place.path.text
        throw SnapshotError(
            file: cursor.path.file, path: cursor.path.text, value: id,
            reason:
                "described a second time, and differently from \(other.place.path.file)\(place.isEmpty ? "" : ": \(place)"); "
                + "collect both files at the same time, or remove one")
    }

    /// Puts all together. Notes of the kinds that nothing was collected of take the place of errors about each mention.
    mutating func build() throws(SnapshotError) -> Cluster {
        for interface in nestedInterfaces where parts.interfaces[interface.id] == nil {
            parts.interfaces[interface.id] = interface
        }
        try checkNested()
        buildBalancers()
        for (id, values) in dns {
            parts.vpcs[id]?.enablesDNSSupport = values["EnableDnsSupport"]
            parts.vpcs[id]?.enablesDNSHostnames = values["EnableDnsHostnames"]
        }
        if let blockMode { parts.blockPublicAccess = BlockPublicAccess(mode: blockMode, exclusions: exclusions) }
        configuration.cni.isKnown = hasCNI
        for index in ingresses.indices {
            guard let name = ingresses[index].className, var own = ingressClasses[name] else { continue }
            own.parameters = own.parametersName.flatMap { classParameters[$0] }
            ingresses[index].controllerClass = own
        }
        for table in routeTables {
            parts.routeTables[table.id] = RouteTable(
                id: table.id, vpcID: table.vpcID, isMain: table.isMain, subnetIDs: table.subnetIDs,
                gatewayIDs: table.gatewayIDs,
                routes: table.routes, prefixLists: parts.prefixLists
            )
        }
        for group in groups {
            let rules = group.rules.flatMap(expandPrefixList)
            parts.groups[group.id] = SecurityGroup(
                id: group.id, name: group.name, vpcID: group.vpcID, ingress: rules.filter { !$0.isEgress },
                egress: rules.filter(\.isEgress)
            )
        }
        noteEmptyPrefixLists()
        try checkReferences()
        return Cluster(
            network: Network(parts), configuration: configuration, nodes: nodes, pods: pods, services: services,
            endpointSlices: slices, hosts: hosts, ingresses: ingresses, eniConfigs: eniConfigs.sorted(),
            namespaces: namespaces, networkPolicies: policies, inventory: inventory()
        )
    }

    /// Instances list their interfaces too: their groups have to be the same.
    private func checkNested() throws(SnapshotError) {
        for nested in nestedInterfaces {
            guard let own = parts.interfaces[nested.id], !nested.groupIDs.isEmpty, let place = nestedPlaces[nested.id],
                Set(own.groupIDs) != Set(nested.groupIDs)
            else { continue }
            throw place.fault(
                "the groups of \(nested.id) are \(nested.groupIDs.joined(separator: ", ")) here and \(own.groupIDs.joined(separator: ", ")) among the "
                    + "NetworkInterfaces; collect both files at the same time, or remove one")
        }
    }

    /// Rules and routes that name a list whose entries are unknown match nothing: that is said.
    private mutating func noteEmptyPrefixLists() {
        var users: [String: Set<String>] = [:]
        for group in groups {
            for case .unknownPrefixList(let id) in group.rules.map(\.peer) { users[id, default: []].insert(group.id) }
        }
        for table in routeTables {
            for case .prefixList(let id) in table.routes.map(\.destination) { users[id, default: []].insert(table.id) }
        }
        for (id, owners) in users.sorted(by: { $0.key < $1.key }) where !(parts.prefixLists[id]?.isComplete ?? false) {
            notes.append(
                "the entries of the prefix list \(id) are not in the snapshot (get-managed-prefix-list-entries): rules and routes of "
                    + "\(owners.sorted().joined(separator: ", ")) name it, and what they would match is not known"
            )
        }
    }

    private func expandPrefixList(_ rule: SecurityGroup.Rule) -> [SecurityGroup.Rule] {
        guard case .unknownPrefixList(let id) = rule.peer, let list = parts.prefixLists[id], list.isComplete else {
            return [rule]
        }
        return list.prefixes.map { prefix in
            var rule = rule
            rule.peer = .prefixList(id: id, prefix)
            return rule
        }
    }

    private mutating func checkReferences() throws(SnapshotError) {
        let known: [String: Set<String>] = [
            "Vpcs": Set(parts.vpcs.keys), "Subnets": Set(parts.subnets.keys), "SecurityGroups": Set(parts.groups.keys),
            "InternetGateways": Set(parts.internetGateways.keys), "NatGateways": Set(parts.natGateways.keys),
            "EgressOnlyInternetGateways": Set(parts.egressOnlyGateways.keys),
            "VpnGateways": Set(parts.vpnGateways.keys),
            "VpcPeeringConnections": Set(parts.peerings.keys), "VpcEndpoints": Set(parts.endpoints.keys),
            "PrefixLists": Set(parts.prefixLists.keys), "NetworkInterfaces": Set(parts.interfaces.keys),
            "Reservations": Set(parts.instances.keys), "LoadBalancers": Set(parts.loadBalancers.keys),
            "TargetGroups": Set(parts.targetGroups.keys), "Node": Set(nodes.map(\.name)),
            "Service": Set(services.map(\.id)),
        ]
        var uncollected: Set<String> = []
        for reference in references where !(known[reference.kind]?.contains(reference.id) ?? true) {
            guard kinds.contains(reference.kind) else {
                uncollected.insert(reference.kind)
                continue
            }
            if reference.mayLack {
                notes.append(
                    "\(reference.owner) refers to “\(reference.id)”, which is not among the snapshot's \(reference.kind): "
                        + "such rules match nothing"
                )
                continue
            }
            let fault = reference.place.fault(
                "\(reference.owner) refers to “\(reference.id)”, which is not among the snapshot's \(reference.kind); "
                    + "collect both at the same time, or correct the reference"
            )
            if !toleratesMissing { throw fault }
            missing.append(
                .init(owner: reference.owner, kind: reference.kind, id: reference.id, place: fault)
            )
        }
        for kind in uncollected.sorted() {
            notes.append("no file holds \(kind), which others refer to: what depends on them is unknown")
        }
    }
}
