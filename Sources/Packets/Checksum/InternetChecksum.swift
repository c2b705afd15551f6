import IPAddresses

/// The internet checksum (RFC 1071): the ones' complement sum of 16-bit words.
///
/// A value of this type is a sum that is still open; parts are added in any order, each beginning at an even offset of what
/// is summed.
@frozen
public struct InternetChecksum: Sendable {
    /// The sum, with carries in the upper half.
    @usableFromInline var sum: UInt64

    @inlinable
    public init() { sum = 0 }

    /// Adds 16 bits.
    @inlinable
    public mutating func add(_ word: UInt16) { sum &+= UInt64(word) }

    /// Adds 32 bits.
    @inlinable
    public mutating func add(_ words: UInt32) { sum &+= UInt64(words) }

    /// Adds 64 bits.
    @inlinable
    public mutating func add(_ words: UInt64) {
        sum &+= (words &>> 32) &+ (words & 0xFFFF_FFFF)
    }

    @inlinable
    public mutating func add(_ address: IPv4Address) { add(address.bits) }

    @inlinable
    public mutating func add(_ address: IPv6Address) {
        add(UInt64(truncatingIfNeeded: address.bits &>> 64))
        add(UInt64(truncatingIfNeeded: address.bits))
    }

    /// Adds bytes; an odd last one counts as if a zero followed it.
    ///
    /// - Precondition: they are within the buffer.
    @inlinable
    public mutating func add(_ bytes: borrowing RawSpan, _ range: Range<Int>) {
        var offset = range.lowerBound
        let end = range.upperBound
        // Halves of 32 bits: 2^32 of them fit the sum.
        while end &- offset >= 8 {
            let word = bytes.uint64(at: offset)
            sum &+= (word &>> 32) &+ (word & 0xFFFF_FFFF)
            offset &+= 8
        }
        while end &- offset >= 2 {
            sum &+= UInt64(bytes.uint16(at: offset))
            offset &+= 2
        }
        if offset < end { sum &+= UInt64(bytes.uint8(at: offset)) &<< 8 }
    }

    /// Adds the pseudo-header that transport checksums of IPv6 and IPv4 take in (RFC 8200 8.1; RFC 9293 3.1).
    @inlinable
    public mutating func addPseudoHeader(ipProtocol: UInt8, length: Int) {
        add(UInt32(truncatingIfNeeded: length))
        add(UInt16(ipProtocol))
    }

    /// The sum in 16 bits.
    @inlinable
    public var folded: UInt16 {
        var folded = (sum &>> 32) &+ (sum & 0xFFFF_FFFF)
        folded = (folded &>> 16) &+ (folded & 0xFFFF)
        folded = (folded &>> 16) &+ (folded & 0xFFFF)
        folded = (folded &>> 16) &+ (folded & 0xFFFF)
        return UInt16(truncatingIfNeeded: folded)
    }

    /// What stands in a header: the complement of the sum.
    @inlinable
    public var field: UInt16 { ~folded }

    /// The same for UDP, where zero says that there is none (RFC 768).
    @inlinable
    public var udpField: UInt16 { field == 0 ? 0xFFFF : field }
}

/// A change of what a checksum covers: the words that come in and those that go out (RFC 1624).
@frozen
public struct ChecksumChange: Sendable {
    @usableFromInline var sum: InternetChecksum

    @inlinable
    public init() { sum = InternetChecksum() }

    @inlinable
    public mutating func replace(_ old: UInt16, by new: UInt16) {
        sum.add(~old)
        sum.add(new)
    }

    @inlinable
    public mutating func replace(_ old: UInt32, by new: UInt32) {
        sum.add(~old)
        sum.add(new)
    }

    @inlinable
    public mutating func replace(_ old: IPv4Address, by new: IPv4Address) {
        sum.add(~old.bits)
        sum.add(new.bits)
    }

    @inlinable
    public mutating func replace(_ old: IPv6Address, by new: IPv6Address) {
        remove(old)
        sum.add(new)
    }

    @inlinable
    public mutating func remove(_ old: IPv4Address) { sum.add(~old.bits) }

    @inlinable
    public mutating func remove(_ old: IPv6Address) {
        sum.add(~UInt64(truncatingIfNeeded: old.bits &>> 64))
        sum.add(~UInt64(truncatingIfNeeded: old.bits))
    }

    @inlinable
    public mutating func remove(_ old: UInt16) { sum.add(~old) }

    @inlinable
    public mutating func insert(_ new: IPv4Address) { sum.add(new) }

    @inlinable
    public mutating func insert(_ new: IPv6Address) { sum.add(new) }

    @inlinable
    public mutating func insert(_ new: UInt16) { sum.add(new) }

    /// Takes in the pseudo-header that ICMPv6 has and ICMP has not (RFC 4443 2.3).
    @inlinable
    public mutating func insertICMPv6(from source: IPv6Address, to destination: IPv6Address, length: Int) {
        sum.add(source)
        sum.add(destination)
        sum.addPseudoHeader(ipProtocol: 58, length: length)
    }

    /// Takes that pseudo-header out.
    @inlinable
    public mutating func removeICMPv6(from source: IPv6Address, to destination: IPv6Address, length: Int) {
        remove(source)
        remove(destination)
        sum.add(~UInt32(truncatingIfNeeded: length))
        sum.add(~UInt16(58))
    }

    /// The checksum after the change: HC' = ~(~HC + ~m + m'), equation 3 of RFC 1624, which does not make a zero of
    /// ones.
    @inlinable
    public func applied(to checksum: UInt16) -> UInt16 {
        var sum = sum
        sum.add(~checksum)
        return ~sum.folded
    }
}
