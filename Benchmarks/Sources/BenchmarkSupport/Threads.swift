import Foundation
import Synchronization

/// Runs `body` on that many threads while `during` runs on this one, and waits for all.
public func withThreads(_ count: Int, _ body: @escaping @Sendable () -> Void, during: () -> Void) {
    let group = DispatchGroup()
    let started = Started()
    for _ in 0..<count {
        group.enter()
        let thread = Thread {
            started.count.wrappingAdd(1, ordering: .relaxed)
            body()
            group.leave()
        }
        thread.start()
    }
    while started.count.load(ordering: .relaxed) < count { Thread.sleep(forTimeInterval: 0.001) }
    during()
    group.wait()
}

/// Runs `body` on that many threads, which wait for `timing` themselves.
///
/// - Returns: the nanoseconds from `timing`, which is called once all have started, to the last one's end.
public func timeThreads(_ count: Int, _ body: @escaping @Sendable () -> Void, timing: () -> Void) -> Double {
    var begin = ContinuousClock.now
    withThreads(count, body) {
        begin = .now
        timing()
    }
    let time = ContinuousClock.now - begin
    return Double(time.components.seconds) * 1e9 + Double(time.components.attoseconds) / 1e9
}

private final class Started: Sendable {
    let count = Atomic<Int>(0)
}
