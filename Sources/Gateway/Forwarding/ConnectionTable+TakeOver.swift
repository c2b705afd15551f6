import Translation

extension ConnectionTable {
    /// Hands its connections to whatever opens those of a state.
    func handOver(
        now: MonotonicTime, to open: (Span<UInt8>) throws(ConnectionStateError) -> RestoreSummary
    ) -> RestoreSummary {
        var bytes: [UInt8] = []
        ConnectionState.export(self, now: now) { bytes += $0 }
        // What has just been written is whole.
        return (try? open(bytes.span)) ?? RestoreSummary()
    }
}
