import IPAddresses
import VPC

extension Walk {
    /// Out of a network interface into its subnet: source check, security groups.
    mutating func send(from interface: NetworkInterface) -> Outcome {
        let component = Component(.networkInterface, interface.id)
        if let outcome = idle(interface) { return outcome }
        checkKnown(interface)
        if interface.sourceDestinationCheck, !interface.owns(flow.source) {
            return block(
                component, .sourceDestinationCheck,
                "the source check of \(interface.id): \(flow.source) is not among its addresses or prefixes"
            ) { $0.subnetID = interface.subnetID }
        }
        pass(component, interface.sourceDestinationCheck ? "source check passed" : "no source check") {
            $0.subnetID = interface.subnetID
            $0.vpcID = interface.vpcID
        }
        // Replies to a client whose address the load balancer has kept go back through it, whatever the routes say.
        if connection(at: Self.preservedElement(interface.id)) != nil { return returnToBalancer(interface) }
        guard passGroups(of: interface, isEgress: true) else { return .blocked }
        return route(fromSubnet: interface.subnetID, of: interface.vpcID)
    }

    /// Into a network interface: security groups, then what the interface belongs to.
    mutating func receive(at interface: NetworkInterface) -> Outcome {
        let component = Component(.networkInterface, interface.id)
        if let outcome = idle(interface) { return outcome }
        checkKnown(interface)
        if let gateway = network.natGateway(of: interface) { return returnThroughNATGateway(gateway) }
        let balancer = network.loadBalancer(of: interface)
        let arriving = flow
        guard passGroups(of: interface, isEgress: false) else {
            // Both faults are reported at once: fixing one would only show the other.
            if let balancer { explainMissingListener(balancer, arriving) }
            return .blocked
        }
        pass(component, interface.details.isEmpty ? "arrives" : interface.details) {
            $0.subnetID = interface.subnetID
            $0.vpcID = interface.vpcID
        }
        if let balancer { return passBalancer(balancer, interface) }
        if interface.details.hasPrefix("ELB ") {
            return stop(
                component, .notInSnapshot,
                "\(interface.id) belongs to the load balancer \(interface.details.dropFirst(4)), which is not in the snapshot: "
                    + cluster.inventory.lack(of: .loadBalancers))
        }
        if let endpoint = network.endpoints.values.first(where: { $0.interfaceIDs.contains(interface.id) }),
            !endpoint.isAvailable
        {
            return block(component, .badState, "\(endpoint.id) is \(endpoint.state), not available")
        }
        if let pod = cluster.index.podByBranch[interface.id] {
            return stop(
                component, .unsupported,
                "\(interface.id) is the branch interface of pod/\(pod) (security groups for pods), which is not modelled: its groups let "
                    + "packets in, and the trace ends here")
        }
        if interface.type == "vpc_endpoint", !cluster.inventory.isComplete(.endpoints) {
            doubt(
                component, .notInSnapshot,
                "\(interface.id) is a VPC endpoint's, whose state is not known: \(cluster.inventory.lack(of: .endpoints))"
            )
        }
        if interface.type == "branch" {
            return stop(
                component, .unsupported,
                "\(interface.id) is a branch interface (security groups for pods), which is not modelled: its groups let packets in, and the "
                    + "trace ends here")
        }
        if interface.type == "nat_gateway" || interface.type == "regional_nat_gateway" {
            return stop(
                component, .notInSnapshot,
                "\(interface.id) is a NAT gateway's that is not in the snapshot: \(cluster.inventory.lack(of: .natGateways))"
            )
        }
        if cluster.apiServerInterfaces.contains(where: { $0.id == interface.id }) {
            return arrive(.apiServer(interface: interface.id), Component(.apiServer, "api-server"), "arrives")
        }
        if let node = cluster.node(of: interface) { return passNode(node, .fromInterface(interface)) }
        // Addresses of pods lead on, by a node that nobody knows.
        if cluster.index.podByAddress[flow.destination] != nil || !interface.ownAddresses.contains(flow.destination) {
            return stop(
                component, .notInSnapshot,
                "\(flow.destination) leads on from \(interface.id), and it is not known which node has it: "
                    + cluster.inventory.lack(of: .nodes))
        }
        return arrive(.interface(interface.id), owner(of: interface), "arrives")
    }

    /// Into a VPC from outside of it, or from one of its subnets, to whichever interface has the destination.
    mutating func deliver(inVPC vpcID: String, fromSubnet: String?) -> Outcome {
        guard let interface = network.interface(with: flow.destination, in: vpcID) else {
            guard cluster.inventory.isComplete(.interfaces) else {
                return stop(
                    Component(.vpc, vpcID), .notInSnapshot,
                    "no interface that is known has \(flow.destination): \(cluster.inventory.lack(of: .interfaces))")
            }
            if let owner = cluster.index.podByAddress[flow.destination].map({ "pod/\($0)" })
                ?? cluster.index.nodeByAddress[flow.destination].map({ "node/\($0)" })
            {
                return stop(
                    Component(.vpc, vpcID), .notInSnapshot,
                    "\(owner) has \(flow.destination), and its network interface is not in the snapshot; collect "
                        + Inventory.Kind.interfaces.command)
            }
            return block(
                Component(.vpc, vpcID), .noInterfaceHasAddress, "no interface in \(vpcID) has \(flow.destination)")
        }
        if interface.subnetID != fromSubnet {
            guard passACL(ofSubnet: interface.subnetID, isEgress: false) else { return .blocked }
        }
        return receive(at: interface)
    }

    /// An interface that is attached to nothing, or whose instance does not run; nil where it works.
    private mutating func idle(_ interface: NetworkInterface) -> Outcome? {
        if !interface.isAttached {
            return block(
                Component(.networkInterface, interface.id), .badState,
                "\(interface.id) is attached to nothing (Status available)")
        }
        guard let instance = interface.instanceID.flatMap({ network.instances[$0] }), instance.state != "running" else {
            return nil
        }
        return block(Component(.instance, instance.id), .badState, "\(instance.id) is \(instance.state), not running")
    }

    /// What is outside a VPC is recognised by its blocks.
    private mutating func checkKnown(_ interface: NetworkInterface) {
        guard network.vpcs[interface.vpcID] == nil else { return }
        doubtWay(
            Component(.vpc, interface.vpcID), .notInSnapshot,
            "the blocks of \(interface.vpcID) are not known: \(cluster.inventory.lack(of: .vpcs))")
    }
}
