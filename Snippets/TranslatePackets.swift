//! A source NAT in a packet loop: packets are rewritten where they lie, and each gets a verdict.
import IPAddresses
import Packets
import Translation

// Any address becomes 198.51.100.1, with a port of its own.
let nat = try NAPT(NAPTConfiguration(pool: PortPool([IPv4Address("198.51.100.1")!])), capacity: 65_536)
let translator = try IPv4PacketNAT(NAPTFlows(nat, inside: [IPv4Prefix("10.0.0.0/8")!]))
let router = Router(ipv4: IPv4Address("198.51.100.254")!)

// snippet.hide
let (host, peer) = (IPv4Address("10.0.0.7")!, IPv4Address("192.0.2.1")!)

/// What packets come from and go to in your program.
struct Wire {
    var queue: [[UInt8]]
    var sent: [[UInt8]] = []

    mutating func receive(into buffer: inout [UInt8], at start: Int) -> Range<Int>? {
        if queue.isEmpty { return nil }
        let packet = queue.removeFirst()
        buffer.replaceSubrange(start..<start + packet.count, with: packet)
        return start..<start + packet.count
    }

    mutating func send(_ bytes: borrowing RawSpan, _ range: Range<Int>) {
        sent.append([])
        for offset in range { sent[sent.count - 1].append(bytes.uint8(at: offset)) }
    }
}

var wire = Wire(queue: [
    udpPacket(from: host, 5000, to: peer, 53, timeToLive: 64), udpPacket(from: host, 5000, to: peer, 53, timeToLive: 1),
])

/// Your clock.
func now() -> MonotonicTime { MonotonicTime(nanoseconds: 1_000_000_000) }

// snippet.show
// Room for what translators put in front of a packet and behind it; and for answers.
var buffer = [UInt8](repeating: 0, count: TranslationOptions.headroom + 1500 + TranslationOptions.tailroom)
var answer = [UInt8](repeating: 0, count: Router.room)

while let range = wire.receive(into: &buffer, at: TranslationOptions.headroom) {
    var bufferSpan = buffer.mutableSpan
    var bytes = bufferSpan.mutableBytes
    switch translator.process(&bytes, range, now: now(), random: .random(in: 0 ... .max)) {
    case .forwarded(var packet, let side, let isNew):
        print("to the \(side), \(isNew ? "a new connection" : "a known one")")
        wire.send(bytes.bytes, packet.range)
        while let fragment = packet.next(&bytes) { wire.send(bytes.bytes, fragment) }
    case .held:
        break  // a fragment: it is kept until its first one is there
    case .refused(let refusal):
        print("refused: \(refusal.reason)")
        var answerSpan = answer.mutableSpan
        var output = answerSpan.mutableBytes
        if let range = router.answer(
            refusal, to: bytes.bytes, range, &output, at: 0, now: now(), random: .random(in: 0 ... .max))
        {
            wire.send(output.bytes, range)
        }
    }
}

// After each batch, and ten times a second or so:
while let fragment = translator.takeHeldFragment(now: now()) { print("released", fragment.count) }
translator.expire(now: now(), limit: 10_000)
// snippet.hide
/// A UDP packet of one byte.
func udpPacket(
    from source: IPv4Address, _ sourcePort: UInt16, to destination: IPv4Address, _ port: UInt16, timeToLive: UInt8
) -> [UInt8] {
    var packet = [UInt8](repeating: 0, count: 29)
    var packetSpan = packet.mutableSpan
    var bytes = packetSpan.mutableBytes
    IPv4Header(totalLength: 29, timeToLive: timeToLive, protocol: 17, from: source, to: destination)
        .write(&bytes, at: 0)
    bytes.set(sourcePort, at: 20)
    bytes.set(port, at: 22)
    bytes.set(UInt16(9), at: 24)
    return packet
}

/// A packet's headers.
func headers(_ packet: [UInt8]) throws -> IPv4Packet { try IPv4Packet(ipv4: packet.span.bytes, 0..<packet.count) }

precondition(wire.sent.count == 2)
let first = try headers(wire.sent[0])
precondition(first.header.source == IPv4Address("198.51.100.1")! && first.header.destination == peer)
precondition(first.header.timeToLive == 63 && first.transport!.destinationPort == 53)
// The other one's time to live was over: an ICMP error, 11/0, to its sender.
let second = try headers(wire.sent[1])
precondition(second.header.destination == host && second.transport!.type == 11)
