import ArgumentParser
import Configuration
import DNS64
import DNS64Proxy
import Foundation
import Synchronization

struct DNS64Command: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dns64",
        abstract: "Run a DNS64 proxy on UDP and TCP: AAAA answers for names that have only IPv4 addresses.",
        discussion: """
            Asks the configured resolvers and passes their answers on; for names without AAAA records it makes some \
            from the A records, behind the prefix (RFC 6147). Queries with DO and CD set pass untouched. The \
            configuration is described in docs/configuration.md. SIGINT and SIGTERM end it.

            Exit codes: 0 ended by a signal, 2 bad input, or an address that can't be bound.
            """
    )

    @Option(help: ArgumentHelp("The configuration, with a dns64 section.", valueName: "file"), completion: .file())
    var config: String

    @Flag(help: "Print where it listens as JSON.")
    var json = false

    func run() throws {
        guard let settings = try loadConfiguration(config).dns64 else {
            throw BadInput(
                "\(config): “dns64” is missing; add dns64 with listen and upstream, see docs/configuration.md")
        }
        var configuration = DNS64Server.Configuration(
            DNS64(
                prefix: settings.prefix,
                excluded: settings.exclude.isEmpty ? DNS64.defaultExclusions : settings.exclude),
            listen: settings.listen.map { ("\($0.address)", Int($0.port)) },
            upstream: settings.upstream.map { ("\($0.address)", Int($0.port)) })
        configuration.cacheEntries = settings.cacheEntries
        configuration.timeout = settings.timeout
        try serve(configuration)
    }

    /// Runs the server until a signal comes.
    private func serve(_ configuration: DNS64Server.Configuration) throws {
        let outcome = Outcome()
        let done = DispatchSemaphore(value: 0)
        let signals = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { done.signal() }
            source.resume()
            return source
        }
        defer { for source in signals { source.cancel() } }
        let json = json
        Task {
            do {
                let server = try await DNS64Server(configuration)
                outcome.server.withLock { $0 = server }
                report(server, json: json)
            } catch {
                outcome.fault.withLock { $0 = "\(error)" }
                done.signal()
            }
        }
        done.wait()
        if let fault = outcome.fault.withLock({ $0 }) { throw BadInput("\(config): can't listen: \(fault)") }
        guard let server = outcome.server.withLock({ $0 }) else { return }
        let stopped = DispatchSemaphore(value: 0)
        Task {
            try? await server.stop()
            stopped.signal()
        }
        stopped.wait()
    }

    private final class Outcome: Sendable {
        let server = Mutex<DNS64Server?>(nil)
        let fault = Mutex<String?>(nil)
    }
}

/// Says where the server listens.
private func report(_ server: DNS64Server, json: Bool) {
    let places = server.endpoints.map { "\($0.host) port \($0.port)" }
    var output = Output()
    output.line(
        json
            ? JSON.object([("listening", .array(places.map { .string($0) }))]).text()
            : places.map { "listening on \($0)" }.joined(separator: "\n"))
    output.flush()
}
