import IPAddresses

extension LoadBalancer {
    /// What takes packets to a port.
    public struct Listener: Hashable, Sendable {
        public var arn: String
        public var port: UInt16

        /// `HTTP`, `HTTPS`, `TCP`, `TLS`, `UDP`, `TCP_UDP`, …
        public var protocolName: String

        /// What becomes of requests that no rule takes.
        public var defaultAction: Action

        /// The rules in the order of their priority, without the default one; nil where they were not collected.
        public var rules: [Rule]?

        public init(arn: String, port: UInt16, protocolName: String, defaultAction: Action, rules: [Rule]? = nil) {
            self.arn = arn
            self.port = port
            self.protocolName = protocolName
            self.defaultAction = defaultAction
            self.rules = rules
        }

        /// Whether packets of the protocol are for it.
        public func accepts(_ ipProtocol: IPProtocol?) -> Bool {
            switch ipProtocol {
            case .tcp: protocolName != "UDP" && protocolName != "QUIC"
            case .udp: ["UDP", "TCP_UDP", "QUIC", "TCP_QUIC"].contains(protocolName)
            default: false
            }
        }

        /// All that requests may come to, the default last.
        public var actions: [Action] { (rules ?? []).map(\.action) + [defaultAction] }
    }

    /// What a listener does with a request in the end. Authentication before it is the client's to pass.
    public enum Action: Hashable, Sendable {
        /// To one of the groups, by weight; 0 for none.
        case forward([WeightedGroup])

        /// The balancer answers, with the status.
        case fixedResponse(status: String)

        /// The balancer sends the client elsewhere, with the status.
        case redirect(status: String, to: String)

        /// An action of a type that is not known.
        case unknown(type: String)

        /// The groups that get some of the requests.
        public var groups: [WeightedGroup] {
            if case .forward(let groups) = self { groups.filter { $0.weight > 0 } } else { [] }
        }
    }

    /// A target group and its share of the requests.
    public struct WeightedGroup: Hashable, Sendable {
        public var arn: String
        public var weight: Int

        public init(arn: String, weight: Int) {
            self.arn = arn
            self.weight = weight
        }
    }

    /// One rule of a listener.
    ///
    /// Source: Elastic Load Balancing API Reference, CreateRule and RuleCondition; User Guide for Application Load Balancers,
    /// "Listener rules".
    public struct Rule: Hashable, Sendable {
        public var arn: String

        /// The lowest comes first.
        public var priority: Int

        /// All have to hold.
        public var conditions: [Condition]
        public var action: Action

        public init(arn: String, priority: Int, conditions: [Condition], action: Action) {
            self.arn = arn
            self.priority = priority
            self.conditions = conditions
            self.action = action
        }
    }

    /// A condition of a rule: one of its values has to match.
    public enum Condition: Hashable, Sendable {
        /// Names, in which `*` stands for any characters and `?` for one; without regard to case.
        case host([String])

        /// Paths, in which `*` stands for any characters and `?` for one.
        case path([String])

        /// The methods of requests.
        case method([String])

        /// The client's address.
        case source([IPPrefix])

        /// The family of the client's address, of dual-stack Network Load Balancers (`SourceIpConfig.IpAddressType`).
        case family(IPFamily)

        /// A field that traces do not follow: `http-header`, `query-string`, regular expressions.
        case other(field: String, values: [String])
    }
}
