import IPAddresses
import Packets

/// The ports of packets whose first fragment has been seen, for the fragments after it (RFC 4787 REQ-14; RFC 6146 3.4).
///
/// Its memory is a ``ConnectionTable``'s: bounded, and without allocation. IPv4 packets stand by their IPv4-mapped addresses.
public final class FragmentTable: Sendable {
    private let table: ConnectionTable<IPv6Address>

    /// How long fragments may be apart: 30 seconds, as Linux's ip_frag_time; RFC 6146 4 demands 2 at least.
    public let lifetime: Lifetime

    /// What identifies the fragments of one packet.
    @frozen
    public struct Key: Hashable, Sendable {
        public var source: IPv6Address
        public var destination: IPv6Address
        public var identification: UInt32
        public var ipProtocol: UInt8

        @inlinable
        public init(
            from source: IPv6Address, to destination: IPv6Address, identification: UInt32, protocol ipProtocol: UInt8
        ) {
            (self.source, self.destination) = (source, destination)
            (self.identification, self.ipProtocol) = (identification, ipProtocol)
        }

        var tuple: FiveTuple<IPv6Address> {
            FiveTuple(
                from: source, UInt16(truncatingIfNeeded: identification >> 16), to: destination,
                UInt16(truncatingIfNeeded: identification), protocol: ipProtocol)
        }
    }

    /// `capacity`: how many packets it knows at once.
    /// - Throws: `ConnectionTableError` where there is not enough memory.
    public init(
        capacity: Int = 4096, lifetime: Lifetime = .seconds(30), secret: ConnectionSecret = ConnectionSecret()
    ) throws(ConnectionTableError) {
        table = try ConnectionTable(capacity: capacity, secret: secret)
        self.lifetime = lifetime
    }

    /// Remembers the ports of a packet's first fragment.
    ///
    /// - Returns: false where the table is full.
    @discardableResult
    public func note(_ key: Key, _ ports: Ports, now: MonotonicTime) -> Bool {
        let tuple = key.tuple
        let tag = UInt32(ports.source) << 16 | UInt32(ports.destination)
        // The reply is of no use here: it has to be one that no other entry has.
        var reply = FiveTuple(from: tuple.destination, 0, to: tuple.source, 0, protocol: tuple.ipProtocol)
        for _ in 0..<2 {
            let result = table.open(tuple, ConnectionStart(tag: tag, lifetime: lifetime), now: now) { attempt in
                guard attempt < 64 else { return nil }
                reply.sourcePort = tuple.sourcePort &+ UInt16(attempt)
                reply.destinationPort = ~tuple.destinationPort
                return reply
            }
            switch result {
            case .opened: return true
            case .refused:
                // What is over makes room.
                if table.expire(now: now, limit: 32) == 0 { return false }
            // A first fragment that comes again.
            case .existing(let match):
                if table.summary(of: match, now: now)?.tag == tag { return true }
                table.remove(match)
            }
        }
        return false
    }

    /// The ports of a later fragment's packet; nil where its first one has not been seen.
    public func ports(of key: Key, now: MonotonicTime) -> Ports? {
        guard let match = table.lookup(key.tuple, now: now), let tag = table.summary(of: match, now: now)?.tag else {
            return nil
        }
        return Ports(UInt16(truncatingIfNeeded: tag >> 16), UInt16(truncatingIfNeeded: tag))
    }

    /// Forgets what is over.
    @discardableResult
    public func expire(now: MonotonicTime) -> Int { table.expire(now: now, limit: .max) }
}
