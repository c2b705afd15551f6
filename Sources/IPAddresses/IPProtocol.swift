/// An IP protocol by its number (IANA).
public struct IPProtocol: Hashable, Sendable, CustomStringConvertible {
    public var number: UInt8

    public init(number: UInt8) { self.number = number }

    public static let icmp = IPProtocol(number: 1)
    public static let tcp = IPProtocol(number: 6)
    public static let udp = IPProtocol(number: 17)
    public static let icmpv6 = IPProtocol(number: 58)
    public static let sctp = IPProtocol(number: 132)

    /// ICMP of the family.
    public static func icmp(_ family: IPFamily) -> IPProtocol { family == .ipv4 ? .icmp : .icmpv6 }

    /// Whether packets of it carry ports.
    public var hasPorts: Bool { self == .tcp || self == .udp || self == .sctp }

    /// Whether it is ICMP of either family.
    public var isICMP: Bool { self == .icmp || self == .icmpv6 }

    /// `tcp`, `udp`, `icmp`, `icmpv6`, `sctp`, else the number.
    public var description: String {
        switch self {
        case .tcp: "tcp"
        case .udp: "udp"
        case .icmp: "icmp"
        case .icmpv6: "icmpv6"
        case .sctp: "sctp"
        default: "\(number)"
        }
    }
}
