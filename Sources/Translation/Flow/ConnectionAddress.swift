import IPAddresses
import Synchronization

/// An address that connection tables are made for: an IPv4 or an IPv6 one.
///
/// Not for conformances outside of this module: a table's memory is laid out for these two.
public protocol ConnectionAddress: FixedWidthAddress {
    /// A five-tuple and the kind of entry that it leads to, as whole words.
    associatedtype Packed: PackedTuple where Packed.Address == Self
}

/// A five-tuple as whole words, as it is hashed and stored.
public protocol PackedTuple: Equatable, Sendable {
    associatedtype Address: ConnectionAddress

    /// The words of one tuple.
    static var words: Int { get }

    /// The words of a table's entry: whole cache lines.
    static var entryWords: Int { get }

    /// Where in an entry the original tuple, the reply and the links are, in words.
    static var originalOffset: Int { get }
    static var replyOffset: Int { get }
    static var linksOffset: Int { get }

    /// `kind`: what ``EntryKind`` says; kept beside the protocol.
    init(_ tuple: FiveTuple<Address>, kind: UInt8)
    init(reading words: UnsafeMutablePointer<Atomic<UInt64>>)
    func write(to words: UnsafeMutablePointer<Atomic<UInt64>>)
    func matches(_ words: UnsafeMutablePointer<Atomic<UInt64>>) -> Bool
    func hash(_ secret: ConnectionSecret) -> UInt64
    var tuple: FiveTuple<Address> { get }
}

extension PackedTuple {
    @inlinable
    static func ports(_ tuple: FiveTuple<Address>, _ kind: UInt8) -> UInt64 {
        UInt64(tuple.sourcePort) &<< 48 | UInt64(tuple.destinationPort) &<< 32 | UInt64(kind) &<< 8
            | UInt64(tuple.ipProtocol)
    }

    @inlinable
    static func tuple(from source: Address, to destination: Address, _ ports: UInt64) -> FiveTuple<Address> {
        FiveTuple(
            from: source, UInt16(truncatingIfNeeded: ports &>> 48), to: destination,
            UInt16(truncatingIfNeeded: ports &>> 32), protocol: UInt8(truncatingIfNeeded: ports))
    }
}

/// Loads and stores that other threads may meet; what orders them is the entry's control word.
extension UnsafeMutablePointer where Pointee == Atomic<UInt64> {
    @inlinable
    func word(_ index: Int) -> UInt64 { self[index].load(ordering: .relaxed) }

    @inlinable
    func setWord(_ index: Int, _ value: UInt64) { self[index].store(value, ordering: .relaxed) }
}
