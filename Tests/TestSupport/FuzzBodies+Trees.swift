import Cluster
import Snapshot

extension FuzzBody {
    /// The example's files as trees.
    private static let exampleTrees: [(path: String, documents: [DocumentTree])] =
        example.filter { $0.path.hasSuffix(".json") || $0.path.hasSuffix(".yaml") }.map {
            ($0.path, DocumentTree.documents(String(decoding: $0.bytes, as: UTF8.self)))
        }.filter { !$0.1.isEmpty }

    /// Scalars that are worth trying where another one stood.
    private static let scalars: [DocumentTree] =
        [
            "0", "-1", "65535", "65536", "9223372036854775807", "18446744073709551616", "1e400", "true", "false",
            "null",
        ].map { .scalar($0, isText: false) }
        + [
            "", "0", "::/0", "0.0.0.0/0", "fd00::/8", "10.0.0.0/33", "2001:db8::/129", "255.255.255.255", "vpc-0demo",
            "udp", "-1",
            "Allow", "ff02::1", "2600:1f18::", "all", "pending", "ClusterIP", "None", "50%",
        ].map { .scalar($0, isText: true) }

    /// A file of the example cluster, changed as a tree: two bytes say which one and how it is written, five more each what
    /// changes. Read alone, or with the others, validated, forecast and traced.
    func trees(_ bytes: [UInt8]) {
        guard bytes.count >= 2, !Self.exampleTrees.isEmpty else { return }
        let (path, documents) = Self.exampleTrees[Int(bytes[0]) % Self.exampleTrees.count]
        var changed = documents
        var next = 2
        while next + 5 <= bytes.count, next < 62 {
            let document = Int(bytes[next + 1]) % changed.count
            let argument = Int(bytes[next + 3]) << 8 | Int(bytes[next + 4])
            change(&changed[document], bytes[next], Int(bytes[next + 1]) << 8 | Int(bytes[next + 2]), argument)
            next += 5
        }
        let isYAML = path.hasSuffix(".yaml") != (bytes[1] & 1 == 1)
        // Several documents are YAML only.
        let text = isYAML || changed.count > 1 ? changed.map(\.yaml).joined(separator: "---\n") : changed[0].json
        let name = String(path.dropLast(5)) + (isYAML || changed.count > 1 ? ".yaml" : ".json")
        let file = Snapshot.File(path: name, bytes: Array(text.utf8))
        let isWhole = bytes[1] & 14 == 14
        let files = isWhole ? Self.example.filter { $0.path != path } + [file] : [file]
        do throws(SnapshotError) {
            let snapshot = try Snapshot(files: files, name: "input", toleratesMissing: bytes[1] & 16 == 16)
            _ = try? snapshot.cluster.trace(from: "client", to: "web-2", port: 8080)
            if !isWhole { return }
            check(snapshot.validate(.current))
            check(snapshot.cluster.forecast())
            _ = try? snapshot.cluster.trace(from: "client", to: "8.8.8.8", port: 53)
        } catch {
            precondition(!error.description.isEmpty, "an error says nothing")
        }
    }

    private func change(_ tree: inout DocumentTree, _ operation: UInt8, _ place: Int, _ argument: Int) {
        let count = tree.count
        // Few megabytes at most, however often a branch is doubled.
        if count > 20_000 { return }
        let other = tree.node(argument % count)
        tree.change(place % count) { node in
            switch (operation % 12, node) {
            case (0, .list(var items)) where !items.isEmpty:
                items.remove(at: argument % items.count)
                node = .list(items)
            case (0, .map(var entries)) where !entries.isEmpty:
                entries.remove(at: argument % entries.count)
                node = .map(entries)
            case (1, .list(var items)) where !items.isEmpty:
                items.insert(items[argument % items.count], at: argument / 256 % items.count)
                node = .list(items)
            case (2, .map(var entries)) where entries.count > 1:
                // A key becomes its neighbour's: two of one name, or a value where another one belongs.
                entries[argument % entries.count].key = entries[(argument + 1) % entries.count].key
                node = .map(entries)
            case (3, .map(var entries)) where entries.count > 1:
                entries.swapAt(argument % entries.count, argument / 256 % entries.count)
                node = .map(entries)
            case (4, _): node = .list([node])
            case (5, .list(let items)) where !items.isEmpty: node = items[argument % items.count]
            case (6, _): node = argument & 1 == 0 ? .list([]) : .map([])
            case (7, .scalar(let text, let isText)): node = .scalar(text, isText: !isText)
            case (8, _): if let other { node = other }
            case (9, .scalar(let text, _)):
                node = .scalar(String(text.prefix(argument % (text.count + 1))), isText: true)
            default: node = Self.scalars[argument % Self.scalars.count]
            }
        }
    }
}
