import CTunnel
import CXDP
import Translation

/// One worker's queue of each interface, and of the TUN device behind them.
final class XDPQueue: PacketQueue {
    private let backend: XDPBackend
    private let tunnel: TunnelFile
    private let sockets: [XDPSocket]
    private let files: [Int32]
    private let counters: GatewayCounters
    private var table: NextHopTable
    private var version: Int
    private let lookup = DestinationLookup()
    private var starts: [Int] = []
    private var ways: [Int?] = []

    /// For each interface, packets to be sent.
    private var frames: [[cx_frame]]
    private var left: [PacketPiece] = []
    private var turn = 0

    /// For each next hop, what its frames begin with, and when the kernel is due to use it.
    private var templates: [cx_frame?] = []
    private var confirmations: [MonotonicTime] = []

    /// How often that is, in nanoseconds: a neighbour is reachable for that long (RFC 4861 10, REACHABLE_TIME).
    private static let confirmation: UInt64 = 30_000_000_000

    init(_ backend: XDPBackend, _ worker: Int, _ counters: GatewayCounters) {
        (self.backend, self.counters) = (backend, counters)
        tunnel = backend.tunnel.queues[worker]
        sockets = backend.interfaces.map { $0.sockets[worker] }
        files = [tunnel.file] + sockets.map(\.file)
        (table, version) = backend.current
        frames = sockets.map { _ in [] }
        (templates, confirmations) = (Self.templates(table), Self.confirmations(table, [:]))
    }

    /// A frame is never cut.
    var joinsDatagrams: Bool { false }

    func leads(to output: Int) -> Bool { output == PacketOutput.back }

    func wait(milliseconds: Int) { _ = ct_wait(files, Int32(files.count), Int32(clamping: milliseconds)) }

    func receive(into buffer: inout [UInt8], lengths: inout [Int32]) -> Int {
        turn &+= 1
        var count = 0
        for index in sockets.indices where count < PacketSlot.count {
            // Each interface has its turn to be the first.
            let place = (index + turn) % sockets.count
            count += receive(place, from: count, into: &buffer, &lengths)
        }
        // The TUN device costs a system call to ask, and has little.
        if count == 0 || turn % 16 == 0, count < PacketSlot.count {
            count += max(0, tunnel.receive(into: &buffer, lengths: &lengths, from: count))
        }
        return count
    }

    private func receive(_ place: Int, from first: Int, into buffer: inout [UInt8], _ lengths: inout [Int32]) -> Int {
        let socket = sockets[place]
        let taken = buffer.withUnsafeMutableBufferPointer { buffer in
            lengths.withUnsafeMutableBufferPointer { lengths in
                guard let base = buffer.baseAddress, let lengths = lengths.baseAddress else { return 0 }
                return Int(
                    cx_receive(
                        socket.handle, base + first * PacketSlot.stride + PacketSlot.headroom, PacketSlot.stride,
                        PacketSlot.room - PacketSlot.header, Int32(PacketSlot.count - first), lengths + first))
            }
        }
        let leavesChecksums = backend.interfaces[place].leavesChecksums
        var span = buffer.mutableSpan
        var bytes = span.mutableBytes
        for index in first..<first + taken {
            let start = index * PacketSlot.stride + PacketSlot.headroom
            let range = start..<start + Int(lengths[index])
            let header = leavesChecksums ? PartialChecksum.header(bytes.bytes, range) : SegmentHeader()
            header.write(&bytes, at: start - PacketSlot.header)
            lengths[index] += Int32(PacketSlot.header)
        }
        return taken
    }

    func send(_ buffer: [UInt8], _ pieces: ArraySlice<PacketPiece>, to output: Int) -> Int {
        if backend.hasChanged(since: version) { refresh() }
        starts.removeAll(keepingCapacity: true)
        for piece in pieces { starts.append(Int(piece.start) + PacketSlot.header) }
        while ways.count < starts.count { ways.append(nil) }
        table.lookup(lookup, buffer.span.bytes, starts, into: &ways)
        let now = MonotonicTime.now
        left.removeAll(keepingCapacity: true)
        for (place, piece) in pieces.enumerated() {
            let length = Int(piece.length) - PacketSlot.header
            let header = SegmentHeader(buffer.span.bytes, at: Int(piece.start))
            guard let way = ways[place], let hop = table.hops[way], var frame = templates[way], length <= hop.mtu,
                header == SegmentHeader(), !isConfirmation(way, now)
            else {
                left.append(piece)
                continue
            }
            (frame.start, frame.length) = (UInt32(starts[place]), UInt32(length))
            frames[hop.interface].append(frame)
        }
        return sendFrames(buffer) + sendLeft(buffer)
    }

    private func sendFrames(_ buffer: [UInt8]) -> Int {
        var sent = 0
        for (index, socket) in sockets.enumerated() where !frames[index].isEmpty {
            buffer.withUnsafeBufferPointer { buffer in
                frames[index].withUnsafeBufferPointer { frames in
                    sent += Int(cx_send(socket.handle, buffer.baseAddress, frames.baseAddress, Int32(frames.count)))
                }
            }
            frames[index].removeAll(keepingCapacity: true)
        }
        return sent
    }

    private func sendLeft(_ buffer: [UInt8]) -> Int {
        if left.isEmpty { return 0 }
        counters.add(left.count, .leftToKernel)
        return tunnel.send(buffer, left[...])
    }

    /// Whether this packet is one that the kernel sends, to learn whether the neighbour is still there (RFC 4861 7.3).
    private func isConfirmation(_ way: Int, _ now: MonotonicTime) -> Bool {
        if now < confirmations[way] { return false }
        confirmations[way] = MonotonicTime(nanoseconds: now.nanoseconds &+ Self.confirmation)
        return true
    }

    private func refresh() {
        let times = Dictionary(
            zip(table.hops, confirmations).compactMap { hop, time in hop.map { ($0, time) } }, uniquingKeysWith: min)
        (table, version) = backend.current
        (templates, confirmations) = (Self.templates(table), Self.confirmations(table, times))
    }

    private static func templates(_ table: NextHopTable) -> [cx_frame?] {
        table.hops.map { hop in
            guard let hop else { return nil }
            var frame = cx_frame()
            withUnsafeMutableBytes(of: &frame.addresses) { bytes in
                for index in 0..<6 {
                    bytes[index] = UInt8(truncatingIfNeeded: hop.destination.bits &>> UInt64(40 - 8 * index))
                    bytes[6 + index] = UInt8(truncatingIfNeeded: hop.source.bits &>> UInt64(40 - 8 * index))
                }
            }
            return frame
        }
    }

    /// What is new has just been found out.
    private static func confirmations(_ table: NextHopTable, _ known: [FrameHop: MonotonicTime]) -> [MonotonicTime] {
        let next = MonotonicTime(nanoseconds: MonotonicTime.now.nanoseconds &+ confirmation)
        return table.hops.map { $0.flatMap { known[$0] } ?? next }
    }
}
