/// An entry's control word: what changes while packets use it, and what tells its lives apart.
///
///     | generation 20 | flags 8 | state 4 | deadline 32 |
@usableFromInline
@frozen
struct ControlWord: Equatable {
    @usableFromInline var bits: UInt64

    @inlinable
    init(bits: UInt64) { self.bits = bits }

    @inlinable
    init(generation: UInt32, flags: UInt8, state: UInt8, deadline: UInt32) {
        bits =
            UInt64(generation) &<< 44 | UInt64(flags) &<< 36 | UInt64(state & 15) &<< 32 | UInt64(deadline)
    }

    @inlinable var deadline: UInt32 { UInt32(truncatingIfNeeded: bits) }
    @inlinable var state: UInt8 { UInt8(truncatingIfNeeded: bits &>> 32) & 15 }
    @inlinable var flags: UInt8 { UInt8(truncatingIfNeeded: bits &>> 36) }
    @inlinable var generation: UInt32 { UInt32(truncatingIfNeeded: bits &>> 44) }
    @inlinable var isLive: Bool { bits & Self.live != 0 }
    @inlinable var isPermanent: Bool { bits & Self.permanent != 0 }

    /// Set between an entry's publication and its removal.
    @inlinable static var live: UInt64 { 1 &<< 36 }

    /// Never expires: a static mapping.
    @inlinable static var permanent: UInt64 { 1 &<< 37 }

    /// Lives until nothing keeps it any more, whatever its deadline, which says whether it still counts.
    @inlinable static var kept: UInt64 { 1 &<< 43 }

    /// The flags that are the translators' own.
    @inlinable static var userFlags: UInt8 { 0b0111_1100 }

    /// Whether its time is over.
    @inlinable
    func isOver(at tick: UInt32) -> Bool { !isPermanent && Tick.left(deadline, tick) <= 0 }

    /// Whether its time is over, and it is to be removed.
    @inlinable
    func isExpired(at tick: UInt32) -> Bool {
        bits & (Self.permanent | Self.kept) == 0 && Tick.left(deadline, tick) <= 0
    }

    /// Whether a timer ends it.
    @inlinable var hasTimer: Bool { bits & (Self.permanent | Self.kept) == 0 }

    /// Whether both are of one life of the entry.
    @inlinable
    func isSameLife(as other: ControlWord) -> Bool {
        (bits ^ other.bits) & (~0 &<< 44 | Self.live) == 0
    }

    @inlinable
    func with(state: UInt8, deadline: UInt32) -> ControlWord {
        ControlWord(generation: generation, flags: flags, state: state, deadline: deadline)
    }
}

/// A connection, and the direction of the packet that was looked up. Stays valid to ask with: once the connection has
/// gone, the answer is none.
@frozen
public struct ConnectionMatch: Hashable, Sendable {
    @usableFromInline let bits: UInt64

    @inlinable
    init(reference: UInt32, generation: UInt32) { bits = UInt64(generation) &<< 32 | UInt64(reference) }

    @inlinable
    init(bits: UInt64) { self.bits = bits }

    /// No connection, in the results of batches.
    @inlinable public static var none: ConnectionMatch { ConnectionMatch(bits: ~0) }

    /// Whether the packet goes the way of the one that opened the connection.
    @inlinable public var isOriginal: Bool { bits & 1 == 0 }

    /// The same connection's other direction.
    @inlinable public var reversed: ConnectionMatch { ConnectionMatch(bits: bits ^ 1) }

    @inlinable var reference: UInt32 { UInt32(truncatingIfNeeded: bits) }
    @inlinable var index: UInt32 { UInt32(truncatingIfNeeded: bits) &>> 1 }
    @inlinable var generation: UInt32 { UInt32(truncatingIfNeeded: bits &>> 32) }
}

/// What an entry stands for. Part of the hashed key, so that a mapping never meets a session.
public enum EntryKind: UInt8, Sendable {
    /// Packets between two endpoints.
    case session = 0
    /// An inside endpoint's mapping to an outside one, whatever the remote endpoint (RFC 6146's BIB entry).
    case endpointMapping = 1
    /// The same for one remote address, whatever its port.
    case addressMapping = 2
}
