import Foundation
import Gateway
import IPAddresses
import Testing
import Translation

@Suite("StateFile")
struct StateFileTests {
    let now = MonotonicTime(nanoseconds: 1 << 40)

    /// A folder of its own for each test.
    func folder() throws -> URL {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("dataplane-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }

    func gateway() throws -> NATGateway<IPv4Address> {
        try NATGateway(addresses: [IPv4Address("10.0.0.99")!], capacity: 1000)
    }

    @Test("A restart keeps connections: their answers come in, their ports stay, and they count")
    func restart() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = StateFile(path: folder.appendingPathComponent("state").path)
        let before = try gateway()
        var sent: [FiveTuple<IPv4Address>] = []
        for port: UInt16 in 1...200 {
            let tuple = FiveTuple(
                from: IPv4Address("10.0.16.1")!, port, to: IPv4Address("192.0.2.1")!, 443, protocol: 6)
            sent.append(
                try #require(before.outbound(FlowPacket(tuple, .syn), now: now, random: UInt64(port) << 20).tuple))
        }
        #expect(try file.write(before.translator.table, now: now) == 200)
        let after = try gateway()
        #expect(try file.restore(into: after.translator, now: now + .seconds(5)).restored == 200)
        for (index, tuple) in sent.enumerated() {
            let answer = after.inbound(FlowPacket(tuple.reversed, [.syn, .ack]), now: now + .seconds(6)).tuple
            #expect(answer?.destinationPort == UInt16(index + 1))
        }
        #expect(
            after.translator.count(
                from: IPv4Address("10.0.0.99")!, to: IPv4Address("192.0.2.1")!, port: 443, protocol: 6) == 200)
        after.translator.table._invariantCheck()
    }

    @Test(
        "A static mapping and its sessions are there after a restart",
        arguments: EndpointDependence.allCases.dropLast())
    func staticMapping(mapping: EndpointDependence) throws {
        let outside = IPv4Address("198.51.100.1")!
        func make() throws -> NAPT<IPv4Address> {
            var configuration = NAPTConfiguration(pool: PortPool([outside]))
            configuration.mapping = mapping
            configuration.subscriberLimit = 10
            return try NAPT(configuration, capacity: 100)
        }
        let before = try make()
        try before.addStaticMapping(
            inside: IPv4Address("10.0.0.5")!, port: 8080, outside: outside, outsidePort: 80, protocol: 6, now: now)
        let client = FiveTuple(from: IPv4Address("203.0.113.1")!, 999, to: outside, 80, protocol: 6)
        let inside = try #require(before.inbound(FlowPacket(client, .syn), now: now).tuple)
        let query = FiveTuple(from: IPv4Address("10.0.0.6")!, 53, to: IPv4Address("192.0.2.1")!, 53, protocol: 17)
        let sent = try #require(before.outbound(FlowPacket(query), now: now, random: 7).tuple)
        var bytes: [UInt8] = []
        ConnectionState.export(before.table, now: now) { bytes += $0 }

        let after = try make()
        let summary = try after.restore(bytes.span, now: now)
        #expect(summary.restored == before.table.count && summary.refused == 0)
        #expect(after.inbound(FlowPacket(client, .ack), now: now).tuple == inside)
        #expect(after.inbound(FlowPacket(sent.reversed), now: now).tuple == query.reversed)
        after.table._invariantCheck()
        // Sessions and their mappings end; the static one stays, and takes new packets.
        after.expire(now: now + .seconds(8_000))
        #expect(after.table.count == 1)
        var other = client
        other.sourcePort = 1000
        #expect(after.inbound(FlowPacket(other, .syn), now: now + .seconds(8_000)).tuple?.destinationPort == 8080)
    }

    @Test("A missing file is not an error, and errors name the file and what to do")
    func errors() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = StateFile(path: folder.appendingPathComponent("none").path)
        #expect(try file.read() == nil)
        #expect(try file.restore(into: gateway().translator, now: now) == RestoreSummary())
        let elsewhere = StateFile(path: folder.path + "/missing/state")
        #expect(throws: StateFile.Failure.self) { try elsewhere.write(gateway().translator.table, now: now) }
        try Data("DPCSnonsense".utf8).write(to: URL(fileURLWithPath: file.path))
        do {
            _ = try file.restore(into: gateway().translator, now: now)
            Issue.record("nonsense was restored")
        } catch { #expect("\(error)".hasPrefix(file.path)) }
    }

    @Test("kill -9 while the file is written leaves the last whole one")
    func killed() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("state").path
        // The program lies beside the tests.
        let program = Bundle.allBundles.map { $0.bundleURL.deletingLastPathComponent() }
            .map { $0.appendingPathComponent("StateFileVictim") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
        let victim = try #require(program ?? Self.besideExecutable())
        // How often the program was killed before a new file had replaced the last one, whether written half or in whole.
        var cutOff = 0
        for attempt in 0..<200 where attempt < 12 || cutOff < 3 {
            try? FileManager.default.removeItem(atPath: path + ".new")
            let process = Process()
            process.executableURL = victim
            process.arguments = [path]
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            // Killed while it writes, a little later each time: a busy machine takes long to start it.
            while !FileManager.default.fileExists(atPath: path)
                || !FileManager.default.fileExists(atPath: path + ".new")
            { usleep(100) }
            usleep(UInt32(attempt % 12 * 300))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            #expect(process.terminationReason == .uncaughtSignal)
            let bytes = try #require(try StateFile(path: path).read())
            var count = 0
            try ConnectionState<IPv4Address>.read(bytes.span) { _ in count += 1 }
            #expect(count == 20_000)
            if try StateFile(path: path + ".new").read() != nil { cutOff += 1 }
        }
        // Else nothing was tried.
        #expect(cutOff >= 3)
    }

    static func besideExecutable() -> URL? {
        let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let url = folder.appendingPathComponent("StateFileVictim")
        return FileManager.default.isExecutableFile(atPath: url.path) ? url : nil
    }
}
