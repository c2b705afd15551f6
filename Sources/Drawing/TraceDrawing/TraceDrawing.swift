import Cluster
import IPAddresses
import VPC

/// A trace as a picture: a lane each for pods, nodes, subnets, gateways and what is outside; time runs downwards. Each box is
/// an element with what it decided; the header stands where it changes; a hop that ends the packet is red and has a cross.
public struct TraceDrawing {
    /// Targets beyond this number are counted and not drawn.
    public static let maximumBranches = 6

    private let trace: Trace
    private let title: String

    /// Draws a trace; `title` says what was traced.
    public init(_ trace: Trace, title: String) {
        self.trace = trace
        self.title = title
    }

    /// The SVG document. It opens in any browser, needs no scripts, and has a text alternative.
    public func svg() -> String {
        let width = Lane.allCases.count * Lane.width + 2 * Lane.margin
        var page = TracePage(
            document: SVGDocument(
                title: "\(title): \(trace.verdict.rawValue)", alternative: text, style: Palette.style),
            width: width)
        page.heading(title, trace.verdict.rawValue)
        for (index, branch) in trace.branches.prefix(Self.maximumBranches).enumerated() {
            if trace.branches.count > 1 {
                page.subheading(
                    "target \(index + 1) of \(trace.branches.count), share \(percent(branch.share)): \(branch.verdict.rawValue)"
                        + (branch.condition.map { ", by \($0)" } ?? "")
                        + branch.assumptions.map { ", taking \($0)" }.joined())
            }
            for (name, hops, leg) in [
                ("forward", branch.forward, Explanation.Leg.forward), ("reply", branch.reply, .reply),
            ] {
                let partial = branch.explanations.filter { $0.leg == leg }.map(\.component)
                page.leg(name, hops, partial: Set(partial))
            }
        }
        let left = trace.branches.count - Self.maximumBranches
        if left > 0 { page.subheading("and \(left) more targets, which are not drawn") }
        page.explanations(trace)
        return page.document.rendered(width: width, height: page.y + Lane.margin)
    }

    /// What the picture says, as text.
    public var text: String {
        var lines = ["\(title): \(trace.verdict.rawValue)."]
        for (index, branch) in trace.branches.enumerated() {
            if trace.branches.count > 1 {
                lines.append("Target \(index + 1) of \(trace.branches.count), share \(percent(branch.share)).")
            }
            for (name, hops) in [("Forward", branch.forward), ("Reply", branch.reply)] where !hops.isEmpty {
                lines.append("\(name):")
                for (number, hop) in hops.enumerated() {
                    let header = (number == 0 ? hop.inbound : hop.translation?.after).map { " [\($0.header)]" } ?? ""
                    let mark = hop.isBlocking ? " ends here:" : hop.isUnknown ? " not known from here on:" : ""
                    lines.append("\(number + 1). \(hop.component.id):\(mark) \(hop.text)\(header)")
                }
            }
        }
        for explanation in trace.branches.flatMap(\.explanations) {
            lines.append("\(explanation.code.rawValue): \(explanation.text)")
        }
        for one in trace.unchecked { lines.append("unchecked: \(one.kind) \(one.name): \(one.reason)") }
        return lines.joined(separator: "\n")
    }

    private func percent(_ share: Double) -> String { "\(Int((share * 1000).rounded()) / 10) %" }
}

/// A column of the picture.
enum Lane: Int, CaseIterable {
    case pod, node, subnet, gateway, outside

    static let width = 262
    static let margin = 16

    /// Where an element is drawn.
    init(_ kind: Component.Kind) {
        switch kind {
        case .pod, .networkPolicy: self = .pod
        case .node, .instance, .service: self = .node
        case .subnet, .networkInterface, .securityGroup, .networkACL, .routeTable: self = .subnet
        case .natGateway, .internetGateway, .egressOnlyInternetGateway, .vpnGateway, .peeringConnection, .vpcEndpoint,
            .loadBalancer, .listener, .vpc, .targetGroup, .ingress, .cluster, .daemonSet:
            self = .gateway
        case .internet, .onPremises, .metadataService, .resolver, .apiServer, .other: self = .outside
        }
    }

    var title: String {
        switch self {
        case .pod: "pod"
        case .node: "node or instance"
        case .subnet: "subnet"
        case .gateway: "gateway"
        case .outside: "outside"
        }
    }

    var x: Int { Self.margin + rawValue * Self.width }
}

extension Flow {
    /// `10.0.16.10:1024-65535 → 93.184.216.34:443 tcp`; RFC 5952 6: an IPv6 address before a port stands in brackets.
    public var header: String {
        guard classes.count == 1, let traffic = classes.first else { return "\(source) → \(destination) any protocol" }
        guard let ipProtocol = traffic.ipProtocol else { return "\(source) → \(destination) other protocols" }
        guard ipProtocol.hasPorts else {
            return "\(source) → \(destination) \(ipProtocol)" + (traffic.icmpType.map { " type \($0)" } ?? "")
        }
        func end(_ address: IPAddress, _ ports: PortSet) -> String {
            (address.family == .ipv6 ? "[\(address)]" : "\(address)") + ":\(ports)"
        }
        return
            "\(end(source, traffic.sourcePorts)) → \(end(destination, traffic.destinationPorts)) \(ipProtocol)"
    }
}
