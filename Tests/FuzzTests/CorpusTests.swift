import Foundation
import Testing
import TestSupport

@Suite("Fuzz corpora")
struct CorpusTests {
    @Test("Each input of each corpus, and each crash that was found, runs through", arguments: FuzzBody.allCases)
    func replay(_ body: FuzzBody) throws {
        let folder = ExampleCluster.root + "/FuzzTargets/Corpus/" + body.rawValue
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(names.count >= 3)
        for name in names { body(Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)))) }
    }
}
