import ArgumentParser
import Captures
import Cluster
import Configuration
import Foundation
import Packets
import Translation

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Run the packets of a capture through a translator, with a verdict for each.",
        discussion: """
            The capture is pcap or pcapng, of Ethernet, raw IP or Linux cooked packets; time is the capture's. What comes out, \
            errors to senders included, is written in the capture's own format. The configuration is described in \
            docs/configuration.md.

            Exit codes: 0 the capture was read to its end, whatever became of the packets; 2 bad input.
            """
    )

    @Option(
        help: ArgumentHelp("The configuration, which names the translator.", valueName: "file"), completion: .file())
    var config: String

    @Option(name: .customLong("in"), help: ArgumentHelp("The capture; - is standard input.", valueName: "pcap"))
    var input: String

    @Option(name: .customLong("out"), help: ArgumentHelp("Where the packets go.", valueName: "pcap"))
    var output: String

    @Option(help: ArgumentHelp("Makes random ports and identifications the same each time.", valueName: "n"))
    var seed: UInt64?

    @Flag(help: "Print JSON: a verdict for each packet, and a summary.")
    var json = false

    @Flag(help: "Print the summary alone.")
    var quiet = false

    func run() throws {
        let configuration = try loadConfiguration(config)
        guard let translator = configuration.translator else {
            throw BadInput("\(config): “translator” is missing; add a translator, see docs/configuration.md")
        }
        if input == output, input != "-" {
            throw BadInput("\(output): would be written over while it is read; give another --out")
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
        var replay = Replay(made, configuration.router.makeRouter(), seed: generator.next())
        var report = ReplayReport(json: json, quiet: quiet || output == "-")
        do throws(ReplayFault) {
            try run(&replay, &report)
        } catch {
            switch error {
            case .input(let error): throw BadInput("\(input): \(error)")
            case .output(let error): throw BadInput("\(output): \(error)")
            }
        }
        report.finish(replay.summary)
    }

    private func run(_ replay: inout Replay, _ report: inout ReplayReport) throws(ReplayFault) {
        var progress: ReplayProgress
        var reader: CaptureReader<CaptureFile>
        do throws(CaptureError) {
            let file = try CaptureFile(path: input)
            progress = ReplayProgress(size: file.size)
            reader = try CaptureReader(file)
        } catch {
            throw .input(error)
        }
        let format = reader.format
        var writer: CaptureWriter?
        while let outcome = try replay.step(&reader, &writer, path: output) {
            report.add(outcome)
            progress.update(packets: outcome.number, bytes: reader.bytesRead)
        }
        progress.finish()
        do throws(CaptureError) {
            if writer == nil { writer = try CaptureWriter(path: output, format, linkType: .raw) }
            try writer?.flush()
        } catch {
            throw .output(error)
        }
    }
}

/// Reads a configuration; its faults are bad input.
func loadConfiguration(_ file: String) throws -> Configuration {
    let text: String
    do {
        text = try String(contentsOf: URL(fileURLWithPath: file), encoding: .utf8)
    } catch {
        throw BadInput("\(file): can't be read: \(error.localizedDescription)")
    }
    do throws(ConfigurationError) {
        return try Configuration(text, file: file)
    } catch {
        throw BadInput("\(error)")
    }
}
