import IPAddresses

/// A map from prefixes of both families to values: two tries, asked by the address's family.
///
/// IPv4 prefixes come before IPv6 ones. An IPv4-mapped IPv6 address (RFC 4291 2.5.5.2) is an IPv6 address here.
@frozen
public struct DualStackTrie<Value> {
    /// A prefix and its value.
    public typealias Element = (prefix: IPPrefix, value: Value)

    /// The IPv4 prefixes.
    public var ipv4 = RadixTrie<IPv4Address, Value>()

    /// The IPv6 prefixes.
    public var ipv6 = RadixTrie<IPv6Address, Value>()

    /// Makes an empty map, which allocates nothing.
    @inlinable
    public init() {}

    /// Makes a map of the elements; of several with one prefix the last one counts. O(n · w).
    @inlinable
    public init(_ elements: some Sequence<Element>) {
        for (prefix, value) in elements { updateValue(value, for: prefix) }
    }

    /// The number of prefixes of both families. O(1).
    @inlinable
    public var count: Int { ipv4.count + ipv6.count }

    /// Whether there is none. O(1).
    @inlinable
    public var isEmpty: Bool { count == 0 }

    /// The bytes that both tries' buffers take. O(1).
    public var allocatedBytes: Int { ipv4.allocatedBytes + ipv6.allocatedBytes }

    /// The value of exactly `prefix`; setting nil removes it. O(w).
    @inlinable
    public subscript(prefix: IPPrefix) -> Value? {
        get {
            switch prefix {
            case .v4(let prefix): ipv4[prefix]
            case .v6(let prefix): ipv6[prefix]
            }
        }
        set {
            switch prefix {
            case .v4(let prefix): ipv4[prefix] = newValue
            case .v6(let prefix): ipv6[prefix] = newValue
            }
        }
    }

    /// Sets the value of a prefix, and returns the one that it had before. O(w), amortised.
    @inlinable
    @discardableResult
    public mutating func updateValue(_ value: Value, for prefix: IPPrefix) -> Value? {
        switch prefix {
        case .v4(let prefix): ipv4.updateValue(value, for: prefix)
        case .v6(let prefix): ipv6.updateValue(value, for: prefix)
        }
    }

    /// Removes a prefix, and returns the value that it had. O(w), amortised.
    @inlinable
    @discardableResult
    public mutating func removeValue(for prefix: IPPrefix) -> Value? {
        switch prefix {
        case .v4(let prefix): ipv4.removeValue(for: prefix)
        case .v6(let prefix): ipv6.removeValue(for: prefix)
        }
    }

    /// The longest prefix that holds `address`, and its value. O(w).
    @inlinable
    public func longestMatch(for address: IPAddress) -> Element? {
        switch address {
        case .v4(let address): ipv4.longestMatch(for: address).map { (.v4($0.prefix), $0.value) }
        case .v6(let address): ipv6.longestMatch(for: address).map { (.v6($0.prefix), $0.value) }
        }
    }

    /// The longest prefix that covers `prefix`, which may be itself, and its value. O(w).
    @inlinable
    public func longestMatch(covering prefix: IPPrefix) -> Element? {
        switch prefix {
        case .v4(let prefix): ipv4.longestMatch(covering: prefix).map { (.v4($0.prefix), $0.value) }
        case .v6(let prefix): ipv6.longestMatch(covering: prefix).map { (.v6($0.prefix), $0.value) }
        }
    }

    /// Whether some prefix shares an address with `prefix`. O(w).
    public func overlaps(_ prefix: IPPrefix) -> Bool {
        switch prefix {
        case .v4(let prefix): ipv4.overlaps(prefix)
        case .v6(let prefix): ipv6.overlaps(prefix)
        }
    }
}

extension DualStackTrie: Sequence {
    /// The elements in order, IPv4 first.
    @inlinable
    public func makeIterator() -> Iterator { Iterator(self) }

    @inlinable
    public var underestimatedCount: Int { count }

    @frozen
    public struct Iterator: IteratorProtocol {
        @usableFromInline var ipv4: RadixTrie<IPv4Address, Value>.Iterator
        @usableFromInline var ipv6: RadixTrie<IPv6Address, Value>.Iterator

        @inlinable
        init(_ trie: DualStackTrie) { (ipv4, ipv6) = (trie.ipv4.makeIterator(), trie.ipv6.makeIterator()) }

        @inlinable
        public mutating func next() -> Element? {
            if let (prefix, value) = ipv4.next() { return (.v4(prefix), value) }
            return ipv6.next().map { (.v6($0.prefix), $0.value) }
        }
    }
}

extension DualStackTrie: Sendable where Value: Sendable {}
extension DualStackTrie: Equatable where Value: Equatable {}
extension DualStackTrie: Hashable where Value: Hashable {}
extension DualStackTrie: Encodable where Value: Encodable {}
extension DualStackTrie: Decodable where Value: Decodable {}
