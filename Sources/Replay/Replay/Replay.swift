import Captures
import Packets
import Translation

/// Which file of a replay can't be used, and why.
public enum ReplayFault: Error {
    case input(CaptureError)
    case output(CaptureError)

    public var error: CaptureError {
        switch self {
        case .input(let error), .output(let error): error
        }
    }
}

/// Runs the packets of a capture through a translator; time is the capture's.
///
///     var replay = Replay(translator, Router(ipv4: address), using: generator)
///     try replay.run(from: "in.pcap", to: "out.pcap") { outcome, _ in print(outcome.number, outcome.verdict) }
///     print(replay.summary.refused)
public struct Replay: ~Copyable {
    let translator: any PacketProcessor
    let router: Router
    var generator: any RandomNumberGenerator
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var answer = [UInt8](repeating: 0, count: Self.start + Router.room)
    var now = MonotonicTime(nanoseconds: 0)
    var heldCuts = HeldCuts()
    private var lastExpiry = MonotonicTime(nanoseconds: 0)
    public internal(set) var summary = Summary()

    /// Where packets begin in the buffer: after the translators' headroom, and a link header's.
    static let start = TranslationOptions.headroom + 256

    /// - Parameters:
    ///   - translator: what packets go through.
    ///   - router: what answers packets that are refused.
    ///   - generator: where random ports and identifications come from.
    public init(_ translator: any PacketProcessor, _ router: Router, using generator: some RandomNumberGenerator) {
        self.translator = translator
        self.router = router
        self.generator = generator
    }

    /// Runs a whole capture, and writes what comes out in the same format. What comes before a fault is translated, and written,
    /// first.
    ///
    /// - Parameters:
    ///   - input: a path, or - for standard input.
    ///   - output: a path, or - for standard output.
    ///   - each: called for each packet, with the bytes that have been read so far, of how many; nil where that is not known.
    public mutating func run(
        from input: String, to output: String, _ each: (Outcome, _ read: (bytes: Int, of: Int?)) -> Void
    ) throws(ReplayFault) {
        let size: Int?
        var reader: CaptureReader<CaptureFile>
        do throws(CaptureError) {
            let file = try CaptureFile(path: input)
            size = file.size
            reader = try CaptureReader(file)
        } catch {
            throw .input(error)
        }
        let format = reader.format
        var writer: CaptureWriter?
        var fault: ReplayFault?
        do throws(ReplayFault) {
            while let outcome = try step(&reader, &writer, path: output) { each(outcome, (reader.bytesRead, size)) }
        } catch {
            fault = error
        }
        if let fault, case .output = fault { throw fault }
        do throws(CaptureError) {
            if writer == nil, fault == nil { writer = try CaptureWriter(path: output, format, linkType: .raw) }
            try writer?.flush()
        } catch {
            throw .output(error)
        }
        if let fault { throw fault }
    }

    /// Reads the next packet, and writes what becomes of it.
    ///
    /// - `path`: the capture that is written, once the first packet shows its link type.
    /// - Returns: nil at the end.
    mutating func step(
        _ reader: inout CaptureReader<CaptureFile>, _ writer: inout CaptureWriter?, path: String
    ) throws(ReplayFault) -> Outcome? {
        let next: CaptureRecord?
        do throws(CaptureError) {
            next = try reader.nextRecord(into: &buffer, at: Self.start, tailroom: TranslationOptions.tailroom)
        } catch {
            throw .input(error)
        }
        guard let next else { return nil }
        summary.packets += 1
        switch next {
        case .unread(let packet):
            summary.count(packet)
            var outcome = Outcome(
                number: summary.packets, time: packet.time, length: packet.originalLength,
                captured: packet.originalLength, verdict: "skipped")
            return skip(&outcome, packet.description)
        case .packet(let packet):
            if writer == nil {
                do throws(CaptureError) {
                    writer = try CaptureWriter(path: path, reader.format, linkType: packet.linkType.ofBothFamilies)
                } catch {
                    throw .output(error)
                }
            }
            return try step(packet, &writer)
        }
    }

