/// A box of the map: a title, lines of text, and boxes in it, which flow from left to right in rows.
struct MapBox {
    var title: String
    var lines: [String] = []
    var style: String
    var children: [MapBox] = []

    /// How many children stand beside each other.
    var columns = 4

    /// The identifiers of what the box shows: findings about these are marked on it.
    var ids: Set<String> = []

    static let padding = 10
    static let gap = 10

    /// Room for marks beside the title.
    static let markRoom = 60

    init(
        _ title: String, _ lines: [String] = [], style: String, ids: Set<String> = [], columns: Int = 4,
        _ children: [MapBox] = []
    ) {
        self.title = title
        self.lines = lines
        self.style = style
        self.ids = ids
        self.columns = columns
        self.children = children
    }

    private var rows: [ArraySlice<MapBox>] {
        stride(from: 0, to: children.count, by: columns).map { children[$0..<min($0 + columns, children.count)] }
    }

    private var textHeight: Int {
        title.isEmpty ? 0 : TextLayout.lineHeight * (lines.count + 1) + (children.isEmpty ? 2 : 8)
    }

    private var inset: Int { title.isEmpty ? 0 : Self.padding }

    var width: Int {
        let text = ([title] + lines).map(TextLayout.width).max() ?? 0
        let inner = rows.map { row in row.map(\.width).reduce(0, +) + Self.gap * (row.count - 1) }.max() ?? 0
        return max(text + (title.isEmpty ? 0 : Self.markRoom), inner) + 2 * inset
    }

    var height: Int {
        let inner = rows.map { row in row.map(\.height).max() ?? 0 }.reduce(0, +) + Self.gap * max(0, rows.count - 1)
        return textHeight + inner + 2 * inset
    }

    /// Paints the box and what is in it. `marks`: the findings about it, with their numbers.
    func draw(at x: Int, _ y: Int, in document: inout SVGDocument, marks: FindingMarks) {
        let (width, height) = (width, height)
        if !title.isEmpty {
            document.group([], title: ([title] + lines).joined(separator: "\n")) { document in
                document.rectangle(Frame(x: x, y: y, width: width, height: height), class: style)
                var line = y + inset + 12
                document.text(title, x: x + inset, y: line, class: "strong")
                for text in lines {
                    line += TextLayout.lineHeight
                    document.text(text, x: x + inset, y: line)
                }
            }
            marks.draw(for: ids, right: x + width - 4, top: y + 4, in: &document)
        }
        var top = y + inset + textHeight
        for row in rows {
            var left = x + inset
            for child in row {
                child.draw(at: left, top, in: &document, marks: marks)
                left += child.width + Self.gap
            }
            top += (row.map(\.height).max() ?? 0) + Self.gap
        }
    }

    /// What the box and those in it say, a line each, for the text alternative.
    func text(indent: String = "") -> [String] {
        let own = title.isEmpty ? [] : [indent + ([title] + lines).joined(separator: "; ")]
        return own + children.flatMap { $0.text(indent: title.isEmpty ? indent : indent + "  ") }
    }
}
