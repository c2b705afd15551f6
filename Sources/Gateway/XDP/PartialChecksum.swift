import CTunnel
import Packets

/// Checksums that a sender on this machine has left to do, found by looking.
///
/// What is sent into a veth keeps the pseudo header's sum in the checksum's field, for a network card to go on from, and a socket of
/// AF_XDP is not told so. A packet whose field holds just that sum has either been left like this, or has the right checksum
/// by chance, one packet in 65,536, and computing it again changes nothing.
enum PartialChecksum {
    /// What is left to do of a packet; an empty header where nothing is.
    static func header(_ bytes: borrowing RawSpan, _ range: Range<Int>) -> SegmentHeader {
        var header = SegmentHeader()
        let start = range.lowerBound
        guard range.count >= 28 else { return header }
        let isIPv4 = bytes.uint8(at: start) == 0x45
        // Fragments of a datagram are never left like this, nor are headers with extensions.
        if isIPv4 ? bytes.uint16(at: start + 6) & 0x3FFF != 0 : bytes.uint8(at: start) >> 4 != 6 { return header }
        let length = isIPv4 ? 20 : 40
        guard range.count >= length + 8 else { return header }
        let kind = bytes.uint8(at: start + (isIPv4 ? 9 : 6))
        let offset: Int
        switch kind {
        case 6: offset = 16
        case 17: offset = 6
        default: return header
        }
        guard range.count >= length + offset + 2 else { return header }
        var sum = InternetChecksum()
        sum.add(bytes, isIPv4 ? start + 12..<start + 20 : start + 8..<start + 40)
        sum.add(UInt16(kind))
        sum.add(UInt16(truncatingIfNeeded: range.count - length))
        guard sum.folded == bytes.uint16(at: start + length + offset) else { return header }
        header.flags = UInt8(CT_NEEDS_CHECKSUM)
        header.checksumStart = UInt16(length)
        header.checksumOffset = UInt16(offset)
        return header
    }
}
