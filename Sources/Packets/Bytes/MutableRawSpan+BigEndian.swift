import IPAddresses

extension MutableRawSpan {
    /// Writes a byte.
    @inlinable
    public mutating func set(_ value: UInt8, at offset: Int) {
        storeBytes(of: value, toByteOffset: offset, as: UInt8.self)
    }

    /// Writes two bytes in network order.
    @inlinable
    public mutating func set(_ value: UInt16, at offset: Int) {
        storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt16.self)
    }

    /// Writes four bytes in network order.
    @inlinable
    public mutating func set(_ value: UInt32, at offset: Int) {
        storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt32.self)
    }

    /// Writes eight bytes in network order.
    @inlinable
    public mutating func set(_ value: UInt64, at offset: Int) {
        storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt64.self)
    }

    /// Writes an IPv4 address.
    @inlinable
    public mutating func set(_ address: IPv4Address, at offset: Int) { set(address.bits, at: offset) }

    /// Writes an IPv6 address.
    @inlinable
    public mutating func set(_ address: IPv6Address, at offset: Int) {
        set(UInt64(truncatingIfNeeded: address.bits &>> 64), at: offset)
        set(UInt64(truncatingIfNeeded: address.bits), at: offset &+ 8)
    }

    /// Moves bytes within the buffer; the two places may overlap.
    ///
    /// - Precondition: both places are within the buffer.
    @inlinable
    public mutating func move(_ range: Range<Int>, to offset: Int) {
        precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "bytes to move lie outside of the buffer")
        precondition(
            offset >= 0 && offset &+ range.count <= byteCount, "the place to move to lies outside of the buffer")
        unsafe withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            unsafe (base + offset).copyMemory(from: base + range.lowerBound, byteCount: range.count)
        }
    }

    /// Copies bytes of another buffer in.
    ///
    /// - Precondition: they are within both.
    @inlinable
    public mutating func copy(_ range: Range<Int>, of source: borrowing RawSpan, to offset: Int) {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= source.byteCount, "bytes to copy lie outside of their buffer")
        precondition(
            offset >= 0 && offset &+ range.count <= byteCount, "the place to copy to lies outside of the buffer")
        unsafe source.withUnsafeBytes { from in
            unsafe withUnsafeMutableBytes { to in
                guard let target = to.baseAddress, let start = from.baseAddress else { return }
                unsafe (target + offset).copyMemory(from: start + range.lowerBound, byteCount: range.count)
            }
        }
    }
}
