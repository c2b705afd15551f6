import Cluster
import IPAddresses
import VPC

/// The map of a cluster and its network: VPCs with their gateways and subnets, nodes with their prefixes, services; findings
/// are marked with their number, and listed below.
public struct ClusterMap {
    /// Boxes beyond these numbers, in one place, are counted and not drawn.
    public static let maximumNodes = 12
    public static let maximumServices = 40

    let cluster: Cluster
    private let findings: [Finding]

    /// The pods that run on each node.
    let podsByNode: [String: [Pod]]

    public init(_ cluster: Cluster, findings: [Finding] = []) {
        self.cluster = cluster
        self.findings = findings
        podsByNode = Dictionary(
            grouping: cluster.pods.values.filter { !$0.isFinished }.sorted { $0.id < $1.id }, by: { $0.nodeName ?? "" })
    }

    private var title: String {
        cluster.configuration.name.map { "cluster \($0)" } ?? "network of \(cluster.network.vpcs.count) VPCs"
    }

    /// The SVG document. It opens in any browser, needs no scripts, and has a text alternative.
    public func svg() -> String {
        let boxes = boxes
        let marks = FindingMarks(findings)
        let width = max(boxes.map(\.width).max() ?? 0, 700) + 32
        var document = SVGDocument(title: title, alternative: text, style: Palette.style)
        var y = 34
        document.text(title, x: 16, y: y, class: "large")
        y += 16
        for box in boxes {
            box.draw(at: 16, y, in: &document, marks: marks)
            y += box.height + 16
        }
        y = marks.list(from: y + 14, width: width, in: &document)
        return document.rendered(width: width, height: y + 16)
    }

    /// What the picture says, as text.
    public var text: String {
        let list = findings.map { "\($0.severity.rawValue) \($0.id.rawValue) \($0.component.id): \($0.message)" }
        return ([title] + boxes.flatMap { $0.text() } + (list.isEmpty ? ["no findings"] : list)).joined(separator: "\n")
    }

    private var boxes: [MapBox] {
        // The cluster's own VPC first.
        let vpcs = cluster.network.vpcs.values.sorted { $0.id < $1.id }
        let own = vpcs.filter { $0.id == cluster.configuration.vpcID }
        let others = vpcs.filter { $0.id != cluster.configuration.vpcID }
        return (own + others).map(box) + [servicesBox].compactMap { $0 }
    }
}
