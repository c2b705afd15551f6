import Cluster
import IPAddresses
import VPC

extension SnapshotBuilder {
    /// One object, recognised by its kind, or a list of objects. Kinds that are not used are noted once each, by their
    /// own names.
    mutating func addObject(_ cursor: Cursor) throws(SnapshotError) {
        let kind = try cursor.string("kind")
        if kind == "List" || (kind.hasSuffix("List") && cursor["items"] != nil) {
            if let token = try cursor["metadata"]?.optionalString("continue"), !token.isEmpty {
                throw SnapshotError(
                    file: cursor.path.file, path: "metadata.continue", value: String(token.prefix(20)),
                    reason:
                        "the file holds only one page of the list, and others follow; collect it again with kubectl get"
                )
            }
            let itemKind = kind == "List" ? nil : String(kind.dropLast(4))
            if let itemKind { kinds.insert(itemKind) }
            let items = try cursor.elements("items")
            if items.isEmpty, itemKind == nil { emptyLists.append(cursor.path.file) }
            for item in items {
                if let itemKind, item["kind"] == nil {
                    try add(item, itemKind, group: Self.group(try cursor.optionalString("apiVersion")))
                } else {
                    // Without a kind nothing identifies it: that is a fault.
                    try addObject(item)
                }
            }
            return
        }
        try add(cursor, kind, group: Self.group(try cursor.optionalString("apiVersion")))
    }

    /// The group of an API version: empty for `v1`.
    private static func group(_ version: String?) -> String {
        let parts = (version ?? "").split(separator: "/")
        return parts.count == 2 ? String(parts[0]) : ""
    }

    private mutating func add(_ cursor: Cursor, _ kind: String, group: String) throws(SnapshotError) {
        if kind == "Status", try cursor.optionalString("status") == "Failure" {
            throw SnapshotError(
                file: cursor.path.file, value: try cursor.optionalString("message") ?? "",
                reason: "the file holds an error of the API server, not its output; run the call again")
        }
        let known = ObjectKind.kubernetes(kind, group: group)
        guard let known, known.state == .decides else { return try skip(cursor, kind, known) }
        count(kind, 1)
        switch kind {
        case "Node": try addNode(cursor)
        case "Pod": try addPod(cursor)
        case "Service": try addService(cursor)
        case "EndpointSlice": try addSlice(cursor)
        case "DaemonSet": try addDaemonSet(cursor)
        case "Ingress": try addIngress(cursor)
        case "IngressClass": try addIngressClass(cursor)
        case "IngressClassParams": try addClassParameters(cursor)
        case "Namespace": try addNamespace(cursor)
        case "NetworkPolicy": try addNetworkPolicy(cursor)
        case "ConfigMap": try addConfigMap(cursor)
        case "ENIConfig":
            let name = try cursor.required("metadata").string("name")
            if !eniConfigs.contains(name) { eniConfigs.append(name) }
        default: break
        }
    }

    /// An object that is not read: noted, and named by traces where it could decide.
    private mutating func skip(_ cursor: Cursor, _ kind: String, _ known: ObjectKind?) throws(SnapshotError) {
        kinds.insert(kind)
        if skippedKinds.insert(kind).inserted {
            let reason =
                switch known?.state {
                case .irrelevant: "it decides about no packet"
                case nil: "it is not known, and so is whether it decides about packets"
                default: "it is not modelled: traces that its objects could decide name them"
                }
            notes.append("\(cursor.path.file): skipped, kind “\(kind)”: \(reason)")
        }
        guard let known, known.state == .unchecked, let scope = known.scope, let effect = known.effect else { return }
        let metadata = cursor["metadata"]
        // Istio's root namespace stands for the whole mesh.
        let namespace = try metadata?.optionalString("namespace").flatMap { $0 == "istio-system" ? nil : $0 }
        let name = try metadata?.optionalString("name") ?? cursor.path.file
        let object = UnmodelledObject(
            kind: kind, name: namespace.map { "\($0)/\(name)" } ?? name, namespace: namespace, scope: scope,
            effect: effect)
        if !unmodelled.contains(object) { unmodelled.append(object) }
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
        let node = Node(
            name: name, instanceID: instance, isFargate: isFargate,
            availabilityZone: labels["topology.kubernetes.io/zone"],
            addresses: addresses, maxPods: try cursor["status"]?["capacity"]?["pods"]?.integer(), labels: labels)
        if try isNew("Node", name, node, cursor) { nodes.append(node) }
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
        var pod = Pod(
            namespace: namespace, name: name, nodeName: try spec?.optionalString("nodeName"), addresses: addresses,
            usesHostNetwork: try spec?.bool("hostNetwork", default: false) ?? false,
            isFinished: phase == "Succeeded" || phase == "Failed",
            created: try metadata.optionalString("creationTimestamp") ?? "", labels: try metadata.labels("labels"),
            ports: try spec.map { spec throws(SnapshotError) in try containerPorts(spec) } ?? [])
        pod.hasOwner = try !metadata.elements("ownerReferences").isEmpty
        pod.hasSeveralInterfaces =
            try metadata["annotations"]?.optionalString("k8s.amazonaws.com/nicConfig") == "multi-nic-attachment"
        if let annotation = try metadata["annotations"]?.optionalString("vpc.amazonaws.com/pod-eni") {
            pod.branchInterfaceID = Self.branchInterface(annotation)
        }
        if try isNew("Pod", pod.id, pod, cursor) { pods.append(pod) }
    }

