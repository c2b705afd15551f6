import Foundation
import IPAddresses
import Synchronization
import TestSupport
import Testing

@testable import Translation

/// Runs `body` on that many threads at once, and hands back what they return, in the order of their numbers.
func onThreads<Result: Sendable>(_ count: Int, _ body: @escaping @Sendable (Int) -> Result) -> [Result] {
    let results = Mutex<[Int: Result]>([:])
    let group = DispatchGroup()
    for number in 0..<count {
        group.enter()
        // Threads, not tasks: these may wait for each other.
        Thread {
            let result = body(number)
            results.withLock { $0[number] = result }
            group.leave()
        }.start()
    }
    group.wait()
    return results.withLock { results in (0..<count).compactMap { results[$0] } }
}

/// What the threads of a test share besides the table.
final class Shared: Sendable {
    let clock = Atomic<UInt64>(ConcurrentConnectionTests.time.nanoseconds)
    let stop = Atomic<Bool>(false)
    let reopened = Atomic<Int>(0)
    let kept = Atomic<Int>(0)
}

@Suite("ConnectionTable, several threads")
struct ConcurrentConnectionTests {
    static let time = MonotonicTime(nanoseconds: 1 << 40)

    @Test(
        "Threads that open the same flows at once get one mapping, and all the same",
        arguments: EndpointDependence.allCases)
    func racingOpens(mapping: EndpointDependence) throws {
        var configuration = NAPTConfiguration(pool: PortPool([v4("198.51.100.1"), v4("198.51.100.2")]))
        configuration.mapping = mapping
        let nat = try NAPT(configuration, capacity: 20_000)
        let flows = 3000
        let results = onThreads(4) { thread in
            var generator = SeededGenerator(seed: UInt64(thread))
            return (0..<flows).map { number in
                nat.outbound(FlowPacket(flow(number), .syn), now: Self.time, random: generator.next())
            }
        }
        for number in 0..<flows {
            let verdicts = results.map { $0[number] }
            #expect(Set(verdicts.map(\.tuple)).count == 1 && verdicts[0].tuple != nil, "flow \(number)")
            let opened = verdicts.filter { if case .forwarded(_, isNew: true) = $0 { true } else { false } }
            #expect(opened.count == 1, "flow \(number)")
        }
        nat.table._invariantCheck()
        nat.expire(now: Self.time + .seconds(300))
        #expect(nat.table.count == 0)
        nat.table._invariantCheck()
    }

    @Test("Threads that take the last ports get each one once, and the rest are refused")
    func racingForPorts() throws {
        var configuration = NAPTConfiguration(pool: PortPool([v4("198.51.100.1")]))
        configuration.mapping = .addressAndPortDependent
        configuration.pool.ports = 2000...2999
        let nat = try NAPT(configuration, capacity: 5000)
        let results = onThreads(4) { thread in
            var generator = SeededGenerator(seed: UInt64(thread))
            return (0..<400).map { number in
                nat.outbound(FlowPacket(flow(thread * 400 + number), .syn), now: Self.time, random: generator.next())
            }
        }.flatMap { $0 }
        let ports = results.compactMap(\.tuple?.sourcePort)
        #expect(ports.count == 1000 && Set(ports).count == 1000)
        #expect(nat.refusals[.portsExhausted] == 600)
        #expect(nat.count(from: v4("198.51.100.1"), to: v4("93.184.216.34"), port: 443, protocol: 6) == 1000)
        nat.table._invariantCheck()
    }

