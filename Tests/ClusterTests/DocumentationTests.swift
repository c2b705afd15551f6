import Cluster
import Foundation
import Testing
import TestSupport

@Suite("Documentation")
struct DocumentationTests {
    func page(_ name: String) throws -> String {
        try String(contentsOfFile: ExampleCluster.root + "/docs/" + name, encoding: .utf8)
    }

    @Test("docs/explanation-codes.md has each code, and no other")
    func codes() throws {
        let rows = try page("explanation-codes.md").split(separator: "\n").filter {
            $0.hasPrefix("| ") && $0.contains("_") || $0.hasPrefix("| BLACKHOLE")
        }
        let listed = rows.compactMap { $0.split(separator: "|").first?.trimmingCharacters(in: .whitespaces) }
        #expect(Set(listed) == Set(Explanation.Code.allCases.map(\.rawValue)))
    }

    @Test("docs/validation.md lists every identifier, and no other")
    func identifiers() throws {
        let rows = try page("validation.md").split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst()
        let listed = rows.compactMap { $0.split(separator: "|").first?.trimmingCharacters(in: .whitespaces) }
        #expect(listed == Finding.Identifier.allCases.map(\.rawValue))
    }

    @Test("docs/trace.md has each rule in which the rule sets differ, with its date")
    func rules() throws {
        let text = try page("trace.md")
        for rule in RuleSet.Rule.allCases {
            #expect(text.contains("| \(rule.rawValue) |") && text.contains("| \(rule.date) |"))
        }
    }
}

extension DocumentationTests {
    @Test("docs/conformance.md names tests that exist, and says what becomes of each row without one")
    func conformance() throws {
        let rows = try page("conformance.md").split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst()
        #expect(rows.count > 40)
        var sources = ""
        let tests = URL(fileURLWithPath: ExampleCluster.root + "/Tests")
        for case let url as URL in FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil) ?? .init()
        where url.pathExtension == "swift" {
            sources += try String(contentsOf: url, encoding: .utf8)
        }
        for row in rows {
            let cells = row.split(separator: "|", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            let status = try #require(cells.count == 6 ? cells[4] : nil, "\(row)")
            if cells[3].isEmpty {
                #expect(status.hasPrefix("not done") || status.hasPrefix("open"), "\(row)")
            } else {
                // In full where it has no verbs to escape, which a display name may not have.
                #expect(sources.contains("\"" + cells[3].dropFirst().dropLast() + "\""), "\(row)")
            }
        }
    }
}
