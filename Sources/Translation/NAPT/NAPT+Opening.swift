import IPAddresses

extension NAPT {
    /// Opens the session of a packet from inside, and the mappings that it needs.
    @inlinable
    func openSession(_ tuple: FiveTuple<Address>, _ state: TCPState, _ now: MonotonicTime, _ random: UInt64) -> Opening
    {
        // A flood costs what finding the table full does, unless the tuple's own last connection is in its way.
        if table.isKnownFull, !table.hasEntry(tuple, .session) { return .failure(.tableFull) }
        var called: (Address, UInt16)?
        if tuple.ipProtocol == 6, !unsolicited.isEmpty {
            called = unsolicited.takeEndpoint(calledBy: tuple.destination, tuple.destinationPort, now: now)
        }
        if configuration.mapping == .addressAndPortDependent {
            return openOnOwnPort(tuple, .session, state, now, random, called)
        }
        switch mapping(of: tuple, now, random, called) {
        case .failure(let reason): return .failure(reason)
        case .existing: return .existing
        case .success(let parent):
            guard let outside = table.tuple(of: parent.reversed) else {
                table.release(parent)
                return .existing
            }
            return openOn(parent, tuple, outside.destination, outside.destinationPort, state, now)
        }
    }

    /// Opens a session on a mapping that has been retained for it.
    @inlinable
    func openOn(
        _ parent: ConnectionMatch, _ tuple: FiveTuple<Address>, _ outside: Address, _ port: UInt16, _ state: TCPState,
        _ now: MonotonicTime, isInbound: Bool = false
    ) -> Opening {
        // What comes in does not outlive the mapping, unless it prolongs it.
        let lifetime = configuration.timeouts.lifetime(tuple.ipProtocol, state)
        let left = isInbound ? table.summary(of: parent, now: now)?.left : nil
        let start = ConnectionStart(
            state: state.rawValue, lifetime: left.map { min($0, lifetime) } ?? lifetime, parent: parent)
        let reply = FiveTuple(
            from: tuple.destination, tuple.destinationPort, to: outside, port, protocol: tuple.ipProtocol)
        let result = table.open(tuple, start, now: now) { $0 == 0 ? reply : nil }
        if case .opened(let match) = result {
            if !isInbound { table.refreshKept(by: match, now: now, lifetime: lifetime) }
            return .success(match)
        }
        table.release(parent)
        switch result {
        case .opened, .existing: return .existing
        case .refused(let reason): return .failure(reason)
        }
    }

    /// The mapping that a session from inside hangs on, retained for it: the one of its remote address where filters need
    /// to know of that, else of its endpoint.
    @inlinable
    func mapping(
        of tuple: FiveTuple<Address>, _ now: MonotonicTime, _ random: UInt64, _ called: (Address, UInt16)?
    ) -> Opening {
        let needsAddress =
            configuration.mapping == .addressDependent || configuration.filter(tuple.ipProtocol) == .addressDependent
        if !needsAddress { return endpointMapping(of: tuple, now, random, called) }
        let key = tuple.forAddress
        if let match = table.lookup(key, .addressMapping, now: now) {
            return table.retain(match) ? .success(match) : .existing
        }
        if configuration.mapping == .addressDependent {
            return openOnOwnPort(key, .addressMapping, .none, now, random, called)
        }
        let endpoint = endpointMapping(of: tuple, now, random, called)
        guard case .success(let parent) = endpoint else { return endpoint }
        guard let outside = table.tuple(of: parent.reversed) else {
            table.release(parent)
            return .existing
        }
        let reply = FiveTuple(
            from: key.destination, 0, to: outside.destination, outside.destinationPort, protocol: key.ipProtocol)
        let start = ConnectionStart(
            kind: .addressMapping, lifetime: configuration.timeouts.lifetime(key.ipProtocol, .none), isKept: true,
            parent: parent)
        let result = table.open(key, start, now: now) { $0 == 0 ? reply : nil }
        if case .opened(let match) = result { return .success(match) }
        table.release(parent)
        if case .refused(let reason) = result { return .failure(reason) }
        return .existing
    }

    /// The mapping of an inside endpoint, retained.
    @inlinable
    func endpointMapping(
        of tuple: FiveTuple<Address>, _ now: MonotonicTime, _ random: UInt64, _ called: (Address, UInt16)?
    ) -> Opening {
        let key = tuple.forEndpoint
        if let match = table.lookup(key, .endpointMapping, now: now) {
            return table.retain(match) ? .success(match) : .existing
        }
        return openOnOwnPort(key, .endpointMapping, .none, now, random, called)
    }

