//! A source NAT in a packet loop of your own: packets are rewritten where they lie, and each gets a verdict.
import Dispatch
import IPAddresses
import Packets
import Translation

// snippet.hide
/// What packets come from and go to.
struct Wire {
    var queue: [[UInt8]] = []
    var sent: [[UInt8]] = []

    mutating func receive() -> [UInt8]? { queue.isEmpty ? nil : queue.removeFirst() }

    mutating func send(_ bytes: borrowing RawSpan, _ range: Range<Int>) {
        sent.append([])
        for offset in range { sent[sent.count - 1].append(bytes.uint8(at: offset)) }
    }
}

// snippet.show
// Time and randomness are the caller's: a clock that never goes back, and 64 random bits.
func now() -> MonotonicTime { MonotonicTime(nanoseconds: DispatchTime.now().uptimeNanoseconds) }
func bits() -> UInt64 { .random(in: 0 ... .max) }

/// What threads share: each has a buffer of its own.
struct PacketLoop {
    let translator: any PacketProcessor
    let router: Router

    /// Translates what has come, and what that leads to.
    func step(_ wire: inout Wire, _ buffer: inout [UInt8]) {
        while let packet = wire.receive() { forward(packet, &wire, &buffer) }
        // Fragments that came before their first one, which is there now.
        while let fragment = translator.takeHeldFragment(now: now()) { forward(fragment, &wire, &buffer) }
        // SYNs from outside that nothing took: their senders are told after a while, not at once (RFC 5382 REQ-4).
        while let syn = translator.takeUnansweredSYN(now: now()) {
            reply(.portUnreachable, to: syn.span.bytes, 0..<syn.count, &wire)
        }
    }

    func forward(_ packet: [UInt8], _ wire: inout Wire, _ buffer: inout [UInt8]) {
        // Translators need room in front of a packet, and after it.
        let range = TranslationOptions.headroom..<TranslationOptions.headroom + packet.count
        buffer.replaceSubrange(range, with: packet)
        var span = buffer.mutableSpan
        var bytes = span.mutableBytes
        switch translator.process(&bytes, range, now: now(), random: bits()) {
        case .forwarded(var packet, to: _, isNew: _):
            wire.send(bytes.bytes, packet.range)
            while let fragment = packet.next(&bytes) { wire.send(bytes.bytes, fragment) }
        case .held: break
        case .refused(let refusal):
            if let answer = refusal.answer { reply(answer, to: bytes.bytes, range, &wire) }
        }
    }

    /// Tells a packet's sender why it does not go on, by ICMP or a reset; not where none may be sent, nor over the limit.
    func reply(_ answer: PacketRefusal.Answer, to bytes: borrowing RawSpan, _ range: Range<Int>, _ wire: inout Wire) {
        var buffer = [UInt8](repeating: 0, count: Router.room)
        var span = buffer.mutableSpan
        var output = span.mutableBytes
        if let written = router.answer(answer, to: bytes, range, &output, at: 0, now: now(), random: bits()) {
            wire.send(output.bytes, written)
        }
    }
}

// Sources within 10.0.0.0/8 become 198.51.100.1, each with a port of its own.
let nat = try NAPT(NAPTConfiguration(pool: PortPool([IPv4Address("198.51.100.1")!])), capacity: 65_536)
let translator = try IPv4PacketNAT(NAPTFlows(nat, inside: [IPv4Prefix("10.0.0.0/8")!]))
let loop = PacketLoop(translator: translator, router: Router(ipv4: IPv4Address("198.51.100.254")!))
var wire = Wire()
// For packets of up to 1500 bytes.
var buffer = [UInt8](repeating: 0, count: TranslationOptions.headroom + 1500 + TranslationOptions.tailroom)
// snippet.hide

/// A UDP packet of one byte.
func udpPacket(
    from source: IPv4Address, _ sourcePort: UInt16, to destination: IPv4Address, _ port: UInt16, timeToLive: UInt8 = 64
) -> [UInt8] {
    var packet = [UInt8](repeating: 0, count: 29)
    var span = packet.mutableSpan
    var bytes = span.mutableBytes
    IPv4Header(totalLength: 29, timeToLive: timeToLive, protocol: 17, from: source, to: destination)
        .write(&bytes, at: 0)
    bytes.set(sourcePort, at: 20)
    bytes.set(port, at: 22)
    bytes.set(UInt16(9), at: 24)
    return packet
}

/// A packet's headers.
func headers(_ packet: [UInt8]) throws -> IPv4Packet { try IPv4Packet(ipv4: packet.span.bytes, 0..<packet.count) }

let (host, peer) = (IPv4Address("10.0.0.7")!, IPv4Address("192.0.2.1")!)
wire.queue = [udpPacket(from: host, 5000, to: peer, 53)]
loop.step(&wire, &buffer)
let sent = try headers(wire.sent[0])
print("out:", sent.header.source, sent.transport!.sourcePort)
precondition(sent.header.source == IPv4Address("198.51.100.1")! && sent.header.destination == peer)
precondition(sent.header.timeToLive == 63 && sent.transport!.destinationPort == 53)

// The answer finds its way back, and a packet whose time to live is over is answered by an ICMP error, 11/0.
wire.queue = [
    udpPacket(from: peer, 53, to: sent.header.source, sent.transport!.sourcePort),
    udpPacket(from: host, 5000, to: peer, 53, timeToLive: 1),
]
// snippet.show
loop.step(&wire, &buffer)

// Ten times a second or so, in any one thread:
translator.expire(now: now(), limit: 50_000)
// snippet.hide
let (reply, fault) = (try headers(wire.sent[1]), try headers(wire.sent[2]))
print("back:", reply.header.destination, reply.transport!.destinationPort)
precondition(reply.header.destination == host && reply.transport!.destinationPort == 5000)
precondition(fault.header.destination == host && fault.transport!.type == 11)
precondition(wire.sent.count == 3)
