import Lab
import Configuration
import Foundation
import IPAddresses
import TestSupport
import Testing

@testable import dataplane

@Suite("Text files of the command line")
struct TextFileTests {
    /// Calls `body` with the path of a file of these bytes.
    private func withFile<Value>(_ bytes: [UInt8], _ body: (String) throws -> Value) throws -> Value {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(
            "text-\(UInt64.random(in: 0 ... .max))")
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try body(file.path)
    }

    @Test("Flows and configurations read alike in every form of text", arguments: TextForm.allCases)
    func forms(_ form: TextForm) throws {
        let text = "# Zürich\nF01 client web-2 tcp 8080\n\nF02 client 8.8.8.8 icmp # ping\n"
        let flows = try withFile(form.bytes(text), LabFlow.read)
        #expect(
            flows.map(\.name) == ["F01", "F02"] && flows.map(\.to) == ["web-2", "8.8.8.8"] && flows[0].port == 8080)
        let fault = try #require(throws: BadInput.self) {
            try withFile(form.bytes("# Zürich\nF01 client web-2 tdp 80\n"), LabFlow.read)
        }
        #expect(fault.message.contains(":2: “tdp”"), "\(fault.message)")
        let configuration = try withFile(form.bytes("# Zürich\nrouter: {ipv4: 192.0.2.1}\n"), loadConfiguration)
        #expect(configuration.router.ipv4?.description == "192.0.2.1")
    }

    @Test("A file that is not text is bad input with its path, line and byte")
    func malformed() throws {
        let fault = try #require(throws: BadInput.self) {
            try withFile(Array("F01\nZ".utf8) + [0xFC], LabFlow.read)
        }
        #expect(
            fault.message.hasSuffix(":2: byte 0xFC at offset 5 is not UTF-8; save the file as UTF-8"),
            "\(fault.message)")
    }
}
