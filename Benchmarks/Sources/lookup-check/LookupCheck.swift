import ArgumentParser
import BenchmarkSupport
import Foundation
import IPAddresses
import TableFile

/// Runs `dataplane lookup` over the full IPv6 table, and compares its lines with a linear scan of the table.
@main
struct LookupCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lookup-check",
        abstract: "Compare dataplane lookup over the full IPv6 table with a linear scan.",
        discussion: """
            Half of the addresses lie within prefixes of the table, half are drawn from 2000::/3. --scan says how many of \
            them are scanned for; a scan takes about 0.1 ms. Exit codes: 0 all agree, 1 some differ.
            """
    )

    @Option(help: ArgumentHelp("The built dataplane program.", valueName: "file"))
    var program = "../.build/release/dataplane"

    @Option(help: ArgumentHelp("The table.", valueName: "file"))
    var table = dataFile("ris-ipv6-table.txt.gz")

    @Option(help: "Addresses to look up.")
    var addresses = 1_000_000

    @Option(help: "Addresses to scan for, spread over all.")
    var scan = 1_000_000

    func run() throws {
        var prefixes: [IPv6Prefix] = []
        try TableFile(Array(Data(contentsOf: URL(fileURLWithPath: table)))).forEachPrefix { prefix, _ in
            if case .v6(let prefix) = prefix { prefixes.append(prefix) }
        }
        let sample = (0..<addresses).map { index -> IPv6Address in
            let random = UInt128(UInt64.random(in: 0 ... .max)) << 64 | UInt128(UInt64.random(in: 0 ... .max))
            if index % 2 == 0 { return IPv6Address(bits: random >> 3 | 1 << 125) }
            let prefix = prefixes[Int.random(in: 0..<prefixes.count)]
            return IPv6Address(bits: prefix.bits | random & (prefix.last.bits ^ prefix.bits))
        }
        let lines = try look(up: sample)
        guard lines.count == addresses else {
            print("lookup printed \(lines.count) lines for \(addresses) addresses")
            throw ExitCode(1)
        }
        var differences = 0
        var scanned = 0
        for index in stride(from: 0, to: addresses, by: Swift.max(1, addresses / Swift.max(1, scan))) {
            let key = sample[index]
            var best: IPv6Prefix?
            for prefix in prefixes where prefix.contains(key) && prefix.length >= best?.length ?? 0 { best = prefix }
            scanned += 1
            if lines[index] != "\(key) \(best.map(\.description) ?? "-")" {
                differences += 1
                if differences < 10 { print("\(lines[index]): the scan says \(best.map(\.description) ?? "-")") }
            }
        }
        print(
            "ipv6 lookup: \(addresses) addresses, \(prefixes.count) prefixes, \(scanned) scanned for, \(differences) differences"
        )
        if differences > 0 { throw ExitCode(1) }
    }

    private func look(up sample: [IPv6Address]) throws -> [Substring] {
        let folder =
            FileManager.default.temporaryDirectory.path + "/lookup-check-\(ProcessInfo.processInfo.processIdentifier)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try sample.map(\.description).joined(separator: "\n").write(
            toFile: folder + "/in", atomically: true, encoding: .utf8)
        _ = FileManager.default.createFile(atPath: folder + "/out", contents: nil)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["lookup", "--table", table, "--addresses", folder + "/in"]
        process.standardOutput = FileHandle(forWritingAtPath: folder + "/out")
        try process.run()
        process.waitUntilExit()
        return try String(contentsOfFile: folder + "/out", encoding: .utf8).split(separator: "\n")
    }
}
