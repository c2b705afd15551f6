import Cluster
import IPAddresses
import VPC

extension SnapshotBuilder {
    /// One object, told by its kind.
    ///
    /// - Returns: whether the kind is known.
    mutating func addObject(_ cursor: Cursor) throws(SnapshotError) -> Bool {
        let kind = try cursor.string("kind")
        if kind == "List" || kind.hasSuffix("List") {
            let itemKind = kind == "List" ? nil : String(kind.dropLast(4))
            if let itemKind { kinds.insert(itemKind) }
            for item in try cursor.elements("items") {
                let known =
                    item["kind"] != nil
                    ? try addObject(item)
                    : try itemKind.map { kind throws(SnapshotError) in try add(item, kind) } ?? false
                if !known { return false }
            }
            return true
        }
        return try add(cursor, kind)
    }

    private mutating func add(_ cursor: Cursor, _ kind: String) throws(SnapshotError) -> Bool {
        kinds.insert(kind)
        switch kind {
        case "Node": try addNode(cursor)
        case "Pod": try addPod(cursor)
        case "Service": try addService(cursor)
        case "EndpointSlice": try addSlice(cursor)
        case "DaemonSet": try addDaemonSet(cursor)
        case "Ingress": try addIngress(cursor)
        case "ENIConfig": eniConfigs.append(try cursor.required("metadata").string("name"))
        default: return false
        }
        return true
    }

    private mutating func addNode(_ cursor: Cursor) throws(SnapshotError) {
        let metadata = try cursor.required("metadata")
        let name = try metadata.string("name")
        var labels: [String: String] = [:]
        for (key, value) in try metadata["labels"]?.members() ?? [] { labels[key] = try value.string() }
        let isFargate = labels["eks.amazonaws.com/compute-type"] == "fargate"
        var instance: String?
        if let provider = cursor["spec"]?["providerID"], !isFargate,
            let last = try provider.string().split(separator: "/").last, last.hasPrefix("i-")
        {
            instance = String(last)
            references.append(Reference(kind: "Reservations", id: String(last), owner: "node/\(name)", place: provider))
        }
        var addresses: [IPAddress] = []
        for address in try cursor["status"]?.elements("addresses") ?? []
        where try address.optionalString("type") == "InternalIP" {
            addresses.append(try address.required("address").parse())
        }
        nodes.append(
            Node(
                name: name, instanceID: instance, isFargate: isFargate,
                availabilityZone: labels["topology.kubernetes.io/zone"],
                addresses: addresses, maxPods: try cursor["status"]?["capacity"]?["pods"]?.integer(), labels: labels
            )
        )
    }

    private mutating func addPod(_ cursor: Cursor) throws(SnapshotError) {
        let metadata = try cursor.required("metadata")
        let (namespace, name) = (try metadata.optionalString("namespace") ?? "default", try metadata.string("name"))
        let (spec, status) = (cursor["spec"], cursor["status"])
        if let node = spec?["nodeName"] { try refer("pod/\(namespace)/\(name)", to: "Node", node) }
        var addresses: [IPAddress] = []
        for address in try status?.elements("podIPs") ?? [] { addresses.append(try address.required("ip").parse()) }
        if addresses.isEmpty, let address = status?["podIP"] { addresses.append(try address.parse()) }
        let phase = try status?.optionalString("phase")
        pods.append(
            Pod(
                namespace: namespace, name: name, nodeName: try spec?.optionalString("nodeName"), addresses: addresses,
                usesHostNetwork: try spec?.bool("hostNetwork", default: false) ?? false,
                isFinished: phase == "Succeeded" || phase == "Failed",
                created: try metadata.optionalString("creationTimestamp") ?? ""
            )
        )
    }

    private mutating func addService(_ cursor: Cursor) throws(SnapshotError) {
        let metadata = try cursor.required("metadata")
        let spec = try cursor.required("spec")
        var clusterAddresses: [IPAddress] = []
        let single = spec["clusterIP"].map { [$0] } ?? []
        for address in try spec["clusterIPs"]?.elements() ?? single where try address.string() != "None" {
            clusterAddresses.append(try address.parse())
        }
        var externalAddresses: [IPAddress] = []
        for address in try spec.elements("externalIPs") { externalAddresses.append(try address.parse()) }
        var ports: [Service.Port] = []
        for port in try spec.elements("ports") {
            ports.append(
                .init(
                    name: try port.optionalString("name") ?? "", ipProtocol: try portProtocol(port),
                    port: try port.required("port").port(),
                    nodePort: try port["nodePort"]?.port()
                )
            )
        }
        services.append(
            Service(
                namespace: try metadata.optionalString("namespace") ?? "default", name: try metadata.string("name"),
                kind: try spec.optionalString("type").flatMap(Service.Kind.init(rawValue:)) ?? .clusterIP,
                clusterAddresses: clusterAddresses, externalAddresses: externalAddresses, ports: ports,
                hasClientAffinity: try spec.optionalString("sessionAffinity") == "ClientIP",
                internalTrafficIsLocal: try spec.optionalString("internalTrafficPolicy") == "Local",
                externalTrafficIsLocal: try spec.optionalString("externalTrafficPolicy") == "Local",
                annotations: try annotations(metadata),
                loadBalancerClass: try spec.optionalString("loadBalancerClass")
            )
        )
    }