    private mutating func step(_ packet: CapturedPacket, _ writer: inout CaptureWriter?) throws(ReplayFault) -> Outcome
    {
        // Captures of several interfaces may go back a little.
        now = max(now, MonotonicTime(nanoseconds: packet.time))
        if now.nanoseconds - lastExpiry.nanoseconds > 100_000_000 {
            translator.expire(now: now, limit: 100_000)
            lastExpiry = now
        }
        var outcome = Outcome(
            number: summary.packets, time: packet.time, length: packet.originalLength, captured: packet.range.count,
            verdict: "skipped")
        let link: LinkHeader
        do throws(PacketError) {
            link = try LinkHeader(packet.linkType, buffer.span.bytes, packet.range)
        } catch {
            if packet.range.count < packet.originalLength { return refuse(&outcome, SnapshotCut.headers) }
            return skip(&outcome, "\(error)")
        }
        guard link.isIPv4 || link.isIPv6 else { return skip(&outcome, "not an IP packet") }
        let ip = packet.range.lowerBound + link.length..<packet.range.upperBound
        var replayed = ReplayedPacket(
            captured: packet, link: link, header: Array(buffer[packet.range.lowerBound..<ip.lowerBound]), ip: ip,
            capturedEnd: ip.upperBound)
        switch SnapshotCut(packet, buffer.span.bytes, ip) {
        case .none: break
        case .refused(let reason): return refuse(&outcome, reason)
        case .data(let missing, let zeroChecksum):
            replayed.zeroChecksum = zeroChecksum
            replayed.ip = ip.lowerBound..<ip.upperBound + missing
            makeRoom(replayed.ip.upperBound)
            for offset in ip.upperBound..<replayed.ip.upperBound { buffer[offset] = 0 }
        }
        try answerUnsolicited(before: replayed, &outcome, &writer)
        try process(replayed, &outcome, &writer)
        try processHeld(after: replayed, &outcome, &writer)
        return outcome
    }

    /// SYNs that nothing has taken for 6 seconds are answered, with this packet's link header.
    private mutating func answerUnsolicited(
        before packet: ReplayedPacket, _ outcome: inout Outcome, _ writer: inout CaptureWriter?
    ) throws(ReplayFault) {
        while let syn = translator.takeUnansweredSYN(now: now) {
            try writeAnswer(.portUnreachable, to: syn, packet, &outcome, &writer)
        }
    }

    /// Fragments that have waited for this one go on with its link header.
    private mutating func processHeld(
        after packet: ReplayedPacket, _ outcome: inout Outcome, _ writer: inout CaptureWriter?
    ) throws(ReplayFault) {
        let start = packet.ip.lowerBound
        while let fragment = translator.takeHeldFragment(now: now) {
            makeRoom(start + fragment.count)
            buffer.replaceSubrange(start..<start + fragment.count, with: fragment)
            var late = packet
            late.ip = start..<start + fragment.count
            late.capturedEnd = start + heldCuts.captured(of: fragment)
            late.zeroChecksum = nil
            summary.held -= 1
            var ignored = outcome
            ignored.written = 0
            try process(late, &ignored, &writer)
            outcome.written += ignored.written
        }
    }

    private mutating func makeRoom(_ end: Int) {
        let room = end + TranslationOptions.tailroom
        if buffer.count < room { buffer += [UInt8](repeating: 0, count: room - buffer.count) }
    }

    private mutating func skip(_ outcome: inout Outcome, _ reason: String) -> Outcome {
        summary.skipped += 1
        outcome.reason = reason
        return outcome
    }

    @discardableResult
    mutating func refuse(_ outcome: inout Outcome, _ reason: String) -> Outcome {
        summary.refused += 1
        summary.count(reason)
        outcome.verdict = "refused"
        outcome.reason = reason
        return outcome
    }
}
