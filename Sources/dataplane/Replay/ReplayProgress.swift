import Foundation

/// How far a replay has come, on standard error where that is a terminal.
struct ReplayProgress {
    private let isShown = isatty(2) == 1
    private let started = ContinuousClock.now
    private var last = ContinuousClock.now

    mutating func update(packets: Int, bytes: Int, of size: Int?) {
        guard isShown, packets % 4096 == 0 else { return }
        let now = ContinuousClock.now
        guard now - started > .seconds(1), now - last > .milliseconds(500) else { return }
        last = now
        let share = size.map { " (\(bytes * 100 / max(1, $0)) %)" } ?? ""
        FileHandle.standardError.write(Data("\r\(packets) packets\(share) ".utf8))
    }

    func finish() {
        if isShown, ContinuousClock.now - started > .seconds(1) {
            FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
        }
    }
}
