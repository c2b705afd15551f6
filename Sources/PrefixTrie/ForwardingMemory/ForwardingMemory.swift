import CLookupKernels
import Synchronization

/// The memory of one forwarding table: one writer hands out and takes back, any number of readers read.
///
///     root    | u32 | u32 | …                     one word for each value of a key's first bits
///     units   | in use | free | in use | … spare  lines of 64 bytes, or words of 8
///
/// What readers may still see is never written over: it is retired, and free once every reader has said that it has
/// let go (``ReaderRegistry``). When the units move to a larger buffer, a copy of the root goes with them, and readers find both by
/// ``ReaderView/published``: a reader that still has the old ones sees them as they were.
final class ForwardingMemory {
    let unitBytes: Int
    let rootCount: Int
    /// Moves with the units: a pointer to it is good until the next `allocate`.
    @exclusivity(unchecked) private(set) var root: UnsafeMutablePointer<UInt32>
    let readers = ReaderRegistry()
    let view: ReaderView
    @exclusivity(unchecked) private(set) var base: UnsafeMutableRawPointer
    @exclusivity(unchecked) private(set) var capacity: Int
    /// Units below this one have been handed out at least once.
    @exclusivity(unchecked) private(set) var used = 0
    /// Free runs of units by their length.
    @exclusivity(unchecked) private(set) var freeRuns: [[UInt32]] = []
    @exclusivity(unchecked) private(set) var freeUnits = 0
    /// The height of the trees that kernels walk straight; what it means is the layout's.
    @exclusivity(unchecked) private(set) var height: UInt32
    @exclusivity(unchecked) var retired = RetiredQueue()

    init(unitBytes: Int, rootCount: Int, capacity: Int, rootWord: UInt32 = 0, height: UInt32 = 0) {
        self.unitBytes = unitBytes
        self.rootCount = rootCount
        self.capacity = capacity
        self.height = height
        root = .allocate(capacity: rootCount)
        root.initialize(repeating: rootWord, count: rootCount)
        base = Self.allocateUnits(capacity * unitBytes)
        let table = UnsafeMutablePointer<lk_table>.allocate(capacity: 1)
        table.initialize(to: lk_table(root: root, memory: base.assumingMemoryBound(to: UInt8.self), height: height))
        view = ReaderView(publishing: table, epoch: readers.epoch)
    }

    deinit {
        // No reader is left: each holds the table that holds this.
        for buffer in retired.allBuffers { buffer.deallocate() }
        view.published.pointee.load(ordering: .acquiring).deallocate()
        view.published.deallocate()
        base.deallocate()
        root.deallocate()
    }

    private static func allocateUnits(_ bytes: Int) -> UnsafeMutableRawPointer {
        .allocate(byteCount: bytes, alignment: 64)
    }

    /// The bytes of root and units, whether in use, free or spare.
    var allocatedBytes: Int { rootCount * 4 + capacity * unitBytes }

    /// The bytes of root and units that a lookup can reach.
    var usedBytes: Int { rootCount * 4 + (used - freeUnits - retired.units) * unitBytes }

    /// Hands out a run of `count` units; what they hold is undefined.
    func allocate(_ count: Int) -> UInt32 {
        if count < freeRuns.count, let run = freeRuns[count].popLast() {
            freeUnits -= count
            return run
        }
        if let run = splitRun(count) { return run }
        if used + count > capacity { grow(to: used + count) }
        used += count
        return UInt32(truncatingIfNeeded: used - count)
    }

    private func splitRun(_ count: Int) -> UInt32? {
        // Worth the search only where much is free.
        guard freeUnits > used / 8, count + 1 < freeRuns.count else { return nil }
        for length in count + 1..<freeRuns.count {
            guard let run = freeRuns[length].popLast() else { continue }
            freeRuns[length - count].append(run + UInt32(truncatingIfNeeded: count))
            freeUnits -= count
            return run
        }
        return nil
    }

    /// Takes back a run that no reader can see.
    func free(_ run: UInt32, _ count: Int) {
        while freeRuns.count <= count { freeRuns.append([]) }
        freeRuns[count].append(run)
        freeUnits += count
    }

    /// Moves the units to a larger buffer. The root must not stay: its next words mean lines that the old one lacks.
    private func grow(to least: Int) {
        let larger = max(least, capacity + capacity / 2)
        let buffer = Self.allocateUnits(larger * unitBytes)
        buffer.copyMemory(from: base, byteCount: used * unitBytes)
        let copy = UnsafeMutablePointer<UInt32>.allocate(capacity: rootCount)
        copy.initialize(from: root, count: rootCount)
        retire(buffer: base)
        retire(buffer: UnsafeMutableRawPointer(root))
        base = buffer
        root = copy
        capacity = larger
        publishTable()
    }

    /// Tells readers how high most trees are from now on.
    func publish(height: UInt32) {
        self.height = height
        publishTable()
    }

    private func publishTable() {
        let table = UnsafeMutablePointer<lk_table>.allocate(capacity: 1)
        table.initialize(to: lk_table(root: root, memory: base.assumingMemoryBound(to: UInt8.self), height: height))
        let old = view.published.pointee.exchange(table, ordering: .acquiringAndReleasing)
        retire(buffer: UnsafeMutableRawPointer(old))
    }
}

extension ForwardingMemory {
    /// The offset by which the word of the root at `index` is known where words of root and units are meant: negative.
    static func offset(root index: Int) -> Int { -1 - index }

    func load(_ offset: Int) -> UInt32 {
        offset < 0 ? root[-1 - offset] : base.load(fromByteOffset: offset, as: UInt32.self)
    }

    /// Stores a word that readers may be reading; what it refers to is written before.
    func publish(_ word: UInt32, at offset: Int) {
        if offset < 0 { lk_store32(root + (-1 - offset), word) } else { lk_store32(base + offset, word) }
    }

    func publish(_ half: UInt16, at offset: Int) { lk_store16(base + offset, half) }
}
