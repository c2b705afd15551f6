import ArgumentParser
import Configuration
import Dispatch
import Foundation
import Gateway
import IPAddresses
import Logging
import MetricsServer
import TableFile
import Translation

struct GatewayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gateway",
        abstract:
            "Forward packets through NAT64, source NAT, a NAT gateway, or another translator: on a TUN device, or by AF_XDP.",
        discussion: """
            What the kernel routes into the device is translated and written back, for the kernel to route on. The \
            configuration's gateway and translator sections are described in docs/configuration.md, a whole set-up in \
            docs/gateway.md. Needs root, or CAP_NET_ADMIN, to open the device. With “xdp” in the gateway section packets \
            come from Ethernet interfaces by AF_XDP first, which takes CAP_NET_RAW and CAP_BPF too.

            SIGHUP reads the configuration again; connections go on. SIGINT and SIGTERM end it; connections are written to \
            the state file, and are there again at the next start.

            Exit codes: 0 ended by a signal, 2 bad input, or a device or address that can't be used.
            """
    )

    @Option(
        help: ArgumentHelp("The configuration, with gateway and translator sections.", valueName: "file"),
        completion: .file())
    var config: String

    @Option(help: "The least severe messages that are logged: trace, debug, info, notice, warning, error.")
    var logLevel: String = "info"

    @Flag(help: "Print where it runs as JSON, once it does.")
    var json = false

    func validate() throws {
        guard Logger.Level(rawValue: logLevel) != nil else {
            throw ValidationError("--log-level is one of trace, debug, info, notice, warning and error.")
        }
    }

    func run() throws {
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "gateway")
        logger.logLevel = Logger.Level(rawValue: logLevel) ?? .info
        let loaded = try loadConfiguration(config)
        let (settings, translator) = try parts(loaded)
        do {
            let routes = try GatewayService.routes(settings)
            let backend = try GatewayService.backend(settings, routes, logger)
            let gateway = PacketGateway(backend, translator, router: loaded.router.makeRouter(), routes: routes)
            try GatewayService(gateway, settings, config, logger).run(json: json)
        } catch let error as Tunnel.Failure {
            throw BadInput("\(config): gateway.device: \(error)")
        } catch let error as XDPInterface.Failure {
            throw BadInput("\(config): gateway.xdp: \(error)")
        } catch let error as RouteFailure {
            throw BadInput("\(config): gateway.xdp: \(error)")
        }
    }

    /// The parts of a configuration that a gateway needs.
    private func parts(_ configuration: Configuration) throws -> (GatewayConfiguration, any GatewayTranslator) {
        guard let settings = configuration.gateway else {
            throw BadInput("\(config): “gateway” is missing; add gateway with device, see docs/configuration.md")
        }
        return (settings, try GatewayService.translator(configuration, config))
    }
}

/// A gateway while it runs: signals, state, metrics.
struct GatewayService {
    let gateway: PacketGateway
    let settings: GatewayConfiguration
    let path: String
    let logger: Logger

    init(_ gateway: PacketGateway, _ settings: GatewayConfiguration, _ path: String, _ logger: Logger) {
        (self.gateway, self.settings, self.path, self.logger) = (gateway, settings, path, logger)
    }

    static func translator(_ configuration: Configuration, _ path: String) throws -> any GatewayTranslator {
        guard let translator = configuration.translator else {
            throw BadInput("\(path): “translator” is missing; add translator with kind, see docs/configuration.md")
        }
        do {
            return try gatewayTranslator(translator.makeTranslator())
        } catch {
            throw BadInput("\(path): translator: \(error)")
        }
    }

