import Foundation
import Testing

/// Records an issue unless all parts stand in the text, one after another.
func expectInOrder(_ parts: [String], in text: String, _ location: SourceLocation = #_sourceLocation) {
    var rest = text[...]
    for part in parts {
        guard let range = rest.range(of: part) else {
            Issue.record("“\(part)” is missing, or out of order, in\n\(text)", sourceLocation: location)
            return
        }
        rest = rest[range.upperBound...]
    }
}
