import ArgumentParser
import Foundation
import Testing
import TestSupport

@testable import dataplane

@Suite("docs/statements.md")
struct StatementTableTests {
    /// The text of all Swift files below a folder of the package.
    private func sources(_ folder: String) throws -> String {
        var text = ""
        let root = URL(fileURLWithPath: ExampleCluster.root + "/" + folder)
        for case let url as URL in FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil) ?? .init()
        where url.pathExtension == "swift" {
            text += try String(contentsOf: url, encoding: .utf8)
        }
        return text
    }

    /// Whether a declaration of the name is public: a type, or the member of one.
    private func isPublic(_ name: String, _ sources: String) -> Bool {
        ["struct", "enum", "final class", "func", "var", "let", "static func", "static let"].contains { kind in
            ["(", ":", "<", " "].contains { sources.contains("public \(kind) \(name)\($0)") }
        }
    }

    @Test("S47: every row has an API that is public, a command that is there, and a test")
    func rows() throws {
        let page = try String(contentsOfFile: ExampleCluster.root + "/docs/statements.md", encoding: .utf8)
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| S") }.map { row in
            row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        #expect(rows.map { $0[0] } == (1...48).map { ($0 < 10 ? "S0" : "S") + "\($0)" })
        let (library, tests) = (try sources("Sources"), try sources("Tests"))
        let commands = Set(Dataplane.configuration.subcommands.compactMap { $0.configuration.commandName })
        for row in rows where row[0] != "S47" {
            #expect(row.count == 5)
            for api in row[2].replacingOccurrences(of: "`", with: "").split(separator: ".") {
                #expect(isPublic(String(api), library), "\(row[0]): \(api)")
            }
            for command in row[3].replacingOccurrences(of: "`", with: "").components(separatedBy: ", ") {
                #expect(commands.contains(command.components(separatedBy: " ")[0]), "\(row[0]): \(command)")
            }
            let names = row[4].components(separatedBy: "<br>").map { String($0.dropFirst().dropLast()) }
            #expect(!names.isEmpty)
            for name in names {
                #expect(name.contains(row[0]) && tests.contains("\"\(name)\""), "\(row[0]): \(name)")
            }
        }
    }
}