    /// The routes of a configuration; nil where it names none.
    static func routes(_ settings: GatewayConfiguration) throws -> GatewayRoutes? {
        guard let path = settings.routes else { return nil }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw BadInput("\(path): the file cannot be read")
        }
        var routes: [(prefix: IPPrefix, device: String)] = []
        do {
            try TableFile(Array(data)).forEachPrefix { prefix, value in
                routes.append((prefix, String(decoding: value)))
            }
            return try GatewayRoutes(routes, device: settings.device)
        } catch {
            throw BadInput("\(path): \(error)")
        }
    }

    /// Opens the devices of a configuration.
    static func backend(
        _ settings: GatewayConfiguration, _ routes: GatewayRoutes?, _ logger: Logger
    ) throws -> any PacketBackend {
        let others = Set(routes?.devices ?? []).subtracting([settings.device, GatewayRoutes.blackhole]).sorted()
        let tunnels = try ([settings.device] + others).map { name throws(Tunnel.Failure) in
            try Tunnel(
                name: name, queues: settings.queues, mtu: settings.mtu, queueLength: settings.queueLength,
                offloads: settings.offloads)
        }
        if settings.xdp.isEmpty { return TunnelBackend(tunnels) }
        let interfaces = try settings.xdp.map { value throws(XDPInterface.Failure) in
            try XDPInterface(name: value.interface, queues: settings.queues, taken: value.taken)
        }
        for interface in interfaces {
            logger.info(
                "taking packets by AF_XDP",
                metadata: [
                    "interface": "\(interface.name)", "native": "\(interface.isNative)",
                    "zero-copy": "\(interface.isZeroCopy)",
                ])
        }
        return try XDPBackend(tunnels[0], interfaces) { logger.error("\($0)") }
    }

    private var stateFile: StateFile? { settings.stateFile.map { StateFile(path: $0) } }

    func run(json: Bool) throws {
        try restore()
        let server = try startServer()
        defer { server?.stop() }
        if let user = settings.user {
            do {
                try dropPrivileges(user: user)
            } catch {
                throw BadInput("\(path): gateway.user: \(error)")
            }
        }
        gateway.start()
        logger.info(
            "forwarding",
            metadata: [
                "device": "\(settings.device)", "queues": "\(settings.queues)",
                "segments": "\(gateway.backend.hasSegments)",
            ])
        if json {
            var output = Output()
            output.line(
                JSON.object([
                    ("device", .string(settings.device)), ("queues", .integer(settings.queues)),
                    ("segments", .bool(gateway.backend.hasSegments)),
                    ("interfaces", .array(settings.xdp.map { .string($0.interface) })),
                    ("metricsPort", server.map { .integer($0.port) }),
                ]).text())
            output.flush()
        }
        wait()
        gateway.stop()
        save("ended")
    }

    private func restore() throws {
        guard let stateFile else { return }
        do {
            let summary = try gateway.translator.restore(stateFile, now: .now)
            logger.info(
                "earlier connections", metadata: ["restored": "\(summary.restored)", "refused": "\(summary.refused)"])
        } catch {
            throw BadInput("\(path): gateway.state: \(error)")
        }
    }

    private func save(_ why: String) {
        guard let stateFile else { return }
        do {
            if let count = try gateway.translator.save(stateFile, now: .now) {
                logger.debug("connections written", metadata: ["count": "\(count)", "why": "\(why)"])
            }
        } catch {
            logger.error("connections not written: \(error)")
        }
    }

    private func startServer() throws -> MetricsServer? {
        guard let listen = settings.listen else { return nil }
        let gateway = gateway
        do {
            return try MetricsServer(host: "\(listen.address)", port: Int(listen.port)) { path in
                switch path {
                case "/metrics": .init(gateway.metrics)
                case "/healthz": .init("ok\n")
                default: nil
                }
            }
        } catch {
            throw BadInput("\(path): gateway.listen: can't listen on \(listen): \(error)")
        }
    }

    /// Waits for a signal to end; meanwhile handles others, and the times to write connections.
    private func wait() {
        let done = DispatchSemaphore(value: 0)
        let queue = DispatchQueue(label: "gateway-signals")
        func source(_ number: Int32, _ handle: @escaping @Sendable () -> Void) -> any DispatchSourceSignal {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler(handler: handle)
            source.resume()
            return source
        }
        let service = self
        let sources = [
            source(SIGINT) { done.signal() }, source(SIGTERM) { done.signal() }, source(SIGHUP) { service.reload() },
        ]
        let timer = DispatchSource.makeTimerSource(queue: queue)
        timer.schedule(
            deadline: .now() + .seconds(settings.stateInterval), repeating: .seconds(settings.stateInterval))
        timer.setEventHandler { service.save("interval") }
        timer.resume()
        done.wait()
        timer.cancel()
        for source in sources { source.cancel() }
    }

    /// Reads the configuration again. A fault changes nothing.
    private func reload() {
        do {
            let loaded = try loadConfiguration(path)
            let translator = try Self.translator(loaded, path)
            if let new = loaded.gateway, !new.isSameButRoutes(settings) {
                logger.warning(
                    "changes to “gateway” need a restart; translator, router and routes are as the file now says")
            }
            let routes = try Self.routes(loaded.gateway ?? settings)
            let summary = gateway.replace(translator, router: loaded.router.makeRouter(), routes: routes)
            logger.info(
                "configuration read again",
                metadata: ["connections": "\(summary.restored)", "left": "\(summary.refused)"])
        } catch let error as BadInput {
            logger.error("configuration not read, everything goes on as before: \(error.message)")
        } catch {
            logger.error("configuration not read, everything goes on as before: \(error)")
        }
    }
}
