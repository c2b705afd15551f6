import IPAddresses
import Synchronization

extension ConnectionTable {
    /// Calls `body` for each connection and mapping that is there throughout, in no order; for those that come or go
    /// meanwhile, or not. Takes no lock.
    @specialized(where Address == IPv4Address)
    @specialized(where Address == IPv6Address)
    public func forEach(_ body: (ConnectionMatch, _ original: FiveTuple<Address>, _ reply: FiveTuple<Address>) -> Void)
    {
        for index in 0..<UInt32(memory.capacity) {
            let control = memory.control(index)
            guard control.isLive else { continue }
            let match = ConnectionMatch(reference: index << 1, generation: control.generation)
            guard let original = tuple(of: match), let reply = tuple(of: match.reversed) else { continue }
            body(match, original, reply)
        }
    }

    /// Removes the sessions that `condition` holds for.
    public func removeSessions(where condition: (_ original: FiveTuple<Address>, _ reply: FiveTuple<Address>) -> Bool) {
        forEach { match, original, reply in
            if condition(original, reply) { remove(match) }
        }
    }
}
