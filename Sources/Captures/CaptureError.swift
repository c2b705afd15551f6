/// Why bytes are not a capture, or a file can't be used.
public enum CaptureError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The first bytes are those of no format that is known.
    case format(magic: UInt32)
    /// The file ends within its header, or a record: how many bytes that needs, as far as is known, and how many are there.
    case truncated(CapturePlace, needs: Int, has: Int)
    /// A record or block states an impossible length.
    case length(CapturePlace, UInt64)
    /// A section of pcapng whose byte order is neither of the two.
    case byteOrder(CapturePlace, UInt32)
    /// A packet of an interface that no block has described.
    case unknownInterface(CapturePlace, UInt32)
    /// All packets are of link layers that are not read: the first one's.
    case linkType(UInt16)
    /// The system refuses a step.
    case system(step: String, errno: Int32)

    public var description: String { fix.map { "\(fault); \($0)" } ?? fault }

    /// What is wrong.
    public var fault: String {
        switch self {
        case .format(let magic): "begins with 0x\(String(magic, radix: 16)), as neither pcap nor pcapng does"
        case .truncated(let place, let needs, let has):
            "ends within \(place): it needs \(needs) bytes, and \(has) are there"
        case .length(let place, let length): "\(place) states an impossible length, \(length)"
        case .byteOrder(let place, let magic):
            "\(place) has 0x\(String(magic, radix: 16)) for its byte order, which is neither of the two"
        case .unknownInterface(let place, let number):
            "\(place) is of interface \(number), which is not described before it"
        case .linkType(let type):
            "link type \(LinkTypeName(type)) is not supported; Ethernet (1), raw IP (101, 228, 229), Linux cooked "
                + "(113, 276) and loopback (0, 108) are"
        case .system(let step, let errno): "can't be \(step): error \(errno)"
        }
    }

    /// What to do about it; nil where that is not known.
    public var fix: String? {
        if case .format = self { return "give a capture of one of these" }
        guard let place else { return nil }
        return place.offset == 0
            ? "capture it again" : "capture it again, or keep what is whole: its first \(place.offset) bytes"
    }

    /// Where in the file it is; nil for what has no place.
    public var place: CapturePlace? {
        switch self {
        case .truncated(let place, _, _), .length(let place, _), .byteOrder(let place, _),
            .unknownInterface(let place, _):
            place
        case .format, .linkType, .system: nil
        }
    }
}

/// A record of a capture.
public struct CapturePlace: Hashable, Sendable, CustomStringConvertible {
    /// The number of pcap's record or pcapng's block, from 1; 0 for what the file begins with.
    public var record: Int

    /// The number of the packet that it is, from 1; nil for blocks of other kinds.
    public var packet: Int?

    /// Where it begins, in bytes from the file's start.
    public var offset: Int

    public init(record: Int, packet: Int? = nil, offset: Int) {
        (self.record, self.packet, self.offset) = (record, packet, offset)
    }

    public var description: String {
        if record == 0 { return "the file's header" }
        return "\(packet.map { "packet \($0)" } ?? "block \(record)") at byte \(offset)"
    }
}
