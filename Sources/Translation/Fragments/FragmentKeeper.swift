import IPAddresses
import Packets

/// What a translator with ports does about fragments: the first one's ports are noted, later ones look them up or wait.
public struct FragmentKeeper: Sendable {
    public let table: FragmentTable
    public let held: HeldFragments

    /// - Throws: `ConnectionTableError` where there is not enough memory.
    public init(capacity: Int = 4096, held: Int = 64) throws(ConnectionTableError) {
        table = try FragmentTable(capacity: capacity)
        self.held = HeldFragments(capacity: held)
    }

    /// The ports of a later fragment.
    ///
    /// - Returns: nil where it waits for its first one.
    /// - Throws: where there is no room for it to wait.
    func ports(
        _ key: FragmentTable.Key, _ bytes: borrowing RawSpan, _ range: Range<Int>, _ now: MonotonicTime
    ) throws(PacketRefusal) -> Ports? {
        if let ports = table.ports(of: key, now: now) { return ports }
        if held.hold(bytes, range, key, until: now + table.lifetime, now: now) { return nil }
        throw PacketRefusal(.unknownFragment)
    }
}
