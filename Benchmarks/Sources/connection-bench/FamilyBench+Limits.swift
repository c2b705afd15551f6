import BenchmarkSupport
import Foundation
import IPAddresses
import Translation

extension FamilyBench {
    /// The longest single calls, in processor time of the thread, so that what other programs take is not counted; and on the
    /// wall, where it is.
    func runLongest() throws -> [BenchmarkSupport.Measurement] {
        let table = try ConnectionTable<Address>(capacity: flows)
        var new = Longest()
        let part = 32
        for first in stride(from: 0, to: flows - part, by: part) {
            try new.measure { try open(Array(tuples[first..<first + part]), in: table) }
        }
        var expiry = Longest()
        var seen = Int.max
        while seen > 0 { expiry.measure { seen = table.expire(now: start + .seconds(700), limit: 256) } }
        return [("new, 32", new), ("expiry, 256", expiry)].flatMap { name, longest in
            [
                BenchmarkSupport.Measurement(
                    "\(Address.family) longest call of \(name), processor time", ours: longest.processor / 1000,
                    unit: "µs",
                    kernel: "", bytes: table.bytes),
                BenchmarkSupport.Measurement(
                    "\(Address.family) longest call of \(name), wall", ours: longest.wall / 1000, unit: "µs",
                    kernel: "",
                    bytes: table.bytes),
            ]
        }
    }

    /// A flood of SYNs from ten times as many sources as the table has room for, beside established connections.
    func runFlood() throws -> [BenchmarkSupport.Measurement] { try [false, true].map { try runFlood(inBatches: $0) } }

    private func runFlood(inBatches: Bool) throws -> BenchmarkSupport.Measurement {
        let capacity = min(1_000_000, flows)
        let established = capacity / 10
        var configuration = NAPTConfiguration(pool: PortPool((0..<4096).map { Address.outside($0) }))
        configuration.mapping = .addressAndPortDependent
        let nat = try NAPT(configuration, capacity: capacity)
        let bytes = nat.bytes
        var generator = SplitMix(state: 9)
        var ports: [FiveTuple<Address>] = []
        for number in 0..<established {
            let packet = FlowPacket(Address.original(number), .syn)
            guard let sent = nat.outbound(packet, now: start, random: generator.next()).tuple else {
                throw WrongAnswer(text: "an early connection was refused")
            }
            _ = nat.inbound(FlowPacket(sent.reversed, [.syn, .ack]), now: start)
            ports.append(sent)
        }
        let flood = 10 * capacity
        var passed = 0
        var packets = [FlowPacket<Address>](repeating: FlowPacket(Address.original(0), .syn), count: 32)
        var verdicts = [Verdict<Address>](repeating: .refused(.tableFull), count: 32)
        let time = nanoseconds(per: flood) {
            for number in stride(from: 0, to: flood, by: 32) {
                // A million in a second.
                let now = MonotonicTime(nanoseconds: start.nanoseconds + UInt64(number) * 1000)
                let count = min(32, flood - number)
                for index in 0..<count {
                    packets[index] = FlowPacket(Address.original(established + number + index), .syn)
                }
                if inBatches {
                    var span = verdicts.mutableSpan
                    nat.outbound(packets.span.extracting(0..<count), into: &span, now: now, random: generator.next())
                } else {
                    for index in 0..<count {
                        verdicts[index] = nat.outbound(packets[index], now: now, random: generator.next())
                    }
                }
                for index in 0..<count where verdicts[index].refusal == nil { passed += 1 }
                if number % 100_000 < 32 { nat.expire(now: now, limit: 4096) }
            }
        }
        let now = start + .seconds(11)
        for (number, sent) in ports.enumerated() {
            guard
                nat.outbound(FlowPacket(Address.original(number), .ack), now: now, random: 0)
                    == .forwarded(sent, isNew: false),
                nat.inbound(FlowPacket(sent.reversed, .ack), now: now).tuple != nil
            else { throw WrongAnswer(text: "the flood disturbed an established connection") }
        }
        if nat.refusals[.tableFull] != UInt64(flood - passed) || nat.bytes != bytes {
            throw WrongAnswer(text: "\(nat.refusals[.tableFull]) counted of \(flood - passed) refused")
        }
        return BenchmarkSupport.Measurement(
            "\(Address.family) new in a flood of \(flood) SYNs, \(passed) let in\(inBatches ? ", batches of 32" : "")",
            ours: time, unit: "ns", kernel: "", bytes: bytes)
    }
}

/// The longest of many calls, in nanoseconds.
struct Longest {
    var processor = 0.0
    var wall = 0.0

    mutating func measure(_ body: () throws -> Void) rethrows {
        let (processorBefore, wallBefore) = (Self.read(CLOCK_THREAD_CPUTIME_ID), Self.read(CLOCK_MONOTONIC))
        try body()
        processor = max(processor, Self.read(CLOCK_THREAD_CPUTIME_ID) - processorBefore)
        wall = max(wall, Self.read(CLOCK_MONOTONIC) - wallBefore)
    }

    private static func read(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }
}
