import IPAddresses
import Packets
import Synchronization

/// Fragments that have come before their packet's first one, and wait for it (RFC 4787 REQ-14): a bounded number, in memory
/// that is there from the start.
public final class HeldFragments: Sendable {
    /// The most that wait at once.
    public let capacity: Int

    /// The longest one, in bytes.
    public let size: Int

    private let count = Atomic<Int>(0)
    private let slots: Mutex<Slots>

    private struct Slots {
        var memory: [UInt8]
        var keys: [(key: FragmentTable.Key, length: Int, deadline: MonotonicTime)?]
    }

    public init(capacity: Int = 64, size: Int = 2048) {
        self.capacity = capacity
        self.size = size
        slots = Mutex(
            Slots(memory: [UInt8](repeating: 0, count: capacity * size), keys: Array(repeating: nil, count: capacity)))
    }

    /// Keeps a copy of a fragment.
    ///
    /// - Returns: false where it is too long, or none of the places is free.
    public func hold(
        _ bytes: borrowing RawSpan, _ range: Range<Int>, _ key: FragmentTable.Key, until deadline: MonotonicTime,
        now: MonotonicTime
    ) -> Bool {
        guard range.count <= size else { return false }
        // Copied outside of the closure, which can't capture a span.
        let copy = (0..<range.count).map { bytes.uint8(at: range.lowerBound + $0) }
        return slots.withLock { slots in
            guard let index = slots.keys.firstIndex(where: { $0.map { $0.deadline < now } ?? true }) else {
                return false
            }
            if slots.keys[index] == nil { count.wrappingAdd(1, ordering: .relaxed) }
            slots.keys[index] = (key, copy.count, deadline)
            slots.memory.replaceSubrange(index * size..<index * size + copy.count, with: copy)
            return true
        }
    }

    /// Hands out a fragment whose first one has been seen by now.
    ///
    /// - Returns: its bytes; nil where there is none.
    public func take(readyIn table: FragmentTable, now: MonotonicTime) -> [UInt8]? {
        if count.load(ordering: .relaxed) == 0 { return nil }
        return slots.withLock { slots in
            for index in slots.keys.indices {
                guard let (key, length, deadline) = slots.keys[index] else { continue }
                let isReady = table.ports(of: key, now: now) != nil
                if !isReady && deadline >= now { continue }
                slots.keys[index] = nil
                count.wrappingSubtract(1, ordering: .relaxed)
                if isReady { return Array(slots.memory[index * size..<index * size + length]) }
            }
            return nil
        }
    }
}
