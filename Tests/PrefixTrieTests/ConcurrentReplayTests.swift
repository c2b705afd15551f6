import Foundation
import IPAddresses
import PrefixTrie
import Synchronization
import TableFile
import TestSupport
import Testing

/// Every answer that a key has had, by the number of updates that were made before.
private struct Timeline {
    var changes: [(version: Int, hop: UInt16)]

    /// Whether `hop` was the answer at some version of the range.
    func allows(_ hop: UInt16, _ versions: ClosedRange<Int>) -> Bool {
        var (low, high) = (0, changes.count - 1)
        while low < high {
            let middle = (low + high + 1) / 2
            if changes[middle].version <= versions.lowerBound { low = middle } else { high = middle - 1 }
        }
        while low < changes.count, changes[low].version <= versions.upperBound {
            if changes[low].hop == hop { return true }
            low += 1
        }
        return false
    }
}

private struct Replay: Sendable {
    typealias Update = (prefix: IPv6Prefix, hop: UInt16?)

    let table: [(prefix: IPv6Prefix, value: UInt16)]
    let updates: [(prefix: IPv6Prefix, hop: UInt16?)]
    let keys: [IPv6Address]
    let timelines: [Timeline]

    init(_ table: [(prefix: IPv6Prefix, value: UInt16)], _ updates: [Update]) {
        self.table = table
        self.updates = updates
        var generator = SeededGenerator(seed: 11)
        var trie = RadixTrie(table)
        keys = (0..<4096).map { _ in
            let prefix = updates[Int(generator.next() % UInt64(updates.count))].prefix
            let random = UInt128(generator.next()) << 64 | UInt128(generator.next())
            return IPv6Address(bits: prefix.bits | random & (prefix.last.bits ^ prefix.bits))
        }.sorted()
        var timelines = keys.map { Timeline(changes: [(0, trie.longestMatch(for: $0)?.value ?? NextHop.noRoute)]) }
        for (index, update) in updates.enumerated() {
            trie[update.prefix] = update.hop
            var key = keys.partition(by: update.prefix.first)
            while key < keys.count, keys[key] <= update.prefix.last {
                let hop = trie.longestMatch(for: keys[key])?.value ?? NextHop.noRoute
                if timelines[key].changes.last?.hop != hop { timelines[key].changes.append((index + 1, hop)) }
                key += 1
            }
        }
        self.timelines = timelines
    }

