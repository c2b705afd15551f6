import Packets

/// How packets of a link type are read.
enum LinkLayer: Hashable {
    case header(LinkHeader.LinkType)

    /// BSD's loopback device: the protocol family in four bytes, in the byte order of the machine that captured it
    /// (LINKTYPE_NULL), or in the network's (LINKTYPE_LOOP).
    case loopback

    /// - Returns: nil for a link type that is not read.
    init?(_ number: UInt16) {
        switch number {
        case 0, 108: self = .loopback
        // Systems' own numbers of raw IP, of which some programs make no 101: DLT_RAW is 12, on OpenBSD 14 (pcap/dlt.h).
        case 12, 14: self = .header(.raw)
        default:
            guard let type = LinkHeader.LinkType(rawValue: number) else { return nil }
            self = .header(type)
        }
    }

    static let familyLength = 4

    /// Whether a protocol family, read in either byte order, is one of IP's: IPv4 is 2, IPv6 is 10 on Linux, 24 on NetBSD and
    /// OpenBSD, 28 on FreeBSD, 30 on Darwin (the pcap format's LINKTYPE_NULL).
    static func isIP(family: UInt32) -> Bool {
        let value = family > 0xFFFF ? family.byteSwapped : family
        return [2, 10, 24, 28, 30].contains(value)
    }
}

/// What a capture has next.
public enum CaptureRecord: Hashable, Sendable {
    case packet(CapturedPacket)
    case unread(UnreadPacket)
}

/// A packet that is passed over.
public struct UnreadPacket: Hashable, Sendable, CustomStringConvertible {
    /// Nanoseconds since 1970, UTC.
    public var time: UInt64

    /// On the wire, in bytes.
    public var originalLength: Int

    /// The interface's number, from 0; 0 in pcap, which has one.
    public var interface: Int
    public var reason: Reason

    public enum Reason: Hashable, Sendable {
        /// Its interface has a link type that is not read.
        case linkType(UInt16)
        /// On loopback: the protocol is neither of IP's; its number, as in the file.
        case family(UInt32)
        /// The capture has less of it than a link header.
        case truncated
    }

    public var description: String {
        switch reason {
        case .linkType(let type): "interface \(interface) has link type \(LinkTypeName(type)), which is not supported"
        case .family(let family): "not an IP packet: protocol family 0x\(String(family, radix: 16))"
        case .truncated: "shorter than its link header"
        }
    }
}
