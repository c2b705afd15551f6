import Cluster
import Foundation
import IPAddresses
import VPC

/// A lab while it is used: namespaces, servers in them, and packets. Linux, and root, for all but ``plan``.
///
///     let lab = try LabRun(cluster, flows)
///     defer { try? LabRun.down() }
///     try lab.up()
///     try lab.serve()
///     for index in lab.flows.indices { print(try lab.check(index)) }
public struct LabRun {
    public let flows: [LabFlow]

    /// What is built.
    public let plan: LabPlan

    /// For each flow.
    private let traces: [Result<Trace, any Error>]
    private let folder: String
    private let cluster: Cluster

    /// The lab of a cluster, with the hosts that the flows need. Builds nothing yet.
    public init(_ cluster: Cluster, _ flows: [LabFlow], _ rules: RuleSet = .seed) throws {
        self.flows = flows
        self.cluster = cluster
        traces = flows.map { flow in Result { try Self.trace(cluster, flow, rules) } }
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("dplab-\(getpid())").path
        var (internet, onPremises, endpoints): (Set<IPAddress>, Set<IPAddress>, Set<IPAddress>) = ([], [], [])
        for trace in traces.compactMap({ try? $0.get() }) {
            for hop in trace.branches.flatMap(\.forward) {
                let outside = [hop.inbound?.source, hop.inbound?.destination].compactMap { $0 }
                switch hop.component.type {
                case .internet: internet.formUnion(outside)
                case .onPremises: onPremises.formUnion(outside)
                case .vpcEndpoint: endpoints.formUnion(outside)
                default: internet.formUnion(outside)
                }
            }
        }
        func isOutside(_ address: IPAddress) -> Bool {
            guard address.isRoutedOnInternet || onPremises.contains(address),
                cluster.network.vpcs(containing: address).isEmpty
            else { return false }
            if case .v4(let own) = address { return cluster.network.interface(withPublic: own) == nil }
            return true
        }
        let far = onPremises.filter(isOutside)
        let near = endpoints.filter(isOutside)
        plan = LabPlan(
            cluster, internet: internet.filter(isOutside).subtracting(far).subtracting(near).sorted(),
            onPremises: far.sorted(), endpoints: near.sorted())
    }

    package static func trace(_ cluster: Cluster, _ flow: LabFlow, _ rules: RuleSet) throws -> Trace {
        try cluster.trace(
            TraceRequest(
                from: cluster.endpoint(named: flow.from), to: cluster.endpoint(named: flow.to),
                protocol: flow.ipProtocol,
                port: flow.port, sourceAddress: flow.source, ruleSet: rules))
    }

    // MARK: Up and down

    /// Builds the namespaces; what was left of an earlier lab is removed first.
    ///
    /// - Throws: ``LabError`` without root, or where a command fails, with what it said.
    public func up() throws {
        guard getuid() == 0 else { throw LabError("the lab needs root: it makes network namespaces") }
        try Self.down()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let (code, output) = try Self.run(["sh"], input: plan.script)
        guard code == 0 else {
            try? Self.down()
            throw LabError("the lab could not be built: \(output.suffix(600))")
        }
    }

    /// Ends what runs in the lab's namespaces, and removes them.
    public static func down() throws {
        let (_, list) = try run(["ip", "netns", "list"])
        let names = list.split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
        var script = ""
        for name in names where name.hasPrefix(LabPlan.prefix) {
            script += "ip netns pids \(name) | xargs -r kill -9\nip netns del \(name)\n"
        }
        if !script.isEmpty { _ = try run(["sh"], input: script) }
    }

