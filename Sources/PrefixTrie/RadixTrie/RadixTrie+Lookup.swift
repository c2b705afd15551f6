import CLookupKernels
import IPAddresses

extension RadixTrie {
    /// The value of exactly `prefix`; setting nil removes it. O(w).
    @inlinable
    public subscript(prefix: Prefix<Key>) -> Value? {
        get {
            guard let core else { return nil }
            defer { withExtendedLifetime(box) {} }
            let match = core.get(prefix.bits, prefix.length)
            return match.length >= 0 ? core.value(of: match) : nil
        }
        set {
            if let newValue { updateValue(newValue, for: prefix) } else { removeValue(for: prefix) }
        }
    }

    /// Whether exactly `prefix` is there. O(w).
    @inlinable
    public func contains(_ prefix: Prefix<Key>) -> Bool {
        read { $0.get(prefix.bits, prefix.length).length >= 0 } ?? false
    }

    /// The longest prefix that holds `key`, and its value. O(w).
    @inlinable
    public func longestMatch(for key: Key) -> Element? {
        guard let core else { return nil }
        defer { withExtendedLifetime(box) {} }
        return Self.element(core.match(key.bits), of: key.bits, core)
    }

    /// The longest prefix that covers `prefix`, which may be itself, and its value. O(w).
    @inlinable
    public func longestMatch(covering prefix: Prefix<Key>) -> Element? {
        guard let core else { return nil }
        defer { withExtendedLifetime(box) {} }
        return Self.element(core.portableMatch(prefix.bits, prefix.length), of: prefix.bits, core)
    }

    /// The shortest prefix that holds `key`, and its value. O(w).
    @inlinable
    public func shortestMatch(for key: Key) -> Element? { matches(for: key).first { _ in true } }

    /// The shortest prefix that covers `prefix`, which may be itself, and its value. O(w).
    @inlinable
    public func shortestMatch(covering prefix: Prefix<Key>) -> Element? { covering(prefix).first { _ in true } }

    /// What was found for a key.
    @inlinable
    static func element(_ match: rt_match, of bits: Key.Bits, _ core: Handle) -> Element? {
        guard match.length >= 0 else { return nil }
        let length = Int(truncatingIfNeeded: match.length)
        return (Self.prefix(bits & .prefixMask(length), length), core.value(of: match))
    }

    @inlinable
    static func element(_ hit: rt_hit, of bits: Key.Bits, _ core: Handle) -> Element? {
        element(core.match(hit), of: bits, core)
    }

    /// Whether some prefix of the trie shares a key with `prefix`. O(w).
    public func overlaps(_ prefix: Prefix<Key>) -> Bool {
        longestMatch(covering: prefix) != nil || covered(by: prefix).contains { _ in true }
    }

    /// The value of exactly `prefix`, or `defaultValue`; changing it in place inserts it. O(w).
    @inlinable
    public subscript(prefix: Prefix<Key>, default defaultValue: @autoclosure () -> Value) -> Value {
        get { self[prefix] ?? defaultValue() }
        set { updateValue(newValue, for: prefix) }
    }
}
