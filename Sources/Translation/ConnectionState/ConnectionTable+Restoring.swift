/// What became of the records of a state.
public struct RestoreSummary: Hashable, Sendable {
    /// Connections and mappings that are there again.
    public var restored = 0

    /// Those for which there was no room, or whose place others had taken.
    public var refused = 0

    public init() {}

    public static func + (left: RestoreSummary, right: RestoreSummary) -> RestoreSummary {
        var sum = left
        sum.restored += right.restored
        sum.refused += right.refused
        return sum
    }
}

extension ConnectionTable {
    /// Opens the connections of a state, with their mappings.
    ///
    /// - `admit`: whether a record is wanted still; what it counts is withdrawn by `withdraw` where there is no room for it.
    /// - Throws: `ConnectionStateError` where the state is not whole; then nothing has changed.
    public func restore(
        _ state: Span<UInt8>, now: MonotonicTime, admitting admit: (ConnectionRecord<Address>) -> Bool,
        withdrawing withdraw: (ConnectionRecord<Address>) -> Void = { _ in }
    ) throws(ConnectionStateError) -> RestoreSummary {
        var summary = RestoreSummary()
        var mappings: [ConnectionMatch] = []
        try ConnectionState<Address>.read(state) { record in
            guard admit(record) else {
                summary.refused += 1
                return
            }
            guard case .opened(let match) = restore(record, now: now) else {
                withdraw(record)
                summary.refused += 1
                return
            }
            summary.restored += 1
            if record.isKept { mappings.append(match) }
        }
        // Mappings are now kept by their sessions, and those without one go.
        for mapping in mappings { release(mapping) }
        return summary
    }
}
