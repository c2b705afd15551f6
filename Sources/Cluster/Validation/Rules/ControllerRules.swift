import IPAddresses
import VPC

extension Validator {
    /// What the load balancer controller has to be told to make a dual-stack load balancer with pods as targets: S31.
    mutating func checkControllerAnnotations() {
        guard isIPv6Cluster else { return }
        for ingress in ordered(cluster.ingresses) where isOfController(ingress) {
            // What the class says for its Ingresses comes before their own annotations (AWS Load Balancer Controller, "IngressClass").
            let parameters = ingress.controllerClass?.parameters
            var annotations = ingress.annotations
            let prefix = "alb.ingress.kubernetes.io/"
            if let value = parameters?["ipAddressType"] { annotations[prefix + "ip-address-type"] = value }
            if let value = parameters?["targetType"] { annotations[prefix + "target-type"] = value }
            // Parameters that are named and not in the snapshot may say anything.
            if ingress.controllerClass?.parametersName != nil, parameters == nil { continue }
            check(annotations, Component(.ingress, "ingress/\(ingress.id)"), prefix: prefix, targetKey: "target-type")
        }
        for service in ordered(cluster.services) where service.kind == .loadBalancer {
            let prefix = "service.beta.kubernetes.io/aws-load-balancer-"
            let type = service.annotations[prefix + "type"]
            // A class of its own is another controller's: the in-tree one takes services without a class.
            if let own = service.loadBalancerClass, own != "service.k8s.aws/nlb" { continue }
            let isOfController =
                type == "external" || type == "nlb-ip" || service.loadBalancerClass == "service.k8s.aws/nlb"
            if !isOfController {
                add(
                    .loadBalancerInTreeController, .error, Self.component(service),
                    "service/\(service.id) is of type LoadBalancer with \(prefix)type \(type.map { "“\($0)”" } ?? "missing"): the in-tree "
                        + "controller takes it, which does no IPv6",
                    fix: "install the AWS Load Balancer Controller, and set \(prefix)type: external")
                continue
            }
            check(service.annotations, Self.component(service), prefix: prefix, targetKey: "nlb-target-type")
        }
    }

    /// Whether the AWS Load Balancer Controller takes an Ingress: by its class's controller, whatever the class is called.
    private func isOfController(_ ingress: Ingress) -> Bool {
        if let own = ingress.controllerClass { return own.controller == "ingress.k8s.aws/alb" }
        return ingress.className == nil || ingress.className == "alb"
    }

    private mutating func check(
        _ annotations: [String: String], _ component: Component, prefix: String, targetKey: String
    ) {
        let key = prefix + "ip-address-type"
        let value = annotations[key]
        if value != "dualstack", value != "dualstack-without-public-ipv4" {
            // The document's own spelling, and others that mean the same only to people.
            let misspelt = annotations.keys.sorted().first {
                $0.hasPrefix(prefix) && $0 != key && $0.filter(\.isLetter).hasSuffix("ipaddresstype")
            }
            let state =
                misspelt.map { "“\($0)” is not “\(key)”, and has no effect" }
                ?? (value.map { "\(key) is “\($0)”" } ?? "\(key) is missing")
            add(
                .ingressNotDualStack, .error, component,
                "\(component.id): \(state): the controller makes an IPv4 load balancer, which has no IPv6 targets",
                fix: "set \(key): dualstack")
        }
        let target = annotations[prefix + targetKey]
        let isIP = target == "ip" || annotations[prefix + "type"] == "nlb-ip"
        if !isIP {
            add(
                .ingressTargetInstance, .error, component,
                "\(component.id): \(prefix)\(targetKey) is \(target.map { "“\($0)”" } ?? "missing, which means “instance”"): IPv6 target groups "
                    + "hold addresses, not instances",
                fix: "set \(prefix)\(targetKey): ip")
        }
    }
}
