import IPAddresses

extension NAPT {
    /// Translates a packet from outside, if a session or a mapping takes it.
    @inlinable
    public func inbound(_ packet: FlowPacket<Address>, now: MonotonicTime) -> Verdict<Address> {
        let verdict = translateInbound(packet, now)
        if let reason = verdict.refusal { refusals.count(reason) }
        return verdict
    }

    @inlinable
    func translateInbound(_ packet: FlowPacket<Address>, _ now: MonotonicTime) -> Verdict<Address> {
        let packet = FlowPacket(packet.tuple.withIdentifier(fromInside: false), packet.flags)
        while true {
            if let match = table.lookup(packet.tuple, now: now) {
                // An inside tuple on the outside is not ours.
                if match.isOriginal { return .refused(.noConnection) }
                if let verdict = follow(match, packet, now) { return verdict }
                continue
            }
            switch openInbound(packet, now) {
            case .success(let match):
                if let translated = table.translation(of: match.reversed) { return .forwarded(translated, isNew: true) }
            case .failure(let reason): return .refused(reason)
            case .existing: break
            }
        }
    }

    /// Opens a session from outside, where a mapping's filter lets it in (RFC 4787 5; RFC 6146 3.5).
    @inlinable
    func openInbound(_ packet: FlowPacket<Address>, _ now: MonotonicTime) -> Opening {
        let tuple = packet.tuple
        let anyRemote = FiveTuple(
            from: Address(bits: 0), 0, to: tuple.destination, tuple.destinationPort, protocol: tuple.ipProtocol)
        let endpoint = table.lookup(anyRemote, .endpointMapping, now: now)
        // A mapping that is still there, since its last session has not been removed yet, and whose time is over.
        let summary = endpoint.flatMap { table.summary(of: $0, now: now) }
        let isStatic = summary?.flags.contains(.isStatic) ?? false
        var parent = summary == nil ? nil : endpoint
        if !isStatic {
            switch configuration.filter(tuple.ipProtocol) {
            case .endpointIndependent: break
            case .addressDependent:
                let address = FiveTuple(
                    from: tuple.source, 0, to: tuple.destination, tuple.destinationPort, protocol: tuple.ipProtocol)
                parent = table.lookup(address, .addressMapping, now: now)
                if let found = parent, table.summary(of: found, now: now) == nil { parent = nil }
            case .addressAndPortDependent: parent = nil
            }
        }
        guard let parent else { return .failure(summary == nil ? .noConnection : .filtered) }
        guard packet.mayOpen else { return .failure(.noConnection) }
        guard table.retain(parent), let inside = table.tuple(of: parent.reversed) else { return .existing }
        let original = FiveTuple(
            from: inside.source, inside.sourcePort, to: tuple.source, tuple.sourcePort, protocol: tuple.ipProtocol)
        return openOn(
            parent, original, tuple.destination, tuple.destinationPort, packet.openingState(fromInside: false), now,
            isInbound: !configuration.refreshesInbound)
    }
}

// MARK: - Later fragments

extension NAPT {
    /// Translates a fragment after the first one: of a session that is there, which it neither moves on nor prolongs.
    @inlinable
    func continueOutbound(_ tuple: FiveTuple<Address>, _ now: MonotonicTime) -> Verdict<Address> {
        continueSession(tuple, now, isOriginal: true)
    }

    /// The same, from outside.
    @inlinable
    func continueInbound(_ tuple: FiveTuple<Address>, _ now: MonotonicTime) -> Verdict<Address> {
        continueSession(tuple, now, isOriginal: false)
    }

    @inlinable
    func continueSession(_ tuple: FiveTuple<Address>, _ now: MonotonicTime, isOriginal: Bool) -> Verdict<Address> {
        let tuple = tuple.withIdentifier(fromInside: isOriginal)
        guard let match = table.lookup(tuple, now: now), match.isOriginal == isOriginal,
            let translated = table.translation(of: match)
        else { return .refused(.noConnection) }
        return .forwarded(translated, isNew: false)
    }
}

// MARK: - ICMP errors

extension NAPT {
    /// Translates an ICMP error from outside that quotes a packet which went out: the quoted header becomes the one that
    /// the inside sent (RFC 5508 REQ-4). Errors open, prolong and end nothing (RFC 5508 REQ-6).
    ///
    /// - Returns: nil where the quoted packet is of no connection: the error is dropped.
    @inlinable
    public func inboundError(quoting embedded: FiveTuple<Address>, now: MonotonicTime) -> RelatedError<Address>? {
        related(embedded, fromInside: false, now)
    }

    /// Translates an ICMP error from inside that quotes a packet which came in. Where that was from the inside too, the
    /// error is turned round as the packet was (RFC 5508 REQ-7).
    ///
    /// - Returns: nil where the quoted packet is of no connection: the error is dropped.
    @inlinable
    public func outboundError(quoting embedded: FiveTuple<Address>, now: MonotonicTime) -> RelatedError<Address>? {
        guard let error = related(embedded, fromInside: true, now) else { return nil }
        guard configuration.pool.contains(error.destination) else { return error }
        return related(error.embedded, fromInside: false, now)
    }

    @inlinable
    func related(_ embedded: FiveTuple<Address>, fromInside: Bool, _ now: MonotonicTime)
        -> RelatedError<Address>?
    {
        guard let error = relatedTuple(embedded, fromInside: fromInside, now) else {
            refusals.count(.noConnection)
            return nil
        }
        return error
    }

    /// The same, which does not count what is of no connection.
    @inlinable
    func relatedTuple(_ embedded: FiveTuple<Address>, fromInside: Bool, _ now: MonotonicTime)
        -> RelatedError<Address>?
    {
        let embedded = embedded.withIdentifier(fromInside: !fromInside)
        guard let match = table.lookup(embedded.reversed, now: now), match.isOriginal == fromInside,
            let quoted = table.tuple(of: match.reversed)
        else { return nil }
        return RelatedError(embedded: quoted)
    }
}

// MARK: - Static mappings

extension NAPT {
    /// Adds a mapping that stays: packets from everywhere come in to it (RFC 6146 3.5).
    ///
    /// - Throws: `NAPTError` where one of the endpoints is mapped, or the table is full.
    @discardableResult
    public func addStaticMapping(
        inside: Address, port: UInt16, outside: Address, outsidePort: UInt16, protocol ipProtocol: UInt8,
        now: MonotonicTime
    ) throws(NAPTError) -> ConnectionMatch {
        guard configuration.pool.contains(outside) else { throw .notInPool }
        let key = FiveTuple(from: inside, port, to: Address(bits: 0), 0, protocol: ipProtocol)
        let reply = FiveTuple(from: Address(bits: 0), 0, to: outside, outsidePort, protocol: ipProtocol)
        let start = ConnectionStart(kind: .endpointMapping, flags: .isStatic, lifetime: nil)
        switch table.open(key, start, now: now, reply: { $0 == 0 ? reply : nil }) {
        case .opened(let match): return match
        case .existing, .refused(.portsExhausted): throw .mappingExists
        case .refused(let reason): throw .mappingRefused(reason)
        }
    }

    /// Takes a static mapping back. Its sessions go on until they end.
    ///
    /// - Parameter mapping: what ``addStaticMapping(inside:port:outside:outsidePort:protocol:now:)`` has returned.
    public func removeStaticMapping(_ mapping: ConnectionMatch) { table.release(mapping) }
}
