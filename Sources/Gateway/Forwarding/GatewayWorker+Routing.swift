import Packets
import PrefixTrie
import Translation

extension GatewayWorker {
    /// Looks up where the packets of a batch go.
    mutating func route(_ verdicts: ArraySlice<PacketVerdict>, _ routes: GatewayRoutes) {
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
    mutating func choose(
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

    /// Tells a packet's sender that there is no route to where it has been translated to (RFC 792, RFC 4443 3.1).
    ///
    /// The error is about the translated packet, and goes back through the translator, as one of any router behind it would.
    mutating func answerUnrouted(
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
}
