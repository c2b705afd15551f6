import IPAddresses
import VPC

extension Validator {
    /// Rules that earlier ones cover entirely.
    mutating func checkShadowedRules() {
        for acl in ordered(network.acls) {
            for (list, direction) in [(acl.ingress, "ingress"), (acl.egress, "egress")] {
                for entry in list.shadowed {
                    let others = list.entries.filter {
                        $0.number < entry.number && !$0.flows.intersection(entry.flows).isEmpty
                    }
                    let names = others.map { "\($0.number)" }.joined(separator: ", ")
                    add(
                        .naclRuleShadowed, .advice, Component(.networkACL, acl.id),
                        "\(acl.id) \(direction): rule \(entry.label) is never reached: rules \(names) decide all of its packets",
                        fix: "remove it, or give it a number below \(others.first?.number ?? entry.number)")
                }
            }
        }
        for group in ordered(network.groups) {
            for (list, direction) in [(group.ingress, "ingress"), (group.egress, "egress")] {
                for rule in list.shadowed {
                    // A list's entries come and go: which of them another rule covers today is not a fault.
                    if case .prefixList = rule.peer { continue }
                    add(
                        .naclRuleShadowed, .advice, Component(.securityGroup, group.id),
                        "\(group.id) \(direction): the rule “\(rule.label)” allows nothing that the group's other rules do not",
                        fix: "remove it")
                }
            }
        }
    }
}
