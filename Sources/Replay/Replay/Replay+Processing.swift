import Captures
import Packets
import Translation

extension Replay {
    /// Puts a packet through the translator, and writes what comes out.
    mutating func process(
        _ packet: ReplayedPacket, _ outcome: inout Outcome, _ writer: inout CaptureWriter?
    ) throws(ReplayFault) {
        let random = generator.next()
        let (translator, now) = (translator, now)
        var span = buffer.mutableSpan
        var bytes = span.mutableBytes
        let verdict = translator.process(&bytes, packet.ip, now: now, random: random)
        switch verdict {
        case .held:
            summary.held += 1
            outcome.verdict = "held"
            if packet.isCut {
                heldCuts.note(
                    Array(buffer[packet.ip]), captured: packet.capturedEnd - packet.ip.lowerBound, now: now)
            }
        case .refused(let refusal):
            refuse(&outcome, refusal.reason.rawValue)
            try writeAnswer(refusal, packet, random, &outcome, &writer)
        case .forwarded(var translated, let side, let isNew):
            // It has got one, of zeros that stand for what is missing.
            if let place = packet.zeroChecksum, buffer[place] != 0 || buffer[place + 1] != 0 {
                refuse(&outcome, SnapshotCut.checksum)
                return
            }
            summary.forwarded += 1
            outcome.verdict = "forwarded"
            outcome.side = side.rawValue
            outcome.isNew = isNew
            var range: Range<Int>? = translated.range
            while let part = range {
                try Self.write(&buffer, part, packet.kept(of: part, buffer), packet, &writer, isAnswer: false)
                outcome.written += 1
                var span = buffer.mutableSpan
                var bytes = span.mutableBytes
                range = translated.next(&bytes)
            }
        }
    }

    private mutating func writeAnswer(
        _ refusal: PacketRefusal, _ packet: ReplayedPacket, _ random: UInt64, _ outcome: inout Outcome,
        _ writer: inout CaptureWriter?
    ) throws(ReplayFault) {
        let (router, now) = (router, now)
        let isIPv4 = buffer[packet.ip.lowerBound] >> 4 == 4
        if let answer = refusal.answer, answer != .reset, packet.isCutInQuote(isIPv4: isIPv4) {
            let hasAddress = isIPv4 ? router.ipv4 != nil : router.ipv6 != nil
            outcome.unanswered = hasAddress ? SnapshotCut.answer : nil
            return
        }
        let source = buffer
        var span = answer.mutableSpan
        var output = span.mutableBytes
        let range = router.answer(
            refusal, to: source.span.bytes, packet.ip, &output, at: Self.start, now: now, random: random)
        guard let range else { return }
        summary.answers += 1
        outcome.answer = refusal.answer.map { "\($0)" }
        try Self.write(&answer, range, range, packet, &writer, isAnswer: true)
        outcome.written += 1
    }

    /// Writes the answer to a packet that came earlier.
    mutating func writeAnswer(
        _ message: PacketRefusal.Answer, to earlier: [UInt8], _ packet: ReplayedPacket, _ outcome: inout Outcome,
        _ writer: inout CaptureWriter?
    ) throws(ReplayFault) {
        let (router, now, random) = (router, now, generator.next())
        var span = answer.mutableSpan
        var output = span.mutableBytes
        let range = router.answer(
            message, to: earlier.span.bytes, 0..<earlier.count, &output, at: Self.start, now: now, random: random)
        guard let range else { return }
        summary.answers += 1
        try Self.write(&answer, range, range, packet, &writer, isAnswer: true)
        outcome.written += 1
    }

    /// Writes a packet with the link header that it came with, of the family that it has now.
    ///
    /// `kept`: what of the range is there to be written.
    private static func write(
        _ bytes: inout [UInt8], _ range: Range<Int>, _ kept: Range<Int>, _ packet: ReplayedPacket,
        _ writer: inout CaptureWriter?, isAnswer: Bool
    ) throws(ReplayFault) {
        let (header, type) = (packet.header, packet.captured.linkType)
        let start = range.lowerBound - header.count
        // What a fragment's link header is written over has been sent.
        bytes.replaceSubrange(start..<range.lowerBound, with: header)
        if let offset = packet.link.etherTypeOffset {
            let isIPv4 = bytes[range.lowerBound] >> 4 == 4
            bytes[start + offset] = isIPv4 ? 0x08 : 0x86
            bytes[start + offset + 1] = isIPv4 ? 0x00 : 0xDD
            if isAnswer, type == .ethernet {
                bytes.replaceSubrange(start..<start + 6, with: header[6..<12])
                bytes.replaceSubrange(start + 6..<start + 12, with: header[0..<6])
            }
        }
        do throws(CaptureError) {
            try writer?.write(
                bytes.span.bytes, start..<kept.upperBound, time: packet.captured.time, type.ofBothFamilies,
                originalLength: range.upperBound - start)
        } catch {
            throw .output(error)
        }
    }
}

extension LinkHeader.LinkType {
    /// Raw packets of one family may become ones of the other.
    var ofBothFamilies: Self { self == .ipv4 || self == .ipv6 ? .raw : self }
}
