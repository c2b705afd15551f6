import Dispatch
import Foundation

/// Does the work; where it takes over a second and standard error is a terminal, says there what is being done and for how
/// long.
func withProgress<Value>(_ text: String, _ work: () throws -> Value) rethrows -> Value {
    guard isatty(2) == 1 else { return try work() }
    let started = ContinuousClock.now
    let timer = DispatchSource.makeTimerSource(queue: .global())
    timer.schedule(deadline: .now() + 1, repeating: 1)
    timer.setEventHandler {
        let seconds = (ContinuousClock.now - started).components.seconds
        FileHandle.standardError.write(Data("\r\(text)… \(seconds) s ".utf8))
    }
    timer.resume()
    defer {
        timer.cancel()
        // Wipes the line, where there is one.
        if ContinuousClock.now - started >= .seconds(1) { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
    }
    return try work()
}
