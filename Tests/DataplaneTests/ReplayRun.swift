import Captures
import Foundation
import Packets
import Testing

@testable import dataplane

/// The command over a capture in memory: what it prints as JSON, what it writes, and the error that it ends with.
struct ReplayRun {
    var packets: [[String: Any]] = []
    var summary: [String: Any] = [:]

    /// The JSON's member of that name.
    var error: [String: Any]?
    var written: [(packet: CapturedPacket, data: [UInt8])] = []
    var message: String?

    /// Whether a capture has been written.
    var hasOutput = false

    /// What it prints without `--json`.
    var text = ""

    init(_ configuration: String, _ capture: [UInt8]) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try configuration.write(toFile: folder + "/config.yaml", atomically: true, encoding: .utf8)
        try Data(capture).write(to: URL(fileURLWithPath: folder + "/in"))
        var command = ReplayCommand()
        (command.config, command.input, command.output) = (folder + "/config.yaml", folder + "/in", folder + "/out")
        (command.seed, command.json, command.quiet) = (1, true, false)
        var json = ""
        do {
            try command.run { json += $0 }
        } catch let error as BadInput {
            message = error.message.replacingOccurrences(of: folder, with: "")
        }
        let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any] ?? [:]
        packets = object["packets"] as? [[String: Any]] ?? []
        summary = object["summary"] as? [String: Any] ?? [:]
        error = object["error"] as? [String: Any]
        hasOutput = FileManager.default.fileExists(atPath: folder + "/out")
        if hasOutput { written = try Self.read(folder + "/out") }
        command.json = false
        var text = ""
        do {
            try command.run { text += $0 }
        } catch is BadInput {}
        self.text = text
    }

    func verdicts(_ key: String = "verdict") -> [String?] { packets.map { $0[key] as? String } }

    static func read(_ path: String) throws -> [(packet: CapturedPacket, data: [UInt8])] {
        var reader = try CaptureReader(CaptureFile(path: path))
        var buffer: [UInt8] = []
        var result: [(packet: CapturedPacket, data: [UInt8])] = []
        while let packet = try reader.next(into: &buffer, at: 0) {
            result.append((packet, Array(buffer[packet.range])))
        }
        return result
    }

    /// A pcap file: each packet with its length on the wire.
    static func pcap(
        _ packets: [([UInt8], Int)], linkType: UInt32 = 101, isSwapped: Bool = false, isNanoseconds: Bool = false
    ) -> [UInt8] {
        let version: UInt32 = isSwapped ? 0x0002_0004 : 0x0004_0002
        let magic: UInt32 = isNanoseconds ? 0xA1B2_3C4D : 0xA1B2_C3D4
        var result = words([magic, version, 0, 0, 65535, linkType], isSwapped)
        for (number, (packet, length)) in packets.enumerated() {
            result += words([UInt32(number), 0, UInt32(packet.count), UInt32(length)], isSwapped) + packet
        }
        return result
    }

    /// A pcapng file: interfaces by their link types, and packets by their interface.
    static func pcapng(_ interfaces: [UInt16], _ packets: [(interface: UInt32, data: [UInt8])]) -> [UInt8] {
        var result = words([0x0A0D_0D0A, 28, 0x1A2B_3C4D, 1, ~0, ~0, 28], false)
        for interface in interfaces { result += words([1, 20, UInt32(interface), 65535, 20], false) }
        for (number, packet) in packets.enumerated() {
            let count = UInt32(packet.data.count)
            let padded = packet.data + [UInt8](repeating: 0, count: (4 - packet.data.count % 4) % 4)
            let total = UInt32(32 + padded.count)
            result += words([6, total, packet.interface, 0, UInt32(number), count, count], false) + padded
            result += words([total], false)
        }
        return result
    }

    static func words(_ words: [UInt32], _ isSwapped: Bool) -> [UInt8] {
        words.flatMap { word in
            let bytes = [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: word >> $0) }
            return isSwapped ? bytes.reversed() : bytes
        }
    }
}
