import CConnectionMemory
import IPAddresses
import Synchronization

/// The connections of a translator, found by the packets of either direction. From any number of threads.
///
/// A connection is two five-tuples: the packets of the side that opened it, and the packets that answer these where they
/// meet the translator. Each leads to the connection by one lookup; what a packet becomes is the other one reversed.
/// Lookups take no lock and never wait. What opens, moves timers and removes takes the lock of one stripe, at times of
/// two. All memory is allocated when the table is made, and stays as it is.
///
/// Time and randomness come from the caller. docs/connection-table.md draws the layout and explains the locking.
public final class ConnectionTable<Address: ConnectionAddress>: @unchecked Sendable {
    // Sendable by hand: all that the pointers lead to is atomic, or guarded by the lock of a stripe.
    @usableFromInline let memory: ConnectionMemory
    @usableFromInline let secret: ConnectionSecret
    @usableFromInline let onRemoval: (@Sendable (RemovedConnection<Address>) -> Void)?

    /// The stripe that the next expiry looks at first.
    let nextStripe = Atomic<Int>(0)

    /// Makes an empty table.
    ///
    /// - Parameters:
    ///   - capacity: how many connections it holds, mappings included: 1 to 1,000,000,000.
    ///   - secret: what its hash is keyed with.
    ///   - onRemoval: called once for each connection that has been removed, by the thread that removed it, when nothing
    ///     of it can be found any more. It may use the table.
    /// - Throws: `ConnectionTableError` where the capacity is out of range, or there is not enough memory.
    public init(
        capacity: Int, secret: ConnectionSecret = ConnectionSecret(),
        onRemoval: (@Sendable (RemovedConnection<Address>) -> Void)? = nil
    ) throws(ConnectionTableError) {
        guard (1...1_000_000_000).contains(capacity) else { throw .capacityOutOfRange(capacity) }
        guard
            let memory = ConnectionMemory(
                capacity: capacity, entryWords: Address.Packed.entryWords, linksOffset: Address.Packed.linksOffset)
        else {
            throw .outOfMemory(capacity: capacity)
        }
        self.memory = memory
        self.secret = secret
        self.onRemoval = onRemoval
    }

    deinit { memory.deallocate() }

    /// How many connections the table holds at most.
    public var capacity: Int { memory.capacity }

    /// How many connections the table holds, the expired ones that wait for ``expire(now:limit:)`` included. Exact
    /// while nothing changes.
    public var count: Int {
        var free = 0
        for index in 0..<memory.stripeCount {
            free += Int(memory.stripe(index).pointee.freeCount.load(ordering: .relaxed))
        }
        return max(0, memory.capacity - free)
    }

    /// The memory that the table takes, in bytes.
    public var bytes: Int { memory.bytes }

    /// The words of an entry's tuple in the direction of the reference.
    @inlinable
    func words(_ reference: UInt32) -> UnsafeMutablePointer<Atomic<UInt64>> {
        let offset = reference & 1 == 0 ? Address.Packed.originalOffset : Address.Packed.replyOffset
        return memory.entry(reference &>> 1) + offset
    }

    /// Asks for what a lookup reads of an entry: the first line; an IPv6 reply is in the second one.
    @inlinable
    func prefetchEntry(_ reference: UInt32) {
        let entry = memory.entry(reference &>> 1)
        cm_prefetch(UnsafeRawPointer(entry))
        if Address.Packed.entryWords > 8 {
            cm_prefetch(UnsafeRawPointer(entry + Int(truncatingIfNeeded: reference & 1) &* 8))
        }
    }
}

/// Why a table can't be made.
public enum ConnectionTableError: Error, Hashable, CustomStringConvertible {
    case capacityOutOfRange(Int)
    case outOfMemory(capacity: Int)

    public var description: String {
        switch self {
        case .capacityOutOfRange(let capacity):
            "a connection table of \(capacity) connections: give 1 to 1000000000"
        case .outOfMemory(let capacity):
            "no memory for a connection table of \(capacity) connections; give fewer"
        }
    }
}

/// What was known of a connection that has been removed.
public struct RemovedConnection<Address: ConnectionAddress>: Sendable {
    public let original: FiveTuple<Address>
    public let reply: FiveTuple<Address>
    public let kind: EntryKind
    public let tag: UInt32
    public let flags: ConnectionFlags
}

/// What a translator marks its connections with.
@frozen
public struct ConnectionFlags: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8

    @inlinable
    public init(rawValue: UInt8) { self.rawValue = rawValue & ControlWord.userFlags }

    /// The connection counts towards its destination's limit.
    @inlinable public static var countsDestination: ConnectionFlags { ConnectionFlags(rawValue: 1 << 2) }

    /// The connection counts towards its subscriber's limit.
    @inlinable public static var countsSubscriber: ConnectionFlags { ConnectionFlags(rawValue: 1 << 3) }

    /// A packet of the other direction has passed.
    @inlinable public static var isAnswered: ConnectionFlags { ConnectionFlags(rawValue: 1 << 4) }
}
