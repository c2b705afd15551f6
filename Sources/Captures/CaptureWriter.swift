import Packets

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Writes a capture packet by packet: pcap with nanoseconds for one link type, pcapng for several.
public struct CaptureWriter: ~Copyable {
    public let format: CaptureFormat
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var linkTypes: [LinkHeader.LinkType] = []

    /// How many packets have been written.
    public private(set) var packets = 0

    /// - `path`: the file, which is created or replaced.
    /// - `linkType`: that of all packets, where the format is pcap.
    public init(path: String, _ format: CaptureFormat, linkType: LinkHeader.LinkType) throws(CaptureError) {
        self.format = format
        descriptor = path == "-" ? dup(1) : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        if descriptor < 0 { throw .system(step: "created", errno: errno) }
        switch format {
        case .pcap:
            add(Magic.nanoseconds)
            add(UInt32(4) << 16 | 2)
            add(UInt32(0))
            add(UInt32(0))
            add(UInt32(262_144))
            add(UInt32(linkType.rawValue))
            linkTypes = [linkType]
        case .pcapng:
            // A section of unknown length.
            for word: UInt32 in [Magic.section, 28, Magic.byteOrder, 1, ~0, ~0, 28] { add(word) }
        }
    }

    deinit { close(descriptor) }

    /// Writes a packet.
    ///
    /// - `time`: nanoseconds since 1970, UTC.
    /// - `originalLength`: on the wire, in bytes, where the range is only its beginning.
    /// - Throws: where the file can't be written, or the link type differs from pcap's.
    public mutating func write(
        _ bytes: borrowing RawSpan, _ range: Range<Int>, time: UInt64, _ linkType: LinkHeader.LinkType,
        originalLength: Int? = nil
    ) throws(CaptureError) {
        let length = UInt32(truncatingIfNeeded: range.count)
        let original = UInt32(clamping: max(range.count, originalLength ?? 0))
        switch format {
        case .pcap:
            guard linkType == linkTypes[0] else { throw .linkType(linkType.rawValue) }
            add(UInt32(truncatingIfNeeded: time / 1_000_000_000))
            add(UInt32(truncatingIfNeeded: time % 1_000_000_000))
            add(length)
            add(original)
            add(bytes, range)
        case .pcapng:
            let interface = interface(linkType)
            let total = 32 + (length + 3) / 4 * 4
            add(Magic.enhancedPacket)
            add(total)
            add(interface)
            add(UInt32(truncatingIfNeeded: time >> 32))
            add(UInt32(truncatingIfNeeded: time))
            add(length)
            add(original)
            add(bytes, range)
            for _ in 0..<(4 - range.count % 4) % 4 { buffer.append(0) }
            add(total)
        }
        packets += 1
        if buffer.count > 1 << 16 { try flush() }
    }

    /// The number of the interface of a link type, which is described where it is the first of it.
    private mutating func interface(_ linkType: LinkHeader.LinkType) -> UInt32 {
        if let index = linkTypes.firstIndex(of: linkType) { return UInt32(index) }
        linkTypes.append(linkType)
        // Times in nanoseconds: if_tsresol 9.
        let description: [UInt32] = [
            Magic.interface, 32, UInt32(linkType.rawValue), 262_144, 1 << 16 | 9, 9, 0, 32,
        ]
        for word in description { add(word) }
        return UInt32(linkTypes.count - 1)
    }

    private mutating func add(_ word: UInt32) {
        for shift: UInt32 in [0, 8, 16, 24] { buffer.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }

    private mutating func add(_ bytes: borrowing RawSpan, _ range: Range<Int>) {
        bytes.withUnsafeBytes { buffer.append(contentsOf: $0[range]) }
    }

    /// Hands what has been written over to the system; to be called at the end too.
    public mutating func flush() throws(CaptureError) {
        var done = 0
        while done < buffer.count {
            let count = buffer.withUnsafeBytes { bytes -> Int in
                guard let base = bytes.baseAddress else { return 0 }
                #if canImport(Glibc)
                    return Glibc.write(descriptor, base + done, bytes.count - done)
                #else
                    return Darwin.write(descriptor, base + done, bytes.count - done)
                #endif
            }
            if count < 0, errno != EINTR { throw .system(step: "written", errno: errno) }
            done += max(0, count)
        }
        buffer.removeAll(keepingCapacity: true)
    }
}
