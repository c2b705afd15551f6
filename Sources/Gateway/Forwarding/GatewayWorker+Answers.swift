import Packets
import Translation

extension GatewayWorker {
    mutating func sendAnswer(_ refusal: PacketRefusal, _ range: Range<Int>, _ now: MonotonicTime) {
        if let answer = refusal.answer, let written = write(answer, range, now) { send(answer: written) }
    }

    /// Writes the answer to a packet of the buffer.
    ///
    /// - Returns: where it is, in the answer's buffer.
    mutating func write(_ message: PacketRefusal.Answer, _ range: Range<Int>, _ now: MonotonicTime) -> Range<
        Int
    >? {
        let (router, random, buffer) = (router, random, buffer)
        var span = answer.mutableSpan
        var output = span.mutableBytes
        return router.answer(
            message, to: buffer.span.bytes, range, &output, at: PacketSlot.headroom, now: now, random: random)
    }

    mutating func send(answer range: Range<Int>) {
        let start = range.lowerBound - SegmentHeader.length
        do {
            var span = answer.mutableSpan
            var output = span.mutableBytes
            SegmentHeader().write(&output, at: start)
        }
        let piece = PacketPiece(start: start, length: range.upperBound - start)
        counters.add(queue.send(answer, [piece], to: PacketOutput.back), .answers)
    }
}
