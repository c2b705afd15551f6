import Packets

/// A packet as it was, for one that is translated twice and may be refused in between: what is turned round. The one case
/// that allocates memory.
@usableFromInline
struct SavedPacket {
    private let bytes: [UInt8]
    private let start: Int

    @usableFromInline
    init(_ buffer: borrowing RawSpan, _ range: Range<Int>) {
        var copy: [UInt8] = []
        copy.reserveCapacity(range.count)
        for offset in range { copy.append(buffer.uint8(at: offset)) }
        bytes = copy
        start = range.lowerBound
    }

    @usableFromInline
    func restore(_ buffer: inout MutableRawSpan) { buffer.copy(0..<bytes.count, of: bytes.span.bytes, to: start) }
}
