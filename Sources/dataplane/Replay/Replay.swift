import Captures
import Cluster
import Packets
import Translation

/// Which file of a replay can't be used, and why.
enum ReplayFault: Error {
    case input(CaptureError)
    case output(CaptureError)
}

/// Runs the packets of a capture through a translator.
struct Replay: ~Copyable {
    let translator: any PacketProcessor
    let router: Router
    private var generator: SplitMix64
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)
    private var answer = [UInt8](repeating: 0, count: Self.start + Router.room)
    private var now = MonotonicTime(nanoseconds: 0)
    private var lastExpiry = MonotonicTime(nanoseconds: 0)
    var summary = Summary()

    struct Summary {
        var packets = 0
        var forwarded = 0
        var held = 0
        var refused = 0
        var skipped = 0
        var answers = 0
        var reasons: [(reason: String, count: Int)] = []

        mutating func count(_ reason: String) {
            if let index = reasons.firstIndex(where: { $0.reason == reason }) {
                reasons[index].count += 1
            } else {
                reasons.append((reason, 1))
            }
        }
    }

    /// What became of one packet, for reports.
    struct Outcome {
        var number: Int
        var time: UInt64
        var length: Int
        var verdict: String
        var reason: String?
        var isNew = false
        var side: String?
        var answer: String?
        var written = 0
    }

    /// Where packets begin in the buffer: behind the translators' headroom, and a link header's.
    static let start = TranslationOptions.headroom + 256

    init(_ translator: any PacketProcessor, _ router: Router, seed: UInt64) {
        self.translator = translator
        self.router = router
        generator = SplitMix64(seed: seed)
    }

    /// Reads the next packet, and writes what becomes of it.
    ///
    /// - `path`: of the capture that is written, once the first packet tells its link type.
    /// - Returns: nil at the end.
    mutating func step(
        _ reader: inout CaptureReader<CaptureFile>, _ writer: inout CaptureWriter?, path: String
    ) throws(ReplayFault) -> Outcome? {
        let next: CapturedPacket?
        do throws(CaptureError) {
            next = try reader.next(into: &buffer, at: Self.start, tailroom: TranslationOptions.tailroom)
        } catch {
            throw .input(error)
        }
        guard let packet = next else { return nil }
        if writer == nil {
            do throws(CaptureError) {
                writer = try CaptureWriter(path: path, reader.format, linkType: packet.linkType.ofBothFamilies)
            } catch {
                throw .output(error)
            }
        }
        summary.packets += 1
        // Captures of several interfaces may go back a little.
        now = max(now, MonotonicTime(nanoseconds: packet.time))
        if now.nanoseconds - lastExpiry.nanoseconds > 100_000_000 {
            translator.expire(now: now, limit: 100_000)
            lastExpiry = now
        }
        var outcome = Outcome(
            number: summary.packets, time: packet.time, length: packet.originalLength, verdict: "skipped")
        let link: LinkHeader
        do throws(PacketError) {
            link = try LinkHeader(packet.linkType, buffer.span.bytes, packet.range)
        } catch {
            return skip(&outcome, "\(error)")
        }
        guard link.isIPv4 || link.isIPv6 else { return skip(&outcome, "not an IP packet") }
        let header = Array(buffer[packet.range.lowerBound..<packet.range.lowerBound + link.length])
        try process(packet, link, header, &outcome, &writer)
        while let fragment = translator.takeHeldFragment(now: now) {
            let start = packet.range.lowerBound + link.length
            let room = start + fragment.count + TranslationOptions.tailroom
            if buffer.count < room { buffer += [UInt8](repeating: 0, count: room - buffer.count) }
            buffer.replaceSubrange(start..<start + fragment.count, with: fragment)
            // It goes on behind the link header of the one that it has waited for.
            var late = packet
            late.range = packet.range.lowerBound..<start + fragment.count
            summary.held -= 1
            var ignored = outcome
            try process(late, link, header, &ignored, &writer)
            outcome.written += ignored.written
        }
        return outcome
    }

    private mutating func skip(_ outcome: inout Outcome, _ reason: String) -> Outcome {
        summary.skipped += 1
        outcome.reason = reason
        return outcome
    }

    private mutating func process(
        _ packet: CapturedPacket, _ link: LinkHeader, _ header: [UInt8], _ outcome: inout Outcome,
        _ writer: inout CaptureWriter?
    ) throws(ReplayFault) {
        let ip = packet.range.lowerBound + link.length..<packet.range.upperBound
        let random = generator.next()
        let (translator, now) = (translator, now)
        var span = buffer.mutableSpan
        var bytes = span.mutableBytes
        let verdict = translator.process(&bytes, ip, now: now, random: random)
        switch verdict {
        case .held:
            summary.held += 1
            outcome.verdict = "held"
        case .refused(let refusal):
            summary.refused += 1
            summary.count(refusal.reason.rawValue)
            outcome.verdict = "refused"
            outcome.reason = refusal.reason.rawValue
            try writeAnswer(refusal, packet, link, ip, header, random, &outcome, &writer)
        case .forwarded(var translated, let side, let isNew):
            summary.forwarded += 1
            outcome.verdict = "forwarded"
            outcome.side = side.rawValue
            outcome.isNew = isNew
            var range: Range<Int>? = translated.range
            while let part = range {
                try Self.write(&buffer, part, header, link, packet, &writer, isAnswer: false)
                outcome.written += 1
                var span = buffer.mutableSpan
                var bytes = span.mutableBytes
                range = translated.next(&bytes)
            }
        }
    }

    private mutating func writeAnswer(
        _ refusal: PacketRefusal, _ packet: CapturedPacket, _ link: LinkHeader, _ ip: Range<Int>, _ header: [UInt8],
        _ random: UInt64, _ outcome: inout Outcome, _ writer: inout CaptureWriter?
    ) throws(ReplayFault) {
        let (router, now) = (router, now)
        let source = buffer
        var span = answer.mutableSpan
        var output = span.mutableBytes
        let range = router.answer(
            refusal, to: source.span.bytes, ip, &output, at: Self.start, now: now, random: random)
        guard let range else { return }
        summary.answers += 1
        outcome.answer = refusal.answer.map { "\($0)" }
        try Self.write(&answer, range, header, link, packet, &writer, isAnswer: true)
        outcome.written += 1
    }

    /// Writes a packet behind the link header that it came with, of the family that it has now.
    private static func write(
        _ bytes: inout [UInt8], _ range: Range<Int>, _ header: [UInt8], _ link: LinkHeader, _ packet: CapturedPacket,
        _ writer: inout CaptureWriter?, isAnswer: Bool
    ) throws(ReplayFault) {
        let start = range.lowerBound - header.count
        // What a fragment's link header is written over has been sent.
        bytes.replaceSubrange(start..<range.lowerBound, with: header)
        if let offset = link.etherTypeOffset {
            let isIPv4 = bytes[range.lowerBound] >> 4 == 4
            bytes[start + offset] = isIPv4 ? 0x08 : 0x86
            bytes[start + offset + 1] = isIPv4 ? 0x00 : 0xDD
            if isAnswer, packet.linkType == .ethernet {
                bytes.replaceSubrange(start..<start + 6, with: header[6..<12])
                bytes.replaceSubrange(start + 6..<start + 12, with: header[0..<6])
            }
        }
        do throws(CaptureError) {
            try writer?.write(
                bytes.span.bytes, start..<range.upperBound, time: packet.time, packet.linkType.ofBothFamilies)
        } catch {
            throw .output(error)
        }
    }
}

extension LinkHeader.LinkType {
    /// Raw packets of one family may become ones of the other.
    var ofBothFamilies: Self { self == .ipv4 || self == .ipv6 ? .raw : self }
}
