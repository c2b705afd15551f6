import IPAddresses

extension RadixTrie {
    /// All prefixes of either trie, in order, with the value of each side that has it.
    public func union<Other>(with other: RadixTrie<Key, Other>) -> UnionView<Other> {
        UnionView(left: self, right: other, covering: false)
    }

    /// All prefixes of either trie, in order; where one side lacks the prefix, the value of its longest covering prefix.
    public func coveringUnion<Other>(with other: RadixTrie<Key, Other>) -> UnionView<Other> {
        UnionView(left: self, right: other, covering: true)
    }

    /// The prefixes of both tries, in order, with both values.
    public func intersection<Other>(
        with other: RadixTrie<Key, Other>
    ) -> some Sequence<(prefix: Prefix<Key>, left: Value, right: Other)> {
        union(with: other).lazy.compactMap { element in
            guard let left = element.left, let right = element.right else { return nil }
            return (element.prefix, left, right)
        }
    }

    /// The elements whose prefix `other` lacks, in order.
    public func difference<Other>(from other: RadixTrie<Key, Other>) -> some Sequence<Element> {
        onlyLeft(of: union(with: other))
    }

    /// The elements that no prefix of `other` covers, in order.
    public func coveringDifference<Other>(from other: RadixTrie<Key, Other>) -> some Sequence<Element> {
        // A prefix that only `other` has carries a left value here, but never lacks a right one.
        onlyLeft(of: coveringUnion(with: other))
    }

    /// Whether some key has a longest match in both tries.
    public func overlaps<Other>(_ other: RadixTrie<Key, Other>) -> Bool {
        coveringUnion(with: other).contains { $0.left != nil && $0.right != nil }
    }

    private func onlyLeft<Other>(of view: UnionView<Other>) -> some Sequence<Element> {
        view.lazy.compactMap { element in
            guard let value = element.left, element.right == nil else { return nil }
            return (element.prefix, value)
        }
    }
}

extension RadixTrie {
    /// Two tries walked beside each other, in order.
    public struct UnionView<Other>: Sequence {
        let left: RadixTrie
        let right: RadixTrie<Key, Other>
        let covering: Bool

        public func makeIterator() -> Iterator {
            Iterator(left: .init(left.makeIterator()), right: .init(right.makeIterator()), covering: covering)
        }

        public struct Iterator: IteratorProtocol {
            var left: Side<Value>
            var right: Side<Other>
            let covering: Bool

            public mutating func next() -> (prefix: Prefix<Key>, left: Value?, right: Other?)? {
                let prefix: Prefix<Key>
                switch (left.head?.prefix, right.head?.prefix) {
                case (nil, nil): return nil
                case (let first?, nil): prefix = first
                case (nil, let second?): prefix = second
                case (let first?, let second?): prefix = Swift.min(first, second)
                }
                return (prefix, left.take(prefix, covering: covering), right.take(prefix, covering: covering))
            }
        }

        /// One trie's elements, with those that cover the place where the walk stands.
        struct Side<Held> {
            var iterator: RadixTrie<Key, Held>.Iterator
            var head: RadixTrie<Key, Held>.Element?
            var above: [RadixTrie<Key, Held>.Element] = []

            init(_ iterator: RadixTrie<Key, Held>.Iterator) {
                self.iterator = iterator
                head = self.iterator.next()
            }

            /// The value for `prefix`, which is where the walk stands.
            mutating func take(_ prefix: Prefix<Key>, covering: Bool) -> Held? {
                while let last = above.last, !last.prefix.covers(prefix) { above.removeLast() }
                if let head, head.prefix == prefix {
                    above.append(head)
                    self.head = iterator.next()
                    return head.value
                }
                return covering ? above.last?.value : nil
            }
        }
    }
}
