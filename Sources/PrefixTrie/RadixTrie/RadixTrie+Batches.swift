import CLookupKernels
import IPAddresses

extension RadixTrie {
    /// The longest match of each key, in their order; nil where no prefix holds a key.
    ///
    /// Keys go down together, so that their waits for memory overlap: several times faster than one after another,
    /// from some eight keys on. O(w) for each key.
    ///
    /// - Precondition: `matches` has room for as many as there are keys.
    @inlinable
    public func longestMatches(for keys: Span<Key>, into matches: inout MutableSpan<Element?>) {
        precondition(matches.count >= keys.count, "fewer matches than keys")
        forEachMatch(keys) { index, bits, match, core in matches[index] = Self.element(match, of: bits, core) }
    }

    /// The values of the longest match of each key, in their order: what ``longestMatches(for:into:)`` finds, without the
    /// prefixes.
    ///
    /// - Precondition: `values` has room for as many as there are keys.
    @inlinable
    public func longestMatchValues(for keys: Span<Key>, into values: inout MutableSpan<Value?>) {
        precondition(values.count >= keys.count, "fewer values than keys")
        forEachMatch(keys) { index, _, match, core in
            values[index] = match.length >= 0 ? core.value(of: match) : nil
        }
    }

    @inlinable
    func forEachMatch(_ keys: Span<Key>, _ body: (Int, Key.Bits, rt_match, Handle) -> Void) {
        guard let core, core.pointer.pointee.usesKernel else {
            return forEachPortableMatch(keys, body)
        }
        defer { withExtendedLifetime(box) {} }
        let group = Int(RT_GROUP)
        let words = Key.bitWidth <= 64 ? 1 : 2
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 2 * group) { buffer in
            withUnsafeTemporaryAllocation(of: rt_match.self, capacity: group) { matches in
                guard let keyWords = buffer.baseAddress, let found = matches.baseAddress else { return }
                var done = 0
                while done < keys.count {
                    let count = Swift.min(group, keys.count &- done)
                    for index in 0..<count {
                        let bits = keys[done &+ index].bits
                        // The lower word first, as a 128-bit integer stands in memory.
                        keyWords[words &* index &+ words &- 1] = bits.word(0)
                        if words == 2 { keyWords[2 &* index] = bits.word(1) }
                    }
                    if words == 1 {
                        rt_match_group64(core.view, keyWords, found, count)
                    } else {
                        rt_match_group128(core.view, keyWords, found, count)
                    }
                    for index in 0..<count {
                        body(done &+ index, keys[done &+ index].bits, found[index], core)
                    }
                    done &+= count
                }
            }
        }
    }

    @inlinable
    func forEachPortableMatch(_ keys: Span<Key>, _ body: (Int, Key.Bits, rt_match, Handle) -> Void) {
        let box = box ?? TrieBox()
        withExtendedLifetime(box) {
            for index in keys.indices {
                let bits = keys[index].bits
                body(index, bits, box.core.match(bits), box.core)
            }
        }
    }
}
