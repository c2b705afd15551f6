import Dispatch
import Foundation
import Synchronization

/// How far long work has come, as reported by whoever does it.
final class Progress: Sendable {
    private let state = Mutex<(done: Int, all: Int)>((0, 0))

    /// `done` of `all` steps are done.
    func step(_ done: Int, of all: Int) { state.withLock { $0 = (done, all) } }

    fileprivate var text: String {
        state.withLock { $0.all == 0 ? "" : " \($0.done * 100 / $0.all) %" }
    }
}

/// Does the work; where it takes over a second and standard error is a terminal, says there what is being done, how far it
/// has come, and for how long.
func withProgress<Value>(_ text: String, _ work: (Progress) throws -> Value) rethrows -> Value {
    let progress = Progress()
    guard isatty(2) == 1 else { return try work(progress) }
    let started = ContinuousClock.now
    let timer = DispatchSource.makeTimerSource(queue: .global())
    timer.schedule(deadline: .now() + 1, repeating: 1)
    timer.setEventHandler {
        let seconds = (ContinuousClock.now - started).components.seconds
        FileHandle.standardError.write(Data("\r\(text)…\(progress.text) \(seconds) s ".utf8))
    }
    timer.resume()
    defer {
        timer.cancel()
        // Wipes the line, where there is one.
        if ContinuousClock.now - started >= .seconds(1) { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
    }
    return try work(progress)
}

func withProgress<Value>(_ text: String, _ work: () throws -> Value) rethrows -> Value {
    try withProgress(text) { _ in try work() }
}
