import Packets

/// Reads a capture packet by packet, in memory that does not grow with it.
public struct CaptureReader<Source: CaptureSource & ~Copyable>: ~Copyable {
    public let format: CaptureFormat

    /// How many records or blocks have been read.
    public internal(set) var records = 0

    /// How many of them were packets, read or not.
    public internal(set) var packets = 0

    /// How many bytes have been read.
    public var bytesRead: Int { input.position }
    var input: CaptureInput<Source>
    var isSwapped: Bool

    /// How many nanoseconds the file's unit of time has: of pcap.
    let nanosecondsPerUnit: UInt64

    /// For pcap, which has one for all packets.
    let linkType: UInt16

    /// For pcapng.
    var interfaces: [Interface] = []

    /// Where the record that is being read begins.
    var recordStart = 0

    /// The first link type of pcapng that is not read, until there is an interface whose packets are.
    var unread = UnreadLinks()

    struct UnreadLinks {
        var first: UInt16?
        var hasReadable = false
    }

    struct Interface {
        var number = 0
        var linkType: UInt16
        var snapshotLength: Int

        /// Units of time in a second, and what is added to times, in seconds.
        var unitsPerSecond: UInt64 = 1_000_000
        var offset: Int64 = 0
    }

    /// - Throws: where the first bytes are not a capture's.
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
            guard try input.fill(4) else { throw Self.truncated(input, 4) }
            let magic = input.uint32(0, isSwapped: false)
            isSwapped = magic == Magic.microseconds.byteSwapped || magic == Magic.nanoseconds.byteSwapped
            let straight = isSwapped ? magic.byteSwapped : magic
            if straight == Magic.section { return }
            guard straight == Magic.microseconds || straight == Magic.nanoseconds else { throw .format(magic: magic) }
            format = .pcap
            guard try input.fill(24) else { throw Self.truncated(input, 24) }
            nanosecondsPerUnit = straight == Magic.nanoseconds ? 1 : 1000
            linkType = UInt16(truncatingIfNeeded: input.uint32(20, isSwapped: isSwapped))
            input.skip(24)
        }

        private static func truncated(_ input: borrowing CaptureInput<Source>, _ needs: Int) -> CaptureError {
            .truncated(CapturePlace(record: 0, offset: 0), needs: needs, has: input.available)
        }
    }

    /// Reads the next packet whose link layer is read.
    ///
    /// - `buffer`: takes the packet, and is made longer where it has to be.
    /// - `offset`: where in it the packet begins.
    /// - `tailroom`: how many bytes after it there are at least.
    /// - Returns: nil at the end.
    /// - Throws: where the file is damaged.
    public mutating func next(into buffer: inout [UInt8], at offset: Int, tailroom: Int = 0) throws(CaptureError)
        -> CapturedPacket?
    {
        while let record = try nextRecord(into: &buffer, at: offset, tailroom: tailroom) {
            if case .packet(let packet) = record { return packet }
        }
        return nil
    }

    /// Reads the next packet, or passes over it; see ``next(into:at:tailroom:)``.
    ///
    /// - Throws: also where no interface has a link type that is read, and there are packets: of pcap with the first one, of
    ///   pcapng at the end.
    public mutating func nextRecord(into buffer: inout [UInt8], at offset: Int, tailroom: Int = 0)
        throws(CaptureError) -> CaptureRecord?
    {
        switch format {
        case .pcap: return try nextRecord(&buffer, offset, tailroom)
        case .pcapng:
            if let record = try nextBlock(&buffer, offset, tailroom) { return record }
            if let first = unread.first, !unread.hasReadable { throw .linkType(first) }
            return nil
        }
    }
}
