import IPAddresses

extension ForwardingTable {
    /// Sets the next hop of a prefix. Waits for other changes, and for no reader.
    ///
    /// - Returns: the next hop that the prefix had; nil where it is new.
    /// - Throws: ``ForwardingTableError/nextHopOutOfRange(_:)`` above ``NextHop/maximum``; the table is as it was.
    @inlinable
    @discardableResult
    public func updateValue(_ nextHop: UInt16, for prefix: Prefix<Key>) throws(ForwardingTableError) -> UInt16? {
        if nextHop > NextHop.maximum { throw .nextHopOutOfRange(nextHop) }
        return writer.update(nextHop, bits: UInt128(truncatingIfNeeded: prefix.bits), length: prefix.length)
    }

    /// Removes a prefix; what it held falls to the next shorter one.
    ///
    /// - Returns: the next hop that it had; nil where it was not there.
    @inlinable
    @discardableResult
    public func removeValue(for prefix: Prefix<Key>) -> UInt16? {
        writer.remove(bits: UInt128(truncatingIfNeeded: prefix.bits), length: prefix.length)
    }

    /// Frees what readers have let go of now, rather than when enough has come together.
    public func reclaim() { writer.withCore { $0.memory.reclaim() } }
}