    /// The ports of a pod's containers; those of its init containers that go on running among them.
    private func containerPorts(_ spec: Cursor) throws(SnapshotError) -> [Pod.ContainerPort] {
        var result: [Pod.ContainerPort] = []
        for container in try spec.elements("containers") + spec.elements("initContainers") {
            for port in try container.elements("ports") {
                guard let number = port["containerPort"] else { continue }
                let hostIP = try port.optionalString("hostIP")
                result.append(
                    .init(
                        name: try port.optionalString("name") ?? "", try portProtocol(port), try number.port(),
                        hostPort: try port["hostPort"]?.port(),
                        hostAddress: hostIP == nil || hostIP == "" || hostIP == "0.0.0.0" || hostIP == "::"
                            ? nil : try port["hostIP"]?.parse()))
            }
        }
        return result
    }

    /// The first `eniId` of the annotation, which is JSON of its own.
    private static func branchInterface(_ annotation: String) -> String? {
        let document = try? JSONReader.read(Array(annotation.utf8)).first
        guard case .array(let interfaces) = document, case .string(let id) = interfaces.first?["eniId"] else {
            return nil
        }
        return id
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
                    nodePort: try port["nodePort"]?.port(), target: try target(port["targetPort"])
                )
            )
        }
        var service = Service(
            namespace: try metadata.optionalString("namespace") ?? "default", name: try metadata.string("name"),
            kind: try spec.optionalString("type").flatMap(Service.Kind.init(rawValue:)) ?? .clusterIP,
            clusterAddresses: clusterAddresses, externalAddresses: externalAddresses, ports: ports,
            hasClientAffinity: try spec.optionalString("sessionAffinity") == "ClientIP",
            internalTrafficIsLocal: try spec.optionalString("internalTrafficPolicy") == "Local",
            externalTrafficIsLocal: try spec.optionalString("externalTrafficPolicy") == "Local",
            annotations: try annotations(metadata),
            loadBalancerClass: try spec.optionalString("loadBalancerClass")
        )
        service.selector = try spec.labels("selector")
        service.externalName = try spec.optionalString("externalName")
        service.trafficDistribution = try spec.optionalString("trafficDistribution")
        for block in try spec.elements("loadBalancerSourceRanges") { service.sourceRanges.append(try block.parse()) }
        for ingress in try cursor["status"]?["loadBalancer"]?.elements("ingress") ?? []
        where try ingress.optionalString("ipMode") ?? "VIP" == "VIP" {
            if let address = ingress["ip"] { service.balancerAddresses.append(try address.parse()) }
        }
        if try isNew("Service", service.id, service, cursor) { services.append(service) }
    }

    private func target(_ cursor: Cursor?) throws(SnapshotError) -> Service.Port.Target? {
        guard let cursor else { return nil }
        let text = try cursor.string()
        if text == "0" { return nil }
        return Int(text) == nil ? .named(text) : .number(try cursor.port())
    }

    private func annotations(_ metadata: Cursor) throws(SnapshotError) -> [String: String] {
        try metadata.labels("annotations")
    }

    private mutating func addIngress(_ cursor: Cursor) throws(SnapshotError) {
        let metadata = try cursor.required("metadata")
        let annotations = try annotations(metadata)
        let ingress = Ingress(
            namespace: try metadata.optionalString("namespace") ?? "default", name: try metadata.string("name"),
            className: try cursor["spec"]?.optionalString("ingressClassName")
                ?? annotations["kubernetes.io/ingress.class"],
            annotations: annotations)
        if try isNew("Ingress", ingress.id, ingress, cursor) { ingresses.append(ingress) }
    }

    private mutating func addIngressClass(_ cursor: Cursor) throws(SnapshotError) {
        let name = try cursor.required("metadata").string("name")
        ingressClasses[name] = IngressClass(
            name: name, controller: try cursor["spec"]?.optionalString("controller") ?? "",
            parametersName: try cursor["spec"]?["parameters"]?.optionalString("name"))
    }

    private mutating func addClassParameters(_ cursor: Cursor) throws(SnapshotError) {
        var values: [String: String] = [:]
        for key in ["ipAddressType", "targetType", "scheme"] {
            values[key] = try cursor["spec"]?.optionalString(key)
        }
        classParameters[try cursor.required("metadata").string("name")] = values
    }

    private mutating func addNamespace(_ cursor: Cursor) throws(SnapshotError) {
        let metadata = try cursor.required("metadata")
        let namespace = Namespace(name: try metadata.string("name"), labels: try metadata.labels("labels"))
        if try isNew("Namespace", namespace.name, namespace, cursor) { namespaces.append(namespace) }
    }

    /// The settings of the VPC CNI plugin's controller, and of kube-proxy.
    private mutating func addConfigMap(_ cursor: Cursor) throws(SnapshotError) {
        let data = cursor["data"]
        switch try cursor.required("metadata").string("name") {
        case "amazon-vpc-cni":
            if let value = try data?.optionalString("enable-network-policy-controller") {
                configuration.enablesPolicyController = value == "true"
            }
        case "kube-proxy-config":
            guard let text = try data?.optionalString("config"), let document = try? YAMLReader.read(text).first else {
                return
            }
            let settings = Cursor(document, file: cursor.path.file)
            let mode = try settings.optionalString("detectLocalMode") ?? ""
            let block = try settings.optionalString("clusterCIDR") ?? ""
            configuration.kubeProxyDetectsLocal = !block.isEmpty || !(mode.isEmpty || mode == "ClusterCIDR")
        default: break
        }
    }

    func portProtocol(_ port: Cursor) throws(SnapshotError) -> IPProtocol {
        guard let cursor = port["protocol"] else { return .tcp }
        switch try cursor.string() {
        case "TCP": return .tcp
        case "UDP": return .udp
        case "SCTP": return .sctp
        default: throw cursor.fault("TCP, UDP or SCTP is expected here")
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
            // A condition that is missing is true (discovery.k8s.io/v1 EndpointConditions).
            let isReady = try conditions?.bool("ready", default: true) ?? true
            var zones: [String] = []
            for zone in try endpoint["hints"]?.elements("forZones") ?? [] { zones.append(try zone.string("name")) }
            var hinted: [String] = []
            for node in try endpoint["hints"]?.elements("forNodes") ?? [] { hinted.append(try node.string("name")) }
            endpoints.append(
                .init(
                    addresses: addresses, isReady: isReady,
                    isServing: try conditions?.bool("serving", default: isReady) ?? isReady,
                    isTerminating: try conditions?.bool("terminating", default: false) ?? false,
                    nodeName: try endpoint.optionalString("nodeName"), hintedZones: zones, hintedNodes: hinted
                )
            )
        }
        let slice = EndpointSlice(name: name, serviceID: serviceID, ports: ports, endpoints: endpoints)
        if try isNew("EndpointSlice", "\(namespace)/\(name)", slice, cursor) { slices.append(slice) }
    }
}

extension Cursor {
    /// Names and values, such as labels.
    func labels(_ key: String) throws(SnapshotError) -> [String: String] {
        var result: [String: String] = [:]
        for (name, value) in try self[key]?.members() ?? [] {
            if case .null = value.document { continue }
            result[name] = try value.string()
        }
        return result
    }
}
