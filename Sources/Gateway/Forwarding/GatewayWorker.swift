import Packets
import Translation

/// One queue's worker: reads a batch, translates it, writes what becomes of it. Everything but the translator is its own.
///
/// Packets are in slots of its buffer (``PacketSlot``).
struct GatewayWorker: ~Copyable {
    let queue: any PacketQueue
    let routes: GatewayRoutes?
    let router: Router
    let counters: GatewayCounters
    var buffer = [UInt8](repeating: 0, count: PacketSlot.count * PacketSlot.stride)
    var answer = [UInt8](
        repeating: 0, count: PacketSlot.headroom + Router.room + TranslationOptions.tailroom)
    var lengths = [Int32](repeating: 0, count: PacketSlot.count)
    var pieces = [PacketPiece](repeating: PacketPiece(), count: PacketSlot.count)
    var pieceCount = 0

    /// Where the pieces that wait are written to.
    var output = PacketOutput.back
    let lookup = DestinationLookup()
    var hops = [UInt16](repeating: 0, count: PacketSlot.count)

    /// The datagrams that the last piece is made of; nil where it is another packet.
    var run: DatagramRun?
    var ranges = [Range<Int>](repeating: 0..<0, count: PacketSlot.count)
    var headers = [SegmentHeader](repeating: SegmentHeader(), count: PacketSlot.count)
    var verdicts = [PacketVerdict](repeating: .held, count: PacketSlot.count)
    var generator = SystemRandomNumberGenerator()
    var random: UInt64 = 0

    /// `routes`: which device packets are written to; nil for the one that they came from.
    init(_ queue: any PacketQueue, routes: GatewayRoutes?, router: Router, counters: GatewayCounters) {
        (self.queue, self.routes, self.router, self.counters) = (queue, routes, router, counters)
    }

    /// Forwards what is there.
    ///
    /// - Returns: how many packets there were.
    mutating func step(_ translator: any GatewayTranslator) -> Int {
        // Before packets are in the buffer.
        answerUnsolicited(translator, .now)
        let count = queue.receive(into: &buffer, lengths: &lengths)
        if count <= 0 { return 0 }
        let now = MonotonicTime.now
        random = generator.next()
        forward(count, translator, now)
        release(translator, now)
        counters.addBatch(nanoseconds: MonotonicTime.now.nanoseconds &- now.nanoseconds)
        return count
    }

    /// Translates the packets in their order: runs of whole ones together, segmented ones by themselves.
    mutating func forward(_ count: Int, _ translator: any GatewayTranslator, _ now: MonotonicTime) {
        counters.add(count, .receivedPackets)
        counters.add(lengths[..<count].reduce(0) { $0 + Int($1) - SegmentHeader.length }, .receivedBytes)
        var first = 0
        for index in 0..<count {
            let start = index * PacketSlot.stride + PacketSlot.headroom
            let length = Int(lengths[index]) - SegmentHeader.length
            let isUsable = length > 0 && prepare(index, start..<start + max(0, length))
            if isUsable, !headers[index].isSegmented { continue }
            translate(first..<index, translator, now)
            first = index + 1
            if isUsable {
                forwardSegments(index, translator, now)
            } else {
                counters.add(1, .malformed)
            }
        }
        translate(first..<count, translator, now)
        flush()
    }

    /// Reads the header in front of a packet, and does what checksums are left to do of whole ones.
    mutating func prepare(_ index: Int, _ range: Range<Int>) -> Bool {
        let header = SegmentHeader(buffer.span.bytes, at: range.lowerBound - SegmentHeader.length)
        headers[index] = header
        ranges[index] = range
        var span = buffer.mutableSpan
        var bytes = span.mutableBytes
        if header.needsChecksum, !header.isSegmented { return LeftChecksum.complete(header, &bytes, range) }
        return true
    }

    mutating func translate(_ indices: Range<Int>, _ translator: any GatewayTranslator, _ now: MonotonicTime) {
        if indices.isEmpty { return }
        let random = random &+ UInt64(indices.lowerBound)
        // Both are changed in place: one of them has to leave the worker for that.
        var output: [PacketVerdict] = []
        swap(&output, &verdicts)
        let ranges = ranges
        do {
            var span = buffer.mutableSpan
            var bytes = span.mutableBytes
            var found = output.mutableSpan
            translator.translate(&bytes, ranges.span.extracting(indices), into: &found, now: now, random: random)
        }
        if let routes { route(output[..<indices.count], routes) }
        for index in indices {
            let place = index - indices.lowerBound
            if routes != nil, !choose(hops[place], output[place], translator, now) { continue }
            finish(output[place], ranges[index], now)
        }
        swap(&output, &verdicts)
    }

    /// Forwards fragments that have waited for their first one.
    mutating func release(_ translator: any GatewayTranslator, _ now: MonotonicTime) {
        while let fragment = translator.takeHeldFragment(now: now) {
            let start = PacketSlot.headroom
            guard fragment.count <= 65_535 else { continue }
            buffer.replaceSubrange(start..<start + fragment.count, with: fragment)
            ranges[0] = start..<start + fragment.count
            translate(0..<1, translator, now)
            flush()
        }
    }

    /// Answers SYNs from outside that nothing has taken for that long.
    mutating func answerUnsolicited(_ translator: any GatewayTranslator, _ now: MonotonicTime) {
        while let syn = translator.takeUnansweredSYN(now: now) {
            let start = PacketSlot.headroom
            buffer.replaceSubrange(start..<start + syn.count, with: syn)
            if let written = write(.portUnreachable, start..<start + syn.count, now) { send(answer: written) }
        }
    }
}
