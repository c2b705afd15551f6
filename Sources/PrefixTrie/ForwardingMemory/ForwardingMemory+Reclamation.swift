import Synchronization

/// What readers may still see, in the order in which it was retired.
struct RetiredQueue {
    struct Entry {
        let epoch: UInt64
        let run: UInt32
        /// The run's length in units; 0 for a whole buffer.
        let count: UInt32
        let buffer: UnsafeMutableRawPointer?
    }

    private(set) var entries: [Entry] = []
    private(set) var first = 0
    private(set) var units = 0
    /// The number of entries at which the readers are asked again.
    var nextAttempt = RetiredQueue.attemptEvery
    static let attemptEvery = 128

    var count: Int { entries.count - first }

    var allBuffers: [UnsafeMutableRawPointer] { entries[first...].compactMap(\.buffer) }

    mutating func append(_ entry: Entry) {
        entries.append(entry)
        units += Int(entry.count)
    }

    /// Takes the entries that were retired before `epoch`.
    mutating func removeAll(before epoch: UInt64, _ body: (Entry) -> Void) {
        while first < entries.count, entries[first].epoch < epoch {
            units -= Int(entries[first].count)
            body(entries[first])
            first += 1
        }
        if first > entries.count / 2 {
            entries.removeFirst(first)
            first = 0
        }
    }
}

extension ForwardingMemory {
    /// Takes back a run that readers may still see, once they can't.
    func retire(_ run: UInt32, _ count: Int) {
        retired.append(
            .init(epoch: readers.currentEpoch, run: run, count: UInt32(truncatingIfNeeded: count), buffer: nil))
    }

    func retire(buffer: UnsafeMutableRawPointer) {
        retired.append(.init(epoch: readers.currentEpoch, run: 0, count: 0, buffer: buffer))
    }

    /// Frees what no reader can see any longer, if enough has come together to be worth asking.
    func reclaimIfDue() {
        guard retired.count >= retired.nextAttempt else { return }
        reclaim()
        retired.nextAttempt = retired.count + RetiredQueue.attemptEvery
    }

    /// Frees what no reader can see any longer.
    func reclaim() {
        let oldest = readers.advance()
        retired.removeAll(before: oldest) { entry in
            if let buffer = entry.buffer { buffer.deallocate() } else { free(entry.run, Int(entry.count)) }
        }
    }
}
