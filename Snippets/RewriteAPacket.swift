//! A packet: read without a trap on any bytes, and rewritten in place with its checksums.
import IPAddresses
import Packets

/// Gives a UDP or TCP packet another source, and one hop less. Checksums change by the difference (RFC 1624).
func rewrite(_ packet: inout [UInt8], from source: IPv4Address, _ port: UInt16) throws(PacketError) {
    var span = packet.mutableSpan
    var bytes = span.mutableBytes
    let read = try IPv4Packet(ipv4: bytes.bytes, 0..<bytes.byteCount)
    guard let transport = read.transport else { return }  // a later fragment has no ports
    read.rewrite(
        &bytes, to: Endpoints(from: source, port, to: read.header.destination, transport.destinationPort), hops: 1)
}

// UDP from 10.0.0.7 port 5000 to 192.0.2.1 port 53, "hi".
var packet: [UInt8] = [
    0x45, 0, 0, 30, 0, 0, 0x40, 0, 64, 17, 0x6E, 0xC7, 10, 0, 0, 7, 192, 0, 2, 1,
    0x13, 0x88, 0, 53, 0, 10, 0xB7, 0xAB, 0x68, 0x69,
]
try rewrite(&packet, from: IPv4Address("198.51.100.1")!, 61_000)
let rewritten = try IPv4Packet(ipv4: packet.span.bytes, 0..<packet.count)
print(rewritten.header.source, rewritten.transport!.sourcePort, rewritten.header.timeToLive)  // 198.51.100.1 61000 63

// Bytes that are no packet throw, and say why.
var damaged: [UInt8] = [0x45, 0, 0, 30]
do {
    try rewrite(&damaged, from: IPv4Address("198.51.100.1")!, 61_000)
} catch {
    print(error)
}
// snippet.hide
precondition(rewritten.header.source == IPv4Address("198.51.100.1")! && rewritten.header.timeToLive == 63)
precondition(rewritten.transport!.sourcePort == 61_000 && rewritten.hasRightChecksum(packet.span.bytes) == true)
precondition((try? rewrite(&damaged, from: IPv4Address("198.51.100.1")!, 61_000)) == nil)
