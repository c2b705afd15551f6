import Foundation
import Synchronization

/// Runs `body` on so many threads while `during` runs on this one, and waits for all.
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

private final class Started: Sendable {
    let count = Atomic<Int>(0)
}
