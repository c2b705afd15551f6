import IPAddresses
import Synchronization

extension IPv4Address: ConnectionAddress {
    public typealias Packed = PackedIPv4Tuple
}

/// An IPv4 five-tuple in two words: the addresses; the ports, the kind and the protocol.
@frozen
public struct PackedIPv4Tuple: PackedTuple {
    @usableFromInline let addresses: UInt64
    @usableFromInline let ports: UInt64

    @inlinable public static var words: Int { 2 }
    @inlinable public static var entryWords: Int { 8 }
    @inlinable public static var originalOffset: Int { 4 }
    @inlinable public static var replyOffset: Int { 6 }
    @inlinable public static var linksOffset: Int { 1 }

    @inlinable
    @inline(__always)
    public init(_ tuple: FiveTuple<IPv4Address>, kind: UInt8) {
        addresses = UInt64(tuple.source.bits) &<< 32 | UInt64(tuple.destination.bits)
        ports = Self.ports(tuple, kind)
    }

    @inlinable
    @inline(__always)
    public init(reading words: UnsafeMutablePointer<Atomic<UInt64>>) {
        addresses = words.word(0)
        ports = words.word(1)
    }

    @inlinable
    @inline(__always)
    public func write(to words: UnsafeMutablePointer<Atomic<UInt64>>) {
        words.setWord(0, addresses)
        words.setWord(1, ports)
    }

    @inlinable
    @inline(__always)
    public func matches(_ words: UnsafeMutablePointer<Atomic<UInt64>>) -> Bool {
        (words.word(0) ^ addresses) | (words.word(1) ^ ports) == 0
    }

    @inlinable
    @inline(__always)
    public func hash(_ secret: ConnectionSecret) -> UInt64 { secret.finish(secret.mix(addresses, ports)) }

    @inlinable
    @inline(__always)
    public var tuple: FiveTuple<IPv4Address> {
        Self.tuple(
            from: IPv4Address(bits: UInt32(truncatingIfNeeded: addresses &>> 32)),
            to: IPv4Address(bits: UInt32(truncatingIfNeeded: addresses)), ports)
    }
}
