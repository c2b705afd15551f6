import Cluster

/// One call of the collect script, as it recorded it.
struct CollectedCall {
    var file: String
    var command: String

    /// The top-level key or the kind of what it gives.
    var kind: String

    /// Seconds since 1970.
    var time: Int?
    var status: Int
    var count: Int?
}

extension SnapshotBuilder {
    mutating func addCall(_ cursor: Cursor) throws(SnapshotError) {
        calls.append(
            CollectedCall(
                file: try cursor.string("file"), command: try cursor.string("command"), kind: try cursor.string("kind"),
                time: try cursor["time"]?.integer(), status: try cursor["status"]?.integer() ?? 0,
                count: try cursor["count"]?.integer()))
    }

    /// An empty List says of no kind that there is none: that is noted, where the collect script's record does not say it.
    mutating func noteEmptyLists() {
        let recorded = Set(calls.map(\.file))
        for file in emptyLists where !recorded.contains(file.split(separator: "/").last.map(String.init) ?? file) {
            notes.append(
                "\(file): a List without items, which does not name their kind: whether there are any is not known; "
                    + "the manifest of `dataplane collect` says what was asked for")
        }
    }

    /// What was collected of all that decides.
    mutating func inventory() -> Inventory {
        // An empty list of Kubernetes' names no kind: the record says that it was asked for.
        for call in calls where call.status == 0 { kinds.insert(call.kind) }
        let held = Set(Inventory.Kind.allCases.filter { kinds.contains($0.rawValue) })
        return Inventory(held: held, gaps: gaps(), unmodelled: unmodelled)
    }

    /// What the collect script's own record shows to be missing.
    private mutating func gaps() -> [Inventory.Kind: String] {
        var gaps: [Inventory.Kind: String] = [:]
        for (name, calls) in Dictionary(grouping: calls, by: \.kind) {
            guard let kind = Inventory.Kind(rawValue: name) else { continue }
            if let failed = calls.first(where: { $0.status != 0 }) {
                gaps[kind] = "“\(failed.command)” failed with status \(failed.status) when the snapshot was made"
                continue
            }
            let expected = calls.compactMap(\.count)
            guard expected.count == calls.count else { continue }
            let (due, found) = (expected.reduce(0, +), counts[name, default: 0])
            if due != found {
                gaps[kind] = "\(due) \(kind.title) were collected, and the snapshot holds \(found)"
            }
        }
        // The policies' controller makes such objects from policies.
        if kinds.contains("PolicyEndpoint"), !kinds.contains("NetworkPolicy") {
            gaps[.networkPolicies] =
                "there are PolicyEndpoint objects, and the network policies they come from are not in the snapshot"
        }
        noteSpread()
        return gaps
    }

    /// Parts that are hours apart may belong to different states of the network.
    private mutating func noteSpread() {
        let times = calls.filter { $0.time != nil }.sorted { ($0.time ?? 0) < ($1.time ?? 0) }
        guard let first = times.first, let last = times.last, let start = first.time, let end = last.time,
            end - start >= 3600
        else { return }
        notes.append(
            "the snapshot's parts are \((end - start) / 3600) h apart (\(first.file) the earliest, \(last.file) the latest): what has "
                + "changed in between may not fit together")
    }
}
