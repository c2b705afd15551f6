/// How wide text is: all text is in a monospaced font, so that it is known without the font.
enum TextLayout {
    static let fontSize = 12

    /// The width of a character in pixels: 0.6 of the size in the fonts that the style names, rounded up.
    static let characterWidth = 7.3
    static let lineHeight = 16

    static func width(_ text: String) -> Int { Int((Double(text.count) * characterWidth).rounded(.up)) }

    /// How many characters a width has room for.
    static func columns(_ width: Int) -> Int { max(1, Int(Double(width) / characterWidth)) }

    /// The text on lines of at most that many characters, broken at blanks where there are any.
    static func wrapped(_ text: String, columns: Int) -> [String] {
        var lines: [String] = []
        for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
            var line = ""
            for var word in paragraph.split(separator: " ").map(String.init) {
                if !line.isEmpty, line.count + 1 + word.count > columns {
                    lines.append(line)
                    line = ""
                }
                while word.count > columns {
                    lines.append(String(word.prefix(columns)))
                    word = String(word.dropFirst(columns))
                }
                line += (line.isEmpty ? "" : " ") + word
            }
            lines.append(line)
        }
        return lines
    }

    /// The text in at most that many characters, with an ellipsis for what is left out.
    static func shortened(_ text: String, columns: Int) -> String {
        text.count <= columns ? text : String(text.prefix(max(1, columns - 1))) + "…"
    }
}
