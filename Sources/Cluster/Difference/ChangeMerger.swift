import IPAddresses
import VPC

/// Puts changes between classes together, so that as few as possible say all.
struct ChangeMerger {
    let senders: [SenderClass]
    let destinations: [DestinationClass]
    let found: Comparison.Found

    /// What two changes of one sender have to have in common to be reported as one, addresses aside.
    private struct Kind: Hashable {
        var before: Trace.Verdict
        var after: Trace.Verdict
        var family: IPFamily
        var sourcePorts: PortSet
        var destinationPorts: PortSet
        var detail: String?
    }

    /// Where to, and by which protocols.
    private struct Target: Hashable {
        var kind: Kind
        var destinations: Set<Int>
        var protocols: Set<TrafficKind>
    }

    func merge() -> [Difference.Change] {
        var bySender: [Int: Set<Target>] = [:]
        for (sender, changes) in Dictionary(grouping: found.changes, by: \.sender) {
            bySender[sender] = Set(targets(changes))
        }
        // Senders with the same change are reported together.
        var byTarget: [Target: [Int]] = [:]
        for (sender, targets) in bySender { for target in targets { byTarget[target, default: []].append(sender) } }
        return byTarget.map { change($0.key, $0.value) }.sorted(by: Self.comesBefore)
    }

    /// One sender's changes: ports first, then protocols, then destinations.
    private func targets(_ changes: [Comparison.FoundChange]) -> [Target] {
        struct Key: Hashable {
            var destination: Int
            var kind: TrafficKind
            var before: Trace.Verdict
            var after: Trace.Verdict
            var detail: String?
        }
        var ports: [Key: FlowSet] = [:]
        let all = changes.first { $0.kind.hasPorts }?.sourcePorts ?? .all
        for change in changes {
            let key = Key(
                destination: change.destination, kind: change.kind, before: change.before, after: change.after,
                detail: change.detail)
            ports[key, default: FlowSet()].formUnion(change.ports)
        }
        struct Line: Hashable {
            var destination: Int
            var kind: Kind
        }
        var lines: [Line: Set<TrafficKind>] = [:]
        for (key, set) in ports {
            for (source, destination) in set.portPairs {
                let kind = Kind(
                    before: key.before, after: key.after, family: destinations[key.destination].family,
                    sourcePorts: source == all || !key.kind.hasPorts ? .all : source, destinationPorts: destination,
                    detail: key.detail)
                lines[Line(destination: key.destination, kind: kind), default: []].insert(key.kind)
            }
        }
        struct Group: Hashable {
            var kind: Kind
            var protocols: Set<TrafficKind>
        }
        let groups = Dictionary(grouping: lines) { Group(kind: $0.key.kind, protocols: $0.value) }
        return groups.map { group, lines in
            Target(kind: group.kind, destinations: Set(lines.map(\.key.destination)), protocols: group.protocols)
        }
    }

    private func change(_ target: Target, _ senderIndices: [Int]) -> Difference.Change {
        let classes = target.destinations.map { destinations[$0] }
        let family = target.kind.family
        let quiet = destinations.filter { destination in
            destination.isSpecial && destination.family == family && !target.destinations.contains(destination.index)
                && senderIndices.allSatisfy { sender in
                    target.protocols.allSatisfy {
                        found.quiet.contains(.init(sender: sender, kind: $0, destination: destination.index))
                    }
                }
        }
        let description = PrefixDescription(
            family, classes.flatMap { $0.members.map(\.interval) }, any: quiet.flatMap { $0.members.map(\.interval) })
        let own = senderIndices.map { senders[$0] }
        let inside = own.filter { $0.scope == .inside }.flatMap { $0.members.map(\.endpoint) }
        let outside = Dictionary(grouping: own.filter { $0.scope != .inside }, by: \.scope)
        return Difference.Change(
            senders: inside.sorted { $0.description < $1.description },
            outside: outside.map { self.outside($0, $1) }.sorted { $0.place < $1.place },
            destinations: description.included, exceptions: description.excluded,
            names: Set(classes.compactMap(\.name)).sorted(),
            protocols: TrafficKind.allCases.filter { target.protocols.contains($0) }.map { $0.ipProtocol(family) },
            sourcePorts: target.kind.sourcePorts, destinationPorts: target.kind.destinationPorts,
            before: target.kind.before, after: target.kind.after, detail: target.kind.detail)
    }

    /// Senders outside, in few words: addresses that send nothing from there may be said to be among them.
    private func outside(_ scope: SenderClass.Scope, _ classes: [SenderClass]) -> Difference.Change.Outside {
        let (place, family) =
            switch scope {
            case .internet(let family): ("internet", family)
            case .onPremises(let family): ("on-premises", family)
            case .inside: ("", IPFamily.ipv4)
            }
        let members = senders.filter { $0.scope == scope }.flatMap(\.intervals).sorted { $0.lowerBound < $1.lowerBound }
        var others: [ClosedRange<UInt128>] = []
        var next: UInt128? = 0
        for interval in members {
            if let start = next, start < interval.lowerBound { others.append(start...interval.lowerBound - 1) }
            next = interval.upperBound == .max ? nil : interval.upperBound + 1
        }
        if let next, next <= family.last { others.append(next...family.last) }
        let description = PrefixDescription(family, classes.flatMap(\.intervals), any: others)
        return .init(place: place, prefixes: description.included, exceptions: description.excluded)
    }

    /// What closes first, since it is what breaks; then what opens.
    private static func comesBefore(_ left: Difference.Change, _ right: Difference.Change) -> Bool {
        func key(_ change: Difference.Change) -> (Int, String, String) {
            let rank = [Difference.Effect.closes: 0, .opens: 1, .changes: 2][change.effect] ?? 3
            return (
                rank, change.senders.map(\.description).joined(separator: " "),
                "\(change.destinations) \(change.destinationPorts) \(change.protocols.map { $0?.number ?? 0 })"
            )
        }
        return key(left) < key(right)
    }
}

extension FlowSet {
    /// The pairs of ports as products of a set of source and a set of destination ports, as few as there are sets of source
    /// ports.
    fileprivate var portPairs: [(source: PortSet, destination: PortSet)] {
        // Cut at every border of source ports, so that each piece has one set of destination ports.
        let borders = Set(boxes.flatMap { [Int($0.sourcePorts.lowerBound), Int($0.sourcePorts.upperBound) + 1] })
            .sorted()
        var byDestination: [PortSet: PortSet] = [:]
        for (start, end) in zip(borders, borders.dropFirst()) {
            let piece = UInt16(start)...UInt16(end - 1)
            let destinations = PortSet(boxes.filter { $0.sourcePorts.overlaps(piece) }.map(\.destinationPorts))
            if destinations.isEmpty { continue }
            byDestination[destinations] = (byDestination[destinations] ?? PortSet()).union(PortSet(piece))
        }
        return byDestination.map { ($1, $0) }
    }
}
