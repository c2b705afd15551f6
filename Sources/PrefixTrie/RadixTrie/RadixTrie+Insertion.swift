import CLookupKernels
import IPAddresses

extension RadixTrie {
    /// Sets the value of `prefix`. O(w); amortised over many changes, since the trie is rebuilt now and then.
    ///
    /// - Returns: the value that it had before.
    @inlinable
    @discardableResult
    public mutating func updateValue(_ value: Value, for prefix: Prefix<Key>) -> Value? {
        let core = unique()
        let hit = core.find(prefix.bits, prefix.length)
        if hit.isHit { return Self.replace(hit, value, core) }
        Self.insert(value, prefix, at: hit, core)
        return nil
    }

    @inlinable
    static func replace(_ hit: rt_hit, _ value: Value, _ core: Handle) -> Value {
        let payload = core.payload(of: hit)
        if TrieLayout<Value>.isInline {
            core.overwrite(hit, TrieLayout.payload(value))
            return TrieLayout.value(payload)
        }
        return core.pointer.pointee.slots.replace(UInt32(truncatingIfNeeded: payload), with: value)
    }

    @inlinable
    static func insert(_ value: Value, _ prefix: Prefix<Key>, at end: rt_hit, _ core: Handle) {
        let payload =
            TrieLayout<Value>.isInline
            ? TrieLayout.payload(value) : UInt64(core.pointer.pointee.slots.insert(value))
        core.insert(prefix.bits, prefix.length, payload, at: end)
        core.pointer.pointee.count &+= 1
        core.settle()
    }

    /// Changes the value of `prefix` in place: one search for reading, inserting, replacing or removing it. O(w),
    /// amortised.
    ///
    ///     trie.update(prefix) { count in count = (count ?? 0) + 1 }
    ///
    /// - Parameters:
    ///   - prefix: whose value is changed.
    ///   - change: gets the value, nil where there is none; what it leaves is the new value, nil for none.
    @inlinable
    public mutating func update<Result, Failure: Error>(
        _ prefix: Prefix<Key>, _ change: (inout Value?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let core = unique()
        let hit = core.find(prefix.bits, prefix.length)
        var value = hit.isHit ? core.value(of: hit) : nil
        let result = try change(&value)
        switch (hit.isHit, value) {
        case (true, let value?): _ = Self.replace(hit, value, core)
        case (true, nil): _ = Self.remove(hit, prefix.bits, core)
        case (false, let value?): Self.insert(value, prefix, at: hit, core)
        case (false, nil): break
        }
        return result
    }
}
