import IPAddresses

/// Level compression at the root: the keys' first bits, up to 16 of them, lead past the nodes that a lookup would begin
/// with.
///
///     directory[first bits of the key]   | start | best |      8 bytes an entry, at most one entry for each prefix
///
///     start   the deepest node on the way down whose length is at most `directoryBits`, or none
///     best    the deepest of these with a value, or none
///
/// Nodes longer than `directoryBits` are in no entry, so that most changes leave the directory as it is; a change to a
/// shorter one refreshes the entries below it.
@frozen
@usableFromInline
package struct DirectoryEntry: Equatable, Sendable {
    @usableFromInline var start: NodeIndex
    @usableFromInline var best: NodeIndex

    @inlinable
    init(start: NodeIndex, best: NodeIndex) {
        self.start = start
        self.best = best
    }

    @inlinable
    static var none: DirectoryEntry { .init(start: .none, best: .none) }
}

extension RadixTrieStorage {
    /// The bits that a directory for `count` prefixes is indexed by: none for a handful, half of the key at the most.
    @inlinable
    static func directoryBits(for count: Int) -> Int {
        count < 8 ? 0 : Swift.min(16, Bits.bitWidth / 2, Int.bitWidth - 1 - count.leadingZeroBitCount)
    }

    /// Makes a larger directory where the trie has outgrown its own; it never shrinks.
    @inlinable
    mutating func growDirectory() {
        let bits = Self.directoryBits(for: values.count - freeValues.count)
        if bits <= directoryBits { return }
        directoryBits = bits
        directory = ContiguousArray(repeating: .none, count: 1 << bits)
        refreshDirectory(0, 0)
    }

    /// Refreshes the entries of the prefix, behind a change to a node of that prefix.
    @inlinable
    mutating func refreshDirectory(_ bits: Bits, _ length: Int) {
        guard directoryBits > 0, length <= directoryBits else { return }
        var entry = DirectoryEntry.none
        var index = root
        while index != .none {
            let node = nodes[Int(index)]
            guard node.covers(bits, length) else { break }
            entry = extended(entry, by: index)
            // Below the prefix the way forks.
            if Int(node.length) == length { break }
            index = node.goesUpper(bits) ? node.upper : node.lower
        }
        fill(entry, bits, length)
        if index == .none { return }
        let node = nodes[Int(index)]
        if Int(node.length) == length, node.bits == bits {
            fillChildren(of: index, entry)
        } else if (node.bits ^ bits) & .prefixMask(length) == 0 {
            fillSubtree(index, entry)
        }
    }

    @inlinable
    func extended(_ entry: DirectoryEntry, by index: NodeIndex) -> DirectoryEntry {
        .init(start: index, best: nodes[Int(index)].value == .none ? entry.best : index)
    }

    @inlinable
    mutating func fillSubtree(_ index: NodeIndex, _ above: DirectoryEntry) {
        let node = nodes[Int(index)]
        guard Int(node.length) <= directoryBits else { return }
        let entry = extended(above, by: index)
        fill(entry, node.bits, Int(node.length))
        fillChildren(of: index, entry)
    }

    @inlinable
    mutating func fillChildren(of index: NodeIndex, _ entry: DirectoryEntry) {
        let node = nodes[Int(index)]
        if node.lower != .none { fillSubtree(node.lower, entry) }
        if node.upper != .none { fillSubtree(node.upper, entry) }
    }

    @inlinable
    mutating func fill(_ entry: DirectoryEntry, _ bits: Bits, _ length: Int) {
        let first = slot(of: bits)
        for slot in first..<first + 1 << (directoryBits - length) { directory[slot] = entry }
    }

    /// The entry's index for keys that begin with `bits`.
    @inlinable
    func slot(of bits: Bits) -> Int {
        Int(truncatingIfNeeded: bits &>> Bits(truncatingIfNeeded: Bits.bitWidth &- directoryBits))
    }
}
