/// What became of the records of a state.
public struct RestoreSummary: Hashable, Sendable {
    /// Connections and mappings that are there again.
    public var restored = 0

    /// Those for which there was no room, or whose place others had taken.
    public var refused = 0

    public init() {}
}

extension NAPT {
    /// Opens the connections of a state, with their mappings, limits included.
    ///
    /// - Throws: `ConnectionStateError` where the state is not whole; then nothing has changed.
    public func restore(_ state: Span<UInt8>, now: MonotonicTime) throws(ConnectionStateError) -> RestoreSummary {
        var summary = RestoreSummary()
        var mappings: [ConnectionMatch] = []
        try ConnectionState<Address>.read(state) { record in
            guard configuration.pool.contains(record.reply.destination), count(record, now) else {
                summary.refused += 1
                return
            }
            guard case .opened(let match) = table.restore(record, now: now) else {
                uncount(record)
                summary.refused += 1
                return
            }
            summary.restored += 1
            if record.isKept { mappings.append(match) }
        }
        // Mappings are now kept by their sessions, and those without one go.
        for mapping in mappings { table.release(mapping) }
        return summary
    }

    private func count(_ record: ConnectionRecord<Address>, _ now: MonotonicTime) -> Bool {
        if record.flags.contains(.countsDestination), let destinations {
            let answer = destinations.take(secret.fingerprint(ofDestination: record.reply), limit: .max, now: now)
            if answer != .counted { return false }
        }
        if record.flags.contains(.countsSubscriber), let subscribers {
            let answer = subscribers.take(secret.fingerprint(record.original.source), limit: .max, now: now)
            if answer != .counted {
                if record.flags.contains(.countsDestination) {
                    destinations?.release(secret.fingerprint(ofDestination: record.reply))
                }
                return false
            }
        }
        return true
    }

    private func uncount(_ record: ConnectionRecord<Address>) {
        if record.flags.contains(.countsDestination) {
            destinations?.release(secret.fingerprint(ofDestination: record.reply))
        }
        if record.flags.contains(.countsSubscriber) { subscribers?.release(secret.fingerprint(record.original.source)) }
    }
}
