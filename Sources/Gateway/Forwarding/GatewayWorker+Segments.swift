import Packets
import Translation

extension GatewayWorker {
    /// Translates what has not been cut yet, as one packet.
    mutating func forwardSegments(_ index: Int, _ translator: any GatewayTranslator, _ now: MonotonicTime) {
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
}
