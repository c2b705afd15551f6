import IPAddresses

// The standard library's loads are called unsafe for types in which not all bits are valid; they check bounds, and integers
// have no invalid bits.
extension RawSpan {
    /// The byte at an offset.
    @inlinable
    public func uint8(at offset: Int) -> UInt8 { unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self) }

    /// Two bytes in network order.
    @inlinable
    public func uint16(at offset: Int) -> UInt16 {
        UInt16(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    /// Four bytes in network order.
    @inlinable
    public func uint32(at offset: Int) -> UInt32 {
        UInt32(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    /// Eight bytes in network order.
    @inlinable
    public func uint64(at offset: Int) -> UInt64 {
        UInt64(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// An IPv4 address.
    @inlinable
    public func ipv4Address(at offset: Int) -> IPv4Address { IPv4Address(bits: uint32(at: offset)) }

    /// An IPv6 address.
    @inlinable
    @inline(__always)
    public func ipv6Address(at offset: Int) -> IPv6Address {
        IPv6Address(high: uint64(at: offset), low: uint64(at: offset &+ 8))
    }
}
