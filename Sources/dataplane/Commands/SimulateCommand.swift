import ArgumentParser
import Cluster
import Foundation
import IPAddresses
import VPC

struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract:
            "Let pods come and go on a node: the calls and waits of IPv6 prefix mode, and of IPv4 secondary addresses.",
        discussion: """
            Both modes run the same workload: pods that start and end at random times, as many at a time as the IPv4 node \
            may run. The IPv6 node's /80 is assigned once, at bootstrap; pods' IPv4 addresses come from the host-local range. \
            The IPv4 node keeps an interface's worth of addresses warm, as the CNI plugin does by default.
            """
    )

    @Option(help: ArgumentHelp("Pods that start, one after another.", valueName: "n"))
    var pods = 1_000_000

    @Option(help: ArgumentHelp("The node's instance type.", valueName: "type"))
    var instanceType = "m5.large"

    @Option(help: ArgumentHelp("Seconds between starts, on average.", valueName: "s"))
    var interval = 4.0

    @Option(help: ArgumentHelp("Seconds that a pod lives, on average.", valueName: "s"))
    var lifetime = 60.0

    @Option(help: ArgumentHelp("The seed of the random times.", valueName: "n"))
    var seed: UInt64 = 1

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard (1...100_000_000).contains(pods) else { throw ValidationError("--pods is 1 to 100000000.") }
        guard interval > 0, interval < 1e6, lifetime > 0, lifetime < 1e6 else {
            throw ValidationError("--interval and --lifetime are more than 0 and less than 1000000 seconds.")
        }
    }

    func run() throws {
        guard let type = InstanceType.builtIn(named: instanceType) else {
            throw BadInput(
                "“\(instanceType)” is not in the built-in table of \(InstanceType.builtInDate); `dataplane maxpods` prints what is in a snapshot"
            )
        }
        let limit = MaxPods(type).managed(.ipv4)
        let workload = NodeSimulation.Workload(
            pods: pods, meanInterval: interval, meanLifetime: lifetime, maxPods: limit, seed: seed)
        let (prefix, secondary) = withProgress("simulating \(pods) pods") {
            (NodeSimulation.prefixMode(workload), NodeSimulation.secondaryAddressMode(workload, type))
        }
        var output = Output()
        if json {
            output.line(
                JSON.object([
                    ("instanceType", .string(type.name)), ("maxPods", .integer(limit)),
                    ("prefixMode", Self.json(prefix)), ("secondaryAddressMode", Self.json(secondary)),
                ]).text())
        } else {
            for line in Self.table(prefix, secondary) { output.line(line) }
        }
        output.flush()
    }

    private static func json(_ report: NodeSimulation.Report) -> JSON {
        func calls(_ calls: [String: Int]) -> JSON {
            .object(calls.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })
        }
        return .object([
            ("started", .integer(report.started)), ("unscheduled", .integer(report.unscheduled)),
            ("refused", .integer(report.refused)), ("peak", .integer(report.peak)),
            ("bootstrapCalls", calls(report.bootstrapCalls)), ("laterCalls", calls(report.laterCalls)),
            ("laterCallCount", .integer(report.laterCallCount)), ("waits", .integer(report.waits)),
            ("secondsWaited", .number((report.waited * 10).rounded() / 10)),
            ("longestWait", .number((report.longestWait * 10).rounded() / 10)),
        ])
    }

    private static func table(_ prefix: NodeSimulation.Report, _ secondary: NodeSimulation.Report) -> [String] {
        func row(_ name: String, _ value: (NodeSimulation.Report) -> String) -> [String] {
            [name, value(prefix), value(secondary)]
        }
        let names = Set(secondary.laterCalls.keys).union(prefix.laterCalls.keys).sorted()
        return TextTable.lines(
            [
                ["", "IPv6, a /80", "IPv4, secondary addresses"], row("pods started") { "\($0.started)" },
                row("not scheduled: the node was full") { "\($0.unscheduled)" },
                row("refused: no address") { "\($0.refused)" },
                row("most at a time") { "\($0.peak)" },
                row("EC2 calls at bootstrap") { "\($0.bootstrapCalls.values.reduce(0, +))" },
                row("EC2 calls later") { "\($0.laterCallCount)" },
            ] + names.map { name in row("  " + name) { "\($0.laterCalls[name] ?? 0)" } }
                + [
                    row("pods that waited for an address") { "\($0.waits)" },
                    row("seconds waited") { "\(Int($0.waited.rounded()))" },
                    row("longest wait, seconds") { "\(($0.longestWait * 10).rounded() / 10)" },
                ])
    }
}
