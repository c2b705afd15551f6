import CTunnel
import Foundation
import Synchronization
import Translation

/// A gateway: packets that come from a backend are translated and go back to it.
///
/// Each of the backend's queues has a thread of its own; another one lets connections end.
public final class PacketGateway: Sendable {
    public let backend: any PacketBackend

    /// For each of the backend's workers.
    public let counters: [GatewayCounters]

    private let state: Mutex<State>
    private let generation = Atomic<Int>(0)
    private let isStopping = Atomic<Bool>(false)
    private let paused = Atomic<Int>(0)
    private let running = DispatchGroup()

    private struct State {
        var translator: any GatewayTranslator
        var router: Router
        var routes: GatewayRoutes?
    }

    /// `routes`: which device a packet is written to, by its destination; nil for the one that it came from.
    public init(
        _ backend: any PacketBackend, _ translator: any GatewayTranslator, router: Router,
        routes: GatewayRoutes? = nil
    ) {
        self.backend = backend
        counters = backend.workers.map { _ in GatewayCounters() }
        state = Mutex(State(translator: translator, router: router, routes: routes))
    }

    /// The translator that packets go through now.
    public var translator: any GatewayTranslator { state.withLock { $0.translator } }

    public var router: Router { state.withLock { $0.router } }

    /// Starts the workers.
    public func start() {
        for index in counters.indices {
            running.enter()
            let thread = Thread { [self] in
                // What one thread writes from several processors can pass itself in the kernel's queues.
                ct_pin(Int32(index))
                work(index)
                running.leave()
            }
            thread.name = "gateway-\(index)"
            thread.stackSize = 4 << 20
            thread.start()
        }
        running.enter()
        let upkeep = Thread { [self] in
            while !isStopping.load(ordering: .acquiring) {
                translator.expire(now: .now, limit: 50_000)
                backend.keepUp()
                Thread.sleep(forTimeInterval: 0.05)
            }
            running.leave()
        }
        upkeep.name = "gateway-upkeep"
        upkeep.start()
    }

    /// Ends the workers, and waits for them.
    public func stop() {
        isStopping.store(true, ordering: .releasing)
        running.wait()
    }

    /// Goes on with another translator, which takes over the connections of this one; packets wait in the device's queue for
    /// as long as that takes.
    ///
    /// - Returns: what became of the connections.
    public func replace(
        _ translator: any GatewayTranslator, router: Router, routes: GatewayRoutes? = nil
    ) -> RestoreSummary {
        generation.wrappingAdd(1, ordering: .sequentiallyConsistent)
        // Each worker stops between two batches.
        while paused.load(ordering: .acquiring) < counters.count, !isStopping.load(ordering: .acquiring) {
            Thread.sleep(forTimeInterval: 0.0005)
        }
        let summary = state.withLock { state in
            let summary = translator.takeOver(state.translator, now: .now)
            state = State(translator: translator, router: router, routes: routes)
            return summary
        }
        generation.wrappingAdd(1, ordering: .sequentiallyConsistent)
        while paused.load(ordering: .acquiring) > 0, !isStopping.load(ordering: .acquiring) {
            Thread.sleep(forTimeInterval: 0.0005)
        }
        return summary
    }

    private func work(_ index: Int) {
        while !isStopping.load(ordering: .acquiring) {
            let (translator, router, routes) = state.withLock { ($0.translator, $0.router, $0.routes) }
            let own = generation.load(ordering: .sequentiallyConsistent)
            let queue = backend.makeQueue(index, routes: routes, counters: counters[index])
            var worker = GatewayWorker(queue, routes: routes, router: router, counters: counters[index])
            while !isStopping.load(ordering: .relaxed), generation.load(ordering: .acquiring) == own {
                if worker.step(translator) == 0 { queue.wait(milliseconds: 20) }
            }
            // An odd generation: the translator is being replaced.
            paused.wrappingAdd(1, ordering: .acquiringAndReleasing)
            while generation.load(ordering: .acquiring) % 2 == 1, !isStopping.load(ordering: .relaxed) {
                Thread.sleep(forTimeInterval: 0.0005)
            }
            paused.wrappingSubtract(1, ordering: .acquiringAndReleasing)
        }
    }
}
