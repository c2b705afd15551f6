import CTunnel
import Packets

/// Datagrams of one flow that follow each other, put together in the first one's place, for the kernel to cut again: one write
/// and one way through its network stack for all of them (UDP segmentation offload).
///
///     | IP, UDP of the first | its data | data of the second | … |        all of one size, the last one maybe shorter
struct DatagramRun {
    /// The first packet, followed by all data.
    private(set) var range: Range<Int>
    private(set) var count = 1
    private let isIPv4: Bool
    private let size: Int
    private var isOver = false

    /// The kernel cuts at most this many (UDP_MAX_SEGMENTS of older kernels).
    static let most = 64

    private var headers: Int { (isIPv4 ? 20 : 40) + 8 }

    /// Begins a run with a packet; nil where it can't be one: no UDP, options, fragments, no data, no checksum.
    init?(_ bytes: borrowing RawSpan, _ range: Range<Int>) {
        guard range.count > 28 else { return nil }
        let start = range.lowerBound
        let transport: Int
        switch bytes.uint8(at: start) {
        case 0x45:
            guard bytes.uint8(at: start + 9) == 17, bytes.uint16(at: start + 6) & 0x3FFF == 0 else { return nil }
            isIPv4 = true
            transport = start + 20
        case let first where first >> 4 == 6:
            guard range.count > 48, bytes.uint8(at: start + 6) == 17 else { return nil }
            isIPv4 = false
            transport = start + 40
        default: return nil
        }
        size = range.upperBound - transport - 8
        // What the header says has to be what is there; without a checksum the datagram has to stay without one.
        guard size > 0, Int(bytes.uint16(at: transport + 4)) == size + 8, bytes.uint16(at: transport + 6) != 0 else {
            return nil
        }
        self.range = range
    }

    /// Takes in the next packet, if it is of the same flow and there is room.
    ///
    /// `end`: where the room after the first packet ends.
    mutating func append(_ bytes: inout MutableRawSpan, _ next: Range<Int>, end: Int) -> Bool {
        guard !isOver, count < Self.most, let other = DatagramRun(bytes.bytes, next), other.isIPv4 == isIPv4,
            other.size <= size, range.upperBound + other.size <= end, range.count + other.size <= 65_535,
            isSameFlow(bytes.bytes, next.lowerBound)
        else { return false }
        var (from, to) = (next.lowerBound + headers, range.upperBound)
        while from + 8 <= next.upperBound {
            bytes.set(bytes.bytes.uint64(at: from), at: to)
            (from, to) = (from + 8, to + 8)
        }
        while from < next.upperBound {
            bytes.set(bytes.bytes.uint8(at: from), at: to)
            (from, to) = (from + 1, to + 1)
        }
        range = range.lowerBound..<range.upperBound + other.size
        count += 1
        isOver = other.size < size
        return true
    }

    /// Addresses, ports, and all of the IP header but lengths, checksum and identification.
    private func isSameFlow(_ bytes: borrowing RawSpan, _ other: Int) -> Bool {
        let own = range.lowerBound
        func same64(_ offset: Int) -> Bool { bytes.uint64(at: own + offset) == bytes.uint64(at: other + offset) }
        func same32(_ offset: Int) -> Bool { bytes.uint32(at: own + offset) == bytes.uint32(at: other + offset) }
        func same16(_ offset: Int) -> Bool { bytes.uint16(at: own + offset) == bytes.uint16(at: other + offset) }
        if isIPv4 { return same16(0) && same32(6) && same64(12) && same32(20) }
        return same32(0) && same16(6) && same64(8) && same64(16) && same64(24) && same64(32) && same32(40)
    }

    /// Writes the headers of the whole, and the one that tells the kernel how to cut it.
    func finish(_ bytes: inout MutableRawSpan) {
        let start = range.lowerBound
        let transport = start + headers - 8
        if isIPv4 {
            bytes.set(UInt16(range.count), at: start + 2)
            bytes.set(UInt16(0), at: start + 10)
            var sum = InternetChecksum()
            sum.add(bytes.bytes, start..<transport)
            bytes.set(sum.field, at: start + 10)
        } else {
            bytes.set(UInt16(range.count - 40), at: start + 4)
        }
        bytes.set(UInt16(range.upperBound - transport), at: transport + 4)
        var header = SegmentHeader()
        header.flags = UInt8(CT_NEEDS_CHECKSUM)
        header.type = UInt8(CT_GSO_UDP)
        header.headers = UInt16(headers)
        header.size = UInt16(size)
        header.checksumStart = UInt16(transport - start)
        header.checksumOffset = 6
        _ = LeftChecksum.prepare(header, &bytes, range)
        header.write(&bytes, at: start - SegmentHeader.length)
    }
}
