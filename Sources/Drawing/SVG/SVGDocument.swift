/// An SVG document under construction: elements in the order in which they are painted.
///
/// Readable without scripts and fonts of its own; `title` and `desc` are its text alternative (SVG Accessibility API
/// Mappings; WAI-ARIA's role img).
struct SVGDocument {
    private var body = ""
    let title: String
    let alternative: String
    private let style: String

    init(title: String, alternative: String, style: String) {
        self.title = title
        self.alternative = alternative
        self.style = style
    }

    /// Adds an element; attributes in their order, `content` is text.
    mutating func add(_ name: String, _ attributes: [(String, String)], text: String? = nil) {
        body += "<\(name)" + Self.attributes(attributes)
        body += text.map { ">\(Self.escape($0))</\(name)>\n" } ?? "/>\n"
    }

    /// Adds a group of elements, with a title that browsers show on hovering and screen readers read.
    mutating func group(_ attributes: [(String, String)], title: String, _ content: (inout SVGDocument) -> Void) {
        body += "<g\(Self.attributes(attributes))><title>\(Self.escape(title))</title>\n"
        content(&self)
        body += "</g>\n"
    }

    mutating func rectangle(_ frame: Frame, class name: String, radius: Int = 6) {
        add(
            "rect",
            [
                ("class", name), ("x", "\(frame.x)"), ("y", "\(frame.y)"), ("width", "\(frame.width)"),
                ("height", "\(frame.height)"), ("rx", "\(radius)"),
            ])
    }

    mutating func text(_ text: String, x: Int, y: Int, class name: String = "", anchor: String? = nil) {
        var attributes = [("x", "\(x)"), ("y", "\(y)")]
        if !name.isEmpty { attributes.append(("class", name)) }
        if let anchor { attributes.append(("text-anchor", anchor)) }
        add("text", attributes, text: text)
    }

    /// The whole document, of a size in pixels.
    func rendered(width: Int, height: Int) -> String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)" role="img" aria-labelledby="title alternative">
        <title id="title">\(Self.escape(title))</title>
        <desc id="alternative">\(Self.escape(alternative))</desc>
        <style>\(style)</style>
        <defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" class="head"/></marker></defs>
        <rect class="page" width="\(width)" height="\(height)"/>
        \(body)</svg>
        """
    }

    private static func attributes(_ attributes: [(String, String)]) -> String {
        attributes.map { " \($0)=\"\(escape($1))\"" }.joined()
    }

    /// Text as XML takes it: markup escaped, and characters that XML 1.0 does not have (2.2) shown as U+FFFD.
    static func escape(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

/// A place on the page, in pixels.
struct Frame: Hashable {
    var x: Int
    var y: Int
    var width: Int
    var height: Int
}
