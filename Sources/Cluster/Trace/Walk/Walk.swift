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

    /// Whether some of the packets have been dropped on the way.
    var isPartial = false
    private var routesTaken = 0

    var network: Network { cluster.network }

    init(cluster: Cluster, ruleSet: RuleSet, flow: Flow, choices: Choices, state: NetworkState) {
        self.cluster = cluster
        self.ruleSet = ruleSet
        self.flow = flow
        self.choices = choices
        self.state = state
    }

    /// How a leg of the walk ends.
    enum Outcome {
        case arrived(Place)
        case blocked
        case rejected
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

// MARK: - Choices

/// The targets that a walk takes where it has several: a script of what to take first, and a record of what was taken.
struct Choices {
    /// What earlier walks have settled.
    let script: [Int]
    private(set) var taken: [(index: Int, count: Int)] = []
    private(set) var share = 1.0

    init(script: [Int] = []) { self.script = script }

    /// Picks one of several weights: the script's, then the first.
    mutating func choose(_ weights: [Double]) -> Int {
        let index = taken.count < script.count ? script[taken.count] : 0
        taken.append((index, weights.count))
        share *= weights[index] / weights.reduce(0, +)
        return index
    }

    /// The script of the next walk, in the order of the targets; nil behind the last one.
    var next: [Int]? {
        var rest = taken
        while let last = rest.popLast() {
            if last.index + 1 < last.count { return rest.map(\.index) + [last.index + 1] }
        }
        return nil
    }
}
