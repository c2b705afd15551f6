//! A capture through NAT64, packet by packet.
import Captures
import Configuration
import Foundation
import Replay

let folder = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())").path
// snippet.hide
try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
defer { try? FileManager.default.removeItem(atPath: folder) }

// UDP of one byte from 2001:db8::1 port 4096 to 64:ff9b::c000:221 port 53 (192.0.2.33).
var packet: [UInt8] = [0x60, 0, 0, 0, 0, 9, 17, 64]
packet += [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1]
packet += [0, 0x64, 0xFF, 0x9B] + [UInt8](repeating: 0, count: 8) + [192, 0, 2, 33]
packet += [0x10, 0, 0, 53, 0, 9, 0x7E, 0x82, 0xA5]
var capture = try CaptureWriter(path: folder + "/in.pcap", .pcap, linkType: .raw)
try capture.write(packet.span.bytes, 0..<packet.count, time: 1_700_000_000_000_000_000, .raw)
try capture.flush()
// snippet.show
let configuration = try Configuration(
    """
    router: {ipv4: 198.51.100.254}
    translator: {kind: nat64, pool: [198.51.100.1]}
    """, file: "nat64.yaml")
var replay = Replay(
    try configuration.translator!.makeTranslator(), configuration.router.makeRouter(),
    using: SystemRandomNumberGenerator())
try replay.run(from: folder + "/in.pcap", to: folder + "/out.pcap") { outcome, _ in
    print(outcome.number, outcome.verdict, outcome.reason ?? "")
}
print(replay.summary.forwarded, "of", replay.summary.packets)
// snippet.hide
precondition(replay.summary.packets == 1 && replay.summary.forwarded + replay.summary.refused == 1)
