import IPAddresses
import Translation

/// A sequence of operations done on a connection table and on the golden model at once, a list that is scanned from its
/// start; every answer is compared.
public struct ConnectionSequence<Address: ConnectionAddress> {
    public struct Mismatch: Error, CustomStringConvertible {
        public let description: String
    }

    private struct Entry {
        var match: ConnectionMatch
        var original: FiveTuple<Address>
        var reply: FiveTuple<Address>
        var deadline: UInt64
    }

    private let table: ConnectionTable<Address>
    private var golden: [Entry] = []
    private var seconds: UInt64 = 1_000
    private var step = 0

    /// - Parameter seed: of the hash's secret.
    public init(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        // More room than there are tuples, so that the model need not know when expired ones give theirs back.
        table = try ConnectionTable(capacity: 2_048, secret: ConnectionSecret(using: &generator))
    }

    // Half a second after each full one, so that none lies at the end of a tick.
    private var now: MonotonicTime { MonotonicTime(nanoseconds: 500_000_000) + .seconds(Int(seconds)) }

    /// Does one operation on tuples out of a small space.
    public mutating func perform(_ code: UInt8, _ first: UInt8, _ second: UInt8) throws {
        step += 1
        golden.removeAll { $0.deadline < seconds }
        let tuple = Self.tuple(first)
        switch code % 8 {
        case 0...2: try open(tuple, second)
        case 3: try lookUp(tuple)
        case 4: try lookUp(golden.isEmpty ? tuple : golden[Int(second) % golden.count].reply)
        case 5: try refresh(second, Int(first))
        case 6: try remove(second)
        default:
            seconds += UInt64(second % 64)
            golden.removeAll { $0.deadline < seconds }
            table.expire(now: now)
        }
    }

    /// Compares all of it.
    public mutating func checkWhole() throws {
        for entry in golden where entry.deadline >= seconds {
            try lookUp(entry.original)
            try lookUp(entry.reply)
        }
        table._invariantCheck()
        // Two steps of the wheel after the last deadline nothing is left.
        seconds += 1_000
        table.expire(now: now)
        if table.count != 0 {
            throw Mismatch(description: "step \(step): \(table.count) connections outlive their time")
        }
        table._invariantCheck()
    }

    /// One of 256: 4 insides, 16 ports of them, 4 remotes.
    private static func tuple(_ number: UInt8) -> FiveTuple<Address> {
        FiveTuple(
            from: Address(bits: Address.Bits(1 + number & 3)), UInt16(number >> 2 & 15),
            to: Address(bits: Address.Bits(9 + number >> 6)), 443, protocol: 17)
    }

    /// The n-th candidate: one of four outside ports, or, for some, the tuple's own answer.
    private static func reply(_ tuple: FiveTuple<Address>, _ choice: UInt8, _ attempt: Int) -> FiveTuple<Address>? {
        if choice & 64 != 0 { return attempt == 0 ? tuple.reversed : nil }
        guard attempt < 4 else { return nil }
        return FiveTuple(
            from: tuple.destination, 443, to: Address(bits: 77), UInt16((Int(choice) + attempt) & 3), protocol: 17)
    }

    private func holder(_ tuple: FiveTuple<Address>) -> ConnectionMatch? {
        for entry in golden {
            if entry.original == tuple { return entry.match }
            if entry.reply == tuple { return entry.match.reversed }
        }
        return nil
    }

    private mutating func open(_ tuple: FiveTuple<Address>, _ choice: UInt8) throws {
        let lifetime = UInt64(choice >> 2 & 15) * 40
        let start = ConnectionStart(lifetime: .seconds(Int(lifetime)))
        let result = table.open(tuple, start, now: now) { Self.reply(tuple, choice, $0) }
        if let holder = holder(tuple) {
            return try expect(result, .existing(holder), "open \(tuple)")
        }
        var attempt = 0
        while let reply = Self.reply(tuple, choice, attempt), holder(reply) != nil { attempt += 1 }
        guard let reply = Self.reply(tuple, choice, attempt) else {
            return try expect(result, .refused(.portsExhausted), "open \(tuple)")
        }
        guard case .opened(let match) = result else {
            throw Mismatch(description: "step \(step): open \(tuple): \(result), and \(reply) is free")
        }
        golden.append(Entry(match: match, original: tuple, reply: reply, deadline: seconds + lifetime))
    }

    private func lookUp(_ tuple: FiveTuple<Address>) throws {
        let match = table.lookup(tuple, now: now)
        try expect(match, holder(tuple), "lookup \(tuple)")
        var batch = [ConnectionMatch.none]
        var span = batch.mutableSpan
        table.lookup([tuple].span, into: &span, now: now)
        try expect(batch[0], match ?? .none, "lookup of a batch, \(tuple)")
        guard let match, let entry = golden.first(where: { $0.match == match || $0.match.reversed == match }) else {
            return
        }
        let expected = match.isOriginal ? entry.reply.reversed : entry.original.reversed
        try expect(table.translation(of: match), expected, "translation \(tuple)")
    }

    private mutating func refresh(_ choice: UInt8, _ lifetime: Int) throws {
        guard !golden.isEmpty else { return }
        let index = Int(choice) % golden.count
        try expect(table.refresh(golden[index].match, now: now, lifetime: .seconds(lifetime)), true, "refresh")
        golden[index].deadline = seconds + UInt64(lifetime)
    }

    private mutating func remove(_ choice: UInt8) throws {
        guard !golden.isEmpty else { return }
        let entry = golden.remove(at: Int(choice) % golden.count)
        try expect(table.remove(entry.match), true, "remove \(entry.original)")
        try expect(table.remove(entry.match), false, "remove \(entry.original) again")
    }

    private func expect<Value: Equatable>(_ ours: Value, _ model: Value, _ what: String) throws {
        if ours != model { throw Mismatch(description: "step \(step): \(what): \(ours), the model says \(model)") }
    }
}
