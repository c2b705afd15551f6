import IPAddresses

extension RadixTrie {
    /// A trie of the same prefixes with other values. O(n · w).
    @inlinable
    public func mapValues<Other, Failure: Error>(
        _ transform: (Value) throws(Failure) -> Other
    ) throws(Failure) -> RadixTrie<Key, Other> {
        var result = RadixTrie<Key, Other>()
        for (prefix, value) in self { result.updateValue(try transform(value), for: prefix) }
        return result
    }

    /// A trie of the prefixes for whose values `transform` gives another one. O(n · w).
    @inlinable
    public func compactMapValues<Other, Failure: Error>(
        _ transform: (Value) throws(Failure) -> Other?
    ) throws(Failure) -> RadixTrie<Key, Other> {
        var result = RadixTrie<Key, Other>()
        for (prefix, value) in self {
            if let other = try transform(value) { result.updateValue(other, for: prefix) }
        }
        return result
    }

    /// A trie of the elements that satisfy a condition. O(n · w).
    @inlinable
    public func filter<Failure: Error>(
        _ isKept: (Element) throws(Failure) -> Bool
    ) throws(Failure) -> RadixTrie {
        var result = RadixTrie()
        for element in self where try isKept(element) { result.updateValue(element.value, for: element.prefix) }
        return result
    }

    /// A trie of the elements that one prefix covers. O(k · w), k the number of these.
    @inlinable
    public func subtrie(_ prefix: Prefix<Key>) -> RadixTrie { RadixTrie(ordered: covered(by: prefix)) }

    /// Adds the elements of another trie; `combine` decides about prefixes that both have. O(m · w), m their number.
    @inlinable
    public mutating func merge<Failure: Error>(
        _ other: some Sequence<Element>, uniquingKeysWith combine: (Value, Value) throws(Failure) -> Value
    ) throws(Failure) {
        for (prefix, value) in other {
            try update(prefix) { (held: inout Value?) throws(Failure) in
                held = if let old = held { try combine(old, value) } else { value }
            }
        }
    }
}

extension RadixTrie: Encodable where Key: FixedWidthAddress, Value: Encodable {
    /// Encodes an array of objects in order: `{"prefix": "10.0.0.0/8", "value": …}`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        for (prefix, value) in self { try container.encode(CodedElement(prefix: prefix, value: value)) }
    }
}

extension RadixTrie: Decodable where Key: FixedWidthAddress, Value: Decodable {
    /// Decodes an array of objects in any order; a prefix that is there twice is an error that names it.
    public init(from decoder: any Decoder) throws {
        self.init()
        var container = try decoder.unkeyedContainer()
        while !container.isAtEnd {
            let element = try container.decode(CodedElement<Key, Value>.self)
            if updateValue(element.value, for: element.prefix) != nil {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "\(element.prefix) appears twice; keep one of them")
            }
        }
    }
}

private struct CodedElement<Key: FixedWidthAddress, Value> {
    var prefix: Prefix<Key>
    var value: Value

    enum CodingKeys: CodingKey { case prefix, value }
}

extension CodedElement: Encodable where Value: Encodable {}
extension CodedElement: Decodable where Value: Decodable {}
