//! A capture, packet by packet, in memory that does not grow with it: written, and read again.
import Captures
import Foundation
import IPAddresses
import Packets

let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).pcap").path
// snippet.hide
defer { try? FileManager.default.removeItem(atPath: path) }
// snippet.show

// A ping: 192.0.2.1 asks 192.0.2.2.
let ping: [UInt8] = [
    0x45, 0, 0, 28, 0, 0, 0, 0, 64, 1, 0xF6, 0xDD, 192, 0, 2, 1, 192, 0, 2, 2, 8, 0, 0xF7, 0xFD, 0, 1, 0, 1,
]
var writer = try CaptureWriter(path: path, .pcap, linkType: .raw)
try writer.write(ping.span.bytes, 0..<ping.count, time: 1_700_000_000_000_000_000, .raw)
try writer.flush()

var reader = try CaptureReader(CaptureFile(path: path))
var buffer: [UInt8] = []
while let captured = try reader.next(into: &buffer, at: 0) {
    let bytes = buffer.span.bytes
    let link = try LinkHeader(captured.linkType, bytes, captured.range)
    let packet = try IPv4Packet(ipv4: bytes, captured.range.dropFirst(link.length))
    print(packet.header.source, packet.header.destination)  // 192.0.2.1 192.0.2.2
}
// snippet.hide
precondition(reader.packets == 1 && reader.format == .pcap)
precondition(Array(buffer.prefix(ping.count)) == ping)
