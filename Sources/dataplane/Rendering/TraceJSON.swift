import Cluster
import IPAddresses
import VPC

/// A trace with the names of Reachability Analyzer's analysis, and ours in addition.
enum TraceJSON {
    /// `snapshotNotes`: what the loader has passed over, on which the outcome may rest.
    static func render(_ trace: Trace, snapshotNotes: [String] = []) -> JSON {
        let first = trace.branches.first
        let explanations = trace.branches.flatMap(\.explanations).reduce(into: [Explanation]()) { all, next in
            if !all.contains(next) { all.append(next) }
        }
        return .object([
            ("NetworkPathFound", trace.verdict == .unknown ? .null : .bool(trace.isPathFound)),
            ("Verdict", .string(trace.verdict.rawValue)),
            ("RuleSet", .string(trace.ruleSet.name)),
            ("Source", .string("\(trace.source)")),
            ("Destination", .string("\(trace.destination)")),
            ("ForwardPathComponents", hops(first?.forward ?? [])),
            ("ReturnPathComponents", hops(first?.reply ?? [])),
            ("Explanations", .array(explanations.map(explanation))),
            ("Branches", trace.branches.count > 1 ? .array(trace.branches.map(branch)) : nil),
            ("Unchecked", .array(trace.unchecked.map(unchecked))),
            ("OtherRuleSet", trace.otherRuleSet.map(difference)),
            ("Notes", trace.notes.isEmpty ? nil : .array(trace.notes.map { .string($0) })),
            ("SnapshotNotes", snapshotNotes.isEmpty ? nil : .array(snapshotNotes.map { .string($0) })),
        ])
    }

    static func unchecked(_ one: Unchecked) -> JSON {
        .object([("Kind", .string(one.kind)), ("Name", .string(one.name)), ("Reason", .string(one.reason))])
    }

    private static func difference(_ other: Trace.RuleSetDifference) -> JSON {
        .object([
            ("RuleSet", .string(other.ruleSet.name)), ("Verdict", .string(other.verdict.rawValue)),
            (
                "Rules",
                .array(
                    other.rules.map { rule in
                        .object([
                            ("Rule", .string(rule.rawValue)), ("Statement", .string(rule.statement)),
                            ("Source", .string(rule.source)), ("Since", .string(rule.date)),
                        ])
                    })
            ),
        ])
    }

    private static func branch(_ branch: Trace.Branch) -> JSON {
        .object([
            ("Share", .number(branch.share)), ("Verdict", .string(branch.verdict.rawValue)),
            ("Condition", branch.condition.map { .string($0) }),
            ("Assumptions", branch.assumptions.isEmpty ? nil : .array(branch.assumptions.map { .string($0) })),
            ("ForwardPathComponents", hops(branch.forward)), ("ReturnPathComponents", hops(branch.reply)),
            ("Explanations", .array(branch.explanations.map(explanation))),
        ])
    }

    private static func hops(_ hops: [Hop]) -> JSON { .array(hops.enumerated().map { hop($1, number: $0 + 1) }) }

    private static func hop(_ hop: Hop, number: Int) -> JSON {
        .object([
            ("SequenceNumber", .integer(number)),
            ("Component", component(hop.component)),
            ("InboundHeader", hop.inbound.map(header)),
            ("OutboundHeader", hop.outbound.map(header)),
            ("AclRule", hop.aclRule.map(aclRule)),
            ("SecurityGroupRule", hop.groupRule.map(groupRule)),
            ("NetworkPolicyRule", hop.policyRule.flatMap(policyRule)),
            ("RouteTableRoute", hop.route.map(route)),
            ("Subnet", hop.subnetID.map { component(Component(.subnet, $0)) }),
            ("Vpc", hop.vpcID.map { component(Component(.vpc, $0)) }),
            (
                "Translation",
                hop.translation.map {
                    .object([
                        ("Kind", .string($0.kind.rawValue)), ("Before", header($0.before)), ("After", header($0.after)),
                    ])
                }
            ),
            ("Text", .string(hop.text)),
        ])
    }

