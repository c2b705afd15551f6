import Cluster
import IPAddresses
import VPC

extension SnapshotBuilder {
    mutating func addBalancer(_ cursor: Cursor) throws(SnapshotError) {
        let arn = try cursor.string("LoadBalancerArn")
        let name = try cursor.string("LoadBalancerName")
        try refer(name, to: "Vpcs", cursor["VpcId"])
        var subnets: [String] = []
        for zone in try cursor.elements("AvailabilityZones") {
            try refer(name, to: "Subnets", zone["SubnetId"])
            if let subnet = try zone.optionalString("SubnetId") { subnets.append(subnet) }
        }
        let kind = try cursor.optionalString("Type").flatMap(LoadBalancer.Kind.init(rawValue:)) ?? .application
        var balancer = LoadBalancer(
            arn: arn, name: name, kind: kind,
            isInternetFacing: try cursor.optionalString("Scheme") == "internet-facing",
            isDualStack: try cursor.optionalString("IpAddressType")?.hasPrefix("dualstack") ?? false,
            dnsName: try cursor.optionalString("DNSName"), vpcID: try cursor.optionalString("VpcId") ?? "",
            subnetIDs: subnets,
            hasIPv6SourceNATPrefix: try cursor.optionalString("EnablePrefixForIpv6SourceNat") == "on",
            groupIDs: try cursor.strings("SecurityGroups")
        )
        balancer.state = try cursor["State"]?.optionalString("Code") ?? "active"
        if try isNew("LoadBalancers", arn, balancer, cursor) { parts.loadBalancers[arn] = balancer }
    }

    mutating func addListener(_ cursor: Cursor) throws(SnapshotError) {
        let balancer = try cursor.required("LoadBalancerArn")
        let port = try cursor["Port"]?.port() ?? 0
        let unnamed = "\(try balancer.string()) port \(port)"
        let arn = try cursor.optionalString("ListenerArn") ?? unnamed
        try refer(arn, to: "LoadBalancers", balancer)
        let listener = LoadBalancer.Listener(
            arn: arn, port: port,
            protocolName: try cursor.optionalString("Protocol") ?? "TCP",
            defaultAction: try action(cursor.elements("DefaultActions"), of: arn)
        )
        if try isNew("Listeners", arn, listener, cursor) { listeners.append((try balancer.string(), listener)) }
    }

    /// What a list of actions comes to: the one that is not authentication.
    private mutating func action(_ actions: [Cursor], of owner: String) throws(SnapshotError) -> LoadBalancer.Action {
        for action in actions {
            let type = try action.optionalString("Type") ?? "forward"
            switch type {
            case "forward": return .forward(try forwards(action, of: owner))
            case "fixed-response":
                return .fixedResponse(status: try action["FixedResponseConfig"]?.optionalString("StatusCode") ?? "?")
            case "redirect":
                let config = action["RedirectConfig"]
                let status = try config?.optionalString("StatusCode") ?? "?"
                let target = [
                    try config?.optionalString("Protocol") ?? "#{protocol}", "://",
                    try config?.optionalString("Host") ?? "#{host}", ":",
                    try config?.optionalString("Port") ?? "#{port}",
                    try config?.optionalString("Path") ?? "/#{path}",
                ].joined()
                return .redirect(status: status.replacing("HTTP_", with: ""), to: target)
            case "authenticate-oidc", "authenticate-cognito", "jwt-validation": continue
            default: return .unknown(type: type)
            }
        }
        return .unknown(type: actions.isEmpty ? "none" : "authenticate")
    }

    private mutating func forwards(
        _ action: Cursor, of owner: String
    ) throws(SnapshotError) -> [LoadBalancer.WeightedGroup] {
        let groups = try action["ForwardConfig"]?.elements("TargetGroups") ?? []
        for place in groups.isEmpty ? [action] : groups {
            try refer(owner, to: "TargetGroups", place["TargetGroupArn"])
        }
        if groups.isEmpty {
            return try action.optionalString("TargetGroupArn").map { [.init(arn: $0, weight: 1)] } ?? []
        }
        var result: [LoadBalancer.WeightedGroup] = []
        for group in groups {
            result.append(.init(arn: try group.string("TargetGroupArn"), weight: try group["Weight"]?.integer() ?? 1))
        }
        return result
    }

    /// A rule of a listener, which its ARN names: `listener-rule/app/NAME/BALANCER/LISTENER/RULE`.
    mutating func addRule(_ cursor: Cursor) throws(SnapshotError) {
        let arn = try cursor.string("RuleArn")
        let parts = arn.replacing(":listener-rule/", with: ":listener/").split(separator: "/")
        guard arn.contains(":listener-rule/"), parts.count > 2 else {
            throw try cursor.required("RuleArn").fault("the ARN of a listener's rule is expected here")
        }
        let listener = parts.dropLast().joined(separator: "/")
        let action = try action(cursor.elements("Actions"), of: arn)
        let priority = try cursor.optionalString("Priority") ?? "default"
        var rule = LoadBalancer.Rule(arn: arn, priority: Int.max, conditions: [], action: action)
        if priority != "default" {
            rule.priority = try cursor.required("Priority").integer()
            for condition in try cursor.elements("Conditions") { rule.conditions.append(try self.condition(condition)) }
        }
        if try isNew("Rules", arn, rule, cursor) { rules[listener, default: []].append(rule) }
    }