    private func annotations(_ metadata: Cursor) throws(SnapshotError) -> [String: String] {
        var result: [String: String] = [:]
        for (key, value) in try metadata["annotations"]?.members() ?? [] { result[key] = try value.string() }
        return result
    }

    private mutating func addIngress(_ cursor: Cursor) throws(SnapshotError) {
        let metadata = try cursor.required("metadata")
        let annotations = try annotations(metadata)
        ingresses.append(
            Ingress(
                namespace: try metadata.optionalString("namespace") ?? "default", name: try metadata.string("name"),
                className: try cursor["spec"]?.optionalString("ingressClassName")
                    ?? annotations["kubernetes.io/ingress.class"],
                annotations: annotations
            )
        )
    }

    private func portProtocol(_ port: Cursor) throws(SnapshotError) -> IPProtocol {
        guard let cursor = port["protocol"] else { return .tcp }
        switch try cursor.string() {
        case "TCP": return .tcp
        case "UDP": return .udp
        case "SCTP": return IPProtocol(number: 132)
        default: throw cursor.fault("TCP, UDP or SCTP is due here")
        }
    }

    private mutating func addSlice(_ cursor: Cursor) throws(SnapshotError) {
        let metadata = try cursor.required("metadata")
        let namespace = try metadata.optionalString("namespace") ?? "default"
        guard let label = metadata["labels"]?["kubernetes.io/service-name"] else { return }
        let serviceID = "\(namespace)/\(try label.string())"
        let name = try metadata.string("name")
        references.append(
            Reference(kind: "Service", id: serviceID, owner: "EndpointSlice \(namespace)/\(name)", place: label))
        var ports: [EndpointSlice.Port] = []
        for port in try cursor.elements("ports") {
            ports.append(
                .init(
                    name: try port.optionalString("name") ?? "", ipProtocol: try portProtocol(port),
                    port: try port["port"]?.port()))
        }
        var endpoints: [EndpointSlice.Endpoint] = []
        if try cursor.optionalString("addressType") == "FQDN" { return }
        for endpoint in try cursor.elements("endpoints") {
            var addresses: [IPAddress] = []
            for address in try endpoint.elements("addresses") { addresses.append(try address.parse()) }
            let conditions = endpoint["conditions"]
            // A condition that lacks is true (discovery.k8s.io/v1 EndpointConditions).
            let isReady = try conditions?.bool("ready", default: true) ?? true
            endpoints.append(
                .init(
                    addresses: addresses, isReady: isReady,
                    isServing: try conditions?.bool("serving", default: isReady) ?? isReady,
                    isTerminating: try conditions?.bool("terminating", default: false) ?? false,
                    nodeName: try endpoint.optionalString("nodeName")
                )
            )
        }
        slices.append(EndpointSlice(name: name, serviceID: serviceID, ports: ports, endpoints: endpoints))
    }

    private static let warmTargets: Set<String> = [
        "WARM_IP_TARGET", "WARM_ENI_TARGET", "WARM_PREFIX_TARGET", "MINIMUM_IP_TARGET",
    ]

    /// The CNI plugin's settings stand in the environment of the DaemonSet aws-node.
    private mutating func addDaemonSet(_ cursor: Cursor) throws(SnapshotError) {
        guard try cursor.required("metadata").string("name") == "aws-node" else { return }
        for container in try cursor["spec"]?["template"]?["spec"]?.elements("containers") ?? [] {
            for variable in try container.elements("env") {
                guard let value = try variable.optionalString("value") else { continue }
                switch try variable.string("name") {
                case "ENABLE_V4_EGRESS": configuration.cni.hasIPv4Egress = value != "false"
                case "AWS_VPC_K8S_CNI_RANDOMIZESNAT": configuration.cni.randomizesSourcePorts = value != "none"
                case "AWS_VPC_K8S_CNI_EXTERNALSNAT": configuration.cni.leavesSourceNATToOthers = value == "true"
                case "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": configuration.cni.usesCustomNetworking = value == "true"
                case let name where Self.warmTargets.contains(name): configuration.cni.warmTargets[name] = value
                default: break
                }
            }
        }
    }
}
