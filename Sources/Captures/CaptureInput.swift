#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where a capture's bytes come from.
public protocol CaptureSource: ~Copyable {
    /// Reads up to `count` bytes to the end of the buffer.
    ///
    /// - Returns: how many; 0 at the end.
    mutating func read(_ count: Int, into buffer: inout [UInt8]) throws(CaptureError) -> Int
}

/// A capture in memory.
public struct CaptureBytes: CaptureSource {
    private var bytes: [UInt8]
    private var position = 0

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public mutating func read(_ count: Int, into buffer: inout [UInt8]) -> Int {
        let end = min(bytes.count, position + count)
        buffer += bytes[position..<end]
        defer { position = end }
        return end - position
    }
}

/// A capture in a file; `-` is standard input.
public struct CaptureFile: CaptureSource, ~Copyable {
    private let descriptor: Int32

    public init(path: String) throws(CaptureError) {
        descriptor = path == "-" ? dup(0) : open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw .system(step: "opened", errno: errno) }
    }

    deinit { close(descriptor) }

    /// In bytes; nil where it can't be known, as with a pipe.
    public var size: Int? {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_size > 0 else { return nil }
        return Int(status.st_size)
    }

    public mutating func read(_ count: Int, into buffer: inout [UInt8]) throws(CaptureError) -> Int {
        let start = buffer.count
        buffer += [UInt8](repeating: 0, count: count)
        let result = buffer.withUnsafeMutableBytes { bytes -> Int in
            guard let base = bytes.baseAddress else { return 0 }
            while true {
                #if canImport(Glibc)
                    let result = Glibc.read(descriptor, base + start, count)
                #else
                    let result = Darwin.read(descriptor, base + start, count)
                #endif
                if result >= 0 || errno != EINTR { return result }
            }
        }
        buffer.removeLast(count - max(0, result))
        if result < 0 { throw .system(step: "read", errno: errno) }
        return result
    }
}

/// A window on a capture's bytes.
struct CaptureInput<Source: CaptureSource & ~Copyable>: ~Copyable {
    private var source: Source
    private var window: [UInt8] = []
    private var start = 0

    /// How many bytes have been used.
    private(set) var position = 0

    init(_ source: consuming Source) { self.source = source }

    /// Makes sure that at least that many bytes are there.
    ///
    /// - Returns: false where the source has fewer.
    mutating func fill(_ count: Int) throws(CaptureError) -> Bool {
        while window.count - start < count {
            if start > 0 {
                window.removeFirst(start)
                start = 0
            }
            if try source.read(1 << 16, into: &window) == 0 { return false }
        }
        return true
    }

    /// How many bytes have been filled in, and not used.
    var available: Int { window.count - start }

    mutating func isAtEnd() throws(CaptureError) -> Bool { try !fill(1) }

    /// - Precondition: that many have been filled in.
    mutating func skip(_ count: Int) {
        start += count
        position += count
    }

    func uint8(_ offset: Int) -> UInt8 { window[start + offset] }

    func uint16(_ offset: Int, isSwapped: Bool) -> UInt16 {
        let value = UInt16(window[start + offset]) | UInt16(window[start + offset + 1]) << 8
        return isSwapped ? value.byteSwapped : value
    }

    func uint32(_ offset: Int, isSwapped: Bool) -> UInt32 {
        let low = UInt32(uint16(offset, isSwapped: false))
        let value = low | UInt32(uint16(offset + 2, isSwapped: false)) << 16
        return isSwapped ? value.byteSwapped : value
    }

    func copy(_ count: Int, to buffer: inout [UInt8], at offset: Int) {
        buffer.replaceSubrange(offset..<offset + count, with: window[start..<start + count])
    }
}
