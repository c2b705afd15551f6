/// What translators look at in a header of the upper layer: TCP (RFC 9293 3.1), UDP (RFC 768), ICMP (RFC 792), ICMPv6
/// (RFC 4443 2.1). Of others there is only the protocol's number.
@frozen
public struct TransportHeader: Hashable, Sendable {
    public var kind: Kind

    /// The ports; for ICMP queries the identifier is the source port, for their answers the destination port (RFC 5508 2).
    public var sourcePort: UInt16 = 0
    public var destinationPort: UInt16 = 0

    /// A TCP segment's flags, from FIN in bit 0 to CWR in bit 7.
    public var tcpFlags: UInt8 = 0

    /// An ICMP message's type and code.
    public var type: UInt8 = 0
    public var code: UInt8 = 0

    @frozen
    public enum Kind: UInt8, Sendable, CaseIterable {
        case tcp, udp, icmp, icmpv6, other

        /// In an IPv4 packet: ICMPv6 means nothing there.
        @inlinable
        public init(inIPv4 ipProtocol: UInt8) {
            switch ipProtocol {
            case 6: self = .tcp
            case 17: self = .udp
            case 1: self = .icmp
            default: self = .other
            }
        }

        /// In an IPv6 packet: ICMP means nothing there.
        @inlinable
        public init(inIPv6 ipProtocol: UInt8) {
            switch ipProtocol {
            case 6: self = .tcp
            case 17: self = .udp
            case 58: self = .icmpv6
            default: self = .other
            }
        }

        @inlinable public var isICMP: Bool { self == .icmp || self == .icmpv6 }

        /// Where the checksum is, from the header's start; 0 where there is none.
        @inlinable
        public var checksumOffset: Int {
            switch self {
            case .tcp: 16
            case .udp: 6
            case .icmp, .icmpv6: 2
            case .other: 0
            }
        }

        /// In bytes, without options.
        @inlinable
        public var length: Int {
            switch self {
            case .tcp: 20
            case .udp, .icmp, .icmpv6: 8
            case .other: 0
            }
        }

        @usableFromInline
        var header: PacketError.Header {
            switch self {
            case .tcp: .tcp
            case .udp: .udp
            case .icmp, .icmpv6, .other: .icmp
            }
        }
    }

    /// How much of the upper layer's packet there is.
    @frozen
    public enum Extent: Sendable {
        /// All of it.
        case whole
        /// The first fragment.
        case firstFragment
        /// What an ICMP error quotes: 8 bytes at least (RFC 792).
        case quoted
    }

    /// Reads a header.
    ///
    /// - `kind`: what header it is.
    /// - `range`: from the header's start to the packet's end.
    /// - Throws: where the bytes are too few, or a length is wrong.
    @inlinable
    public init(_ kind: Kind, _ bytes: borrowing RawSpan, _ range: Range<Int>, _ extent: Extent = .whole)
        throws(PacketError)
    {
        self.kind = kind
        if kind == .other { return }
        let start = range.lowerBound
        let count = range.count
        let needed = extent == .quoted ? 8 : kind.length
        guard count >= needed else { throw .truncated(kind.header, needs: needed, has: count) }
        switch kind {
        case .tcp:
            sourcePort = bytes.uint16(at: start)
            destinationPort = bytes.uint16(at: start &+ 2)
            if extent == .quoted { return }
            let word = bytes.uint16(at: start &+ 12)
            tcpFlags = UInt8(truncatingIfNeeded: word)
            let length = Int(word &>> 12) &* 4
            guard length >= 20, length <= count || extent == .firstFragment else { throw .length(.tcp, length) }
        case .udp:
            sourcePort = bytes.uint16(at: start)
            destinationPort = bytes.uint16(at: start &+ 2)
            if extent == .quoted { return }
            let length = Int(bytes.uint16(at: start &+ 4))
            guard length >= 8, length <= count || extent == .firstFragment else { throw .length(.udp, length) }
        case .icmp, .icmpv6:
            type = bytes.uint8(at: start)
            code = bytes.uint8(at: start &+ 1)
            switch query {
            case .request: sourcePort = bytes.uint16(at: start &+ 4)
            case .reply: destinationPort = bytes.uint16(at: start &+ 4)
            case nil: break
            }
        case .other: break
        }
    }
}
