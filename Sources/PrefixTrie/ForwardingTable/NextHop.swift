/// The next hops that a forwarding table yields: indices that mean to its user what they will.
public enum NextHop {
    /// What a lookup yields where no prefix holds the key.
    public static let noRoute: UInt16 = 0xFFFE

    /// The largest next hop; the two values above it are the table's own.
    public static let maximum: UInt16 = 0xFFFD
}

/// Why a table can't be made or changed.
public enum ForwardingTableError: Error, Equatable, Sendable {
    /// The next hop is above ``NextHop/maximum``.
    case nextHopOutOfRange(UInt16)
    /// The values are more than the next hops there are: ``NextHop/maximum`` and one.
    case tooManyNextHops(Int)
    /// What `_invariantCheck()` found.
    case invariantBroken(String)
}

extension ForwardingTableError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .nextHopOutOfRange(let hop):
            "next hop \(hop): a forwarding table takes 0 to \(NextHop.maximum); number the next hops from 0"
        case .tooManyNextHops(let count):
            "\(count) distinct values: a forwarding table tells \(Int(NextHop.maximum) + 1) next hops apart; "
                + "let prefixes share next hops, or look up in the RadixTrie"
        case .invariantBroken(let what): "forwarding table: \(what)"
        }
    }
}
