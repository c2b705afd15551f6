import CLookupKernels
import IPAddresses

extension RadixTrie: Sequence {
    /// The elements in order: by first key, a shorter prefix before the longer ones that it covers. O(1) for each, over
    /// all of them.
    @inlinable
    public func makeIterator() -> Iterator {
        Iterator(box) { core in
            var cursor = TrieCursor(core)
            cursor.enter(0, 0, depth: 0)
            return cursor
        }
    }

    @inlinable
    public var underestimatedCount: Int { count }

    /// The elements of a part of the trie, in order.
    @frozen
    public struct Iterator: IteratorProtocol, Sequence {
        /// Keeps what the cursor walks.
        @usableFromInline let box: TrieBox<Key.Bits, Value>?
        @usableFromInline var cursor: TrieCursor<Key.Bits, Value>

        @inlinable
        init(_ box: TrieBox<Key.Bits, Value>?, _ start: (Handle) -> TrieCursor<Key.Bits, Value>) {
            self.box = box
            cursor = box.map { start($0.core) } ?? TrieCursor()
        }

        @inlinable
        @inline(__always)
        public mutating func next() -> Element? {
            // A walk over nothing ends before it asks for the trie.
            guard let (bits, length, payload) = cursor.next(), let trie = cursor.trie else { return nil }
            defer { withExtendedLifetime(box) {} }
            return (RadixTrie.prefix(bits, length), trie.value(payload))
        }
    }

    /// The elements that `prefix` covers, itself among them, in order. O(w) for the first one, O(1) for each further one.
    @inlinable
    public func covered(by prefix: Prefix<Key>) -> CoveredView { CoveredView(trie: self, prefix: prefix) }

    /// The elements within one prefix, in order: the trie as it is seen from there.
    @frozen
    public struct CoveredView: Sequence {
        @usableFromInline let trie: RadixTrie
        /// The prefix that covers all of them.
        public let prefix: Prefix<Key>

        @inlinable
        init(trie: RadixTrie, prefix: Prefix<Key>) {
            self.trie = trie
            self.prefix = prefix
        }

        @inlinable
        public func makeIterator() -> Iterator {
            Iterator(trie.box) { TrieCursor($0, coveredBy: prefix.bits, prefix.length) }
        }

        /// Whether there is none. O(w).
        @inlinable
        public var isEmpty: Bool { !contains { _ in true } }

        /// The value of a prefix within the view; nil outside. O(w).
        @inlinable
        public subscript(prefix: Prefix<Key>) -> Value? { self.prefix.covers(prefix) ? trie[prefix] : nil }

        /// The longest match for a key among the view's prefixes. O(w).
        @inlinable
        public func longestMatch(for key: Key) -> Element? {
            guard prefix.contains(key), let match = trie.longestMatch(for: key) else { return nil }
            return match.prefix.length >= prefix.length ? match : nil
        }

        /// The view of a prefix within this one's; of this one where it is not within.
        @inlinable
        public func covered(by prefix: Prefix<Key>) -> CoveredView {
            CoveredView(
                trie: self.prefix.covers(prefix) || prefix.covers(self.prefix) ? trie : RadixTrie(),
                prefix: prefix.covers(self.prefix) ? self.prefix : prefix)
        }
    }

    /// The elements that cover `prefix`, itself among them, the shortest first. O(w) for all of them together.
    @inlinable
    public func covering(_ prefix: Prefix<Key>) -> CoveringView { CoveringView(trie: self, prefix: prefix) }

    /// The elements that hold `key`, the shortest first. O(w) for all of them together.
    @inlinable
    public func matches(for key: Key) -> CoveringView { covering(Prefix(host: key)) }

    /// The elements on the way down to a prefix, the shortest first.
    @frozen
    public struct CoveringView: Sequence, IteratorProtocol {
        @usableFromInline let box: TrieBox<Key.Bits, Value>?
        @usableFromInline let prefix: Prefix<Key>
        /// The cell where the walk stands, nil where it has ended, and the prefixes of it that are still to come.
        @usableFromInline var index: UInt32?
        @usableFromInline var depth = 0
        @usableFromInline var holding: UInt64 = 0
        @usableFromInline var isEntered = false

        @inlinable
        init(trie: RadixTrie, prefix: Prefix<Key>) {
            box = trie.box
            self.prefix = prefix
            index = trie.box == nil ? nil : 0
        }

        @inlinable
        public mutating func next() -> Element? {
            guard let box else { return nil }
            return withExtendedLifetime(box) { next(box.core) }
        }

        @inlinable
        mutating func next(_ core: Handle) -> Element? {
            while let current = index {
                let cell = core.cell(current)
                let rest = prefix.bits.dropping(depth)
                let left = prefix.length &- depth
                if cell.isSkip {
                    depth &+= cell.skipLength
                    index = cell.isSkipped(by: rest, left) ? cell.children : nil
                    continue
                }
                let slot = rest.slot
                if !isEntered {
                    holding = cell.inner & rt_ancestors_of(UInt32(truncatingIfNeeded: slot))
                    if left < 6 { holding &= rt_positions_up_to(UInt32(truncatingIfNeeded: left)) }
                    isEntered = true
                }
                if holding != 0 {
                    let hit = rt_hit(cell, at: current, position: holding.trailingZeroBitCount, depth: depth)
                    holding &= holding &- 1
                    return RadixTrie.element(hit, of: prefix.bits, core)
                }
                isEntered = false
                index = nil
                guard left >= 6 else { return nil }
                if cell.kids.has(slot) {
                    index = cell.kid(at: slot)
                    depth &+= 6
                    continue
                }
                let leaf = core.leaf(cell, at: current, slot, depth: depth)
                guard leaf.isHit, leaf.length <= prefix.length,
                    leaf.length == depth &+ 6 || core.tail(cell, Int(leaf.rank)).matches(rest.dropping(6))
                else { return nil }
                return RadixTrie.element(leaf, of: prefix.bits, core)
            }
            return nil
        }
    }
}