    /// Starts servers in all namespaces where something may arrive.
    public func serve() throws {
        let agent = folder + "/agent.py"
        try Data(LabAgent.source.utf8).write(to: URL(fileURLWithPath: agent))
        let proxied = Set(plan.proxies.map(\.namespace))
        var ports: (tcp: Set<UInt16>, udp: Set<UInt16>) = ([], [])
        for (flow, trace) in zip(flows, traces) {
            guard let trace = try? trace.get() else { continue }
            let last = trace.branches.compactMap {
                $0.forward.last?.inbound?.classes.first?.destinationPorts.ranges.first?.lowerBound
            }
            let all = Set(last + [flow.port].compactMap { $0 })
            if flow.ipProtocol == .udp {
                ports.udp.formUnion(all)
            } else if flow.ipProtocol == .tcp {
                ports.tcp.formUnion(all)
            }
        }
        let (tcp, udp) = (
            ports.tcp.sorted().map(String.init).joined(separator: ","),
            ports.udp.sorted().map(String.init).joined(separator: ",")
        )
        var script = ""
        let served = Set(plan.namespaces.values).subtracting(proxied)
        for namespace in served.sorted() {
            script +=
                "ip netns exec \(namespace) python3 \(agent) serve \(folder)/\(namespace).log \(tcp.isEmpty ? "-" : tcp) \(udp.isEmpty ? "-" : udp)\n"
        }
        for proxy in plan.proxies {
            script +=
                "ip netns exec \(proxy.namespace) python3 \(agent) proxy \(proxy.port) \(proxy.address) "
                + "\(proxy.targets.joined(separator: " "))\n"
        }
        let configuration = folder + "/nat64.yaml"
        try Data(LabPlan.nat64Configuration.utf8).write(to: URL(fileURLWithPath: configuration))
        for namespace in plan.nat64 {
            script += "ip netns exec \(namespace) /proc/\(getpid())/exe gateway --config \(configuration)\n"
        }
        // The agent starts them: what it starts keeps none of our descriptors, for whose end we would wait.
        let list = folder + "/servers"
        try Data(script.utf8).write(to: URL(fileURLWithPath: list))
        _ = try Self.run(["python3", agent, "launch", list])
        // Each server says that it is there by its record.
        let logs = served.map { "\(folder)/\($0).log" }
        for _ in 0..<100 where !logs.allSatisfy({ FileManager.default.fileExists(atPath: $0) }) { usleep(100_000) }
        for namespace in plan.nat64 {
            for _ in 0..<100 where try Self.run(["ip", "-n", namespace, "link", "show", "nat64"]).code != 0 {
                usleep(100_000)
            }
            let (code, output) = try Self.run(["sh", "-e"], input: LabPlan.nat64Routes(namespace))
            guard code == 0 else { throw LabError("a NAT gateway's NAT64 does not run: \(output)") }
        }
        usleep(500_000)
    }

    // MARK: Packets

