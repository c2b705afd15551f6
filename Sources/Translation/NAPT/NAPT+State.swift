extension NAPT {
    /// Opens the connections of a state, with their mappings, limits included.
    ///
    /// - Throws: `ConnectionStateError` where the state is not whole; then nothing has changed.
    public func restore(_ state: Span<UInt8>, now: MonotonicTime) throws(ConnectionStateError) -> RestoreSummary {
        try table.restore(state, now: now) {
            configuration.pool.contains($0.reply.destination) && count($0, now)
        } withdrawing: {
            uncount($0)
        }
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
