import ArgumentParser
import Captures
import Cluster
import Configuration
import Foundation
import Packets
import Replay
import Translation

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Run the packets of a capture through a translator, with a verdict for each.",
        discussion: """
            The capture is pcap or pcapng, of Ethernet, raw IP, Linux cooked or loopback packets; time is the capture's. What \
            comes out, errors to senders included, is written in the capture's own format. The configuration is described in \
            docs/configuration.md.

            Exit codes: 0 the capture was read to its end, whatever became of the packets; 2 bad input. If a capture \
            ends within a packet, everything before it is translated and written first.
            """
    )

    @Option(
        help: ArgumentHelp("The configuration, which names the translator.", valueName: "file"), completion: .file())
    var config: String

    @Option(name: .customLong("in"), help: ArgumentHelp("The capture; - is standard input.", valueName: "pcap"))
    var input: String

    @Option(
        name: .customLong("out"),
        help: ArgumentHelp(
            "Where the packets go; - is standard output, and the summary goes to standard error.", valueName: "pcap"))
    var output: String

    @Option(help: ArgumentHelp("Makes random ports and identifications the same each time.", valueName: "n"))
    var seed: UInt64?

    @Flag(help: "Print JSON: a verdict for each packet, and a summary.")
    var json = false

    @Flag(help: "Print only the summary.")
    var quiet = false

    func run() throws {
        if output == "-" {
            // Standard output is the capture's.
            return try run { FileHandle.standardError.write(Data($0.utf8)) }
        }
        var output = Output()
        defer { output.flush() }
        try run { output.write($0) }
    }

    /// `write`: takes the report.
    func run(_ write: @escaping (String) -> Void) throws {
        let configuration = try loadConfiguration(config)
        guard let translator = configuration.translator else {
            throw BadInput("\(config): “translator” is missing; add a translator, see docs/configuration.md")
        }
        if input == output, input != "-" {
            throw BadInput("\(output): would be overwritten while it is read; give another --out")
        }
        var generator = SplitMix64(seed: seed ?? UInt64.random(in: 0...(.max)))
        let made: any PacketProcessor
        do {
            made = try translator.makeTranslator(secret: ConnectionSecret(using: &generator))
        } catch let error as ConfigurationError {
            throw BadInput("\(error)")
        } catch {
            throw BadInput("\(config): \(error)")
        }
        var replay = Replay(
            made, configuration.router.makeRouter(), using: SplitMix64(seed: generator.next()))
        var report = ReplayReport(json: json, quiet: quiet || output == "-", write)
        var progress = ReplayProgress()
        do throws(ReplayFault) {
            defer { progress.finish() }
            try replay.run(from: input, to: output) { outcome, read in
                report.add(outcome)
                progress.update(packets: outcome.number, bytes: read.bytes, of: read.of)
            }
        } catch {
            let file = if case .input = error { input } else { output }
            report.finish(replay.summary, (file, error.error))
            throw BadInput("\(file): \(error.error)")
        }
        report.finish(replay.summary)
    }
}

/// Reads a configuration; its faults are bad input.
func loadConfiguration(_ file: String) throws -> Configuration {
    let content: Data
    do {
        content = try Data(contentsOf: URL(fileURLWithPath: file))
    } catch {
        throw BadInput("\(file): can't be read: \(error.localizedDescription)")
    }
    do throws(ConfigurationError) {
        return try Configuration(Array(content), file: file)
    } catch {
        throw BadInput("\(error)")
    }
}