    private func condition(_ cursor: Cursor) throws(SnapshotError) -> LoadBalancer.Condition {
        let field = try cursor.optionalString("Field") ?? ""
        func values(_ config: String) throws(SnapshotError) -> [String] {
            let own = try cursor[config]?.strings("Values") ?? []
            if !own.isEmpty { return own }
            return try cursor.strings("Values")
        }
        // Regular expressions are not followed.
        let hasExpressions = try !cursor.strings("RegexValues").isEmpty
        switch field {
        case "host-header" where !hasExpressions:
            if try cursor["HostHeaderConfig"]?.strings("RegexValues").isEmpty ?? true {
                return .host(try values("HostHeaderConfig"))
            }
        case "path-pattern" where !hasExpressions:
            if try cursor["PathPatternConfig"]?.strings("RegexValues").isEmpty ?? true {
                return .path(try values("PathPatternConfig"))
            }
        case "http-request-method": return .method(try values("HttpRequestMethodConfig"))
        case "source-ip":
            if let family = try cursor["SourceIpConfig"]?.optionalString("IpAddressType") {
                return .family(family == "ipv6" ? .ipv6 : .ipv4)
            }
            var blocks: [IPPrefix] = []
            var list = try cursor["SourceIpConfig"]?.elements("Values") ?? []
            if list.isEmpty { list = try cursor.elements("Values") }
            for block in list { blocks.append(try block.parse()) }
            return .source(blocks)
        default: break
        }
        return .other(field: field, values: try cursor.strings("Values"))
    }

    mutating func addTargetGroup(_ cursor: Cursor) throws(SnapshotError) {
        let arn = try cursor.string("TargetGroupArn")
        let group = TargetGroup(
            arn: arn, name: try cursor.optionalString("TargetGroupName") ?? arn,
            protocolName: try cursor.optionalString("Protocol") ?? "TCP",
            targetType: try cursor.optionalString("TargetType") ?? "instance",
            ipFamily: try cursor.optionalString("IpAddressType") == "ipv6" ? .ipv6 : .ipv4,
            balancerARNs: try cursor.strings("LoadBalancerArns"), hasTargetHealth: false
        )
        if try isNew("TargetGroups", arn, group, cursor) { parts.targetGroups[arn] = group }
    }

    /// The health of one group's targets. The call's own output names no group: the collect script adds it.
    mutating func addTargetHealth(_ cursor: Cursor) throws(SnapshotError) {
        guard let group = cursor["TargetGroupArn"] else {
            throw cursor.fault(
                "“TargetGroupArn” is missing beside TargetHealthDescriptions; add it, as `dataplane collect` does")
        }
        let arn = try group.string()
        try refer("target health", to: "TargetGroups", group)
        groupsWithHealth.insert(arn)
        for description in try cursor.elements("TargetHealthDescriptions") {
            let target = try description.required("Target")
            let entry = TargetGroup.Target(
                id: try target.string("Id"), port: try target["Port"]?.port() ?? 0,
                state: try description["TargetHealth"]?.optionalString("State") ?? "unknown",
                availabilityZone: try target.optionalString("AvailabilityZone"))
            if try isNew("target", "\(arn) \(entry.id) \(entry.port)", entry, description) {
                targets.append((arn, entry))
            }
        }
    }

    /// Attributes of one balancer or group, which the output does not name: the collect script adds its ARN.
    mutating func addAttributes(_ member: Cursor, in cursor: Cursor) throws(SnapshotError) -> Bool {
        var values: [String: String] = [:]
        for attribute in try member.elements() {
            guard let key = try attribute.optionalString("Key") else { return false }
            values[key] = try attribute.optionalString("Value") ?? ""
        }
        if let arn = try cursor.optionalString("LoadBalancerArn") {
            count(Inventory.Kind.loadBalancerAttributes.rawValue, 1)
            if try isNew("attributes of", arn, values, cursor) { attributes[arn] = values }
        } else if let arn = try cursor.optionalString("TargetGroupArn") {
            count(Inventory.Kind.targetGroupAttributes.rawValue, 1)
            if try isNew("attributes of", arn, values, cursor) { attributes[arn] = values }
        } else {
            throw cursor.fault(
                "“LoadBalancerArn” or “TargetGroupArn” is missing beside Attributes; add it, as `dataplane collect` does"
            )
        }
        return true
    }

    /// The balancer or listener whose list this is, where the collect script has said so: it may be empty.
    mutating func noteOwner(of key: String, _ cursor: Cursor) throws(SnapshotError) {
        if key == "Rules", let arn = try cursor.optionalString("ListenerArn") { _ = rules[arn, default: []] }
    }

    /// Puts listeners, rules, targets and attributes where they belong.
    mutating func buildBalancers() {
        for (arn, listener) in listeners {
            var listener = listener
            if let own = rules[listener.arn] {
                listener.rules = own.filter { $0.priority != Int.max }.sorted { $0.priority < $1.priority }
                if let last = own.first(where: { $0.priority == Int.max }) { listener.defaultAction = last.action }
            }
            parts.loadBalancers[arn]?.listeners.append(listener)
        }
        for arn in groupsWithHealth { parts.targetGroups[arn]?.hasTargetHealth = true }
        for (arn, target) in targets { parts.targetGroups[arn]?.targets.append(target) }
        for (arn, values) in attributes {
            parts.loadBalancers[arn]?.attributes = values
            parts.targetGroups[arn]?.attributes = values
        }
    }
}
