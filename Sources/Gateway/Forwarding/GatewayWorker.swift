import Packets
import PrefixTrie
import Translation

/// One queue's worker: reads a batch, translates it, writes what becomes of it. Everything but the translator is its own.
///
/// Packets are in slots of its buffer (``PacketSlot``).
struct GatewayWorker: ~Copyable {
    private let queue: any PacketQueue
    private let routes: GatewayRoutes?
    private let router: Router
    private let counters: GatewayCounters
    private var buffer = [UInt8](repeating: 0, count: PacketSlot.count * PacketSlot.stride)
    private var answer = [UInt8](
        repeating: 0, count: PacketSlot.headroom + Router.room + TranslationOptions.tailroom)
    private var lengths = [Int32](repeating: 0, count: PacketSlot.count)
    private var pieces = [PacketPiece](repeating: PacketPiece(), count: PacketSlot.count)
    private var pieceCount = 0

    /// Where the pieces that wait are written to.
    private var output = PacketOutput.back
    private let lookup = DestinationLookup()
    private var hops = [UInt16](repeating: 0, count: PacketSlot.count)

    /// The datagrams that the last piece is made of; nil where it is another packet.
    private var run: DatagramRun?
    private var ranges = [Range<Int>](repeating: 0..<0, count: PacketSlot.count)
    private var headers = [SegmentHeader](repeating: SegmentHeader(), count: PacketSlot.count)
    private var verdicts = [PacketVerdict](repeating: .held, count: PacketSlot.count)
    private var generator = SystemRandomNumberGenerator()
    private var random: UInt64 = 0

    /// `routes`: which device packets are written to; nil for the one that they came from.
    init(_ queue: any PacketQueue, routes: GatewayRoutes?, router: Router, counters: GatewayCounters) {
        (self.queue, self.routes, self.router, self.counters) = (queue, routes, router, counters)
    }

