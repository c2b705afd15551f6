import Cluster
import IPAddresses
import VPC

/// A difference for people, and as JSON.
enum DifferenceReport {
    static func text(_ difference: Difference, unchecked: [Unchecked] = []) -> String {
        var lines: [String] = []
        for change in difference.changes {
            let effect = change.effect.rawValue.padding(to: 7)
            lines.append(
                "\(style(change.effect)(effect))  \(traffic(change))  \(change.before.rawValue) → \(change.after.rawValue)"
            )
            lines.append("         from \(list(senders(change), 6))")
            lines.append("         to   \(list(change.destinations.map(\.description), 12))")
            if !change.exceptions.isEmpty {
                lines.append("         except \(list(change.exceptions.map(\.description), 12))")
            }
            if !change.names.isEmpty { lines.append(Style.dim("         (\(list(change.names, 8)))")) }
            if let detail = change.detail { lines.append("         \(detail)") }
            lines.append("")
        }
        for (only, when) in [(difference.onlyBefore, "before"), (difference.onlyAfter, "after")] where !only.isEmpty {
            lines.append("only \(when): \(list(only, 12)); their own flows are not compared")
        }
        for one in unchecked { lines.append("unchecked: \(one.kind) \(one.name): \(one.reason)") }
        let count = difference.changes.count
        lines.append(
            difference.isEmpty ? "no flow changes its verdict" : "\(count) change\(count == 1 ? "" : "s") of verdict")
        return lines.joined(separator: "\n")
    }

    private static func style(_ effect: Difference.Effect) -> Style {
        switch effect {
        case .closes: .red
        case .opens: .green
        case .changes: .yellow
        }
    }

    private static func list(_ items: [String], _ most: Int) -> String {
        items.count <= most
            ? items.joined(separator: ", ")
            : items.prefix(most).joined(separator: ", ") + " and \(items.count - most) more"
    }

    /// `pod/default/client`, `internet/::/0 except …`.
    private static func senders(_ change: Difference.Change) -> [String] {
        change.outside.map { outside in
            let exceptions = outside.exceptions.map(\.description).joined(separator: ", ")
            return "\(outside.place)/\(outside.prefixes.map(\.description).joined(separator: ", "))"
                + (exceptions.isEmpty ? "" : " except \(exceptions)")
        } + change.senders.map(\.description)
    }

    /// `tcp, udp ports 1-52`; source ports where they are not all that senders use.
    private static func traffic(_ change: Difference.Change) -> String {
        let names = change.protocols.map { $0.map { $0.isICMP ? "\($0) echo" : "\($0)" } ?? "other protocols" }
        var text = names.joined(separator: ", ")
        if change.destinationPorts != .all {
            text += " port\(change.destinationPorts.count == 1 ? "" : "s") \(change.destinationPorts)"
        }
        if change.sourcePorts != .all {
            text += " from ports \(change.sourcePorts)"
        }
        return text
    }

    static func json(_ difference: Difference, notes: [String] = [], unchecked: [Unchecked] = []) -> JSON {
        func strings(_ items: [String]) -> JSON { .array(items.map { .string($0) }) }
        func ports(_ ports: PortSet) -> JSON {
            .array(
                ports.ranges.map {
                    .object([("From", .integer(Int($0.lowerBound))), ("To", .integer(Int($0.upperBound)))])
                })
        }
        return .object([
            (
                "changes",
                .array(
                    difference.changes.map { change in
                        .object([
                            ("effect", .string(change.effect.rawValue)), ("before", .string(change.before.rawValue)),
                            ("after", .string(change.after.rawValue)), ("senders", strings(senders(change))),
                            ("destinations", strings(change.destinations.map(\.description))),
                            ("exceptions", strings(change.exceptions.map(\.description))),
                            ("names", strings(change.names)),
                            ("protocols", strings(change.protocols.map { $0.map(\.description) ?? "other" })),
                            ("sourcePorts", ports(change.sourcePorts)),
                            ("destinationPorts", ports(change.destinationPorts)),
                            ("detail", change.detail.map { .string($0) }),
                        ])
                    })
            ), ("onlyBefore", strings(difference.onlyBefore)), ("onlyAfter", strings(difference.onlyAfter)),
            ("walks", .integer(difference.walks)), ("unchecked", .array(unchecked.map(TraceJSON.unchecked))),
            ("notes", strings(notes)),
        ])
    }
}
