import IPAddresses
import Packets

/// Packets one after another in one memory, each with headroom, as a device's ring has them; and a copy of them as they
/// were, which a round begins with.
struct PacketMemory {
    let bytes: UnsafeMutableRawBufferPointer
    let original: UnsafeMutableRawBufferPointer
    private(set) var ranges: [Range<Int>] = []
    private var end = 0

    static let headroom = 64
    static let tailroom = 0

    init(capacity: Int) {
        bytes = .allocate(byteCount: capacity, alignment: 64)
        original = .allocate(byteCount: capacity, alignment: 64)
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
        original.initializeMemory(as: UInt8.self, repeating: 0)
    }

    func deallocate() {
        bytes.deallocate()
        original.deallocate()
    }

    /// The memory's size for that many packets.
    static func capacity(_ count: Int, _ sizes: PacketSizes, smallest: Int) -> Int {
        (0..<count).reduce(0) { $0 + slot(sizes.length($1, smallest: smallest)) }
    }

    private static func slot(_ length: Int) -> Int { (headroom + length + tailroom + 63) / 64 * 64 }

    mutating func addUDP(
        from source: IPv4Address, _ sourcePort: UInt16, to destination: IPv4Address, length: Int, port: UInt16 = 53
    ) {
        let start = end + Self.headroom
        var span = MutableRawSpan(_unsafeBytes: bytes)
        var header = IPv4Header(totalLength: length, timeToLive: 64, protocol: 17, from: source, to: destination)
        header.identification = 7
        header.write(&span, at: start)
        var sum = InternetChecksum()
        sum.add(source)
        sum.add(destination)
        addUDP(&span, start + 20, start + length, sourcePort, port, sum)
    }

    mutating func addUDP(from source: IPv6Address, _ port: UInt16, to destination: IPv6Address, length: Int) {
        let start = end + Self.headroom
        var span = MutableRawSpan(_unsafeBytes: bytes)
        IPv6Header(payloadLength: length - 40, hopLimit: 64, nextHeader: 17, from: source, to: destination)
            .write(&span, at: start)
        var sum = InternetChecksum()
        sum.add(source)
        sum.add(destination)
        addUDP(&span, start + 40, start + length, port, 53, sum)
    }

    private mutating func addUDP(
        _ span: inout MutableRawSpan, _ start: Int, _ stop: Int, _ source: UInt16, _ port: UInt16,
        _ addresses: InternetChecksum
    ) {
        span.set(source, at: start)
        span.set(port, at: start + 2)
        span.set(UInt16(stop - start), at: start + 4)
        var sum = addresses
        sum.addPseudoHeader(ipProtocol: 17, length: stop - start)
        sum.add(span.bytes, start..<stop)
        span.set(sum.udpField, at: start + 6)
        let first = end + Self.headroom
        ranges.append(first..<stop)
        end += Self.slot(stop - first)
    }

    /// Keeps the packets as they are now for ``restore()``.
    func save() { original.copyMemory(from: UnsafeRawBufferPointer(bytes)) }

    func restore() { bytes.copyMemory(from: UnsafeRawBufferPointer(original)) }
}
