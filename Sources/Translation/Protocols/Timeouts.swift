import IPAddresses

/// How long connections stay without packets. The defaults are those of the RFCs.
public struct Timeouts: Hashable, Sendable {
    /// 5 minutes; at least 2 (RFC 4787 REQ-5).
    public var udp = Lifetime.seconds(300)

    /// 2 hours 4 minutes (RFC 5382 REQ-5).
    public var tcpEstablished = Lifetime.seconds(7440)

    /// Half open, half closed by both, or reset: 4 minutes (RFC 5382 REQ-5; RFC 7857 2.1, 2.2).
    public var tcpTransitory = Lifetime.seconds(240)

    /// How long a SYN from outside that nothing took waits for the inside's: 6 seconds (RFC 5382 REQ-4; RFC 6146 4).
    public var tcpIncomingSYN = Lifetime.seconds(6)

    /// 60 seconds (RFC 5508 REQ-2).
    public var icmpQuery = Lifetime.seconds(60)

    /// All other protocols: Linux's default of 10 minutes (nf_conntrack_generic_timeout).
    public var other = Lifetime.seconds(600)

    /// - Parameter all: one for every state of every protocol but half-open ones; nil for the defaults.
    public init(all: Lifetime? = nil) {
        guard let all else { return }
        (udp, tcpEstablished, icmpQuery, other) = (all, all, all, all)
    }

    @inlinable
    func lifetime(_ ipProtocol: UInt8, _ state: TCPState) -> Lifetime {
        switch ipProtocol {
        case 6:
            switch state {
            case .established, .insideFIN, .outsideFIN, .none: tcpEstablished
            // One from outside that was passed on is half open too (RFC 6146 3.5.2.2).
            case .insideSYN, .outsideSYN, .bothFIN, .reset: tcpTransitory
            }
        case 17: udp
        case 1, 58: icmpQuery
        default: other
        }
    }
}
