import ArgumentParser
import Cluster
import Foundation
import IPAddresses
import PrefixTrie
import Snapshot
import TableFile
import VPC

struct LookupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lookup",
        abstract: "Find the longest prefix of a table that holds each address.",
        discussion: """
            One line for each address, in order: ADDRESS PREFIX [VALUE], or ADDRESS - where no prefix holds it.
            A table holds one prefix a line, optionally followed by white space and a value; gzip is accepted.
            Exit codes: 0 all found, 1 some not found, 2 bad input.
            """
    )

    @Option(
        help: ArgumentHelp("The table, or SNAPSHOT:rtb-… for a route table of a snapshot.", valueName: "file"),
        completion: .file())
    var table: String

    @Option(
        help: ArgumentHelp("A file with an address a line; - for standard input.", valueName: "file"),
        completion: .file())
    var addresses: String?

    @Argument(help: "Addresses.")
    var address: [String] = []

    @Flag(help: "Print the table's size, bytes a prefix and build time, on standard error.")
    var stats = false

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if addresses == nil, address.isEmpty, !stats {
            throw ValidationError("Give addresses, --addresses FILE, or --stats.")
        }
    }

    func run() throws {
        let started = ContinuousClock.now
        let table = try withProgress("reading \(self.table)") { try loadTable() }
        let seconds = ContinuousClock.now - started
        var printer = LookupPrinter(table: table, json: json)
        for text in address { try printer.look(up: Array(text.utf8).span, "argument “\(text)”") }
        if let addresses {
            let file = try tableFile(
                addresses == "-" ? try FileHandle.standardInput.readToEnd() ?? Data() : read(addresses), addresses)
            try rethrow(addresses) {
                try file.forEachLine { (number, line) throws(TableFile.Failure) in
                    do {
                        try printer.look(up: line, "")
                    } catch {
                        throw TableFile.Failure(
                            line: number, text: String(decoding: line, limit: 60),
                            reason: "\((error as? BadInput)?.message ?? "\(error)")")
                    }
                }
            }
        }
        printer.finish()
        if stats { printStats(table, seconds) }
        if printer.missing > 0 { throw ExitCode(1) }
    }

    private func printStats(_ table: LookupTable, _ time: Duration) {
        let count = table.ipv4.count + table.ipv6.count
        let bytes = table.ipv4.allocatedBytes + table.ipv6.allocatedBytes
        let perPrefix = count == 0 ? 0 : Double(bytes * 10 / count) / 10
        let text =
            json
            ? JSON.object([
                ("prefixes", .integer(count)), ("ipv4", .integer(table.ipv4.count)),
                ("ipv6", .integer(table.ipv6.count)),
                ("bytes", .integer(bytes)), ("bytesPerPrefix", .number(perPrefix)),
                ("buildSeconds", .number(time / .seconds(1))),
            ]).text()
            : "\(count) prefixes (\(table.ipv4.count) IPv4, \(table.ipv6.count) IPv6), \(bytes) bytes, \(perPrefix) a prefix, built in \(time)"
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    private func loadTable() throws -> LookupTable {
        if let colon = table.range(of: ":rtb-", options: .backwards) {
            let folder = String(table[..<colon.lowerBound])
            let id = String(table[table.index(after: colon.lowerBound)...])
            let network = try loadSnapshot(folder).cluster.network
            guard let routes = network.routeTables[id] else {
                throw BadInput(
                    "\(folder): no route table “\(id)”; it has \(network.routeTables.keys.sorted().joined(separator: ", "))"
                )
            }
            var result = LookupTable()
            for (route, prefix) in routes.effective.map({ ($0.route, $0.prefix) }) {
                result.add(prefix, route.target.id + (route.state == .active ? "" : " \(route.state.rawValue)"))
            }
            return result
        }
        var result = LookupTable()
        let file = try tableFile(read(table), table)
        try rethrow(table) { try file.forEachPrefix { result.add($0, $1.isEmpty ? "" : String(decoding: $1)) } }
        return result
    }

    private func read(_ path: String) throws -> Data {
        do { return try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
            throw BadInput("\(path): the file cannot be read; does it exist?")
        }
    }

    private func tableFile(_ data: Data, _ path: String) throws -> TableFile {
        try rethrow(path) { () throws(TableFile.Failure) in try TableFile(Array(data)) }
    }

    private func rethrow<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let error as TableFile.Failure { throw BadInput("\(path): \(error)") }
    }
}

/// Both families of a table; values are kept once.
struct LookupTable {
    var ipv4 = RadixTrie<IPv4Address, UInt32>()
    var ipv6 = RadixTrie<IPv6Address, UInt32>()
    private(set) var values = [""]
    private var indices = ["": UInt32(0)]

    mutating func add(_ prefix: IPPrefix, _ value: String) {
        let index = indices[value] ?? UInt32(values.count)
        if index == values.count {
            values.append(value)
            indices[value] = index
        }
        switch prefix {
        case .v4(let prefix): ipv4[prefix] = index
        case .v6(let prefix): ipv6[prefix] = index
        }
    }

    /// The longest match's prefix, as text, and value.
    func match(_ address: IPAddress) -> (prefix: String, value: String)? {
        switch address {
        case .v4(let address): ipv4.longestMatch(for: address).map { ($0.prefix.description, values[Int($0.value)]) }
        case .v6(let address): ipv6.longestMatch(for: address).map { ($0.prefix.description, values[Int($0.value)]) }
        }
    }
}

/// Prints matches as they are found.
struct LookupPrinter {
    let table: LookupTable
    let json: Bool
    private(set) var missing = 0
    private var output = Output()
    private var count = 0

    init(table: LookupTable, json: Bool) {
        self.table = table
        self.json = json
    }

    mutating func look(up text: Span<UInt8>, _ place: String) throws {
        let address: IPAddress
        do throws(AddressParseError) {
            address = try IPAddress(parsing: text)
        } catch {
            output.flush()
            throw BadInput((place.isEmpty ? "" : "\(place): ") + "\(error)")
        }
        let match = table.match(address)
        if match == nil { missing += 1 }
        if json {
            output.write(count == 0 ? "[\n" : ",\n")
            let value = match.flatMap { $0.value.isEmpty ? nil : JSON.string($0.value) }
            output.write(
                "  "
                    + JSON.object([
                        ("address", .string("\(address)")), ("prefix", match.map { .string($0.prefix) }),
                        ("value", value),
                    ]).text(indent: "  "))
        } else if let match {
            output.line("\(address) \(match.prefix)" + (match.value.isEmpty ? "" : " \(match.value)"))
        } else {
            output.line("\(address) -")
        }
        count += 1
    }

    mutating func finish() {
        if json { output.write(count == 0 ? "[]\n" : "\n]\n") }
        output.flush()
    }
}
