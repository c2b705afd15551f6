import IPAddresses

extension RuleMatch {
    /// The packets of a family that the rule is for, from or to a prefix.
    ///
    /// `remote`: where packets come from for rules on what enters (`isEgress` false), else where they go to.
    public func flows(_ remote: IPPrefix, isEgress: Bool) -> FlowSet {
        let family = remote.family
        func box(_ ports: ClosedRange<UInt16>) -> FlowSet.Box {
            FlowSet.Box(
                family, source: isEgress ? nil : remote, destination: isEgress ? remote : nil, ipProtocol: ipProtocol,
                destinationPorts: ports)
        }
        guard let ipProtocol else { return FlowSet(box(0...65535)) }
        if ipProtocol.isICMP {
            return FlowSet(box(FlowSet.icmp(type: icmpType, code: icmpCode)))
        }
        return ipProtocol.hasPorts ? FlowSet(ports.ranges.map(box)) : FlowSet(box(0...65535))
    }
}

extension FlowSet {
    /// Messages of ICMP in the dimension of the destination port: the type times 256 and the code; all where nil.
    public static func icmp(type: UInt8?, code: UInt8? = nil) -> ClosedRange<UInt16> {
        guard let type else { return 0...65535 }
        let first = UInt16(type) << 8
        return code.map { first | UInt16($0)...first | UInt16($0) } ?? first...first | 0xFF
    }
}

/// What a list of rules does with a set of packets: what passes, and which rule decided on which part.
public struct SetDecision<Rule: Sendable>: Sendable {
    public var allowed = FlowSet()
    public var denied = FlowSet()

    /// The part that each rule decided on, in the rules' order; those that decided on nothing are left out. The rule is nil
    /// for what no rule is for.
    public var parts: [(rule: Rule?, allows: Bool, flows: FlowSet)] = []
}

extension NetworkACL.Entry {
    /// The packets that the rule is for.
    public var flows: FlowSet { match.flows(prefix, isEgress: isEgress) }

    /// Whether it is the last rule, printed as "*", which AWS adds by itself: numbers 32767 and 32768.
    public var isDefault: Bool { number > 32766 }
}

extension NetworkACL.RuleList {
    /// What the rules do with the packets: the first that is for a packet decides; none, and it is denied.
    public func decide(_ flows: FlowSet) -> SetDecision<NetworkACL.Entry> {
        var decision = SetDecision<NetworkACL.Entry>()
        var rest = flows
        for entry in entries {
            if rest.isEmpty { break }
            let taken = rest.intersection(entry.flows)
            if taken.isEmpty { continue }
            decision.parts.append((entry, entry.allows, taken))
            if entry.allows { decision.allowed.formUnion(taken) } else { decision.denied.formUnion(taken) }
            rest = rest.subtracting(taken)
        }
        if !rest.isEmpty {
            decision.parts.append((nil, false, rest))
            decision.denied.formUnion(rest)
        }
        return decision
    }

    /// The rules that decide no packet, since the ones before them are for all of theirs; the last rule, "*", aside.
    public var shadowed: [NetworkACL.Entry] {
        var result: [NetworkACL.Entry] = []
        var earlier = FlowSet()
        for entry in entries {
            let own = entry.flows
            if own.isSubset(of: earlier) {
                if !entry.isDefault { result.append(entry) }
            } else {
                earlier.formUnion(own)
            }
        }
        return result
    }
}

extension SecurityGroup.RuleList {
    /// The part of the packets that some rule allows.
    ///
    /// `members`: the addresses of a group's interfaces, for rules whose peer is a group.
    public func decide(
        _ flows: FlowSet, members: (String) -> [IPPrefix] = { _ in [] }
    ) -> SetDecision<SecurityGroup.Rule> {
        var decision = SetDecision<SecurityGroup.Rule>()
        var rest = flows
        for rule in rules {
            if rest.isEmpty { break }
            let taken = rest.intersection(rule.flows(members: members))
            if taken.isEmpty { continue }
            decision.parts.append((rule, true, taken))
            decision.allowed.formUnion(taken)
            rest = rest.subtracting(taken)
        }
        if !rest.isEmpty { decision.parts.append((nil, false, rest)) }
        decision.denied = rest
        return decision
    }

    /// The rules that allow nothing which the ones before them do not: by prefix, or for the same group.
    public var shadowed: [SecurityGroup.Rule] {
        var result: [SecurityGroup.Rule] = []
        var earlier = FlowSet()
        var ofGroups: [String: [RuleMatch]] = [:]
        for rule in rules {
            if case .group(let id) = rule.peer {
                // Any prefix stands for the group's members: what is covered for one is covered for each.
                let own = rule.match.anywhere
                let others = (ofGroups[id] ?? []).reduce(into: FlowSet()) { $0.formUnion($1.anywhere) }
                if own.isSubset(of: others) {
                    result.append(rule)
                } else {
                    ofGroups[id, default: []].append(rule.match)
                }
                continue
            }
            let own = rule.flows(members: { _ in [] })
            if own.isEmpty { continue }
            if own.isSubset(of: earlier) { result.append(rule) } else { earlier.formUnion(own) }
        }
        return result
    }
}

extension RuleMatch {
    fileprivate var anywhere: FlowSet {
        flows(.v4(.all), isEgress: false).union(flows(.v6(.all), isEgress: false))
    }
}

extension SecurityGroup.Rule {
    /// The packets that the rule allows; `members` gives the addresses of a group's interfaces.
    public func flows(members: (String) -> [IPPrefix]) -> FlowSet {
        switch peer {
        case .prefix(let prefix), .prefixList(_, let prefix): match.flows(prefix, isEgress: isEgress)
        case .unknownPrefixList: FlowSet()
        case .group(let id):
            members(id).reduce(into: FlowSet()) { $0.formUnion(match.flows($1, isEgress: isEgress)) }
        }
    }
}
