import IPAddresses

extension NAPT {
    /// Translates a packet from inside. One that is for an outside endpoint of the translator itself comes back in there,
    /// from its sender's outside endpoint (RFC 4787 REQ-9, RFC 5508 REQ-7).
    ///
    /// `random`: 64 random bits, from which a new connection takes its port; the caller's, new for each packet.
    @inlinable
    public func outbound(_ packet: FlowPacket<Address>, now: MonotonicTime, random: UInt64) -> Verdict<Address> {
        var verdict = translateOutbound(packet, now, random)
        if case .forwarded(let tuple, let isNew) = verdict, configuration.pool.contains(tuple.destination) {
            if configuration.hairpins {
                verdict = translateInbound(FlowPacket(tuple, packet.flags), now)
                if case .forwarded(let inside, _) = verdict { verdict = .hairpinned(inside, isNew: isNew) }
            } else {
                verdict = .refused(.filtered)
            }
        }
        if let reason = verdict.refusal { refusals.count(reason) }
        return verdict
    }

    @inlinable
    func translateOutbound(_ packet: FlowPacket<Address>, _ now: MonotonicTime, _ random: UInt64)
        -> Verdict<Address>
    {
        let tuple = packet.tuple.withIdentifier(fromInside: true)
        let packet = FlowPacket(tuple, packet.flags)
        if let protocols = configuration.protocols, !protocols.contains(tuple.ipProtocol) {
            return .refused(.protocolNotTranslated)
        }
        while true {
            if let match = table.lookup(tuple, now: now) {
                if let verdict = follow(match, packet, now) { return verdict }
                continue
            }
            if !packet.mayOpen {
                switch configuration.strayTCP {
                case .drop: return .refused(.noConnection)
                case .reset: return packet.flags.contains(.rst) ? .refused(.noConnection) : .reset(.noConnection)
                case .pickUp: break
                }
            }
            switch openSession(tuple, packet.openingState(fromInside: true), now, random) {
            case .success(let match):
                if let translated = table.translation(of: match) { return .forwarded(translated, isNew: true) }
            case .failure(let reason): return .refused(reason)
            case .existing: break
            }
        }
    }

    /// Passes a packet of a connection on; nil where that has gone meanwhile.
    @inlinable
    func follow(_ match: ConnectionMatch, _ packet: FlowPacket<Address>, _ now: MonotonicTime) -> Verdict<Address>? {
        let refreshes = match.isOriginal || configuration.refreshesInbound
        return table.follow(match, packet, configuration.timeouts, refreshes: refreshes, now)
    }
}

/// How opening ended.
@usableFromInline
enum Opening {
    case success(ConnectionMatch)
    /// Another thread was faster.
    case existing
    case failure(Refusal)
}
