import Cluster
import Drawing
import Foundation
import IPAddresses
import Snapshot
import Testing
import TestSupport
import VPC

@testable import dataplane

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// What an XML parser finds in a drawing.
private final class Document: NSObject, XMLParserDelegate {
    private(set) var elements: [(name: String, attributes: [String: String])] = []
    private(set) var texts: [String: String] = [:]
    private var open: [String] = []

    /// Nil where the text is not XML.
    init?(_ text: String) {
        super.init()
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = self
        if !parser.parse() { return nil }
    }

    func parser(
        _: XMLParser, didStartElement name: String, namespaceURI _: String?, qualifiedName _: String?,
        attributes: [String: String]
    ) {
        open.append(name)
        elements.append((name, attributes))
    }

    func parser(_: XMLParser, didEndElement _: String, namespaceURI _: String?, qualifiedName _: String?) {
        open.removeLast()
    }

    func parser(_: XMLParser, foundCharacters text: String) {
        // The document's own title and desc, not those of groups.
        if open.count == 2, let name = open.last { texts[name, default: ""] += text }
    }

    func count(_ name: String, class style: String) -> Int {
        elements.count { $0.name == name && $0.attributes["class"] == style }
    }

    /// Whether all that has a frame lies on the page.
    var fits: Bool {
        guard let page = elements.first?.attributes, let width = page["width"].flatMap({ Int($0) }),
            let height = page["height"].flatMap({ Int($0) })
        else { return false }
        return elements.filter { $0.name == "rect" && $0.attributes["x"] != nil }.allSatisfy { element in
            let side = { (name: String) in element.attributes[name].flatMap { Int($0) } ?? -1 }
            return side("x") >= 0 && side("y") >= 0 && side("x") + side("width") <= width
                && side("y") + side("height") <= height
        }
    }
}

@Suite("Drawings")
struct DrawingTests {
    @Test(
        "Each flow's drawing is XML with a text alternative, in which every hop stands; what blocks is red",
        arguments: flowRows)
    func trace(_ row: FlowRow) throws {
        let cluster = try Statements.cluster(row.edits)
        let trace = try cluster.trace(
            TraceRequest(
                from: cluster.endpoint(named: row.from), to: cluster.endpoint(named: row.to), protocol: row.ipProtocol,
                port: row.port, sourceAddress: row.source.flatMap { .init($0) }, ruleSet: row.ruleSet))
        let svg = TraceDrawing(trace, title: "\(row.id)").svg()
        let document = try #require(Document(svg))
        let root = try #require(document.elements.first)
        #expect(root.name == "svg" && root.attributes["role"] == "img" && root.attributes["viewBox"] != nil)
        #expect(document.fits && !document.elements.contains { $0.name == "script" || $0.name == "image" })
        #expect(document.texts["title"] == "\(row.id): \(row.verdict.rawValue)")
        let alternative = try #require(document.texts["desc"])
        let hops = trace.branches.flatMap { $0.forward + $0.reply }
        for hop in hops { #expect(alternative.contains(hop.component.id) && alternative.contains(hop.text)) }
        let boxes = ["box", "changed", "blocked", "partial"].map { document.count("rect", class: $0) }.reduce(0, +)
        #expect(boxes == hops.count)
        #expect(document.count("rect", class: "blocked") == hops.count { $0.isBlocking })
        #expect(document.elements.count { $0.name == "path" && $0.attributes["class"] == "way" } > 0 || hops.count < 3)
        if row.verdict == .partial { #expect(document.count("rect", class: "partial") > 0) }
        for explanation in trace.branches.flatMap(\.explanations) { #expect(svg.contains(explanation.code.rawValue)) }
    }

    @Test("The map shows VPCs, subnets, gateways, nodes with their prefixes and services, and marks findings")
    func map() throws {
        let snapshot = try Statements.snapshot()
        let findings = snapshot.validate()
        let map = ClusterMap(snapshot.cluster, findings: findings)
        let document = try #require(Document(map.svg()))
        #expect(document.fits && document.texts["title"] == "cluster demo")
        let network = snapshot.cluster.network
        var names = Array(network.vpcs.keys) + network.subnets.keys + network.internetGateways.keys
        names += Array(network.egressOnlyGateways.keys) + network.natGateways.keys + network.peerings.keys
        names += network.interfaces.values.flatMap { $0.ipv6Prefixes.map(\.description) }
        names += snapshot.cluster.services.keys + ["node-a", "node-b", "node-c", "pod/default/batch", "API server"]
        for name in names {
            #expect(map.text.contains(name), "\(name)")
            #expect(map.svg().contains(name), "\(name)")
        }
        for finding in findings { #expect(map.text.contains(finding.message)) }
        // Each finding has its number in the list, and a mark on what it is about: acl-0private is that of two subnets, load-balancer/web has two interfaces.
        #expect(
            document.count("rect", class: "warning-mark") == 5 + 4
                && document.count("rect", class: "advice-mark") == 2 + 2 + 2)
        #expect(Document(ClusterMap(snapshot.cluster).svg())?.texts["desc"]?.contains("no findings") == true)
    }

    @Test("Names with markup and control characters are text in a drawing")
    func escaping() throws {
        var parts = Network.Parts()
        let name = "a<b>&\"c\u{1}\u{FFFE}"
        parts.vpcs[name] = VPC(id: name, ipv4Blocks: [], ipv6Blocks: [])
        let cluster = Cluster(network: Network(parts), configuration: ClusterConfiguration(name: name))
        let finding = Finding(.vpcIPv6Missing, .error, Component(.vpc, name), name, fix: name)
        let document = try #require(Document(ClusterMap(cluster, findings: [finding]).svg()))
        #expect(document.texts["title"] == "cluster a<b>&\"c\u{FFFD}\u{FFFD}")
        #expect(document.count("rect", class: "error-mark") == 2)
    }

    @Test("Large clusters: what is too much to draw is counted")
    func large() throws {
        let example = try Statements.cluster()
        var parts = Network.Parts()
        parts.vpcs = example.network.vpcs
        parts.subnets = example.network.subnets
        parts.routeTables = example.network.routeTables
        var nodes: [Node] = []
        for number in 0..<100 {
            let address = IPv6Address(bits: 0x2001_0db8_1234_1a10 &<< 64 + UInt128(number + 256))
            parts.interfaces["eni-\(number)"] = NetworkInterface(
                id: "eni-\(number)", vpcID: "vpc-0demo", subnetID: "subnet-0private-a", groupIDs: [], type: "interface",
                details: "", sourceDestinationCheck: true, instanceID: "i-\(number)", deviceIndex: 0, ipv4Addresses: [],
                ipv6Addresses: [address], ipv4Prefixes: [], ipv6Prefixes: [])
            nodes.append(
                Node(
                    name: "n\(number)", instanceID: "i-\(number)", isFargate: false, availabilityZone: nil,
                    addresses: [.v6(address)], maxPods: 110, labels: [:]))
        }
        let map = ClusterMap(Cluster(network: Network(parts), nodes: nodes))
        let document = try #require(Document(map.svg()))
        #expect(document.fits && document.count("rect", class: "node") == ClusterMap.maximumNodes)
        #expect(map.text.contains("and \(100 - ClusterMap.maximumNodes) more nodes"))
    }
}
