/// A link layer's header in front of an IP packet.
public struct LinkHeader: Hashable, Sendable {
    /// In bytes, tags included.
    public var length: Int

    /// Where the EtherType is that names the packet's version, from the frame's start; nil where there is none.
    public var etherTypeOffset: Int?

    /// 0x0800 for IPv4, 0x86DD for IPv6.
    public var etherType: UInt16

    /// The link types of captures, by their numbers (the pcap format's LINKTYPE_ list).
    public enum LinkType: UInt16, Hashable, Sendable, CaseIterable {
        case ethernet = 1
        /// No link header: an IP packet of either version.
        case raw = 101
        /// Linux's cooked mode (SLL).
        case linuxCooked = 113
        /// The same, IPv4 only.
        case ipv4 = 228
        case ipv6 = 229
        /// Linux's cooked mode, second version (SLL2).
        case linuxCooked2 = 276
    }

    @usableFromInline static let ipv4EtherType: UInt16 = 0x0800
    @usableFromInline static let ipv6EtherType: UInt16 = 0x86DD

    /// Reads the header in front of a packet. EtherTypes other than those of IP are not an error.
    ///
    /// - Throws: where the bytes are too few.
    public init(_ type: LinkType, _ bytes: borrowing RawSpan, _ range: Range<Int>) throws(PacketError) {
        let start = range.lowerBound
        switch type {
        case .raw, .ipv4, .ipv6:
            guard !range.isEmpty else { throw .truncated(.ipv4, needs: IPv4Header.length, has: 0) }
            let version = bytes.uint8(at: start) >> 4
            let etherType = version == 4 ? Self.ipv4EtherType : version == 6 ? Self.ipv6EtherType : 0
            (length, etherTypeOffset, self.etherType) = (0, nil, etherType)
        case .ethernet:
            (length, etherTypeOffset) = (14, 12)
            etherType = try Self.etherType(.ethernet, bytes, range, length, 12)
            // IEEE 802.1Q and 802.1ad tags.
            while etherType == 0x8100 || etherType == 0x88A8 {
                etherType = try Self.etherType(.ethernet, bytes, range, length + 4, length + 2)
                etherTypeOffset = length + 2
                length += 4
            }
        case .linuxCooked:
            (length, etherTypeOffset) = (16, 14)
            etherType = try Self.etherType(.linuxCooked, bytes, range, 16, 14)
        case .linuxCooked2:
            (length, etherTypeOffset) = (20, 0)
            etherType = try Self.etherType(.linuxCooked, bytes, range, 20, 0)
        }
    }

    private static func etherType(
        _ header: PacketError.Header, _ bytes: borrowing RawSpan, _ range: Range<Int>, _ length: Int, _ offset: Int
    ) throws(PacketError) -> UInt16 {
        guard range.count >= length else { throw .truncated(header, needs: length, has: range.count) }
        return bytes.uint16(at: range.lowerBound + offset)
    }

    public var isIPv4: Bool { etherType == Self.ipv4EtherType }
    public var isIPv6: Bool { etherType == Self.ipv6EtherType }
}
