import Translation

extension NAPT {
    /// Opens the connections of another translator's table, with their mappings; those that do not fit are left.
    func takeOver(_ table: ConnectionTable<Address>, now: MonotonicTime) -> RestoreSummary {
        var bytes: [UInt8] = []
        ConnectionState.export(table, now: now) { bytes += $0 }
        // What has just been written is whole.
        return (try? restore(bytes.span, now: now)) ?? RestoreSummary()
    }
}
