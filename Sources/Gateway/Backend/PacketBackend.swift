import Translation

/// Where packets come from and go to, with a queue for each worker of the gateway.
///
/// A TUN device (``TunnelBackend``), or sockets of AF_XDP in front of one (``XDPBackend``).
public protocol PacketBackend: Sendable {
    /// The device and the queue of each worker.
    var workers: [WorkerName] { get }

    /// Whether the kernel hands out uncut segments.
    var hasSegments: Bool { get }

    /// What interfaces count by themselves.
    var interfaceCounts: [InterfaceCounts] { get }

    /// What a worker reads from and writes to, for as long as the routes are these.
    ///
    /// `routes`: which device packets are written to; nil for the one that they came from.
    func makeQueue(_ worker: Int, routes: GatewayRoutes?, counters: GatewayCounters) -> any PacketQueue

    /// Sees to what changes by itself; called several times a second, by one thread.
    func keepUp()
}

extension PacketBackend {
    public var interfaceCounts: [InterfaceCounts] { [] }
    public func keepUp() {}
}

/// A worker, as metrics name it.
public struct WorkerName: Hashable, Sendable {
    public var device: String
    public var queue: Int

    public init(device: String, queue: Int) { (self.device, self.queue) = (device, queue) }
}

/// Packets of one queue of an interface.
public struct InterfaceCounts: Hashable, Sendable {
    public var interface: String
    public var queue: Int
    public var received: UInt64
    public var sent: UInt64

    /// By the kernel, for want of room.
    public var dropped: UInt64

    public init(interface: String, queue: Int, received: UInt64, sent: UInt64, dropped: UInt64) {
        (self.interface, self.queue) = (interface, queue)
        (self.received, self.sent, self.dropped) = (received, sent, dropped)
    }
}

/// One worker's way in and out. Used by one thread.
public protocol PacketQueue: AnyObject {
    /// Whether datagrams of one flow may be written as one, for the kernel to cut.
    var joinsDatagrams: Bool { get }

    /// Whether there is a way to an output: the number of a route's device, or ``PacketOutput/back``.
    func leads(to output: Int) -> Bool

    /// Reads packets into slots (``PacketSlot``), each after a header with what is left to do to it.
    ///
    /// `lengths`: of each, with the header.
    ///
    /// - Returns: how many.
    func receive(into buffer: inout [UInt8], lengths: inout [Int32]) -> Int

    /// Writes packets, each after such a header.
    ///
    /// - Returns: how many were taken.
    func send(_ buffer: [UInt8], _ pieces: ArraySlice<PacketPiece>, to output: Int) -> Int

    /// Waits for a packet, at most that long.
    func wait(milliseconds: Int)
}

/// Where packets are written to.
public enum PacketOutput {
    /// Where they came from.
    public static let back = -1
}

/// A packet to be written: where its header begins in the buffer, and how long both are, in bytes.
@frozen
public struct PacketPiece: Hashable, Sendable {
    // As C has them (ct_piece).
    public var start: UInt32 = 0
    public var length: UInt32 = 0

    public init() {}

    public init(start: Int, length: Int) { (self.start, self.length) = (UInt32(start), UInt32(length)) }
}

/// Where a worker's packets are in its buffer.
///
///     slot:  | headroom 128, virtio_net_hdr in its last 10 bytes | packet, up to 65,535 | tailroom |
public enum PacketSlot {
    /// How many there are: a batch.
    public static let count = 32
    public static let headroom = 128

    /// The room for a packet and the header in front.
    public static let room = 65_535 + header
    public static let stride = (headroom + room + TranslationOptions.tailroom + 63) & ~63

    /// The header's length, in bytes.
    public static let header = SegmentHeader.length
}