    /// Opens what has a port of its own: a session, or a mapping, by the configuration.
    ///
    /// `called`: the outside endpoint that the remote one called, which is taken if it is free (RFC 6146 3.5.2.2).
    @inlinable
    func openOnOwnPort(
        _ key: FiveTuple<Address>, _ kind: EntryKind, _ state: TCPState, _ now: MonotonicTime, _ random: UInt64,
        _ called: (Address, UInt16)?
    ) -> Opening {
        let pool = configuration.pool
        guard let range = pool.portsToTry(for: key.source, key.sourcePort) else { return .failure(.sourceNotInside) }
        let subscriber = secret.fingerprint(key.source)
        var flags: ConnectionFlags = []
        if let subscribers {
            let answer = subscribers.take(
                subscriber, limit: UInt32(configuration.subscriberLimit ?? Int(Int32.max)),
                perSecond: configuration.subscriberRate.map { UInt16($0) } ?? .max, now: now)
            if let reason = answer.refusal(atLimit: .subscriberLimit) { return .failure(reason) }
            flags.insert(.countsSubscriber)
        }
        var refusal = Refusal.portsExhausted
        let isCalled = called.map { pool.contains($0.0) && range.contains($0.1) } ?? false
        for attempt in (isCalled ? -1 : 0)..<pool.addressesToTry {
            let opening: Opening
            if attempt < 0, let called {
                opening = openAt(called.0, called.1...called.1, key, kind, state, flags, now, random)
                if case .failure = opening { continue }
            } else {
                guard let outside = pool.address(attempt, for: key.source, secret) else { continue }
                opening = openAt(outside, range, key, kind, state, flags, now, random)
            }
            switch opening {
            case .failure(let reason): refusal = reason
            case .existing:
                if subscribers != nil { subscribers?.release(subscriber) }
                return .existing
            case .success(let match):
                if kind == configuration.mapping.root, let onMapping, let reply = table.tuple(of: match.reversed) {
                    onMapping(MappingEvent(key, reply, isNew: true))
                }
                return .success(match)
            }
        }
        subscribers?.release(subscriber)
        return .failure(refusal)
    }

    @inlinable
    func openAt(
        _ outside: Address, _ range: ClosedRange<UInt16>, _ key: FiveTuple<Address>, _ kind: EntryKind,
        _ state: TCPState,
        _ flags: ConnectionFlags, _ now: MonotonicTime, _ random: UInt64
    ) -> Opening {
        var flags = flags
        let destination = secret.fingerprint(outside, to: key.destination, key.destinationPort, key.ipProtocol)
        if kind == .session, let destinations {
            // Where all ports are in use, that is known without trying each.
            let limit = min(configuration.destinationLimit ?? .max, range.count)
            let answer = destinations.take(destination, limit: UInt32(limit), now: now)
            let atLimit: Refusal = limit < range.count ? .destinationLimit : .portsExhausted
            if let reason = answer.refusal(atLimit: atLimit) { return .failure(reason) }
            flags.insert(.countsDestination)
        }
        let start = ConnectionStart(
            kind: kind, state: state.rawValue, flags: flags,
            lifetime: configuration.timeouts.lifetime(key.ipProtocol, state), isKept: kind != .session)
        let pool = configuration.pool
        let result = table.open(key, start, now: now) { attempt in
            guard let port = pool.port(attempt, in: range, key.sourcePort, random) else { return nil }
            return FiveTuple(
                from: key.destination, key.destinationPort, to: outside, port, protocol: key.ipProtocol
            )
        }
        switch result {
        case .opened(let match): return .success(match)
        case .existing:
            if flags.contains(.countsDestination) { destinations?.release(destination) }
            return .existing
        case .refused(let reason):
            if flags.contains(.countsDestination) { destinations?.release(destination) }
            return .failure(reason)
        }
    }
}

extension FlowCounts.Answer {
    @inlinable
    func refusal(atLimit limit: Refusal) -> Refusal? {
        switch self {
        case .counted: nil
        case .limit: limit
        case .rate: .subscriberRate
        case .full: .tableFull
        }
    }
}

extension FiveTuple {
    /// An ICMP query has one identifier, that of the inside: the source port of what comes from there, and the destination
    /// port of what comes from outside, request or reply (RFC 6146 3.5.3). Other tuples as they are.
    @inlinable
    func withIdentifier(fromInside: Bool) -> FiveTuple {
        guard ipProtocol == 1 || ipProtocol == 58, (fromInside ? sourcePort : destinationPort) == 0 else { return self }
        return FiveTuple(from: source, destinationPort, to: destination, sourcePort, protocol: ipProtocol)
    }

    /// The key of an inside endpoint's mapping, whatever the remote endpoint.
    @inlinable
    var forEndpoint: FiveTuple { FiveTuple(from: source, sourcePort, to: Address(bits: 0), 0, protocol: ipProtocol) }

    /// The key of its mapping for a remote address, whatever the port.
    @inlinable
    var forAddress: FiveTuple { FiveTuple(from: source, sourcePort, to: destination, 0, protocol: ipProtocol) }
}
