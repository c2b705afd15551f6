import Packets
import Translation

extension GatewayWorker {
    /// Sends what a packet has become, or the answer to it.
    mutating func finish(_ verdict: PacketVerdict, _ range: Range<Int>, _ now: MonotonicTime) {
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
    mutating func sendDatagram(_ range: Range<Int>) {
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
    mutating func closeRun() {
        guard let done = run else { return }
        run = nil
        if done.count == 1 { return }
        var span = buffer.mutableSpan
        var bytes = span.mutableBytes
        done.finish(&bytes)
        pieces[pieceCount - 1].length = UInt32(done.range.count + SegmentHeader.length)
        counters.add(done.count - 1, .joinedPackets)
    }

    mutating func send(_ range: Range<Int>) {
        closeRun()
        if pieceCount == pieces.count { flush() }
        let start = range.lowerBound - SegmentHeader.length
        pieces[pieceCount] = PacketPiece(start: start, length: range.upperBound - start)
        pieceCount += 1
    }

    mutating func flush() {
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
}
