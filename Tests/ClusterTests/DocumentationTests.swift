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

    @Test("docs/trace.md has each rule in which the rule sets differ, with its date")
    func rules() throws {
        let text = try page("trace.md")
        for rule in RuleSet.Rule.allCases {
            #expect(text.contains("| \(rule.rawValue) |") && text.contains("| \(rule.date) |"))
        }
    }
}
