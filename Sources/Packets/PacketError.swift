/// Why bytes are not a packet.
public enum PacketError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A header needs more bytes than there are.
    case truncated(Header, needs: Int, has: Int)

    /// The version is neither 4 nor 6, or not the one that is expected.
    case version(UInt8)

    /// A length of a header says less than the header itself has, or more than there is.
    case length(Header, Int)

    /// The IPv4 header's checksum is wrong.
    case headerChecksum(UInt16)

    /// More extension headers than the walk looks at.
    case tooManyExtensionHeaders

    /// A header that a fault is in.
    public enum Header: String, Hashable, Sendable, CaseIterable {
        case ethernet = "Ethernet header"
        case linuxCooked = "Linux cooked header"
        case ipv4 = "IPv4 header"
        case ipv6 = "IPv6 header"
        case ipv6Extension = "IPv6 extension header"
        case tcp = "TCP header"
        case udp = "UDP header"
        case icmp = "ICMP header"
    }

    public var description: String {
        switch self {
        case .truncated(let header, let needs, let has):
            "the \(header.rawValue) needs \(needs) bytes, and \(has) are left"
        case .version(let version): "IP version \(version) where 4 or 6 is expected"
        case .length(let header, let length): "the \(header.rawValue) states a length of \(length), which does not fit"
        case .headerChecksum(let sum): "the IPv4 header's checksum 0x\(String(sum, radix: 16)) is wrong"
        case .tooManyExtensionHeaders: "more than \(IPv6Extensions.most) IPv6 extension headers"
        }
    }
}
