import Synchronization

/// What one worker counts. Written only by the worker, read from any thread.
public final class GatewayCounters: Sendable {
    public enum Kind: Int, CaseIterable, Sendable {
        case receivedPackets, receivedBytes, sentPackets, sentBytes, segmentedPackets, joinedPackets, answers, held,
            refused,
            unsentPackets, unrouted, leftToKernel, malformed
    }

    /// Upper bounds of the histogram of how long a batch takes, in microseconds; the last is for all that take longer.
    public static let bounds: [Int] = [5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000]

    private let values: [AtomicBox]
    private let batches: [AtomicBox]
    private let time = AtomicBox()

    public init() {
        values = Kind.allCases.map { _ in AtomicBox() }
        batches = (0...Self.bounds.count).map { _ in AtomicBox() }
    }

    public subscript(kind: Kind) -> UInt64 { values[kind.rawValue].value.load(ordering: .relaxed) }

    /// How many batches took up to each bound, and how many longer.
    public var histogram: [UInt64] { batches.map { $0.value.load(ordering: .relaxed) } }

    /// All batches' time, in nanoseconds.
    public var batchTime: UInt64 { time.value.load(ordering: .relaxed) }

    func add(_ count: Int, _ kind: Kind) {
        if count > 0 { values[kind.rawValue].value.wrappingAdd(UInt64(count), ordering: .relaxed) }
    }

    func addBatch(nanoseconds: UInt64) {
        let microseconds = Int(clamping: nanoseconds / 1000)
        let index = Self.bounds.firstIndex { microseconds <= $0 } ?? Self.bounds.count
        batches[index].value.wrappingAdd(1, ordering: .relaxed)
        time.value.wrappingAdd(nanoseconds, ordering: .relaxed)
    }

    private final class AtomicBox: Sendable {
        let value = Atomic<UInt64>(0)
    }
}
