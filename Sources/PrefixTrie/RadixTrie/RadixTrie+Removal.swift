import CLookupKernels
import IPAddresses

extension RadixTrie {
    /// Removes `prefix`; longer and shorter ones stay. O(w), amortised.
    ///
    /// - Returns: the value that it had; nil where it was not there.
    @inlinable
    @discardableResult
    public mutating func removeValue(for prefix: Prefix<Key>) -> Value? {
        guard let shared = core else { return nil }
        let hit = shared.find(prefix.bits, prefix.length)
        // Where it is not there, no copy has to be made.
        return hit.isHit ? Self.remove(hit, prefix.bits, unique()) : nil
    }

    @inlinable
    static func remove(_ hit: rt_hit, _ bits: Key.Bits, _ core: Handle) -> Value {
        let payload = core.payload(of: hit)
        let value =
            TrieLayout<Value>.isInline
            ? TrieLayout.value(payload) : core.pointer.pointee.slots.remove(UInt32(truncatingIfNeeded: payload))
        core.remove(hit, bits)
        core.pointer.pointee.count &-= 1
        core.settle()
        return value
    }

    /// Removes all prefixes. O(n).
    public mutating func removeAll(keepingCapacity _: Bool = false) { self = RadixTrie() }

    /// Removes all prefixes that `prefix` covers, itself among them. O(k · w), k the number of these.
    ///
    /// - Returns: how many they were.
    @discardableResult
    public mutating func removeAll(coveredBy prefix: Prefix<Key>) -> Int {
        let covered = covered(by: prefix).map(\.prefix)
        for prefix in covered { removeValue(for: prefix) }
        return covered.count
    }

    /// Removes the elements that satisfy a condition. O(n), and O(w) for each one that is removed.
    public mutating func removeAll(where isRemoved: (Element) throws -> Bool) rethrows {
        let removed = try lazy.filter(isRemoved).map(\.prefix)
        for prefix in removed { removeValue(for: prefix) }
    }

    /// Keeps the elements that satisfy a condition. O(n), and O(w) for each one that is removed.
    public mutating func retain(where isKept: (Element) throws -> Bool) rethrows {
        try removeAll { try !isKept($0) }
    }
}
