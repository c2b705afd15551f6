import IPAddresses

/// Which packets a rule of an ACL or a group is for, addresses aside.
public struct RuleMatch: Hashable, Sendable {
    /// The protocol; nil for all.
    public var ipProtocol: IPProtocol?

    /// The destination ports, for TCP, UDP and SCTP.
    public var ports: PortSet

    /// The ICMP type; nil for all.
    public var icmpType: UInt8?

    /// The ICMP code of a rule that names a type; nil for all.
    public var icmpCode: UInt8?

    public init(ipProtocol: IPProtocol?, ports: PortSet = .all, icmpType: UInt8? = nil, icmpCode: UInt8? = nil) {
        self.ipProtocol = ipProtocol
        self.ports = ports
        self.icmpType = icmpType
        self.icmpCode = icmpCode
    }

    /// The destination ports for which the rule takes packets of the class; nil where it takes none.
    package func ports(of traffic: TrafficClass) -> PortSet? {
        guard let ipProtocol else { return .all }
        guard ipProtocol == traffic.ipProtocol else { return nil }
        if ipProtocol.isICMP {
            guard let icmpType else { return .all }
            return icmpType == traffic.icmpType && (icmpCode == nil || icmpCode == traffic.icmpCode) ? .all : nil
        }
        return ipProtocol.hasPorts ? ports : .all
    }
}

/// What an ordered list of rules does with packets, and which rule did it.
public struct Decision<Rule: Sendable>: Sendable {
    /// Some packets and the rule that decided on them; nil where none did.
    public struct Part: Sendable {
        public var traffic: TrafficClass
        public var rule: Rule?
    }

    public var allowed: [Part] = []
    public var denied: [Part] = []

    public init() {}

    /// The packets that pass, with the ports that several rules let pass put together.
    public var allowedTraffic: [TrafficClass] { Self.joined(allowed) }

    public var deniedTraffic: [TrafficClass] { Self.joined(denied) }

    private static func joined(_ parts: [Part]) -> [TrafficClass] {
        var result: [TrafficClass] = []
        for part in parts {
            // Rules split only destination ports, so that all else tells one class from another.
            if let index = result.firstIndex(where: {
                $0.ipProtocol == part.traffic.ipProtocol && $0.icmpType == part.traffic.icmpType
                    && $0.icmpCode == part.traffic.icmpCode && $0.sourcePorts == part.traffic.sourcePorts
            }) {
                result[index].destinationPorts = result[index].destinationPorts.union(part.traffic.destinationPorts)
            } else {
                result.append(part.traffic)
            }
        }
        return result
    }
}

extension TrafficClass {
    /// Hands out the class to rules in order: each takes the destination ports that are left and that it matches.
    package func decide<Rule>(
        _ rules: some Sequence<Rule>, match: (Rule) -> RuleMatch, allows: (Rule) -> Bool,
        into decision: inout Decision<Rule>
    ) {
        var rest = destinationPorts
        for rule in rules {
            guard let ports = match(rule).ports(of: self) else { continue }
            let taken = rest.intersection(ports)
            if taken.isEmpty { continue }
            var part = self
            part.destinationPorts = taken
            if allows(rule) {
                decision.allowed.append(.init(traffic: part, rule: rule))
            } else {
                decision.denied.append(.init(traffic: part, rule: rule))
            }
            rest = rest.subtracting(taken)
            if rest.isEmpty { return }
        }
        var part = self
        part.destinationPorts = rest
        decision.denied.append(.init(traffic: part, rule: nil))
    }
}
