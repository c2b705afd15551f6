import Cluster

extension Snapshot {
    /// All that is wrong with the cluster, references to what the snapshot lacks among it (where it was read with
    /// `toleratesMissing`). The rules are those of `Cluster.validate`.
    public func validate(
        _ ruleSet: RuleSet = .seed, earlier: Snapshot? = nil, progress: (Int, Int) -> Void = { _, _ in }
    ) -> [Finding] {
        let found = cluster.validate(ruleSet, earlier: earlier?.cluster, progress: progress)
        return (missingReferences.map(\.finding) + found).sortedBySeverity()
    }
}

extension Snapshot.MissingReference {
    /// The reference as a finding, which names both ends.
    public var finding: Finding {
        let route = "a route of "
        let id = owner.hasPrefix(route) ? String(owner.dropFirst(route.count)) : owner
        let component = Component(owner.hasPrefix(route) ? .routeTable : .other, id)
        return Finding(
            .referenceMissing, .error, component,
            "\(owner) refers to \(self.id), which is not among the snapshot's \(kind) (\(place.file): \(place.path))",
            fix: "collect both at the same time, or correct the reference")
    }
}

extension SnapshotError {
    /// The error as a finding, where it is about an address that is not one; nil for other errors.
    public var finding: Finding? {
        guard isMalformedAddress else { return nil }
        return Finding(
            .malformedAddress, .error, Component(.other, path.isEmpty ? file : "\(file): \(path)"), "\(self)",
            fix: "correct “\(value)” at \(path) of \(file)")
    }
}
