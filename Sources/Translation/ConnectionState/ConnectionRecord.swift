/// One connection or mapping, as it is kept over a restart.
public struct ConnectionRecord<Address: ConnectionAddress>: Hashable, Sendable {
    public var original: FiveTuple<Address>
    public var reply: FiveTuple<Address>
    public var kind: EntryKind

    /// 0 to 15, the translator's own.
    public var state: UInt8
    public var flags: ConnectionFlags
    public var tag: UInt32

    /// How long it lives without another packet; nil for ever.
    public var left: Lifetime?

    /// Whether it lives as long as something keeps it.
    public var isKept: Bool
}

extension ConnectionTable {
    /// What there is to keep of each connection and mapping; mappings first, so that sessions find theirs.
    public func forEachRecord(now: MonotonicTime, _ body: (ConnectionRecord<Address>) -> Void) {
        for kind in [EntryKind.endpointMapping, .addressMapping, .session] {
            forEach { match, original, reply in
                guard self.kind(match.index) == kind.rawValue, let summary = summary(of: match, now: now) else {
                    return
                }
                let isKept = memory.control(match.index).bits & ControlWord.kept != 0
                body(
                    ConnectionRecord(
                        original: original, reply: reply, kind: kind, state: summary.state, flags: summary.flags,
                        tag: summary.tag, left: summary.left, isKept: isKept))
            }
        }
    }

    /// Opens what a record describes, on the mapping that it belongs to, if that is there.
    ///
    /// Mappings that are kept are so by this call: ``release(_:)`` them once their sessions are there.
    public func restore(_ record: ConnectionRecord<Address>, now: MonotonicTime) -> OpenResult {
        let parent = parent(of: record, now)
        let start = ConnectionStart(
            kind: record.kind, state: record.state, flags: record.flags, tag: record.tag, lifetime: record.left,
            isKept: record.isKept, parent: parent)
        let result = open(record.original, start, now: now) { $0 == 0 ? record.reply : nil }
        if case .opened = result { return result }
        if let parent { release(parent) }
        return result
    }

    /// The mapping of a record's endpoint, retained: that for its remote address, else that for all.
    private func parent(of record: ConnectionRecord<Address>, _ now: MonotonicTime) -> ConnectionMatch? {
        if record.kind == .endpointMapping { return nil }
        for kind in [EntryKind.addressMapping, .endpointMapping] where kind != record.kind {
            let key = kind == .addressMapping ? record.original.forAddress : record.original.forEndpoint
            guard let match = lookup(key, kind, now: now), let outside = tuple(of: match.reversed),
                outside.destination == record.reply.destination,
                outside.destinationPort == record.reply.destinationPort,
                retain(match)
            else { continue }
            return match
        }
        return nil
    }
}
