/// An IPv4 address (RFC 791), 32 bits.
@frozen
public struct IPv4Address: FixedWidthAddress {
    /// The address in host byte order: `192.0.2.1` is `0xC000_0201`.
    public var bits: UInt32

    @inlinable
    public init(bits: UInt32) { self.bits = bits }

    /// Makes the address from its four octets, the first one first.
    @inlinable
    public init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) {
        bits = UInt32(a) &<< 24 | UInt32(b) &<< 16 | UInt32(c) &<< 8 | UInt32(d)
    }

    /// 0.0.0.0.
    public static let any = IPv4Address(bits: 0)
}
