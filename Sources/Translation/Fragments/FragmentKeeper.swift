import IPAddresses
import Packets

/// What a translator with ports does about fragments: the first one's ports are noted, later ones look them up or wait.
public struct FragmentKeeper: Sendable {
    public let table: FragmentTable
    public let held: HeldFragments

    /// - Throws: `ConnectionTableError` where memory lacks.
    public init(capacity: Int = 4096, held: Int = 64) throws(ConnectionTableError) {
        table = try FragmentTable(capacity: capacity)
        self.held = HeldFragments(capacity: held)
    }

    /// The ports of a later fragment.
    ///
    /// - Throws: `FragmentOutcome` where its first one has not been seen.
    func ports(
        _ key: FragmentTable.Key, _ bytes: borrowing RawSpan, _ range: Range<Int>, _ now: MonotonicTime
    ) throws(FragmentOutcome) -> Ports {
        if let ports = table.ports(of: key, now: now) { return ports }
        if held.hold(bytes, range, key, until: now + table.lifetime, now: now) { throw .held }
        throw .unknown
    }
}

/// Why a fragment does not go on now.
enum FragmentOutcome: Error {
    case held
    case unknown
}
