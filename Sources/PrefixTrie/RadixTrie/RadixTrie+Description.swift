import IPAddresses

extension RadixTrie: CustomStringConvertible {
    /// The elements in order, as a dictionary's: `[10.0.0.0/8: a, 10.1.0.0/16: b]`.
    public var description: String {
        isEmpty ? "[:]" : "[" + map { "\($0.prefix.text): \($0.value)" }.joined(separator: ", ") + "]"
    }
}

extension RadixTrie: CustomDebugStringConvertible {
    /// The prefixes as a tree, each below the one that covers it:
    ///
    ///     ├─ 10.0.0.0/8: a
    ///     │  ├─ 10.1.0.0/16: b
    ///     │  └─ 10.2.0.0/16: c
    ///     └─ 192.168.0.0/16: d
    public var debugDescription: String {
        let elements = Array(self)
        // Whether a later element stands beside each one, below the same covering prefix.
        var hasNext = [Bool](repeating: false, count: elements.count)
        var open: [Int] = []
        var lines: [String] = []
        var depths: [Int] = []
        for (index, element) in elements.enumerated() {
            var left: Int?
            while let last = open.last, !elements[last].prefix.covers(element.prefix) { left = open.removeLast() }
            if let left { hasNext[left] = true }
            depths.append(open.count)
            open.append(index)
        }
        open = []
        for (index, element) in elements.enumerated() {
            open.removeSubrange(depths[index]...)
            let bars = open.map { hasNext[$0] ? "│  " : "   " }.joined()
            lines.append("\(bars)\(hasNext[index] ? "├─" : "└─") \(element.prefix.text): \(element.value)")
            open.append(index)
        }
        return lines.joined(separator: "\n")
    }
}

extension Prefix {
    /// The prefix for people: as an address is spelled, or the bits in hexadecimal.
    fileprivate var text: String {
        (self as? any CustomStringConvertible)?.description ?? "\(String(bits, radix: 16))/\(length)"
    }
}