    /// The rule's position counts from 0, as in the policy's own list.
    private static func policyRule(_ rule: PolicyRule) -> JSON? {
        guard let position = rule.position else { return nil }
        return .object([
            ("Policy", .string(rule.policyID)), ("Direction", .string(rule.isEgress ? "egress" : "ingress")),
            ("Rule", .integer(position)), ("Peer", .string(rule.peer)),
            ("Protocol", .string(number(rule.match.ipProtocol))), ("PortRange", portRange(rule.match)),
        ])
    }

    private static func component(_ component: Component) -> JSON {
        .object([("Id", .string(component.id)), ("Type", .string(component.type.rawValue))])
    }

    private static func header(_ flow: Flow) -> JSON {
        let protocols = flow.classes.map(\.ipProtocol)
        let isOne = protocols.count == 1
        let hasPorts = protocols.contains { $0?.hasPorts ?? false }
        return .object([
            ("Protocol", .string(isOne ? number(protocols[0]) : "-1")),
            ("SourceAddresses", .array([.string("\(flow.source)")])),
            ("SourcePortRanges", hasPorts ? ranges(union(flow.classes.map(\.sourcePorts))) : nil),
            ("DestinationAddresses", .array([.string("\(flow.destination)")])),
            ("DestinationPortRanges", hasPorts ? ranges(union(flow.classes.map(\.destinationPorts))) : nil),
        ])
    }

    private static func union(_ sets: [PortSet]) -> PortSet { sets.reduce(PortSet()) { $0.union($1) } }

    private static func ranges(_ ports: PortSet) -> JSON { .array(ports.ranges.map(range)) }

    private static func range(_ range: ClosedRange<UInt16>) -> JSON {
        .object([("From", .integer(Int(range.lowerBound))), ("To", .integer(Int(range.upperBound)))])
    }

    /// AWS's spelling: the number, -1 for all.
    private static func number(_ ipProtocol: IPProtocol?) -> String { ipProtocol.map { "\($0.number)" } ?? "-1" }

    private static func aclRule(_ rule: NetworkACL.Entry) -> JSON {
        .object([
            ("Cidr", .string("\(rule.prefix)")), ("Egress", .bool(rule.isEgress)),
            ("Protocol", .string(number(rule.match.ipProtocol))),
            ("RuleAction", .string(rule.allows ? "allow" : "deny")),
            ("RuleNumber", .integer(rule.number)), ("PortRange", portRange(rule.match)),
        ])
    }

    private static func portRange(_ match: RuleMatch) -> JSON? {
        guard match.ipProtocol?.hasPorts ?? false else { return nil }
        return match.ports.ranges.first.map(range)
    }

    private static func groupRule(_ rule: SecurityGroup.Rule) -> JSON {
        var cidr: String?
        var list: String?
        var group: String?
        switch rule.peer {
        case .prefix(let prefix): cidr = "\(prefix)"
        case .prefixList(let id, let prefix):
            list = id
            cidr = "\(prefix)"
        case .unknownPrefixList(let id): list = id
        case .group(let id): group = id
        }
        return .object([
            ("Cidr", cidr.map { .string($0) }), ("Direction", .string(rule.isEgress ? "egress" : "ingress")),
            ("PortRange", portRange(rule.match)), ("PrefixListId", list.map { .string($0) }),
            ("Protocol", .string(number(rule.match.ipProtocol))), ("SecurityGroupId", .string(group ?? rule.groupID)),
            ("GroupId", .string(rule.groupID)),
        ])
    }

    private static func route(_ match: RouteTable.Match) -> JSON {
        var list: JSON?
        if case .prefixList(let id) = match.route.destination { list = .string(id) }
        return .object([
            ("DestinationCidr", .string("\(match.prefix)")), ("DestinationPrefixListId", list),
            (match.route.target.field, .string(match.route.target.id)),
            ("Origin", .string(match.route.origin.rawValue)),
            ("State", .string(match.route.state.rawValue)),
        ])
    }

    private static func explanation(_ explanation: Explanation) -> JSON {
        .object([
            ("ExplanationCode", .string(explanation.code.rawValue)), ("Component", component(explanation.component)),
            ("Direction", .string(explanation.leg.rawValue)), ("Text", .string(explanation.text)),
        ])
    }
}
