/// Why bytes are no capture, or a file can't be used.
public enum CaptureError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The first bytes are those of no format that is known.
    case format(magic: UInt32)
    /// The file ends within a header, or a record.
    case truncated(record: Int)
    /// A record or block says a length that can't be.
    case length(record: Int, UInt64)
    /// A packet of an interface that no block has described.
    case unknownInterface(record: Int, UInt32)
    /// A link layer that is none of Ethernet's, Linux's cooked ones, and raw IP.
    case linkType(UInt16)
    /// The system refuses a step.
    case system(step: String, errno: Int32)

    public var description: String {
        switch self {
        case .format(let magic):
            "begins with 0x\(String(magic, radix: 16)), as neither pcap nor pcapng does; give a capture of one of these"
        case .truncated(let record): "ends within record \(record); capture it again, or cut the record off"
        case .length(let record, let length): "record \(record) states a length of \(length), which can't be"
        case .unknownInterface(let record, let number):
            "record \(record) is of interface \(number), which is not described before it"
        case .linkType(let type):
            "link type \(type) is not known; Ethernet (1), raw IP (101, 228, 229) and Linux cooked (113, 276) are"
        case .system(let step, let errno): "can't be \(step): error \(errno)"
        }
    }
}
