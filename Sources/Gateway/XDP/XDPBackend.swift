import CXDP
import Synchronization
import Translation

/// Sockets of AF_XDP on Ethernet interfaces, in front of a TUN device.
///
///     eth0 ─► program ─┬─► socket ──► worker ──► socket ─► eth1       the next hop's Ethernet address is known
///                      │                 └─────► TUN ────► kernel     it is not; too long; no route; for the host
///                      └─► kernel ──► TUN ──► worker                  what is not taken, as without AF_XDP
///
/// The kernel's main table and its neighbours say where a packet goes (`NextHopTable`); policy rules, netfilter and queueing
/// disciplines are bypassed.
public final class XDPBackend: PacketBackend {
    public let tunnel: Tunnel
    public let interfaces: [XDPInterface]

    private let table = Mutex(NextHopTable())
    private let version = Atomic<Int>(0)
    private let upkeep: Mutex<Upkeep>
    private let report: @Sendable (String) -> Void

    private struct Upkeep: ~Copyable {
        var monitor: RouteMonitor
        var tables: KernelTables
        var isDue = false

        /// A large table is not compiled all the time.
        var notBefore = MonotonicTime.now
    }

    /// `report`: told what goes wrong while it runs.
    ///
    /// - Throws: ``RouteFailure`` where the kernel's tables can't be read.
    public init(
        _ tunnel: Tunnel, _ interfaces: [XDPInterface], report: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(RouteFailure) {
        (self.tunnel, self.interfaces, self.report) = (tunnel, interfaces, report)
        do {
            var monitor = try RouteMonitor()
            let tables = try monitor.read()
            upkeep = Mutex(Upkeep(monitor: monitor, tables: tables))
            publish(tables)
        } catch {
            throw RouteFailure(description: "\(error)")
        }
    }

    public var workers: [WorkerName] {
        tunnel.queues.indices.map { WorkerName(device: tunnel.name, queue: $0) }
    }

    public var hasSegments: Bool { tunnel.hasSegments }

    public var interfaceCounts: [InterfaceCounts] {
        interfaces.flatMap { interface in
            interface.sockets.enumerated().map { queue, socket in
                let counts = socket.counts
                return InterfaceCounts(
                    interface: interface.name, queue: queue, received: counts.received, sent: counts.sent,
                    dropped: counts.dropped)
            }
        }
    }

    public func makeQueue(
        _ worker: Int, routes: GatewayRoutes?, counters: GatewayCounters
    ) -> any PacketQueue { XDPQueue(self, worker, counters) }

    /// The way of packets now, and the number of its version.
    var current: (table: NextHopTable, version: Int) { table.withLock { ($0, version.load(ordering: .relaxed)) } }

    /// Whether there is a newer version.
    func hasChanged(since version: Int) -> Bool { self.version.load(ordering: .acquiring) != version }

    /// Reads the kernel's tables again where they have changed.
    public func keepUp() {
        upkeep.withLock { upkeep in
            if upkeep.monitor.hasNews() { upkeep.isDue = true }
            let start = MonotonicTime.now
            guard upkeep.isDue, start >= upkeep.notBefore else { return }
            do {
                let tables = try upkeep.monitor.read()
                upkeep.isDue = false
                if tables != upkeep.tables { publish(tables) }
                upkeep.tables = tables
                // A tenth of the time at most.
                let took = MonotonicTime.now.nanoseconds &- start.nanoseconds
                upkeep.notBefore = MonotonicTime(nanoseconds: start.nanoseconds &+ took &* 10)
            } catch {
                report("\(error); routes stay as they were, and are read again in a second")
                upkeep.notBefore = start + .seconds(1)
            }
        }
    }

    private func publish(_ tables: KernelTables) {
        let new: NextHopTable
        do {
            new = try NextHopTable(tables, interfaces: interfaces.map(\.index))
        } catch {
            report("\(error); the kernel sends all packets")
            new = NextHopTable()
        }
        for interface in interfaces { interface.pass(new.own) }
        table.withLock { table in
            table = new
            version.wrappingAdd(1, ordering: .acquiringAndReleasing)
        }
    }
}

/// Why the kernel's routes can't be read.
public struct RouteFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String
}
