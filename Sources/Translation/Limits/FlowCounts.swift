import CConnectionMemory
import Synchronization

/// Counts what belongs together: the connections to one destination through one address, or those of one subscriber.
/// From any thread.
///
/// Keys are 64-bit fingerprints of a keyed hash, so that a cell is 16 bytes for both families. Two of 4 million keys share
/// one with a probability of 1 in 2 million; they would share a limit.
///
///     shard | lock | … |     cells | fingerprint u64 | count u32 | second u16, opened u16 | …   open addressing
@usableFromInline
final class FlowCounts: @unchecked Sendable {
    // Sendable by hand: a shard's cells are guarded by its lock.
    private let cells: UnsafeMutablePointer<Cell>
    private let locks: UnsafeMutableRawPointer
    private let shardMask: Int
    private let cellsPerShard: Int

    private struct Cell {
        var fingerprint: UInt64
        var count: UInt32
        /// The second in which the last ones were added, and how many.
        var second: UInt16
        var opened: UInt16
    }

    /// - Parameter capacity: how many keys may have a count over 0 at once, about.
    init(capacity: Int) throws(ConnectionTableError) {
        var shards = 1
        while shards < 64, shards * 1024 < capacity { shards *= 2 }
        shardMask = shards - 1
        cellsPerShard = max(16, capacity * 4 / 3 / shards + 1)
        guard let memory = cm_allocate(shards * cellsPerShard * MemoryLayout<Cell>.stride),
            let locks = cm_allocate(shards * Self.lockStride)
        else { throw .outOfMemory(capacity: capacity) }
        self.locks = locks
        cells = memory.bindMemory(to: Cell.self, capacity: shards * cellsPerShard)
    }

    deinit {
        cm_free(cells, (shardMask + 1) * cellsPerShard * MemoryLayout<Cell>.stride)
        cm_free(locks, (shardMask + 1) * Self.lockStride)
    }

    var bytes: Int { (shardMask + 1) * (cellsPerShard * MemoryLayout<Cell>.stride + Self.lockStride) }

    /// Two cache lines for each lock, so that neighbours do not slow each other down.
    private static var lockStride: Int { 128 }

    private func lock(_ shard: Int) -> StripeLock {
        StripeLock((locks + shard * Self.lockStride).assumingMemoryBound(to: Atomic<UInt32>.self))
    }

    @usableFromInline
    @frozen
    enum Answer {
        case counted
        case limit
        case rate
        case full
    }

    /// Counts one more, unless that is over the limit, or over the rate in this second.
    @usableFromInline
    func take(_ fingerprint: UInt64, limit: UInt32, perSecond: UInt16 = .max, now: MonotonicTime) -> Answer {
        let second = UInt16(truncatingIfNeeded: now.nanoseconds / 1_000_000_000)
        return lock(shard(fingerprint)).withLock {
            guard let cell = findOrFree(fingerprint) else { return .full }
            if cell.pointee.count == 0 {
                cell.pointee = Cell(fingerprint: fingerprint, count: 0, second: second, opened: 0)
            }
            if cell.pointee.second != second { (cell.pointee.second, cell.pointee.opened) = (second, 0) }
            if cell.pointee.count >= limit { return .limit }
            if cell.pointee.opened >= perSecond { return .rate }
            cell.pointee.count += 1
            if cell.pointee.opened < .max { cell.pointee.opened += 1 }
            return .counted
        }
    }

    /// Asks for the memory of a key's count.
    @usableFromInline
    func prefetch(_ fingerprint: UInt64) {
        cm_prefetch_write(UnsafeRawPointer(cells + shard(fingerprint) * cellsPerShard + home(fingerprint)))
    }

    /// Counts one less.
    @usableFromInline
    func release(_ fingerprint: UInt64) {
        lock(shard(fingerprint)).withLock {
            guard let cell = findOrFree(fingerprint), cell.pointee.count > 0 else { return }
            cell.pointee.count -= 1
            if cell.pointee.count == 0 { close(cell, shard(fingerprint)) }
        }
    }

    @usableFromInline
    func count(_ fingerprint: UInt64) -> UInt32 {
        lock(shard(fingerprint)).withLock { findOrFree(fingerprint)?.pointee.count ?? 0 }
    }

    private func shard(_ fingerprint: UInt64) -> Int { Int(truncatingIfNeeded: fingerprint) & shardMask }

    /// Where a fingerprint belongs if nothing is in the way.
    private func home(_ fingerprint: UInt64) -> Int {
        Int(truncatingIfNeeded: ((fingerprint >> 32) &* UInt64(cellsPerShard)) >> 32)
    }

    /// The cell of the fingerprint, else the first free one after its home; nil where all are in use.
    private func findOrFree(_ fingerprint: UInt64) -> UnsafeMutablePointer<Cell>? {
        let first = cells + shard(fingerprint) * cellsPerShard
        var position = home(fingerprint)
        for _ in 0..<cellsPerShard {
            let cell = first + position
            if cell.pointee.count == 0 || cell.pointee.fingerprint == fingerprint { return cell }
            position = position + 1 == cellsPerShard ? 0 : position + 1
        }
        return nil
    }

    /// Fills a cell that has become free with later ones that could not be nearer to their home.
    private func close(_ freed: UnsafeMutablePointer<Cell>, _ shard: Int) {
        let first = cells + shard * cellsPerShard
        var hole = freed - first
        var position = hole
        while true {
            position = position + 1 == cellsPerShard ? 0 : position + 1
            if first[position].count == 0 || position == hole { break }
            let distance = (position - home(first[position].fingerprint) + cellsPerShard) % cellsPerShard
            let gap = (position - hole + cellsPerShard) % cellsPerShard
            if distance >= gap {
                first[hole] = first[position]
                hole = position
            }
        }
        first[hole].count = 0
    }
}
