import ArgumentParser
import Cluster
import Drawing
import Foundation
import Snapshot

struct DrawCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "draw",
        abstract:
            "Draw the map of a cluster: VPCs, subnets, gateways, nodes with their prefixes, services; findings marked.",
        discussion: """
            The SVG opens in any browser, needs no scripts and has a text alternative, which --json prints. Nodes beyond \
            twelve in a subnet are counted.
            """
    )

    @Option(help: ArgumentHelp("The snapshot's folder.", valueName: "dir"), completion: .directory)
    var snapshot: String

    @Option(help: ArgumentHelp("The file to write.", valueName: "file"), completion: .file(extensions: ["svg"]))
    var svg: String

    @Option(help: "seed (as the EKS IPv6 document says) or current (as AWS says now).")
    var rules: RuleSet = .seed

    @Flag(help: "Print the findings and the text alternative as JSON.")
    var json = false

    func run() throws {
        let loaded = try loadSnapshot(snapshot, toleratesMissing: true)
        for text in loaded.notes { note(text) }
        let findings = loaded.validate(rules)
        let map = ClusterMap(loaded.cluster, findings: findings)
        try writeSVG(map.svg(), to: svg)
        if json {
            let lines = map.text.split(separator: "\n").map { JSON.string(String($0)) }
            guard case .object(let members) = FindingsJSON.render(findings) else { return }
            print(JSON.object(members + [("text", .array(lines)), ("svg", .string(svg))]).text())
        }
    }
}

/// Writes a drawing; what cannot be written is bad usage.
func writeSVG(_ text: String, to path: String) throws {
    do {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    } catch {
        throw BadInput("\(path): the file cannot be written: \(error.localizedDescription)")
    }
}
