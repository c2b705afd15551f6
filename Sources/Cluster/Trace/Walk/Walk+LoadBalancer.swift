import IPAddresses
import VPC

extension Walk {
    /// Into a load balancer: a listener takes the packets, one of its rules sends them to a target, which gets a new connection in
    /// its own family.
    ///
    /// Source: User Guides for Application and for Network Load Balancers, "Listeners", "Target groups".
    mutating func passBalancer(_ balancer: LoadBalancer, _ interface: NetworkInterface) -> Outcome {
        let component = Component(.loadBalancer, "load-balancer/\(balancer.name)")
        if let outcome = answerClient(of: balancer, in: interface.vpcID) { return outcome }
        // The answer to what the balancer itself has sent, such as a health check.
        if leg == .reply { return arrive(.interface(interface.id), component, "arrives") }
        if balancer.state == "failed" {
            return block(component, .badState, "\(component.id) is failed, not active")
        }
        if balancer.state == "provisioning" {
            doubt(component, .notInSnapshot, "\(component.id) is provisioning; collect it again when it is active")
        }
        if balancer.listeners.isEmpty {
            let reason =
                cluster.inventory.isComplete(.listeners)
                ? "collect \(Inventory.Kind.listeners.command)" : cluster.inventory.lack(of: .listeners)
            return stop(component, .notInSnapshot, "no listener of \(component.id) is in the snapshot: \(reason)")
        }
        guard let listener = listener(of: balancer, for: flow) else {
            let arriving = flow
            let outcome = block(component, .elbListenersMismatch, missingListener(balancer, arriving))
            explainUDP(balancer, arriving)
            return outcome
        }
        if !allowsUDP(balancer, flow) {
            let arriving = flow
            explainUDP(balancer, arriving)
            var hop = Hop(component: component, inbound: flow, text: "UDP on a dual-stack Network Load Balancer")
            hop.isBlocking = true
            hops.append(hop)
            return .blocked
        }
        return act(listener, balancer, interface)
    }

    /// A reply whose client address was kept is taken back by the balancer at the target's interface.
    mutating func returnToBalancer(_ interface: NetworkInterface) -> Outcome {
        guard passGroups(of: interface, isEgress: true) else { return .blocked }
        for balancer in network.loadBalancers.values {
            if let outcome = answerClient(of: balancer, in: interface.vpcID) { return outcome }
        }
        return block(Component(.networkInterface, interface.id), .unsupported, "no load balancer takes this reply")
    }

    /// Sends a target's reply on, from the address that the client knows; nil where the balancer has no such connection.
    private mutating func answerClient(of balancer: LoadBalancer, in vpcID: String) -> Outcome? {
        let component = Component(.loadBalancer, "load-balancer/\(balancer.name)")
        guard let (_, answer) = connection(at: component.id),
            let front = network.interface(with: answer.source, in: vpcID)
        else { return nil }
        let before = flow
        flow = answer
        passTranslated(component, .loadBalancer, from: before, "the reply goes back on the client's connection")
        return send(from: front)
    }

    /// Where connections whose client address a balancer has kept are remembered.
    static func preservedElement(_ interfaceID: String) -> String { "client-kept/\(interfaceID)" }

    private func listener(of balancer: LoadBalancer, for flow: Flow) -> LoadBalancer.Listener? {
        balancer.listeners.first { listener in
            flow.classes.contains { $0.destinationPorts.contains(listener.port) && listener.accepts($0.ipProtocol) }
        }
    }

    /// UDP needs IPv4 only, or IPv6 source NAT where the rule set knows of it.
    private func allowsUDP(_ balancer: LoadBalancer, _ flow: Flow) -> Bool {
        guard balancer.kind == .network, balancer.isDualStack, flow.classes.contains(where: { $0.ipProtocol == .udp })
        else { return true }
        return allows(.udpOnDualStackNLB) && balancer.hasIPv6SourceNATPrefix
    }

    /// Says that no listener takes the packets, where none does.
    mutating func explainMissingListener(_ balancer: LoadBalancer, _ flow: Flow) {
        if balancer.listeners.isEmpty { return }
        if listener(of: balancer, for: flow) == nil {
            explain(
                Component(.loadBalancer, "load-balancer/\(balancer.name)"), .elbListenersMismatch,
                missingListener(balancer, flow))
        }
        explainUDP(balancer, flow)
    }

    private func missingListener(_ balancer: LoadBalancer, _ flow: Flow) -> String {
        let known = balancer.listeners.map { "\($0.protocolName) \($0.port)" }.sorted().joined(separator: ", ")
        let wanted = flow.classes.map(\.label).joined(separator: ", ")
        return "load-balancer/\(balancer.name) has no listener for \(wanted), only \(known.isEmpty ? "none" : known)"
    }

    private mutating func explainUDP(_ balancer: LoadBalancer, _ flow: Flow) {
        guard !allowsUDP(balancer, flow) else { return }
        let fix =
            allows(.udpOnDualStackNLB)
            ? "enable prefixes for IPv6 source NAT (EnablePrefixForIpv6SourceNat)"
            : "use an IPv4 cluster, as the document advises"
        explain(
            Component(.loadBalancer, "load-balancer/\(balancer.name)"), .loadBalancerUDP,
            "UDP cannot be on the dual-stack Network Load Balancer \(balancer.name) (rule set \(ruleSet.name)); \(fix)"
        )
    }
}
