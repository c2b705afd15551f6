import ArgumentParser
import Cluster
import IPAddresses
import Snapshot
import VPC

extension IPFamily: ExpressibleByArgument {}

struct MaxPodsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "maxpods",
        abstract: "How many pods a node of an instance type may run: by the formula, and as recommended.",
        discussion: """
            Formula (prefix mode): interfaces × (addresses an interface − 1) × 16 + 2. For m5.large that is 434; AWS's \
            document prints 460 for its example, which its own formula does not give.

            --forecast says how many more pods each subnet of a snapshot takes, and which family is exhausted first: nodes \
            take an IPv4 address and a /80 each, Fargate pods an address of both families.
            """
    )

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Instance types.", valueName: "type"))
    var instanceType: [String] = []

    @Option(help: ArgumentHelp("Network interfaces, for a type that is not listed.", valueName: "n"))
    var enis: Int?

    @Option(help: ArgumentHelp("IPv4 addresses an interface.", valueName: "n"))
    var addressesPerEni: Int?

    @Option(help: ArgumentHelp("vCPUs.", valueName: "n"))
    var vcpus: Int?

    @Option(help: "ipv4 or ipv6.")
    var ipFamily: IPFamily = .ipv6

    @Flag(help: "Whether the node group is managed.")
    var group: Group = .managed

    @Option(
        help: ArgumentHelp(
            "A snapshot, whose instance types are used (all of them unless some are named).", valueName: "dir"),
        completion: .directory)
    var snapshot: String?

    @Flag(help: "How many more pods each subnet of the snapshot takes, instead of the table of types.")
    var forecast = false

    @Flag(help: "Print JSON.")
    var json = false

    enum Group: String, EnumerableFlag {
        case managed
        case selfManaged
    }

    func validate() throws {
        let own = [enis, addressesPerEni, vcpus].compactMap { $0 }
        if !own.isEmpty, own.count < 3 || !instanceType.isEmpty || snapshot != nil {
            throw ValidationError(
                "Give --enis, --addresses-per-eni and --vcpus together, without --instance-type and --snapshot.")
        }
        if own.contains(where: { $0 < 1 || $0 > 100_000 }) {
            throw ValidationError("--enis, --addresses-per-eni and --vcpus are 1 to 100000.")
        }
        if forecast, snapshot == nil || !instanceType.isEmpty {
            throw ValidationError("--forecast needs --snapshot, and excludes --instance-type.")
        }
        if own.isEmpty, instanceType.isEmpty, snapshot == nil {
            throw ValidationError("Give --instance-type, --snapshot, or --enis, --addresses-per-eni and --vcpus.")
        }
    }

    func run() throws {
        if let snapshot, forecast { return try printForecast(snapshot) }
        let rows = try types().map { Row($0, ipFamily, group) }
        var output = Output()
        if json {
            output.line(JSON.array(rows.map(\.json)).text())
        } else {
            for line in Row.table(rows) { output.line(line) }
        }
        output.flush()
    }

    private func printForecast(_ folder: String) throws {
        let loaded = try loadSnapshot(folder)
        for text in loaded.notes { note(text) }
        let forecasts = loaded.cluster.forecast()
        var output = Output()
        if json {
            output.line(ForecastReport.json(forecasts).text())
        } else {
            for line in ForecastReport.text(forecasts) { output.line(line) }
        }
        output.flush()
    }

    private func types() throws -> [InstanceType] {
        if let enis, let addressesPerEni, let vcpus {
            return [
                .init(
                    name: "custom", isNitro: true, vCPUs: vcpus, maximumInterfaces: enis,
                    ipv4AddressesPerInterface: addressesPerEni)
            ]
        }
        let known = try snapshot.map { try loadSnapshot($0).cluster.network.instanceTypes } ?? [:]
        if instanceType.isEmpty { return known.values.sorted { $0.name < $1.name } }
        return try instanceType.map { name in
            if let type = known[name] ?? InstanceType.builtIn(named: name) { return type }
            throw BadInput(
                "“\(name)” is neither in \(snapshot ?? "a snapshot") nor in the built-in table of \(InstanceType.builtInDate); give "
                    + "--enis, --addresses-per-eni and --vcpus, or --snapshot with its describe-instance-types output"
            )
        }
    }

    struct Row {
        let type: InstanceType
        let figures: MaxPods
        let applies: Int?
        let note: String

        init(_ type: InstanceType, _ family: IPFamily, _ group: Group) {
            self.type = type
            figures = MaxPods(type)
            var notes: [String] = []
            let isPossible = family == .ipv4 || type.isNitro
            applies = isPossible ? figures.managed(family) : nil
            if !isPossible {
                notes.append("not a Nitro instance: IPv6 clusters use prefix mode, which needs one")
            } else if group == .managed {
                notes.append("a managed node group sets it by itself")
            } else {
                notes.append("set it in the kubelet's --max-pods: self-managed nodes do not set it by themselves")
            }
            if type.name == "m5.large" {
                notes.append("AWS's document prints 460 for m5.large; its formula, 3 × (10 − 1) × 16 + 2, gives 434")
            }
            note = notes.joined(separator: "; ")
        }

        var json: JSON {
            .object([
                ("instanceType", .string(type.name)), ("enis", .integer(type.maximumInterfaces)),
                ("addressesPerEni", .integer(type.ipv4AddressesPerInterface)), ("vcpus", .integer(type.vCPUs)),
                ("nitro", .bool(type.isNitro)), ("formula", .integer(figures.formula)),
                ("recommended", .integer(figures.recommended)), ("secondaryIp", .integer(figures.secondaryIP)),
                ("applies", applies.map { .integer($0) }), ("note", .string(note)),
            ])
        }

        static func table(_ rows: [Row]) -> [String] {
            let head = ["type", "formula", "recommended", "secondary-IP", "applies", "note"]
            let cells =
                [head]
                + rows.map { row in
                    [
                        row.type.name, "\(row.figures.formula)", "\(row.figures.recommended)",
                        "\(row.figures.secondaryIP)",
                        row.applies.map { "\($0)" } ?? "-", row.note,
                    ]
                }
            return TextTable.lines(cells)
        }
    }
}
