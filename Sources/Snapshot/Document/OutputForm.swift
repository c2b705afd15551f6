/// Texts that someone collected in place of an output: an error, or an output in a form for people.
enum OutputForm {
    /// What is wrong with a text that is neither JSON nor YAML of `aws` or `kubectl`; nil where nothing is known.
    static func fault(_ text: String) -> String? {
        let lines = text.split(whereSeparator: \.isNewline).lazy.map { $0.drop(while: \.isWhitespace) }
            .filter { !$0.isEmpty }
        guard let first = lines.first else { return nil }
        for (start, program) in errors where first.hasPrefix(start) {
            return "the file holds an error of \(program), not its output (“\(first.prefix(160))”); run the call again"
        }
        if first.allSatisfy({ $0 == "-" || $0 == "+" }), first.count > 3,
            lines.dropFirst().first?.hasPrefix("|") ?? false
        {
            return "the file is a table (--output table); collect it again with --output json"
        }
        let words = first.split(separator: "\t", omittingEmptySubsequences: false)
        if words.count > 1, let word = words.first, !word.isEmpty,
            word.allSatisfy({ $0.isASCII && ($0.isUppercase || $0.isNumber) })
        {
            return "the file is tab-separated (--output text); collect it again with --output json"
        }
        let columns = first.split(separator: " ")
        if columns.count > 1, ["NAME", "NAMESPACE"].contains(columns[0]),
            columns.allSatisfy({ $0.allSatisfy { $0.isUppercase || $0 == "-" || $0 == "(" || $0 == ")" } })
        {
            return "the file is a table of kubectl's; collect it again with --output yaml"
        }
        return nil
    }

    private static let errors: [(start: String, program: String)] = [
        ("An error occurred (", "aws"), ("aws: error", "aws"), ("aws: [ERROR]", "aws"), ("usage: aws", "aws"),
        ("Unable to locate credentials", "aws"), ("Error when retrieving", "aws"),
        ("Could not connect to the endpoint", "aws"),
        ("The config profile", "aws"), ("You must specify a region", "aws"), ("Error from server", "kubectl"),
        ("error: ", "kubectl"), ("error from", "kubectl"),
        ("The connection to the server", "kubectl"), ("Unable to connect to the server", "kubectl"), ("E0", "kubectl"),
    ]
}
