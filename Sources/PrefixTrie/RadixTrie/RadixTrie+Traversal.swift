import IPAddresses

extension RadixTrie: Sequence {
    /// The elements in order: by first key, a shorter prefix before the longer ones that it covers.
    @inlinable
    public func makeIterator() -> Iterator { Iterator(self, from: storage.root) }

    @inlinable
    public var underestimatedCount: Int { count }

    /// The elements from one node down, in order.
    @frozen
    public struct Iterator: IteratorProtocol {
        @usableFromInline let trie: RadixTrie
        /// Nodes still to visit, the next one last: at most one for each bit of the key, and one.
        @usableFromInline var stack: ContiguousArray<NodeIndex>

        @inlinable
        init(_ trie: RadixTrie, from index: NodeIndex) {
            self.trie = trie
            stack = index == .none ? [] : [index]
        }

        @inlinable
        public mutating func next() -> Element? {
            while let index = stack.popLast() {
                let node = trie.storage.nodes[Int(index)]
                if node.upper != .none { stack.append(node.upper) }
                if node.lower != .none { stack.append(node.lower) }
                if let element = trie.element(at: index) { return element }
            }
            return nil
        }
    }

    /// The elements that `prefix` covers, itself among them, in order.
    @inlinable
    public func covered(by prefix: Prefix<Key>) -> CoveredView {
        CoveredView(trie: self, top: storage.firstCovered(by: prefix.bits, prefix.length))
    }

    /// The elements below one node, in order.
    @frozen
    public struct CoveredView: Sequence {
        @usableFromInline let trie: RadixTrie
        @usableFromInline let top: NodeIndex

        @inlinable
        init(trie: RadixTrie, top: NodeIndex) {
            self.trie = trie
            self.top = top
        }

        @inlinable
        public func makeIterator() -> Iterator { Iterator(trie, from: top) }
    }

    /// The elements that cover `prefix`, itself among them, the shortest first.
    @inlinable
    public func covering(_ prefix: Prefix<Key>) -> CoveringView { CoveringView(trie: self, prefix: prefix) }

    /// The elements that hold `key`, the shortest first.
    @inlinable
    public func matches(for key: Key) -> CoveringView { covering(Prefix(host: key)) }

    /// The elements on the way down to a prefix, the shortest first.
    @frozen
    public struct CoveringView: Sequence, IteratorProtocol {
        @usableFromInline let trie: RadixTrie
        @usableFromInline let prefix: Prefix<Key>
        @usableFromInline var index: NodeIndex

        @inlinable
        init(trie: RadixTrie, prefix: Prefix<Key>) {
            self.trie = trie
            self.prefix = prefix
            index = trie.storage.root
        }

        @inlinable
        public mutating func next() -> Element? {
            while index != .none {
                let current = index
                let node = trie.storage.nodes[Int(current)]
                guard node.covers(prefix.bits, prefix.length) else { break }
                let isLast = Int(node.length) == prefix.length
                index = isLast ? .none : node.goesUpper(prefix.bits) ? node.upper : node.lower
                if let element = trie.element(at: current) { return element }
            }
            index = .none
            return nil
        }
    }
}
