import IPAddresses
import VPC

/// One packet's walk from element to element, there and back: each method is an element, and returns how the walk ends.
///
///     leave → node → interface → subnet → route → gateway → … → interface → node → arrive
///
/// Replies walk by the same methods; elements with state find the connection that the forward leg left behind.
struct Walk {
    let cluster: Cluster
    let ruleSet: RuleSet
    var flow: Flow
    var leg = Explanation.Leg.forward
    var hops: [Hop] = []
    var explanations: [Explanation] = []
    var connections: [Connection] = []
    var choices: Choices

    /// What the elements remember, of this walk and of others.
    let state: NetworkState

    /// What all walks of one trace share.
    let memory: TraceMemory

    /// Whether some of the packets have been dropped on the way.
    var isPartial = false

    /// What could drop packets that this walk lets through: facts that are missing, or things that are not modelled.
    var doubts: [Explanation] = []

    /// Whether what is missing could change the outcome either way.
    var mayDiffer = false

    /// The groups of a Network Load Balancer that has just forwarded the packets with the client's address.
    var forwardedBy: Set<String> = []

    /// What was assumed on the way, and what people should know of it.
    var notes: [String] = []

    /// Which requests come this way, by the rules of the listeners that were met.
    var conditions: [String] = []

    /// What was met and could decide, and does not make the outcome unknown by itself.
    var unchecked: Set<Unchecked> = []

    /// What the request is for, where listener rules ask.
    var http: HTTPRequest?
    private var routesTaken = 0

    var network: Network { cluster.network }

    init(
        cluster: Cluster, ruleSet: RuleSet, flow: Flow, choices: Choices, state: NetworkState,
        memory: TraceMemory
    ) {
        self.cluster = cluster
        self.ruleSet = ruleSet
        self.flow = flow
        self.choices = choices
        self.state = state
        self.memory = memory
    }

    /// How a leg of the walk ends.
    enum Outcome {
        case arrived(Place)
        case blocked
        case rejected
        /// What becomes of the packets is not known.
        case unknown
    }

    /// Where packets start and arrive.
    enum Place: Hashable {
        case pod(String)
        case node(String)
        case interface(String)
        case apiServer(interface: String)
        case internet
        case onPremises(gateway: String)
        case gatewayEndpoint(String)
        /// A service of the host's own link, such as the metadata service, and the interface of that host.
        case linkLocal(Component, interface: String)
    }
}

// MARK: - Hops

extension Walk {
    /// Adds a hop that packets pass as they are.
    mutating func pass(_ component: Component, _ text: String, _ fill: (inout Hop) -> Void = { _ in }) {
        var hop = Hop(component: component, inbound: flow, outbound: flow, text: text)
        fill(&hop)
        hops.append(hop)
    }

    /// Adds a hop that has changed the packets from `before`.
    mutating func passTranslated(
        _ component: Component, _ kind: Hop.Translation.Kind, from before: Flow, _ text: String
    ) {
        var hop = Hop(component: component, inbound: before, outbound: flow, text: text)
        hop.translation = .init(kind: kind, before: before, after: flow)
        hops.append(hop)
    }

    /// Adds a hop where packets end, and says why.
    mutating func block(
        _ component: Component, _ code: Explanation.Code, _ text: String, rejects: Bool = false,
        _ fill: (inout Hop) -> Void = { _ in }
    ) -> Outcome {
        var hop = Hop(component: component, inbound: flow, text: text)
        hop.isBlocking = true
        fill(&hop)
        hops.append(hop)
        explain(component, code, text)
        return rejects ? .rejected : .blocked
    }

    /// Ends the walk where nobody knows how it goes on.
    mutating func stop(
        _ component: Component, _ code: Explanation.Code, _ text: String, _ fill: (inout Hop) -> Void = { _ in }
    ) -> Outcome {
        var hop = Hop(component: component, inbound: flow, text: text)
        hop.isUnknown = true
        fill(&hop)
        hops.append(hop)
        doubts.append(Explanation(code: code, component: component, leg: leg, text: text))
        return .unknown
    }

    /// Goes on as if packets were let through, and remembers that they may not be.
    mutating func doubt(_ component: Component, _ code: Explanation.Code, _ text: String) {
        let doubt = Explanation(code: code, component: component, leg: leg, text: text)
        if !doubts.contains(doubt) { doubts.append(doubt) }
    }

    /// Goes on where a fact that is missing could change the way, and not only end it.
    mutating func doubtWay(_ component: Component, _ code: Explanation.Code, _ text: String) {
        doubt(component, code, text)
        mayDiffer = true
    }

    /// Whether the rule set has a rule.
    func allows(_ rule: RuleSet.Rule) -> Bool {
        memory.askedRules.insert(rule)
        return ruleSet.allows(rule)
    }

    mutating func note(_ text: String) { if !notes.contains(text) { notes.append(text) } }

    mutating func explain(_ component: Component, _ code: Explanation.Code, _ text: String) {
        explanations.append(Explanation(code: code, component: component, leg: leg, text: text))
    }

    /// Adds the last hop.
    mutating func arrive(_ place: Place, _ component: Component, _ text: String) -> Outcome {
        hops.append(Hop(component: component, inbound: flow, text: text))
        return .arrived(place)
    }

    /// Whether one more route may be followed; a packet that has met 64 is in a loop.
    mutating func mayRoute() -> Bool {
        routesTaken += 1
        return routesTaken <= 64
    }
}
