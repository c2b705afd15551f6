import IPAddresses
import VPC

/// Looks for what is wrong: each method is a rule, or a few about one thing, and adds what it finds.
struct Validator {
    let cluster: Cluster
    let ruleSet: RuleSet
    let earlier: Cluster?
    var findings: [Finding] = []

    var network: Network { cluster.network }

    /// Whether the cluster's pods have IPv6 addresses; false for accounts without a cluster.
    var isIPv6Cluster: Bool {
        cluster.configuration.ipFamily == .ipv6 && (cluster.configuration.name != nil || !cluster.nodes.isEmpty)
    }

    /// The rules, in no order that matters.
    static let checks: [@Sendable (inout Validator) -> Void] = [
        { $0.checkVPCs() }, { $0.checkSubnets() }, { $0.checkAddresses() }, { $0.checkRoutes() },
        { $0.checkReturnPorts() }, { $0.checkShadowedRules() }, { $0.checkNATGateways() }, { $0.checkPeerings() },
        { $0.checkServices() }, { $0.checkNodes() }, { $0.checkPrefixes() }, { $0.checkPods() }, { $0.checkMaxPods() },
        { $0.checkLoadBalancers() }, { $0.checkTargets() }, { $0.checkControllerAnnotations() }, { $0.checkFargate() },
        { $0.checkEKSEndpoint() }, { $0.checkCNI() }, { $0.checkMetadata() }, { $0.checkCompleteness() },
        { $0.checkPolicies() }, { $0.checkStates() }, { $0.checkListenerRules() }, { $0.checkPublicAccess() },
        { $0.checkEndpointAccess() },
    ]

    init(cluster: Cluster, ruleSet: RuleSet, earlier: Cluster?) {
        self.cluster = cluster
        self.ruleSet = ruleSet
        self.earlier = earlier
    }

    mutating func add(
        _ id: Finding.Identifier, _ severity: Finding.Severity, _ component: Component, _ message: String, fix: String
    ) {
        findings.append(Finding(id, severity, component, message, fix: fix))
    }
}

extension Validator {
    /// The active route of a subnet for all of a family's addresses.
    func defaultRoute(ofSubnet id: String, _ family: IPFamily) -> (table: RouteTable, target: Route.Target)? {
        let all: IPPrefix = family == .ipv4 ? .v4(.all) : .v6(.all)
        guard let table = network.routeTable(ofSubnet: id),
            let route = table.routes.first(where: { $0.destination == .prefix(all) && $0.state == .active })
        else { return nil }
        return (table, route.target)
    }

    /// Whether a subnet's default route leads to an internet gateway: what makes it public.
    func isPublic(_ subnetID: String, _ family: IPFamily) -> Bool {
        if case .internetGateway = defaultRoute(ofSubnet: subnetID, family)?.target { true } else { false }
    }

    /// Whether a subnet's default route leads to a firewall's endpoint or an appliance, behind which an internet gateway may be.
    func isInspected(_ subnetID: String) -> Bool {
        switch defaultRoute(ofSubnet: subnetID, .ipv4)?.target {
        case .gatewayEndpoint(let id): network.endpoints[id]?.type != "Gateway"
        case .networkInterface, .instance, .unsupported: true
        default: false
        }
    }

    /// The subnets that nodes' and Fargate pods' interfaces are in.
    var subnetsOfPods: Set<String> {
        Set(cluster.nodes.values.flatMap { cluster.interfaces(of: $0).map(\.subnetID) })
    }

    /// The parts of a table's elements in a fixed order, so that findings come in one order.
    func ordered<Element>(_ elements: [String: Element]) -> [Element] {
        elements.sorted { $0.key < $1.key }.map(\.value)
    }

    /// A node as people know it: its name, and its instance's tag and identifier.
    func label(_ node: Node) -> String {
        let instance = node.instanceID.map { id in
            " (" + [network.instances[id]?.name, id].compactMap { $0 }.joined(separator: ", ") + ")"
        }
        return "node/\(node.name)\(instance ?? "")"
    }

    /// An interface, and the node that it is of.
    func label(_ interface: NetworkInterface) -> String {
        interface.id + (cluster.node(of: interface).map { " of \(label($0))" } ?? "")
    }

    func label(_ interfaceID: String) -> String { network.interfaces[interfaceID].map(label) ?? interfaceID }

    static func component(_ pod: Pod) -> Component { Component(.pod, "pod/\(pod.id)") }
    static func component(_ node: Node) -> Component { Component(.node, "node/\(node.name)") }
    static func component(_ service: Service) -> Component { Component(.service, "service/\(service.id)") }
    static func component(_ balancer: LoadBalancer) -> Component {
        Component(.loadBalancer, "load-balancer/\(balancer.name)")
    }
}