    /// The excerpt beside the tests, or what REPLAY_DATA names.
    static func recorded() throws -> Replay {
        let folder = ProcessInfo.processInfo.environment["REPLAY_DATA"]
        let data = URL(
            fileURLWithPath: folder ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Data")
        let prefix = folder == nil ? "" : "ris-ipv6-"
        func lines(_ name: String) throws -> [String] {
            let bytes = try Data(contentsOf: data.appendingPathComponent(prefix + name + ".txt.gz"))
            var lines: [String] = []
            try TableFile(Array(bytes)).forEachLine { _, line in
                lines.append(line.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) })
            }
            return lines
        }
        var generator = SeededGenerator(seed: 3)
        let table = try lines("table").map { (try #require(IPv6Prefix($0)), UInt16(generator.next() % 200)) }
        let updates = try lines("updates").map { line -> Update in
            let hop = UInt16(generator.next() % 200)
            return (try #require(IPv6Prefix(String(line.dropFirst(2)))), line.first == "A" ? hop : nil)
        }
        return Replay(table, updates)
    }
}

extension [IPv6Address] {
    /// The index of the first that is not below `key`.
    fileprivate func partition(by key: IPv6Address) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

private final class Shared: Sendable {
    let version = Atomic<Int>(0)
    let isOver = Atomic<Bool>(false)
    let started = Atomic<Int>(0)
    let ended = Atomic<Int>(0)
    let lookups = Atomic<Int>(0)
    let wrong = Atomic<Int>(0)
}

@Suite("ForwardingTable alongside readers")
struct ConcurrentReplayTests {
    @Test("recorded updates: four readers see only answers that were current", .timeLimit(.minutes(10)))
    func recorded() throws {
        let replay = try Replay.recorded()
        let table = try ForwardingTable(compiling: RadixTrie(replay.table))
        let shared = Shared()
        // Threads of their own: tasks that never wait would fill the pool, and the writer would not get a turn.
        let readers = (0..<4).map { number in
            Thread {
                Self.read(replay, table, shared, UInt64(number))
                shared.ended.wrappingAdd(1, ordering: .releasing)
            }
        }
        for reader in readers { reader.start() }
        while shared.started.load(ordering: .acquiring) < readers.count { Thread.sleep(forTimeInterval: 0.001) }
        for (index, update) in replay.updates.enumerated() {
            if let hop = update.hop {
                try table.updateValue(hop, for: update.prefix)
            } else {
                table.removeValue(for: update.prefix)
            }
            shared.version.store(index + 1, ordering: .releasing)
        }
        shared.isOver.store(true, ordering: .releasing)
        while shared.ended.load(ordering: .acquiring) < readers.count { Thread.sleep(forTimeInterval: 0.001) }
        #expect(shared.wrong.load(ordering: .relaxed) == 0)
        #expect(shared.lookups.load(ordering: .relaxed) > 1_000)
        try table._invariantCheck()
        for (key, timeline) in zip(replay.keys, replay.timelines) {
            #expect(table.lookup(key) == timeline.changes.last?.hop)
        }
    }

    private static func read(_ replay: Replay, _ table: ForwardingTable<IPv6Address>, _ shared: Shared, _ seed: UInt64)
    {
        var generator = SeededGenerator(seed: seed)
        var reader = table.makeReader()
        var hops = [UInt16](repeating: 0, count: 40)
        var lookups = 0
        shared.started.wrappingAdd(1, ordering: .releasing)
        repeat {
            let start = Int(generator.next() % UInt64(replay.keys.count - hops.count))
            let keys = replay.keys[start..<start + hops.count]
            let before = shared.version.load(ordering: .acquiring)
            keys.withUnsafeBufferPointer { keys in
                hops.withUnsafeMutableBufferPointer { hops in reader.lookup(keys, into: hops) }
            }
            let after = shared.version.load(ordering: .acquiring) + 1
            for (offset, hop) in hops.enumerated()
            where !replay.timelines[start + offset].allows(hop, before...after) {
                shared.wrong.wrappingAdd(1, ordering: .relaxed)
            }
            lookups += hops.count
        } while !shared.isOver.load(ordering: .acquiring)
        shared.lookups.wrappingAdd(lookups, ordering: .relaxed)
    }

    @Test("a table that moves to larger buffers, and whose trees grow, answers throughout")
    func growth() throws {
        try grow(try ForwardingTable<UInt128>(compiling: RadixTrie([(.all, 1)]))) { random in
            Prefix(masking: 0x2001 << 112 | UInt128(random) << 48, length: 33 + Int(random % 40))
        }
        try grow(try ForwardingTable<UInt32>(compiling: RadixTrie([(.all, 1)]))) { random in
            Prefix(masking: UInt32(truncatingIfNeeded: random), length: 18 + Int(random % 15))
        }
    }

    /// Adds prefixes with one next hop of two; readers may see that one or the default, and once the writer has said
    /// that a key is covered, only that one.
    private func grow<Key: ForwardingKey>(
        _ table: ForwardingTable<Key>, _ prefix: (UInt64) -> Prefix<Key>
    ) throws {
        var generator = SeededGenerator(seed: 12)
        let prefixes = (0..<5_000).map { _ in prefix(generator.next()) }
        let keys = prefixes.map(\.first)
        let shared = Shared()
        let before = table.allocatedBytes
        let readers = (0..<2).map { number in
            Thread {
                var reader = table.makeReader()
                var hops = [UInt16](repeating: 0, count: 40)
                var generator = SeededGenerator(seed: UInt64(number))
                shared.started.wrappingAdd(1, ordering: .releasing)
                while !shared.isOver.load(ordering: .acquiring) {
                    let covered = shared.version.load(ordering: .acquiring)
                    let start = Int(generator.next() % UInt64(max(1, min(keys.count - 40, covered))))
                    keys[start..<start + 40].withUnsafeBufferPointer { keys in
                        hops.withUnsafeMutableBufferPointer { reader.lookup(keys, into: $0) }
                    }
                    for (offset, hop) in hops.enumerated() where hop != 2 && (hop != 1 || start + offset < covered) {
                        shared.wrong.wrappingAdd(1, ordering: .relaxed)
                    }
                }
                shared.ended.wrappingAdd(1, ordering: .releasing)
            }
        }
        for reader in readers { reader.start() }
        while shared.started.load(ordering: .acquiring) < readers.count { Thread.sleep(forTimeInterval: 0.001) }
        for (index, prefix) in prefixes.enumerated() {
            try table.updateValue(2, for: prefix)
            shared.version.store(index + 1, ordering: .releasing)
        }
        shared.isOver.store(true, ordering: .releasing)
        while shared.ended.load(ordering: .acquiring) < readers.count { Thread.sleep(forTimeInterval: 0.001) }
        #expect(shared.wrong.load(ordering: .relaxed) == 0)
        // It did move.
        #expect(table.allocatedBytes > before + 100_000)
        try table._invariantCheck()
    }

    @Test("a reader that stalls delays the freeing of memory, and no more")
    func stalledReader() throws {
        let table = try ForwardingTable<IPv6Address>(compiling: RadixTrie())
        func churn(_ rounds: Int) throws {
            for round in 0..<rounds {
                let bits = UInt128(0x2001_0db8) << 96 | UInt128(round % 64) << 80
                let prefix = Prefix(masking: IPv6Address(bits: bits), length: 48)
                try table.updateValue(UInt16(round % 7), for: prefix)
                if round % 2 == 1 { table.removeValue(for: prefix) }
            }
        }
        var reader = table.makeReader()
        let key = IPv6Address(bits: 0x2001_0db8 << 96)
        _ = reader.lookup(key)
        try churn(20_000)
        let stalled = table.retiredBytes
        #expect(stalled > 200_000)
        // Its answers are right all the same, and what it held is free once it has looked up again.
        #expect(reader.lookup(key) == table.lookup(key))
        table.reclaim()
        reader.announce()
        table.reclaim()
        #expect(table.retiredBytes < stalled / 4)
        let allocated = table.allocatedBytes
        for _ in 0..<10 {
            try churn(20_000)
            reader.announce()
        }
        // Ten times as many changes in the same memory, within what one stall took.
        #expect(table.allocatedBytes <= 2 * allocated)
        try table._invariantCheck()
    }

    @Test("endless changes without readers stay in the memory of the first")
    func boundedMemory() throws {
        let table = try ForwardingTable<IPv6Address>(compiling: RadixTrie())
        var generator = SeededGenerator(seed: 8)
        var peak = 0
        for round in 0..<60_000 {
            let bits = UInt128(0x2a00) << 112 | UInt128(generator.next() % 4096) << 68
            let prefix = Prefix(masking: IPv6Address(bits: bits), length: 40 + Int(generator.next() % 25))
            if generator.next() % 2 == 0 {
                try table.updateValue(1, for: prefix)
            } else {
                table.removeValue(for: prefix)
            }
            if round == 30_000 { peak = table.allocatedBytes }
        }
        #expect(table.allocatedBytes <= peak * 3 / 2)
        try table._invariantCheck()
    }
}
