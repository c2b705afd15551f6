import Packets

/// The formats of captures.
public enum CaptureFormat: String, Hashable, Sendable, CaseIterable {
    case pcap
    case pcapng
}

/// What a capture says about a packet.
public struct CapturedPacket: Hashable, Sendable {
    /// Nanoseconds since 1970, UTC.
    public var time: UInt64

    /// For loopback, raw IP.
    public var linkType: LinkHeader.LinkType

    /// On the wire, in bytes; the capture may have less of it.
    public var originalLength: Int

    /// Where in the caller's buffer it is, link header included; of loopback without it.
    public var range: Range<Int>

    public init(time: UInt64, linkType: LinkHeader.LinkType, originalLength: Int, range: Range<Int>) {
        (self.time, self.linkType, self.originalLength, self.range) = (time, linkType, originalLength, range)
    }
}

/// Numbers of the two formats (draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng).
enum Magic {
    static let microseconds: UInt32 = 0xA1B2_C3D4
    static let nanoseconds: UInt32 = 0xA1B2_3C4D

    /// A section header block's; the same in both byte orders.
    static let section: UInt32 = 0x0A0D_0D0A
    static let byteOrder: UInt32 = 0x1A2B_3C4D
    static let interface: UInt32 = 1
    static let obsoletePacket: UInt32 = 2
    static let simplePacket: UInt32 = 3
    static let enhancedPacket: UInt32 = 6

    /// More than any capture's snapshot length.
    static let mostBytes = 16 << 20
}