    /// Forwards what is there.
    ///
    /// - Returns: how many packets there were.
    mutating func step(_ translator: any GatewayTranslator) -> Int {
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
    private mutating func forward(_ count: Int, _ translator: any GatewayTranslator, _ now: MonotonicTime) {
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
    private mutating func prepare(_ index: Int, _ range: Range<Int>) -> Bool {
        let header = SegmentHeader(buffer.span.bytes, at: range.lowerBound - SegmentHeader.length)
        headers[index] = header
        ranges[index] = range
        var span = buffer.mutableSpan
        var bytes = span.mutableBytes
        if header.needsChecksum, !header.isSegmented { return LeftChecksum.complete(header, &bytes, range) }
        return true
    }

    private mutating func translate(_ indices: Range<Int>, _ translator: any GatewayTranslator, _ now: MonotonicTime) {
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

    /// Looks up where the packets of a batch go.
    private mutating func route(_ verdicts: ArraySlice<PacketVerdict>, _ routes: GatewayRoutes) {
        var (starts, places) = ([Int](), [Int]())
        for (place, verdict) in verdicts.enumerated() {
            guard case .forwarded(let translated, _, _) = verdict else { continue }
            starts.append(translated.range.lowerBound)
            places.append(place)
        }
        var found = [UInt16](repeating: GatewayRoutes.drop, count: starts.count)
        routes.lookup(lookup, buffer.span.bytes, starts, into: &found)
        for (index, place) in places.enumerated() { hops[place] = found[index] }
    }

    /// Turns to the device of a packet's route.
    ///
    /// - Returns: whether it is sent at all; what is refused is answered on the device that it came from.
    private mutating func choose(
        _ hop: UInt16, _ verdict: PacketVerdict, _ translator: any GatewayTranslator, _ now: MonotonicTime
    ) -> Bool {
        guard case .forwarded(let translated, _, _) = verdict else { return true }
        guard hop != GatewayRoutes.drop, hop != NextHop.noRoute, queue.leads(to: Int(hop)) else {
            counters.add(1, .unrouted)
            if hop != GatewayRoutes.drop { answerUnrouted(translated.range, translator, now) }
            return false
        }
        if Int(hop) != output {
            flush()
            output = Int(hop)
        }
        return true
    }

    private mutating func forwardSegments(_ index: Int, _ translator: any GatewayTranslator, _ now: MonotonicTime) {
        let (range, header) = (ranges[index], headers[index])
        counters.add(1, .segmentedPackets)
        let verdict: PacketVerdict
        let random = random ^ UInt64(index) &<< 32
        do {
            var span = buffer.mutableSpan
            var bytes = span.mutableBytes
            verdict = translator.translateSegments(
                &bytes, range, segment: Int(header.headers) + Int(header.size), now: now, random: random)
        }
        guard case .forwarded(let translated, _, _) = verdict, !translated.isFragmented else {
            return finish(verdict, range, now)
        }
        let new = translated.range
        let isIPv4: Bool
        do {
            var span = buffer.mutableSpan
            var bytes = span.mutableBytes
            isIPv4 = bytes.bytes.uint8(at: new.lowerBound) >> 4 == 4
            let changed = header.translated(isIPv4: isIPv4, by: new.count - range.count)
            guard LeftChecksum.prepare(changed, &bytes, new) else { return counters.add(1, .malformed) }
            changed.write(&bytes, at: new.lowerBound - SegmentHeader.length)
        }
        if let routes {
            var found = [UInt16](repeating: GatewayRoutes.drop, count: 1)
            routes.lookup(lookup, buffer.span.bytes, [new.lowerBound], into: &found)
            if !choose(found[0], verdict, translator, now) { return }
        }
        send(new)
    }

    /// Sends what a packet has become, or the answer to it.
    private mutating func finish(_ verdict: PacketVerdict, _ range: Range<Int>, _ now: MonotonicTime) {
        switch verdict {
        case .held: counters.add(1, .held)
        case .refused(let refusal):
            counters.add(1, .refused)
            sendAnswer(refusal, range, now)
        case .forwarded(var translated, _, _):
            var piece: Range<Int>? = translated.range
            while let range = piece {
                var span = buffer.mutableSpan
                var bytes = span.mutableBytes
                SegmentHeader().write(&bytes, at: range.lowerBound - SegmentHeader.length)
                if !translated.isFragmented, queue.joinsDatagrams {
                    sendDatagram(range)
                    break
                }
                send(range)
                if !translated.isFragmented { break }
                // The next fragment's headers are written over the end of this one.
                flush()
                var next = buffer.mutableSpan
                var rest = next.mutableBytes
                piece = translated.next(&rest)
            }
        }
    }

    /// Sends a packet together with the one before, where both are datagrams of one flow.
    private mutating func sendDatagram(_ range: Range<Int>) {
        if var open = run {
            let end = (open.range.lowerBound / PacketSlot.stride + 1) * PacketSlot.stride
            var span = buffer.mutableSpan
            var bytes = span.mutableBytes
            if open.append(&bytes, range, end: end) {
                run = open
                return
            }
        }
        send(range)
        run = DatagramRun(buffer.span.bytes, range)
    }

    /// Ends the run: its headers are written, and its piece gets its length.
    private mutating func closeRun() {
        guard let done = run else { return }
        run = nil
        if done.count == 1 { return }
        var span = buffer.mutableSpan
        var bytes = span.mutableBytes
        done.finish(&bytes)
        pieces[pieceCount - 1].length = UInt32(done.range.count + SegmentHeader.length)
        counters.add(done.count - 1, .joinedPackets)
    }

    private mutating func send(_ range: Range<Int>) {
        closeRun()
        if pieceCount == pieces.count { flush() }
        let start = range.lowerBound - SegmentHeader.length
        pieces[pieceCount] = PacketPiece(start: start, length: range.upperBound - start)
        pieceCount += 1
    }

    private mutating func flush() {
        closeRun()
        if pieceCount == 0 { return }
        let count = pieceCount
        let sent = queue.send(buffer, pieces[..<count], to: output)
        let bytes = pieces[..<count].reduce(0) { $0 + Int($1.length) - SegmentHeader.length }
        counters.add(sent, .sentPackets)
        counters.add(bytes, .sentBytes)
        counters.add(count - sent, .unsentPackets)
        pieceCount = 0
    }

    private mutating func sendAnswer(_ refusal: PacketRefusal, _ range: Range<Int>, _ now: MonotonicTime) {
        if let answer = refusal.answer, let written = write(answer, range, now) { send(answer: written) }
    }

    /// Tells a packet's sender that there is no route to where it has been translated to (RFC 792, RFC 4443 3.1).
    ///
    /// The error is about the translated packet, and goes back through the translator, as one of any router behind it would.
    private mutating func answerUnrouted(
        _ range: Range<Int>, _ translator: any GatewayTranslator, _ now: MonotonicTime
    ) {
        guard let error = write(.noRoute, range, now) else { return }
        var verdicts = [PacketVerdict.held]
        let random = random
        do {
            var span = answer.mutableSpan
            var bytes = span.mutableBytes
            var found = verdicts.mutableSpan
            translator.translate(&bytes, [error].span, into: &found, now: now, random: random)
        }
        if case .forwarded(let translated, _, _) = verdicts[0], !translated.isFragmented {
            send(answer: translated.range)
        }
    }

    /// Writes the answer to a packet of the buffer.
    ///
    /// - Returns: where it is, in the answer's buffer.
    private mutating func write(_ message: PacketRefusal.Answer, _ range: Range<Int>, _ now: MonotonicTime) -> Range<
        Int
    >? {
        let (router, random, buffer) = (router, random, buffer)
        var span = answer.mutableSpan
        var output = span.mutableBytes
        return router.answer(
            message, to: buffer.span.bytes, range, &output, at: PacketSlot.headroom, now: now, random: random)
    }

    private mutating func send(answer range: Range<Int>) {
        let start = range.lowerBound - SegmentHeader.length
        do {
            var span = answer.mutableSpan
            var output = span.mutableBytes
            SegmentHeader().write(&output, at: start)
        }
        let piece = PacketPiece(start: start, length: range.upperBound - start)
        counters.add(queue.send(answer, [piece], to: PacketOutput.back), .answers)
    }

    /// Forwards fragments that have waited for their first one.
    private mutating func release(_ translator: any GatewayTranslator, _ now: MonotonicTime) {
        while let fragment = translator.takeHeldFragment(now: now) {
            let start = PacketSlot.headroom
            guard fragment.count <= 65_535 else { continue }
            buffer.replaceSubrange(start..<start + fragment.count, with: fragment)
            ranges[0] = start..<start + fragment.count
            translate(0..<1, translator, now)
            flush()
        }
    }
}
