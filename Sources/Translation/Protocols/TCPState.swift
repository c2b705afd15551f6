/// The flags of a TCP segment that connection tracking looks at, where the header has them (RFC 9293 3.1).
@frozen
public struct TCPFlags: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8

    @inlinable
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    @inlinable public static var fin: TCPFlags { TCPFlags(rawValue: 1) }
    @inlinable public static var syn: TCPFlags { TCPFlags(rawValue: 2) }
    @inlinable public static var rst: TCPFlags { TCPFlags(rawValue: 4) }
    @inlinable public static var ack: TCPFlags { TCPFlags(rawValue: 16) }
}

/// The state of a TCP connection as a translator sees it: RFC 6146 3.5.2.2, with the inside where that has IPv6.
@frozen
public enum TCPState: UInt8, Sendable, CaseIterable {
    /// No state: protocols other than TCP.
    case none = 0
    /// The inside has sent a SYN (V6 INIT).
    case insideSYN
    /// The outside has sent a SYN to a mapping (V4 INIT).
    case outsideSYN
    case established
    /// The inside has sent a FIN: half closed.
    case insideFIN
    /// The outside has sent a FIN: half closed.
    case outsideFIN
    /// Both have sent a FIN.
    case bothFIN
    /// One has sent a RST, which may have been forged: another packet brings the connection back (TRANS).
    case reset

    /// The state after a segment, and whether its lifetime starts again. A SYN from either side completes the other's,
    /// with ACK or without, so that simultaneous opens do (RFC 5382 REQ-2).
    @inlinable
    public func next(_ flags: TCPFlags, fromInside: Bool) -> (state: TCPState, refreshes: Bool) {
        switch self {
        case .none: (self, true)
        case .insideSYN where flags.contains(.rst), .outsideSYN where flags.contains(.rst): (self, false)
        case .insideSYN:
            if !fromInside, flags.contains(.syn) {
                (.established, true)
            } else {
                (self, fromInside && flags.contains(.syn))
            }
        case .outsideSYN:
            if fromInside, flags.contains(.syn) { (.established, true) } else { (self, false) }
        case .established, .insideFIN, .outsideFIN:
            if flags.contains(.rst) { (.reset, true) } else { (closing(flags, fromInside: fromInside), true) }
        case .bothFIN: (self, false)
        case .reset: flags.contains(.rst) ? (self, false) : (.established, true)
        }
    }

    @inlinable
    func closing(_ flags: TCPFlags, fromInside: Bool) -> TCPState {
        guard flags.contains(.fin) else { return self }
        switch self {
        case .established: return fromInside ? .insideFIN : .outsideFIN
        case .insideFIN: return fromInside ? self : .bothFIN
        case .outsideFIN: return fromInside ? .bothFIN : self
        default: return self
        }
    }
}
