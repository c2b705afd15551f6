extension TransportHeader {
    /// Queries and their answers carry an identifier (RFC 5508 2).
    @frozen
    public enum Query: Sendable {
        case request, reply
    }

    /// Which of the two the message is; nil for all others.
    @inlinable
    public var query: Query? {
        switch kind {
        case .icmp:
            switch type {
            // Echo, timestamp, information and address mask (RFC 792, 950).
            case 8, 13, 15, 17: .request
            case 0, 14, 16, 18: .reply
            default: nil
            }
        case .icmpv6: type == 128 ? .request : type == 129 ? .reply : nil
        default: nil
        }
    }

    /// Whether the message is an error, which quotes the packet that it is about (RFC 792; RFC 4443 2.1).
    @inlinable
    public var isICMPError: Bool {
        switch kind {
        // Source quench and redirect quote one too.
        case .icmp: type == 3 || type == 4 || type == 5 || type == 11 || type == 12
        case .icmpv6: type < 128
        default: false
        }
    }

    /// Where in an ICMP message's header the identifier is.
    @inlinable public static var identifierOffset: Int { 4 }

    /// Where an ICMP error's quoted packet begins, from the message's start.
    @inlinable public static var quoteOffset: Int { 8 }
}