    @Test("A full table under several threads holds as many as it can, and no entry is lost")
    func racingForPlaces() throws {
        let table = try ConnectionTable<IPv4Address>(capacity: 3000)
        for round in 1...3 {
            let time = Self.time + .seconds(round * 100)
            let results = onThreads(4) { thread in
                (0..<1000).map { number in table.open(thread * 1000 + number, time) }
            }.flatMap { $0 }
            let opened = results.filter { if case .opened = $0 { true } else { false } }.count
            #expect(
                opened == 3000 && opened + results.filter { $0 == .refused(.tableFull) }.count == 4000)
            #expect(table.count == 3000, "round \(round)")
            table._invariantCheck()
            _ = onThreads(2) { _ in table.expire(now: time + .seconds(70)) }
            #expect(table.count == 0)
            table._invariantCheck()
        }
    }

    @Test(
        "Expiry against use: what a refresh has kept is found until its time is over; what it has not is opened again")
    func expiryAgainstUse() throws {
        let table = try ConnectionTable<IPv4Address>(capacity: 2000)
        let shared = Shared()
        let faults = onThreads(4) { thread -> [String] in
            var faults: [String] = []
            if thread == 3 {
                // Time passes, and what is over is removed, until the others have met both often enough; on a machine that is
                // busy with other tests that may take them a while.
                for round in 0..<100_000 {
                    let isEnough =
                        shared.kept.load(ordering: .relaxed) > 100 && shared.reopened.load(ordering: .relaxed) > 900
                    if round >= 400, isEnough { break }
                    let now = shared.clock.wrappingAdd(500_000_000, ordering: .sequentiallyConsistent).newValue
                    table.expire(now: MonotonicTime(nanoseconds: now))
                    usleep(200)
                }
                shared.stop.store(true, ordering: .releasing)
                return faults
            }
            var generator = SeededGenerator(seed: UInt64(thread))
            var matches: [Int: ConnectionMatch] = [:]
            while !shared.stop.load(ordering: .acquiring) {
                // Each thread has flows of its own, so that it knows what must be.
                // Most of them rest for so long that their time is over, however fast the machine.
                let isResting = Int.random(in: 0..<400, using: &generator) == 0
                let number = thread * 300 + Int.random(in: 0..<(isResting ? 300 : 20), using: &generator)
                let now = MonotonicTime(nanoseconds: shared.clock.load(ordering: .sequentiallyConsistent))
                if let match = matches[number], table.refresh(match, now: now, lifetime: .seconds(30)) {
                    shared.kept.wrappingAdd(1, ordering: .relaxed)
                    // From then on it is there, whatever expiry does at later times less than 30 s on.
                    let found = table.lookup(flow(number), now: now)
                    let later = shared.clock.load(ordering: .sequentiallyConsistent)
                    if later < now.nanoseconds + 29_000_000_000, found != match {
                        faults.append("\(number) was refreshed and has gone")
                    }
                } else {
                    if let old = matches[number], table.lookup(flow(number), now: now) == old {
                        faults.append("\(number) could not be refreshed and is there")
                    }
                    switch table.open(number, now, .seconds(30)) {
                    case .opened(let match): matches[number] = match
                    default: faults.append("\(number) was not opened")
                    }
                    shared.reopened.wrappingAdd(1, ordering: .relaxed)
                }
            }
            return faults
        }.flatMap { $0 }
        #expect(faults.isEmpty, "\(faults.prefix(3))")
        #expect(shared.kept.load(ordering: .relaxed) > 100 && shared.reopened.load(ordering: .relaxed) > 900)
        table._invariantCheck()
    }

    @Test("Readers see whole connections while entries are reused: each answer belongs to the tuple that was asked for")
    func readersBesideChurn() throws {
        let table = try ConnectionTable<IPv6Address>(capacity: 600)
        let shared = Shared()
        @Sendable func tuple(_ number: Int) -> FiveTuple<IPv6Address> {
            FiveTuple(
                from: IPv6Address(high: 0x2001_0DB8, low: UInt64(number)), UInt16(number), to: v6("2606::1"), 443,
                protocol: 6)
        }
        /// What the answers look like tells which number they belong to.
        @Sendable func reply(_ number: Int) -> FiveTuple<IPv6Address> {
            FiveTuple(
                from: v6("2606::1"), 443, to: IPv6Address(high: 0x2001_0DB8_FFFF, low: UInt64(number)), UInt16(number),
                protocol: 6)
        }
        let results = onThreads(3) { thread -> (found: Int, faults: Int) in
            var generator = SeededGenerator(seed: UInt64(thread))
            var (found, faults) = (0, 0)
            if thread < 2 {
                for _ in 0..<30_000 {
                    // Two writers, of even and of odd numbers; twice as many as there is room for.
                    let number = Int.random(in: 0..<600, using: &generator) * 2 + thread
                    if let match = table.lookup(tuple(number), now: Self.time) {
                        table.remove(match)
                    } else {
                        _ = table.open(tuple(number), ConnectionStart(lifetime: .seconds(9)), now: Self.time) {
                            $0 == 0 ? reply(number) : nil
                        }
                    }
                }
                shared.stop.store(true, ordering: .releasing)
                return (0, 0)
            }
            while !shared.stop.load(ordering: .acquiring) {
                let numbers = (0..<64).map { _ in Int.random(in: 0..<1200, using: &generator) }
                let matches = table.matches(numbers.map(tuple), now: Self.time)
                for (position, number) in numbers.enumerated() where matches[position] != .none {
                    guard let translated = table.translation(of: matches[position]) else { continue }
                    found += 1
                    if translated != reply(number).reversed { faults += 1 }
                }
            }
            return (found, faults)
        }
        #expect(results[2].faults == 0 && results[2].found > 0)
        table._invariantCheck()
    }
}

extension ConnectionTable {
    /// A batch's matches, by spans.
    func matches(_ tuples: [FiveTuple<Address>], now: MonotonicTime) -> [ConnectionMatch] {
        var matches = [ConnectionMatch](repeating: .none, count: tuples.count)
        var span = matches.mutableSpan
        lookup(tuples.span, into: &span, now: now)
        return matches
    }
}
