import IPAddresses
import Synchronization

extension IPv6Address: ConnectionAddress {
    public typealias Packed = PackedIPv6Tuple
}

/// An IPv6 five-tuple in five words: two for each address; the ports, the kind and the protocol.
@frozen
public struct PackedIPv6Tuple: PackedTuple {
    // Words, not addresses of 128 bits: these are stored by halves and read whole, for which a processor waits.
    @usableFromInline let sourceHigh: UInt64
    @usableFromInline let sourceLow: UInt64
    @usableFromInline let destinationHigh: UInt64
    @usableFromInline let destinationLow: UInt64
    @usableFromInline let ports: UInt64

    @inlinable public static var words: Int { 5 }
    @inlinable public static var entryWords: Int { 16 }
    @inlinable public static var originalOffset: Int { 1 }
    @inlinable public static var replyOffset: Int { 9 }
    @inlinable public static var linksOffset: Int { 6 }

    @inlinable
    @inline(__always)
    public init(_ tuple: FiveTuple<IPv6Address>, kind: UInt8) {
        sourceHigh = tuple.source.high
        sourceLow = tuple.source.low
        destinationHigh = tuple.destination.high
        destinationLow = tuple.destination.low
        ports = Self.ports(tuple, kind)
    }

    @inlinable
    @inline(__always)
    public init(reading words: UnsafeMutablePointer<Atomic<UInt64>>) {
        sourceHigh = words.word(0)
        sourceLow = words.word(1)
        destinationHigh = words.word(2)
        destinationLow = words.word(3)
        ports = words.word(4)
    }

    @inlinable
    @inline(__always)
    public func write(to words: UnsafeMutablePointer<Atomic<UInt64>>) {
        words.setWord(0, sourceHigh)
        words.setWord(1, sourceLow)
        words.setWord(2, destinationHigh)
        words.setWord(3, destinationLow)
        words.setWord(4, ports)
    }

    @inlinable
    @inline(__always)
    public func matches(_ words: UnsafeMutablePointer<Atomic<UInt64>>) -> Bool {
        (words.word(0) ^ sourceHigh) | (words.word(1) ^ sourceLow) | (words.word(2) ^ destinationHigh)
            | (words.word(3) ^ destinationLow) | (words.word(4) ^ ports) == 0
    }

    @inlinable
    @inline(__always)
    public func hash(_ secret: ConnectionSecret) -> UInt64 {
        // The rotation tells the two products apart, so that swapping the addresses does not collide.
        let first = secret.mix(sourceHigh, sourceLow)
        let second = secret.mixOther(destinationHigh, destinationLow)
        return secret.finish(secret.mix(first ^ ports, second))
    }

    @inlinable
    @inline(__always)
    public var tuple: FiveTuple<IPv6Address> {
        Self.tuple(
            from: IPv6Address(high: sourceHigh, low: sourceLow),
            to: IPv6Address(high: destinationHigh, low: destinationLow), ports)
    }
}
