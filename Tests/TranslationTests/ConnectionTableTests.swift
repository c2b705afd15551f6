import IPAddresses
import TestSupport
import Testing
import Translation

@Suite("ConnectionTable")
struct ConnectionTableTests {
    @Test("A table refuses capacities that it can't have")
    func capacity() {
        #expect(throws: ConnectionTableError.capacityOutOfRange(0)) { try ConnectionTable<IPv4Address>(capacity: 0) }
        #expect(throws: ConnectionTableError.capacityOutOfRange(2_000_000_000)) {
            try ConnectionTable<IPv6Address>(capacity: 2_000_000_000)
        }
    }

    @Test("Both directions find a connection, and say what the packet becomes")
    func directions() throws {
        let table = try ConnectionTable<IPv4Address>(capacity: 10)
        let now = MonotonicTime(nanoseconds: 5_000_000_000)
        let out = FiveTuple(from: v4("10.0.0.1"), 40000, to: v4("93.184.216.34"), 443, protocol: 6)
        let back = FiveTuple(from: v4("93.184.216.34"), 443, to: v4("198.51.100.1"), 2000, protocol: 6)
        let start = ConnectionStart(state: 3, tag: 7, lifetime: .seconds(10))
        guard case .opened(let match) = table.open(out, start, now: now, reply: { $0 == 0 ? back : nil }) else {
            Issue.record("not opened")
            return
        }
        #expect(match.isOriginal && table.lookup(out, now: now) == match)
        let answer = try #require(table.lookup(back, now: now))
        #expect(!answer.isOriginal && answer.reversed == match)
        #expect(table.translation(of: match) == back.reversed)
        #expect(table.translation(of: answer) == out.reversed)
        #expect(table.summary(of: answer, now: now)?.state == 3 && table.summary(of: answer, now: now)?.tag == 7)
        #expect(table.lookup(out.reversed, now: now) == nil)
        #expect(table.open(out, start, now: now, reply: { _ in back }) == .existing(match))
        #expect(table.open(back, start, now: now, reply: { _ in back }) == .existing(answer))
        // A refresh at the last moment keeps it, one after it does not.
        #expect(table.refresh(match, now: now + .seconds(9), lifetime: .seconds(10)))
        #expect(table.lookup(back, now: now + .seconds(18)) == answer)
        #expect(table.lookup(back, now: now + .seconds(20)) == nil)
        #expect(!table.refresh(match, now: now + .seconds(20), lifetime: .seconds(10)))
        #expect(table.count == 1 && table.expire(now: now + .seconds(25)) == 1 && table.count == 0)
        #expect(table.tuple(of: match) == nil && !table.remove(match))
        table._invariantCheck()
    }

    @Test("An endpoint's packets to itself are refused, and nothing is lost")
    func landAttack() throws {
        let table = try ConnectionTable<IPv6Address>(capacity: 4)
        let now = MonotonicTime(nanoseconds: 0)
        let land = FiveTuple(from: v6("2001:db8::1"), 7, to: v6("2001:db8::1"), 7, protocol: 17)
        let result = table.open(land, ConnectionStart(lifetime: .seconds(5)), now: now) { _ in land.reversed }
        #expect(result == .refused(.invalidTuple) && table.count == 0)
        table._invariantCheck()
    }

    @Test(
        "A full table refuses, disturbs nothing, and takes new ones once others have gone",
        arguments: [1, 7, 1000, 5000])
    func full(capacity: Int) throws {
        let table = try ConnectionTable<IPv4Address>(capacity: capacity)
        let now = MonotonicTime(nanoseconds: 1 << 40)
        let bytes = table.bytes
        var matches: [ConnectionMatch] = []
        for number in 0..<capacity {
            guard case .opened(let match) = table.open(number, now) else {
                Issue.record("refused at \(number) of \(capacity)")
                return
            }
            matches.append(match)
        }
        for number in capacity..<capacity + 100 { #expect(table.open(number, now) == .refused(.tableFull)) }
        for number in 0..<capacity { #expect(table.lookup(flow(number), now: now) == matches[number]) }
        table._invariantCheck()
        #expect(table.remove(matches[0]) && !table.remove(matches[0]))
        guard case .opened = table.open(capacity, now) else {
            Issue.record("no place for one more")
            return
        }
        #expect(table.bytes == bytes && table.count == capacity)
        // What is open is told apart by its generation, though the entry may be the same.
        #expect(table.summary(of: matches[0], now: now) == nil)
    }

    @Test("Connections whose time is over are removed, each at its time, also far ahead and across the tick's end")
    func wheel() throws {
        // The ticks of 2^24 ns overflow 32 bits after 834 days.
        for start: UInt64 in [3, 1 << 35, (1 << 56) - 40_000_000_000] {
            let table = try ConnectionTable<IPv4Address>(capacity: 4000)
            let begin = MonotonicTime(nanoseconds: start)
            var generator = SeededGenerator(seed: start)
            var deadlines: [Int: Int] = [:]
            for number in 0..<4000 {
                let seconds = [1, 60, 350, 549, 550, 1200, 7440, 20_000].randomElement(using: &generator) ?? 1
                deadlines[number] = seconds
                guard case .opened = table.open(number, begin, .seconds(seconds)) else { throw Failure() }
            }
            var now = 0
            while now < 20_100 {
                now += Int.random(in: 1...(now < 600 ? 20 : 900), using: &generator)
                let time = begin + .seconds(now)
                table.expire(now: time)
                // The wheel turns in steps of 1.07 s.
                let certain = deadlines.filter { $0.value > now }.count
                let possible = deadlines.filter { $0.value > now - 3 }.count
                #expect((certain...possible).contains(table.count), "at \(now) s")
                for (number, seconds) in deadlines where number % 97 == 0 {
                    #expect((table.lookup(flow(number), now: time) != nil) == (seconds > now))
                }
            }
            #expect(table.count == 0)
            table._invariantCheck()
        }
    }

    @Test("A limit bounds what one expiry looks at, and the next ones do the rest")
    func limit() throws {
        let table = try ConnectionTable<IPv4Address>(capacity: 5000)
        let now = MonotonicTime(nanoseconds: 1 << 40)
        for number in 0..<5000 { _ = table.open(number, now) }
        var calls = 0
        while table.count > 0 {
            let seen = table.expire(now: now + .seconds(100), limit: 64)
            #expect(seen < 64 + 16 * 16)
            calls += 1
            if calls > 1000 { break }
        }
        #expect(calls > 5 && calls <= 5000 / 64 + 1)
    }

    @Test("Tuples that collide under one secret spread under another")
    func adversarialTuples() throws {
        // Whoever knows the secret finds tuples of one chain by search; the table refuses them long before it is full.
        var generator = SeededGenerator(seed: 11)
        let known = ConnectionSecret(using: &generator)
        let capacity = 4096
        let weak = try ConnectionTable<IPv4Address>(capacity: capacity, secret: known)
        let colliding = (0..<800_000).map(flow).filter { weak._bucketNumber(of: $0) == weak._bucketNumber(of: flow(0)) }
        #expect(colliding.count > 400)
        let now = MonotonicTime(nanoseconds: 1 << 40)
        func opened(_ table: ConnectionTable<IPv4Address>) -> Int {
            colliding.filter { tuple in
                if case .opened = table.open(
                    tuple, ConnectionStart(lifetime: .seconds(60)), now: now, reply: { _ in tuple.reversed })
                {
                    true
                } else {
                    false
                }
            }.count
        }
        #expect(opened(weak) < colliding.count)
        weak._invariantCheck()
        for _ in 0..<5 {
            let other = try ConnectionTable<IPv4Address>(
                capacity: capacity, secret: ConnectionSecret(using: &generator))
            #expect(opened(other) == colliding.count)
            var chains: [Int: Int] = [:]
            for tuple in colliding { chains[other._bucketNumber(of: tuple), default: 0] += 1 }
            #expect(chains.values.max() ?? 0 < 8)
        }
    }
}

struct Failure: Error {}

func v4(_ text: String) -> IPv4Address { IPv4Address(text) ?? IPv4Address(bits: 0) }
func v6(_ text: String) -> IPv6Address { IPv6Address(text) ?? IPv6Address(bits: 0) }

/// A flow for each number, none twice.
func flow(_ number: Int) -> FiveTuple<IPv4Address> {
    FiveTuple(
        from: IPv4Address(bits: 0x0A00_0000 + UInt32(number >> 12)), UInt16(1024 + number & 0xFFF),
        to: v4("93.184.216.34"), 443, protocol: 6)
}

extension ConnectionTable<IPv4Address> {
    func open(_ number: Int, _ now: MonotonicTime, _ lifetime: Lifetime = .seconds(60)) -> OpenResult {
        let tuple = flow(number)
        return open(tuple, ConnectionStart(lifetime: lifetime), now: now) { $0 == 0 ? tuple.reversed : nil }
    }
}
