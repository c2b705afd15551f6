import CTunnel
import Packets

/// What is left to do of a packet: `virtio_net_hdr` (linux/virtio_net.h), in the machine's byte order.
///
///     flags(1) type(1) headers(2) size(2) checksum start(2) checksum offset(2)
struct SegmentHeader: Hashable {
    static let length = Int(CT_HEADER_LENGTH)

    var flags: UInt8 = 0
    var type: UInt8 = 0

    /// The headers in front of the segments' data, in bytes.
    var headers: UInt16 = 0

    /// The data of each segment, in bytes; 0 where there is one.
    var size: UInt16 = 0
    var checksumStart: UInt16 = 0
    var checksumOffset: UInt16 = 0

    init() {}

    init(_ bytes: borrowing RawSpan, at offset: Int) {
        func number(_ index: Int) -> UInt16 { UInt16(littleEndian: bytes.uint16(at: offset + index).byteSwapped) }
        flags = bytes.uint8(at: offset)
        type = bytes.uint8(at: offset + 1)
        headers = number(2)
        size = number(4)
        checksumStart = number(6)
        checksumOffset = number(8)
    }

    func write(_ bytes: inout MutableRawSpan, at offset: Int) {
        func put(_ value: UInt16, _ index: Int) { bytes.set(value.byteSwapped, at: offset + index) }
        bytes.set(flags, at: offset)
        bytes.set(type, at: offset + 1)
        put(headers, 2)
        put(size, 4)
        put(checksumStart, 6)
        put(checksumOffset, 8)
    }

    var needsChecksum: Bool { flags & UInt8(CT_NEEDS_CHECKSUM) != 0 }
    var isSegmented: Bool { type & ~UInt8(CT_GSO_ECN) != UInt8(CT_GSO_NONE) }

    /// The same for the packet that translation has made of it, `change` bytes longer, of the family that it has now.
    func translated(isIPv4: Bool, by change: Int) -> SegmentHeader {
        var result = self
        let ecn = type & UInt8(CT_GSO_ECN)
        switch type & ~UInt8(CT_GSO_ECN) {
        case UInt8(CT_GSO_TCP4), UInt8(CT_GSO_TCP6):
            result.type = UInt8(isIPv4 ? CT_GSO_TCP4 : CT_GSO_TCP6) | ecn
        default: break
        }
        result.headers = UInt16(clamping: Int(headers) + change)
        result.checksumStart = UInt16(clamping: Int(checksumStart) + change)
        return result
    }
}

/// Checksums that the kernel has left to do.
enum LeftChecksum {
    /// Computes the checksum of a packet whose field holds the pseudo header's sum.
    ///
    /// - Returns: whether the header makes sense for the packet.
    static func complete(_ header: SegmentHeader, _ bytes: inout MutableRawSpan, _ range: Range<Int>) -> Bool {
        let start = range.lowerBound + Int(header.checksumStart)
        let field = start + Int(header.checksumOffset)
        guard start < range.upperBound, field + 2 <= range.upperBound else { return false }
        var sum = InternetChecksum()
        sum.add(bytes.bytes, start..<range.upperBound)
        let value = ~sum.folded
        // UDP has no checksum of zero (RFC 768).
        bytes.set(value == 0 && header.checksumOffset == 6 ? 0xFFFF : value, at: field)
        return true
    }

    /// Writes the pseudo header's sum into the checksum's field of a translated packet, for the kernel to go on from: with the
    /// length of all segments (include/linux/virtio_net.h, "csum").
    static func prepare(_ header: SegmentHeader, _ bytes: inout MutableRawSpan, _ range: Range<Int>) -> Bool {
        let start = range.lowerBound + Int(header.checksumStart)
        let field = start + Int(header.checksumOffset)
        guard start < range.upperBound, field + 2 <= range.upperBound else { return false }
        let length = range.upperBound - start
        var sum = InternetChecksum()
        if bytes.bytes.uint8(at: range.lowerBound) >> 4 == 4 {
            sum.add(bytes.bytes, range.lowerBound + 12..<range.lowerBound + 20)
            sum.add(UInt16(bytes.bytes.uint8(at: range.lowerBound + 9)))
        } else {
            sum.add(bytes.bytes, range.lowerBound + 8..<range.lowerBound + 40)
            // Only TCP and UDP are segmented, and they come right after the header.
            sum.add(UInt16(bytes.bytes.uint8(at: range.lowerBound + 6)))
        }
        sum.add(UInt16(truncatingIfNeeded: length))
        bytes.set(sum.folded, at: field)
        return true
    }
}
