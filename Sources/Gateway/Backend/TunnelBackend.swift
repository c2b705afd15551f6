import CTunnel

/// TUN devices: what the kernel routes into them is read, and the kernel routes on what is written.
public struct TunnelBackend: PacketBackend {
    /// Packets are read from all of them; the first one is where they go without routes.
    public let tunnels: [Tunnel]

    /// - Precondition: there is at least one, and all have as many queues.
    public init(_ tunnels: [Tunnel]) {
        precondition(!tunnels.isEmpty && tunnels.allSatisfy { $0.queues.count == tunnels[0].queues.count })
        self.tunnels = tunnels
    }

    public var workers: [WorkerName] {
        tunnels.flatMap { tunnel in tunnel.queues.indices.map { WorkerName(device: tunnel.name, queue: $0) } }
    }

    public var hasSegments: Bool { tunnels[0].hasSegments }

    public func makeQueue(
        _ worker: Int, routes: GatewayRoutes?, counters: GatewayCounters
    ) -> any PacketQueue {
        let (device, queue) = worker.quotientAndRemainder(dividingBy: tunnels[0].queues.count)
        return TunnelQueue(
            tunnels[device].queues[queue],
            // A route that names no device of the gateway leads nowhere.
            outputs: routes?.devices.map { name in tunnels.first { $0.name == name }?.queues[queue] } ?? [],
            joinsDatagrams: tunnels.allSatisfy(\.hasDatagramSegments))
    }
}

/// One queue of a TUN device, and the same queue of the others.
final class TunnelQueue: PacketQueue {
    private let own: TunnelFile

    /// Those of the routes' devices, by number; nil where there is none.
    private let outputs: [TunnelFile?]
    let joinsDatagrams: Bool

    init(_ own: TunnelFile, outputs: [TunnelFile?], joinsDatagrams: Bool) {
        (self.own, self.outputs, self.joinsDatagrams) = (own, outputs, joinsDatagrams)
    }

    private func file(_ output: Int) -> TunnelFile? {
        output == PacketOutput.back ? own : output < outputs.count ? outputs[output] : nil
    }

    func leads(to output: Int) -> Bool { file(output) != nil }

    func receive(into buffer: inout [UInt8], lengths: inout [Int32]) -> Int {
        max(0, own.receive(into: &buffer, lengths: &lengths, from: 0))
    }

    func send(_ buffer: [UInt8], _ pieces: ArraySlice<PacketPiece>, to output: Int) -> Int {
        file(output)?.send(buffer, pieces) ?? 0
    }

    func wait(milliseconds: Int) { _ = ct_wait([own.file], 1, Int32(clamping: milliseconds)) }
}

/// A descriptor of a TUN device's queue.
struct TunnelFile {
    let file: Int32

    /// Fills the slots from a place on.
    ///
    /// - Returns: how many it filled, or -errno.
    func receive(into buffer: inout [UInt8], lengths: inout [Int32], from first: Int) -> Int {
        buffer.withUnsafeMutableBufferPointer { buffer in
            lengths.withUnsafeMutableBufferPointer { lengths in
                guard let base = buffer.baseAddress, let lengths = lengths.baseAddress else { return 0 }
                return Int(
                    ct_read(
                        file, base + first * PacketSlot.stride, PacketSlot.stride,
                        PacketSlot.headroom - PacketSlot.header, PacketSlot.room, Int32(PacketSlot.count - first),
                        lengths + first))
            }
        }
    }

    func send(_ buffer: [UInt8], _ pieces: ArraySlice<PacketPiece>) -> Int {
        buffer.withUnsafeBufferPointer { buffer in
            pieces.withUnsafeBufferPointer { pieces in
                pieces.withMemoryRebound(to: ct_piece.self) { pieces in
                    Int(ct_write(file, buffer.baseAddress, pieces.baseAddress, Int32(pieces.count)))
                }
            }
        }
    }
}
