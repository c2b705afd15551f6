import Translation

extension FlowTranslator {
    /// Opens the connections of a file, if there is one.
    func restore(_ file: StateFile, now: MonotonicTime) throws(StateFile.Failure) -> RestoreSummary {
        try file.restore { state throws(ConnectionStateError) in try restore(state, now: now) }
    }

    /// Opens the connections of another table, with their mappings; those that do not fit are left.
    func takeOver(_ table: ConnectionTable<Address>, now: MonotonicTime) -> RestoreSummary {
        var bytes: [UInt8] = []
        ConnectionState.export(table, now: now) { bytes += $0 }
        // What has just been written is whole.
        return (try? restore(bytes.span, now: now)) ?? RestoreSummary()
    }
}
