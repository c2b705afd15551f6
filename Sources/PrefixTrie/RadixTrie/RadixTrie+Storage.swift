import IPAddresses

/// The index of a node in the trie's buffer, or `none`.
@usableFromInline
package typealias NodeIndex = UInt32

extension NodeIndex {
    @inlinable
    package static var none: NodeIndex { .max }
}

/// One node: a prefix, whether it holds a value, and up to two longer prefixes below it.
///
///     IPv6, 32 bytes                                     IPv4, 20 bytes
///     | bits 16 | children 4 + 4 | value 4 | length 1 |   | bits 4 | children 4 + 4 | value 4 | length 1 |
///
/// A node without a value has two children. The first bit behind `length` picks the child.
@frozen
@usableFromInline
package struct RadixTrieNode<Bits: FixedWidthInteger & UnsignedInteger> {
    @usableFromInline var bits: Bits
    @usableFromInline var lower: NodeIndex
    @usableFromInline var upper: NodeIndex
    /// The index in `values`, or none. In a node on the free list: unused.
    @usableFromInline var value: UInt32
    @usableFromInline var length: UInt8

    @inlinable
    init(bits: Bits, length: Int, value: UInt32 = .none) {
        self.bits = bits
        self.length = UInt8(truncatingIfNeeded: length)
        self.value = value
        lower = .none
        upper = .none
    }

    /// Whether this node's prefix covers the prefix of `bits` and `length`.
    @inlinable
    func covers(_ bits: Bits, _ length: Int) -> Bool {
        Int(self.length) <= length && (bits ^ self.bits) & .prefixMask(Int(self.length)) == 0
    }

    /// Whether the child for `bits`, which this node covers, is the upper one.
    @inlinable
    func goesUpper(_ bits: Bits) -> Bool { bits.isSet(at: Int(length)) }
}

extension FixedWidthInteger {
    /// The bit at `position` from the most significant one.
    @inlinable
    func isSet(at position: Int) -> Bool {
        self &>> Self(truncatingIfNeeded: Self.bitWidth &- 1 &- position) & 1 == 1
    }
}

/// The flat buffers: nodes refer to one another and to values by index.
///
///     nodes   | node | node | free | node | …      free nodes are linked through `lower`
///     values  | value | nil | value | …            the indices of the nils stand in freeValues
@frozen
@usableFromInline
package struct RadixTrieStorage<Bits: FixedWidthInteger & UnsignedInteger & Sendable, Value> {
    @usableFromInline package var nodes: ContiguousArray<RadixTrieNode<Bits>> = []
    @usableFromInline package var values: ContiguousArray<Value?> = []
    @usableFromInline package var freeValues: ContiguousArray<UInt32> = []
    @usableFromInline package var directory: ContiguousArray<DirectoryEntry> = []
    @usableFromInline package var directoryBits = 0
    @usableFromInline package var root: NodeIndex = .none
    @usableFromInline package var freeNode: NodeIndex = .none

    @inlinable
    package init() {}

    /// Puts `node` into the buffer.
    ///
    /// - Precondition: fewer than 2³² − 1 nodes, some two thousand million prefixes.
    @inlinable
    mutating func allocate(_ node: RadixTrieNode<Bits>) -> NodeIndex {
        if freeNode != .none {
            let index = freeNode
            freeNode = nodes[Int(index)].lower
            nodes[Int(index)] = node
            return index
        }
        precondition(nodes.count < NodeIndex.none, "a trie holds fewer than 2^32 - 1 nodes")
        nodes.append(node)
        return NodeIndex(truncatingIfNeeded: nodes.count - 1)
    }

    @inlinable
    mutating func free(_ index: NodeIndex) {
        nodes[Int(index)].lower = freeNode
        freeNode = index
    }

    @inlinable
    mutating func allocate(value: Value) -> UInt32 {
        if let index = freeValues.popLast() {
            values[Int(index)] = value
            return index
        }
        values.append(value)
        return UInt32(truncatingIfNeeded: values.count - 1)
    }

    @inlinable
    mutating func free(value index: UInt32) -> Value? {
        let value = values[Int(index)]
        values[Int(index)] = nil
        freeValues.append(index)
        return value
    }

    /// Lets `child` take the place of the child of `parent` for `bits`, or of the root.
    @inlinable
    mutating func setChild(of parent: NodeIndex, for bits: Bits, to child: NodeIndex) {
        if parent == .none {
            root = child
        } else if nodes[Int(parent)].goesUpper(bits) {
            nodes[Int(parent)].upper = child
        } else {
            nodes[Int(parent)].lower = child
        }
    }
}

extension RadixTrieNode: Sendable where Bits: Sendable {}
extension RadixTrieStorage: Sendable where Value: Sendable {}