    /// Runs a command; its input is a text, its output and errors come together.
    static func run(_ command: [String], input: String = "") throws -> (code: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        let (stdin, stdout) = (Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = stdout
        try process.run()
        DispatchQueue.global().async {
            try? stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
            try? stdin.fileHandleForWriting.close()
        }
        let data = stdout.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    /// What a record of arrivals holds, a line each.
    private struct Arrival: Decodable {
        var `protocol`: String
        var source: String
        var to: String
        var toport: UInt16
    }

    /// Sends the packets of one of the flows, and compares what arrives with what its trace says.
    public func check(_ index: Int) throws -> LabResult {
        let flow = flows[index]
        let trace: Trace
        do {
            trace = try traces[index].get()
        } catch {
            return LabResult(flow: flow, outcome: .skipped, verdict: "-", seen: "\(error)")
        }
        func skipped(_ why: String) -> LabResult {
            LabResult(flow: flow, outcome: .skipped, verdict: trace.verdict.rawValue, seen: why)
        }
        guard let first = trace.branches.first?.forward.first, let packet = first.inbound else {
            return skipped("nothing is sent: there is no address to send to")
        }
        let hops = trace.branches.flatMap { $0.forward }
        if hops.contains(where: { $0.component.type == .metadataService }) {
            return skipped("the metadata service is AWS's own")
        }
        if trace.verdict == .unknown { return skipped("the trace does not know what becomes of it") }
        if trace.branches.contains(where: { $0.condition != nil }) {
            return skipped("listener rules ask for what is in the request")
        }
        guard let sender = namespace(of: first.component, packet.source) else {
            return skipped("\(first.component.id) has no namespace of its own")
        }
        let receivers = Set(trace.branches.compactMap { receiver($0, first) })
        let before = receivers.map { ($0, size("\(folder)/\($0).log")) }
        let seen = try send(flow, from: sender, packet, trace.verdict)
        usleep(100_000)
        let arrivals = before.flatMap { self.arrivals(in: $0.0, behind: $0.1, flow, trace) }
        return judge(flow, trace, seen, arrivals)
    }

    /// Where the packets of a branch arrive; nil where they do not.
    private func receiver(_ branch: Trace.Branch, _ first: Hop) -> String? {
        guard let hop = branch.forward.last, !hop.isBlocking else { return nil }
        guard let address = hop.inbound?.destination, plan.agentAddresses.contains(address) else {
            return namespace(of: hop.component, hop.inbound?.destination)
        }
        // An agent answers in its node's namespace.
        let pod = cluster.pods[String(first.component.id.dropFirst("pod/".count))]
        return plan.namespaces[pod?.nodeName.map { "node/\($0)" } ?? first.component.id]
    }

    private func namespace(of component: Component, _ address: IPAddress?) -> String? {
        switch component.type {
        case .internet: LabPlan.prefix + "internet"
        case .onPremises: LabPlan.prefix + "onprem"
        case .vpcEndpoint: LabPlan.prefix + "endpoint"
        case .instance: plan.namespaces["instance/\(component.id)"]
        case .networkInterface: plan.namespaces["interface/\(component.id)"]
        // Several interfaces: the one that has the address.
        case .apiServer, .loadBalancer:
            address.flatMap { plan.namespaces["address/\($0)"] } ?? plan.namespaces[component.id]
        default: plan.namespaces[component.id]
        }
    }

    private func size(_ path: String) -> Int { FileManager.default.contents(atPath: path)?.count ?? 0 }

    private func arrivals(in namespace: String, behind offset: Int, _ flow: LabFlow, _ trace: Trace) -> [Arrival] {
        let data = FileManager.default.contents(atPath: "\(folder)/\(namespace).log") ?? Data()
        let name = flow.ipProtocol == .icmpv6 ? "icmp" : flow.ipProtocol.rawValue
        let ends = Set(trace.branches.compactMap { $0.forward.last?.inbound?.destination.description })
        return data.dropFirst(offset).split(separator: 0x0A).compactMap {
            try? JSONDecoder().decode(Arrival.self, from: Data($0))
        }.filter { arrival in
            arrival.protocol == name && ends.contains(IPAddress(arrival.to)?.description ?? "")
        }
    }

    /// How often a flow was answered, refused, and lost.
    private struct Seen: Decodable {
        var reply = 0
        var refused = 0
        var timeout = 0
    }

    private func send(_ flow: LabFlow, from namespace: String, _ packet: Flow, _ verdict: Trace.Verdict) throws -> Seen
    {
        let (source, address) = (packet.source.description, packet.destination.description)
        if flow.ipProtocol == .icmp || flow.ipProtocol == .icmpv6 {
            let (code, _) = try Self.run(
                ["ip", "netns", "exec", namespace, "ping", "-c", "1", "-W", "1", "-I", source, address])
            return Seen(reply: code == 0 ? 1 : 0, refused: 0, timeout: code == 0 ? 0 : 1)
        }
        // Some packets of a partial flow arrive: enough of them that all or none would not be chance.
        let count = verdict == .partial ? 60 : 1
        let (_, output) = try Self.run([
            "ip", "netns", "exec", namespace, "python3", folder + "/agent.py", "send", flow.ipProtocol.rawValue, source,
            address,
            "\(flow.port ?? 0)", "\(count)", "1.0",
        ])
        return (try? JSONDecoder().decode(Seen.self, from: Data(output.utf8))) ?? Seen(timeout: count)
    }

    private func judge(_ flow: LabFlow, _ trace: Trace, _ seen: Seen, _ arrivals: [Arrival]) -> LabResult {
        let arrives = trace.branches.contains { $0.forward.last.map { !$0.isBlocking && !$0.isUnknown } ?? false }
        let sources = Set(trace.branches.compactMap { $0.forward.last?.inbound?.source.description })
        let seenSources = Set(arrivals.map { IPAddress($0.source)?.description ?? $0.source })
        let agrees =
            switch trace.verdict {
            case .delivered: seen.reply > 0 && seen.timeout + seen.refused == 0
            case .partial: seen.reply > 0 && seen.timeout > 0
            case .rejected: seen.refused > 0 && seen.reply == 0
            case .blocked: seen.timeout > 0 && seen.reply == 0
            case .unknown: false
            }
        let isSourceRight = !arrives || !arrivals.isEmpty && seenSources.isSubset(of: sources)
        var text = "replies \(seen.reply), refused \(seen.refused), lost \(seen.timeout)"
        if arrives { text += "; arrived \(arrivals.count), from \(seenSources.sorted().joined(separator: ", "))" }
        if agrees, !isSourceRight { text += ", not from \(sources.sorted().joined(separator: ", "))" }
        return LabResult(
            flow: flow, outcome: agrees && isSourceRight ? .agrees : .disagrees, verdict: trace.verdict.rawValue,
            seen: text)
    }
}
