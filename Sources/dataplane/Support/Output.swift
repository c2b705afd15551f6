import Foundation

/// Standard output, written in large pieces.
struct Output {
    private var buffer: [UInt8] = []

    mutating func write(_ text: String) {
        buffer.append(contentsOf: text.utf8)
        if buffer.count > 1 << 16 { flush() }
    }

    mutating func line(_ text: String) { write(text + "\n") }

    mutating func flush() {
        if buffer.isEmpty { return }
        // A reader that has seen enough closes the pipe: no fault of ours.
        try? FileHandle.standardOutput.write(contentsOf: Data(buffer))
        buffer.removeAll(keepingCapacity: true)
    }
}

/// Colours, where standard output is a terminal and NO_COLOR is not set (no-color.org).
enum Style: String {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case cyan = "36"

    static let isEnabled = isatty(1) == 1 && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty

    func callAsFunction(_ text: String) -> String { Self.isEnabled ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text }
}

/// Notes for people, on standard error, where they do not mix with results.
func note(_ text: String) {
    FileHandle.standardError.write(Data(("note: " + text + "\n").utf8))
}
