import ArgumentParser
import Cluster
import Drawing
import IPAddresses
import Snapshot

extension TraceRequest.ProtocolChoice: ExpressibleByArgument {}

extension RuleSet: ExpressibleByArgument {
    public init?(argument: String) { self.init(named: argument) }

    public static var allValueStrings: [String] { [RuleSet.seed, .current].map(\.name) }

    public var defaultValueDescription: String { name }
}

extension IPAddress: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

struct TraceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Follow a packet to its destination and the reply back, and say at each hop what decided.",
        discussion: """
            ENDPOINT is pod/NAMESPACE/NAME, node/NAME, instance/ID, interface/ID, service/NAMESPACE/NAME, \
            load-balancer/NAME, api-server, an address, internet/ADDRESS, on-premises/ADDRESS, or a name of the snapshot's \
            hosts file. The end of a name will do where it is unique: client for pod/default/client.

            A verdict is unknown where the outcome depends on something that the snapshot does not hold or that is not \
            modelled; the explanation says what to collect.

            Exit codes: 0 delivered, 1 partial, rejected, blocked or unknown, 2 bad input.
            """
    )

    @Option(help: ArgumentHelp("The snapshot's folder.", valueName: "dir"), completion: .directory)
    var snapshot: String

    @Option(help: ArgumentHelp("Where the packet starts.", valueName: "endpoint"))
    var from: String

    @Option(help: ArgumentHelp("Where it is meant to go.", valueName: "endpoint"))
    var to: String

    @Option(name: .customLong("protocol"), help: "tcp, udp, sctp, icmp, icmpv6 (echo requests), or any.")
    var ipProtocol: TraceRequest.ProtocolChoice = .tcp

    @Option(help: ArgumentHelp("The destination port; tcp, udp and sctp need one.", valueName: "n"))
    var port: UInt16?

    @Option(help: ArgumentHelp("The source port; all of the source's ephemeral ports without it.", valueName: "n"))
    var sourcePort: UInt16?

    @Option(help: ArgumentHelp("A source address other than the sender's own.", valueName: "address"))
    var source: IPAddress?

    @Option(help: ArgumentHelp("The name that a request over HTTP asks for, for listener rules.", valueName: "name"))
    var host: String?

    @Option(help: ArgumentHelp("The path that a request over HTTP asks for, for listener rules.", valueName: "path"))
    var path: String?

    @Option(
        help: ArgumentHelp("Both at once, with the port: https://example.com/a.", valueName: "url"))
    var url: String?

    @Option(help: "seed (as the EKS IPv6 document says) or current (as AWS says now).")
    var rules: RuleSet = .seed

    @Flag(help: "Print JSON with the names of Reachability Analyzer's analysis.")
    var json = false

    @Option(
        help: ArgumentHelp("Draw the path into this file, and print the text.", valueName: "file"),
        completion: .file(extensions: ["svg"]))
    var svg: String?

    func validate() throws {
        if json, svg != nil { throw ValidationError("Give --json or --svg, not both.") }
        if url != nil, host != nil || path != nil {
            throw ValidationError("Give --url, or --host and --path, not both.")
        }
        if let path, !path.hasPrefix("/") { throw ValidationError("“\(path)” is not a path: paths begin with /.") }
        if let url { _ = try RequestURL(url) }
    }

    func run() throws {
        let loaded = try loadSnapshot(snapshot)
        let asked = try url.map { try RequestURL($0) }
        let http =
            asked.map { HTTPRequest(host: $0.host, path: $0.path) }
            ?? (host == nil && path == nil ? nil : HTTPRequest(host: host, path: path))
        let trace: Trace
        let request: TraceRequest
        do {
            request = try TraceRequest(
                from: loaded.cluster.endpoint(named: from), to: loaded.cluster.endpoint(named: to),
                protocol: ipProtocol, port: port ?? asked?.port,
                sourcePort: sourcePort, sourceAddress: source, ruleSet: rules, http: http
            )
            trace = try loaded.cluster.trace(request)
        } catch {
            throw BadInput("\(snapshot): \(error)")
        }
        for text in loaded.notes { note(text) }
        if let svg { try writeSVG(TraceDrawing(trace, title: TraceText.title(trace, request)).svg(), to: svg) }
        var output = Output()
        output.line(
            json ? TraceJSON.render(trace, snapshotNotes: loaded.notes).text() : TraceText.render(trace, request))
        output.flush()
        if trace.verdict != .delivered { throw ExitCode(1) }
    }
}

/// Reads a snapshot; its faults are bad input.
func loadSnapshot(_ folder: String, toleratesMissing: Bool = false) throws -> Snapshot {
    do {
        return try withProgress("reading \(folder)") {
            try Snapshot(folder: folder, toleratesMissing: toleratesMissing)
        }
    } catch let error as SnapshotError {
        throw BadInput("\(error)")
    }
}
