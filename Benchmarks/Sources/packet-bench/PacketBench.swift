import ArgumentParser
import BenchmarkSupport
import Foundation
import IPAddresses
import Packets
import Translation

/// Packets a second on one core: translation and forwarding, from memory to memory.
@main
struct PacketBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "packet-bench",
        abstract: "Measure packets a second on one core: SNAT, NAT64 and IPv6 forwarding.",
        discussion: """
            Packets lie in memory, one after another, each of another connection than the last; each is parsed, \
            looked up, rewritten with its checksums, and counted. No device takes part. VPP's figures beside ours are \
            published ones, measured with devices on other machines: they say what is usual, not which is faster.
            Exit codes: 0 done, 1 a packet came out wrong, 2 bad input.
            """
    )

    @Option(help: ArgumentHelp("How many connections to hold.", valueName: "n"))
    var connections = 1_000_000

    @Option(help: ArgumentHelp("How many packets to send each round.", valueName: "n"))
    var packets = 1_000_000

    @Option(help: ArgumentHelp("How many rounds to take the median of.", valueName: "n"))
    var rounds = 5

    @Option(
        help: ArgumentHelp(
            "An IPv6 table, one prefix a line, plain or gzip; by default the full table of Data/.", valueName: "file"))
    var table: String?

    @Option(help: "Measure only this: snat, nat64 or forwarding.")
    var only: Measure?

    @Flag(help: "Print a JSON array.")
    var json = false

    enum Measure: String, CaseIterable, ExpressibleByArgument {
        case snat, nat64, forwarding
    }

    mutating func validate() throws {
        guard (100...50_000_000).contains(connections), (100...50_000_000).contains(packets), (1...100).contains(rounds)
        else { throw ValidationError("--connections and --packets are 100 to 50000000, --rounds 1 to 100") }
    }

    mutating func run() throws {
        var rows: [BenchmarkSupport.Measurement] = []
        do {
            for sizes in PacketSizes.allCases {
                if only == nil || only == .snat { rows += try SourceNATBench(self, sizes).run() }
                if only == nil || only == .nat64 { rows += try NAT64Bench(self, sizes).run() }
                if only == nil || only == .forwarding { rows += try ForwardingBench(self, sizes).run() }
            }
        } catch let error as WrongPacket {
            note("a packet came out wrong: \(error.text)")
            throw ExitCode(1)
        }
        try rows.report(json: json)
    }

    /// Runs rounds over packets that are restored before each.
    ///
    /// - Returns: the median time of a packet, in nanoseconds.
    func measure(_ memory: PacketMemory, _ body: () -> Void) -> Double {
        var times: [Double] = []
        for round in 0...rounds {
            memory.restore()
            let time = nanoseconds(per: memory.ranges.count, body)
            // The first one fills caches and pages.
            if round > 0 { times.append(time) }
        }
        return times.median
    }

    /// Translates packets in vectors of 256, as a device hands them over, and checks each once.
    ///
    /// - `bytes`: the translator's memory.
    /// - `check`: what has to hold of each packet's verdict.
    func measure(
        _ name: String, _ sizes: PacketSizes, _ translator: some BatchTranslator, _ memory: PacketMemory, bytes: Int,
        check: (inout MutableRawSpan, PacketVerdict, Int) throws -> Void
    ) throws -> [BenchmarkSupport.Measurement] {
        let now = MonotonicTime(nanoseconds: 1 << 40)
        memory.restore()
        var buffer = MutableRawSpan(_unsafeBytes: memory.bytes)
        for (index, range) in memory.ranges.enumerated() {
            try check(&buffer, translator.translate(&buffer, range, now: now, random: 1), index)
        }
        var verdicts = [PacketVerdict](repeating: .held, count: Self.vector)
        var round: UInt64 = 0
        var allocated: Int64? = 0
        let time = measure(memory) {
            round += 1
            let allocations = AllocationCount()
            // Time goes on as at 5 M packets/s.
            let begin = now.nanoseconds + round * UInt64(memory.ranges.count) * 200
            var buffer = MutableRawSpan(_unsafeBytes: memory.bytes)
            var start = 0
            while start < memory.ranges.count {
                let end = min(start + Self.vector, memory.ranges.count)
                var results = verdicts.mutableSpan
                translator.translate(
                    &buffer, memory.ranges.span.extracting(start..<end), into: &results,
                    now: MonotonicTime(nanoseconds: begin + UInt64(start) * 200), random: UInt64(start))
                start = end
            }
            allocated = allocations.bytes.flatMap { bytes in allocated.map { $0 + bytes } }
        }
        var rows = [row(name, sizes, time, bytes: bytes)]
        if let allocated {
            rows.append(
                BenchmarkSupport.Measurement(
                    "\(name) \(sizes.rawValue) allocated", ours: Double(allocated), unit: "bytes", kernel: "one core",
                    bytes: 0))
        }
        return rows
    }

    /// The same for packets that each open a connection, of as many as there are connections. The translator's memory has
    /// been used before, and all of it is free again.
    func measureNew<Translator: BatchTranslator>(
        _ name: String, _ sizes: PacketSizes, _ memory: PacketMemory, bytes: Int, make: () throws -> Translator
    ) throws -> [BenchmarkSupport.Measurement] {
        let count = min(memory.ranges.count, connections)
        var verdicts = [PacketVerdict](repeating: .held, count: Self.vector)
        let translator = try make()
        var now = MonotonicTime(nanoseconds: 1 << 40)
        var times: [Double] = []
        for round in 0...rounds {
            now = now + .seconds(100_000)
            translator.expire(now: now, limit: .max)
            memory.restore()
            var opened = 0
            let begin = now.nanoseconds
            let time = nanoseconds(per: count) {
                var buffer = MutableRawSpan(_unsafeBytes: memory.bytes)
                for start in stride(from: 0, to: count, by: Self.vector) {
                    let end = min(start + Self.vector, count)
                    var results = verdicts.mutableSpan
                    translator.translate(
                        &buffer, memory.ranges.span.extracting(start..<end), into: &results,
                        now: MonotonicTime(nanoseconds: begin + UInt64(start) * 600),
                        random: UInt64(round) << 32 | UInt64(start))
                    for index in 0..<end - start {
                        if case .forwarded(_, _, true) = results[index] { opened += 1 }
                    }
                }
            }
            if opened != count { throw WrongPacket(text: "\(name): \(opened) of \(count) packets opened a connection") }
            if round > 0 { times.append(time) }
        }
        return [row("\(name), new connections,", sizes, times.median, bytes: bytes)]
    }

    static let vector = 256

    func row(_ name: String, _ sizes: PacketSizes, _ time: Double, bytes: Int, published: Double? = nil)
        -> BenchmarkSupport.Measurement
    {
        var row = BenchmarkSupport.Measurement(
            "\(name) \(sizes.rawValue)", ours: 1000 / time, unit: "M packets/s", kernel: "one core", bytes: bytes)
        if let published {
            (row.peer, row.peerName, row.ratio) = (published, "VPP (published)", 1000 / time / published)
        }
        return row
    }
}

struct WrongPacket: Error {
    var text: String
}

/// What both translators can do.
protocol BatchTranslator {
    func translate(_ bytes: inout MutableRawSpan, _ range: Range<Int>, now: MonotonicTime, random: UInt64)
        -> PacketVerdict

    func translate(
        _ bytes: inout MutableRawSpan, _ ranges: Span<Range<Int>>, into verdicts: inout MutableSpan<PacketVerdict>,
        now: MonotonicTime, random: UInt64)

    @discardableResult
    func expire(now: MonotonicTime, limit: Int) -> Int
}

extension NAT64: BatchTranslator {}
// For these types only, so that the compiler specialises what is measured.
extension PacketTranslator: BatchTranslator where Header == IPv4Header, Flows == NAPTFlows<IPv4Address> {}
