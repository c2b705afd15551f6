import IPAddresses
import VPC

extension Walk {
    /// What a listener does with the packets: the action of one of the rules that some request comes to.
    ///
    /// Source: Elastic Load Balancing API Reference, CreateRule; User Guide for Application Load Balancers, "Listener rules".
    mutating func act(
        _ listener: LoadBalancer.Listener, _ balancer: LoadBalancer, _ interface: NetworkInterface
    ) -> Outcome {
        let component = Component(.loadBalancer, "load-balancer/\(balancer.name)")
        checkRules(listener, balancer, component)
        let options = reachable(listener)
        var option = options[0]
        if options.count > 1 {
            if balancer.kind == .application {
                option = options[choices.choose(options.map { _ in 1 })]
                conditions.append(option.name)
            } else {
                // What rules of Network Load Balancers ask for is not modelled.
                option =
                    options[
                        choices.assume(
                            Fact(
                                component: component,
                                question: "which rule of its listener on port \(listener.port) is taken",
                                options: options.map(\.name), remedy: "rules of Network Load Balancers are not modelled"
                            ))]
            }
        }
        let place = "the listener on port \(listener.port)" + (options.count > 1 ? ", \(option.name)," : "")
        switch option.action {
        case .forward: return forward(from: balancer, listener, option, interface)
        case .fixedResponse(let status):
            return arrive(
                .interface(interface.id), component, "\(place) answers \(status) by itself: no target is reached")
        case .redirect(let status, let target):
            return arrive(
                .interface(interface.id), component,
                "\(place) answers \(status), a redirect to \(target): no target is reached")
        case .unknown(let type):
            return stop(component, .unsupported, "\(place) has an action of the type “\(type)”, which is not modelled")
        }
    }

    /// An action that some request comes to, and the rule's name for people.
    struct Option {
        var name: String
        var action: LoadBalancer.Action
    }

    /// The rules that the request may come to, up to the first that takes all that is left.
    private func reachable(_ listener: LoadBalancer.Listener) -> [Option] {
        var result: [Option] = []
        for rule in listener.rules ?? [] {
            let holds = rule.conditions.map { self.holds($0) }
            if holds.contains(false) { continue }
            let text = rule.conditions.map(\.text).joined(separator: " and ")
            result.append(Option(name: "rule \(rule.priority) (\(text.isEmpty ? "all" : text))", action: rule.action))
            if !holds.contains(nil) { return result }
        }
        return result + [Option(name: "the default rule", action: listener.defaultAction)]
    }

    /// Whether a condition holds for the request; nil where that is up to the client.
    private func holds(_ condition: LoadBalancer.Condition) -> Bool? {
        switch condition {
        case .host(let patterns):
            http?.host.map { host in patterns.contains { HTTPRequest.matches(host.lowercased(), $0.lowercased()) } }
        case .path(let patterns): http?.path.map { path in patterns.contains { HTTPRequest.matches(path, $0) } }
        case .source(let blocks): blocks.contains { $0.contains(flow.source) }
        case .family(let family): flow.source.family == family
        case .method, .other: nil
        }
    }

    /// Doubts where rules are missing: a target group that belongs to the balancer, and that no known rule leads to, shows it.
    private mutating func checkRules(
        _ listener: LoadBalancer.Listener, _ balancer: LoadBalancer, _ component: Component
    ) {
        guard balancer.kind == .application else { return }
        let actions = balancer.listeners.flatMap(\.actions)
        let used = Set(
            actions.flatMap { action -> [String] in
                if case .forward(let groups) = action { groups.map(\.arn) } else { [] }
            })
        let unused = network.targetGroups.values.filter {
            $0.balancerARNs.contains(balancer.arn) && !used.contains($0.arn)
        }.map(\.name).sorted()
        let isKnown = listener.rules != nil && balancer.listeners.contains { $0.rules == nil }
        if !unused.isEmpty, !isKnown {
            doubtWay(
                component, .notInSnapshot,
                "the target group\(unused.count == 1 ? "" : "s") \(unused.joined(separator: ", ")) of \(component.id) must have a rule, and none that "
                    + "is known leads there; collect \(Inventory.Kind.listenerRules.command)")
        } else if listener.rules == nil {
            unchecked.insert(
                Unchecked(
                    kind: "Rules", name: "\(component.id) port \(listener.port)",
                    reason: "the listener's rules are not in the snapshot: the default action was taken; collect "
                        + Inventory.Kind.listenerRules.command))
        }
    }
}

extension LoadBalancer.Condition {
    /// `host example.com`, `path /a/*, /b/*`.
    public var text: String {
        switch self {
        case .host(let values): "host \(values.joined(separator: ", "))"
        case .path(let values): "path \(values.joined(separator: ", "))"
        case .method(let values): "method \(values.joined(separator: ", "))"
        case .source(let blocks): "source \(blocks.map(\.description).joined(separator: ", "))"
        case .family(let family): "source \(family)"
        case .other(let field, let values): "\(field) \(values.joined(separator: ", "))"
        }
    }
}
