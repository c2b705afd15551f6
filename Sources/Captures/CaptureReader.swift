import Packets

/// Reads a capture packet by packet, in memory that does not grow with it.
public struct CaptureReader<Source: CaptureSource & ~Copyable>: ~Copyable {
    public private(set) var format: CaptureFormat

    /// How many records or blocks have been read.
    public internal(set) var records = 0

    /// How many bytes have been read.
    public var bytesRead: Int { input.position }
    var input: CaptureInput<Source>
    var isSwapped: Bool

    /// How many nanoseconds the file's unit of time has: of pcap.
    private var nanosecondsPerUnit: UInt64

    /// Of pcap, which has one for all packets.
    private var linkType: UInt16

    /// Of pcapng.
    var interfaces: [Interface] = []

    struct Interface {
        var linkType: UInt16
        var snapshotLength: Int

        /// Units of time in a second, and what is added to times, in seconds.
        var unitsPerSecond: UInt64 = 1_000_000
        var offset: Int64 = 0
    }

    /// - Throws: where the first bytes are no capture's.
    public init(_ source: consuming Source) throws(CaptureError) {
        var input = CaptureInput(source)
        let header = try Header(&input)
        self.init(input, header)
    }

    /// Takes all at once: a value without copies is either whole or not there.
    private init(_ input: consuming CaptureInput<Source>, _ header: Header) {
        self.input = input
        format = header.format
        isSwapped = header.isSwapped
        nanosecondsPerUnit = header.nanosecondsPerUnit
        linkType = header.linkType
    }

    private struct Header {
        var format = CaptureFormat.pcapng
        var isSwapped = false
        var nanosecondsPerUnit: UInt64 = 1
        var linkType: UInt16 = 0

        init(_ input: inout CaptureInput<Source>) throws(CaptureError) {
            guard try input.fill(4) else { throw .truncated(record: 0) }
            let magic = input.uint32(0, isSwapped: false)
            isSwapped = magic == Magic.microseconds.byteSwapped || magic == Magic.nanoseconds.byteSwapped
            let straight = isSwapped ? magic.byteSwapped : magic
            if straight == Magic.section { return }
            guard straight == Magic.microseconds || straight == Magic.nanoseconds else { throw .format(magic: magic) }
            format = .pcap
            guard try input.fill(24) else { throw .truncated(record: 0) }
            nanosecondsPerUnit = straight == Magic.nanoseconds ? 1 : 1000
            linkType = UInt16(truncatingIfNeeded: input.uint32(20, isSwapped: isSwapped))
            input.skip(24)
        }
    }

    /// Reads the next packet.
    ///
    /// - `buffer`: takes the packet, and is made longer where it has to be.
    /// - `offset`: where in it the packet begins.
    /// - `tailroom`: how many bytes behind it there are at least.
    /// - Returns: nil at the end.
    /// - Throws: where the file is damaged.
    public mutating func next(into buffer: inout [UInt8], at offset: Int, tailroom: Int = 0) throws(CaptureError)
        -> CapturedPacket?
    {
        switch format {
        case .pcap: try nextRecord(&buffer, offset, tailroom)
        case .pcapng: try nextBlock(&buffer, offset, tailroom)
        }
    }

    private mutating func nextRecord(_ buffer: inout [UInt8], _ offset: Int, _ tailroom: Int) throws(CaptureError)
        -> CapturedPacket?
    {
        if try input.isAtEnd() { return nil }
        records += 1
        guard try input.fill(16) else { throw .truncated(record: records) }
        let seconds = UInt64(input.uint32(0, isSwapped: isSwapped))
        let fraction = UInt64(input.uint32(4, isSwapped: isSwapped))
        let length = Int(input.uint32(8, isSwapped: isSwapped))
        let originalLength = Int(input.uint32(12, isSwapped: isSwapped))
        guard length <= Magic.mostBytes else { throw .length(record: records, UInt64(length)) }
        guard try input.fill(16 + length) else { throw .truncated(record: records) }
        input.skip(16)
        return try take(
            length, &buffer, offset, tailroom, time: seconds * 1_000_000_000 + fraction * nanosecondsPerUnit, linkType,
            originalLength)
    }

    /// Copies a packet out.
    mutating func take(
        _ length: Int, _ buffer: inout [UInt8], _ offset: Int, _ tailroom: Int, time: UInt64, _ type: UInt16,
        _ originalLength: Int
    ) throws(CaptureError) -> CapturedPacket {
        guard let linkType = LinkHeader.LinkType(rawValue: type) else { throw .linkType(type) }
        let needed = offset + length + tailroom
        if buffer.count < needed { buffer += [UInt8](repeating: 0, count: needed - buffer.count) }
        input.copy(length, to: &buffer, at: offset)
        input.skip(length)
        return CapturedPacket(
            time: time, linkType: linkType, originalLength: max(length, originalLength),
            range: offset..<offset + length)
    }
}
