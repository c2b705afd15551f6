import IPAddresses
import Synchronization

extension IPv6Address: ConnectionAddress {
    public typealias Packed = PackedIPv6Tuple
}

/// An IPv6 five-tuple in five words: two for each address; the ports, the kind and the protocol.
@frozen
public struct PackedIPv6Tuple: PackedTuple {
    @usableFromInline let source: UInt128
    @usableFromInline let destination: UInt128
    @usableFromInline let ports: UInt64

    @inlinable public static var words: Int { 5 }
    @inlinable public static var entryWords: Int { 16 }
    @inlinable public static var originalOffset: Int { 1 }
    @inlinable public static var replyOffset: Int { 9 }
    @inlinable public static var linksOffset: Int { 6 }

    @inlinable
    public init(_ tuple: FiveTuple<IPv6Address>, kind: UInt8) {
        source = tuple.source.bits
        destination = tuple.destination.bits
        ports = Self.ports(tuple, kind)
    }

    @inlinable
    public init(reading words: UnsafeMutablePointer<Atomic<UInt64>>) {
        source = UInt128(words.word(0)) &<< 64 | UInt128(words.word(1))
        destination = UInt128(words.word(2)) &<< 64 | UInt128(words.word(3))
        ports = words.word(4)
    }

    @inlinable
    public func write(to words: UnsafeMutablePointer<Atomic<UInt64>>) {
        words.setWord(0, source.upper)
        words.setWord(1, source.lower)
        words.setWord(2, destination.upper)
        words.setWord(3, destination.lower)
        words.setWord(4, ports)
    }

    @inlinable
    public func matches(_ words: UnsafeMutablePointer<Atomic<UInt64>>) -> Bool {
        (words.word(0) ^ source.upper) | (words.word(1) ^ source.lower) | (words.word(2) ^ destination.upper)
            | (words.word(3) ^ destination.lower) | (words.word(4) ^ ports) == 0
    }

    @inlinable
    public func hash(_ secret: ConnectionSecret) -> UInt64 {
        // The rotation tells the two products apart, so that swapping the addresses is no collision.
        let first = secret.mix(source.upper, source.lower)
        let second = secret.mixOther(destination.upper, destination.lower)
        return secret.finish(secret.mix(first ^ ports, second))
    }

    @inlinable
    public var tuple: FiveTuple<IPv6Address> {
        Self.tuple(from: IPv6Address(bits: source), to: IPv6Address(bits: destination), ports)
    }
}

extension UInt128 {
    @inlinable var upper: UInt64 { UInt64(truncatingIfNeeded: self &>> 64) }
    @inlinable var lower: UInt64 { UInt64(truncatingIfNeeded: self) }
}
