import Cluster
import VPC

/// The page of a trace while it is drawn, from top to bottom.
struct TracePage {
    var document: SVGDocument
    let width: Int
    private(set) var y = Lane.margin

    init(document: SVGDocument, width: Int) {
        self.document = document
        self.width = width
    }

    private var columns: Int { TextLayout.columns(width - 2 * Lane.margin) }

    mutating func heading(_ title: String, _ verdict: String) {
        for line in TextLayout.wrapped(title, columns: columns * 4 / 5) {
            y += 18
            document.text(line, x: Lane.margin, y: y, class: "large")
        }
        y += 20
        document.text(verdict, x: Lane.margin, y: y, class: "large " + Self.colour(verdict))
        y += 10
    }

    mutating func subheading(_ text: String) {
        y += 24
        document.text(text, x: Lane.margin, y: y, class: "strong")
        y += 6
    }

    private static func colour(_ verdict: String) -> String {
        switch verdict {
        case "delivered": "green"
        case "partial", "unknown": "amber"
        default: "red"
        }
    }

    /// Draws one way of the packets.
    ///
    /// `partial`: the elements that have dropped some of the packets.
    mutating func leg(_ name: String, _ hops: [Hop], partial: Set<Component>) {
        if hops.isEmpty { return }
        y += 22
        document.text(name, x: Lane.margin, y: y, class: "strong")
        y += 8
        let top = y
        y += 24
        // Lanes lie behind what is in them, and are as high as that gets: boxes are placed first.
        var boxes: [(hop: Hop, frame: Frame, lines: [String])] = []
        var headers: [(text: String, y: Int)] = []
        for (index, hop) in hops.enumerated() {
            let lane = Lane(hop.component.type)
            let lines = TextLayout.wrapped(hop.text, columns: TextLayout.columns(Lane.width - 36))
            let height = TextLayout.lineHeight * (lines.count + 1) + 10
            boxes.append((hop, Frame(x: lane.x + 8, y: y, width: Lane.width - 16, height: height), lines))
            y += height
            let shown = index == 0 ? hop.inbound : hop.translation?.after
            if let shown {
                headers.append((shown.header, y + 17))
                y += 24
            }
            y += 14
        }
        lanes(top, y - top)
        for (box, next) in zip(boxes, boxes.dropFirst()) { way(box.frame, next.frame) }
        for (index, box) in boxes.enumerated() {
            draw(box.hop, index + 1, box.frame, box.lines, isPartial: partial.contains(box.hop.component))
        }
        for header in headers { label(header.text, header.y) }
        y += 4
    }

    private mutating func lanes(_ top: Int, _ height: Int) {
        for lane in Lane.allCases {
            document.rectangle(
                Frame(x: lane.x, y: top, width: Lane.width, height: height),
                class: lane.rawValue % 2 == 0 ? "lane" : "lane-odd", radius: 0)
            document.text(lane.title, x: lane.x + Lane.width / 2, y: top + 16, class: "dim", anchor: "middle")
        }
    }

    /// From the bottom of a box to the top of the next one, around what stands between.
    private mutating func way(_ from: Frame, _ to: Frame) {
        let (x1, y1) = (from.x + from.width / 2, from.y + from.height)
        let (x2, y2) = (to.x + to.width / 2, to.y)
        let middle = y2 - 7
        let path = x1 == x2 ? "M\(x1) \(y1)V\(y2)" : "M\(x1) \(y1)V\(middle)H\(x2)V\(y2)"
        document.add("path", [("class", "way"), ("d", path), ("marker-end", "url(#arrow)")])
    }

    private mutating func draw(_ hop: Hop, _ number: Int, _ frame: Frame, _ lines: [String], isPartial: Bool) {
        let columns = TextLayout.columns(frame.width - 16)
        let name =
            hop.isBlocking
            ? "blocked"
            : hop.isUnknown ? "partial" : (isPartial ? "partial" : (hop.translation == nil ? "box" : "changed"))
        let mark = hop.isBlocking ? "✗ " : hop.isUnknown ? "? " : (isPartial ? "! " : "")
        document.group([], title: "\(number). \(hop.component.id): \(hop.text)") { document in
            document.rectangle(frame, class: name)
            let id = TextLayout.shortened("\(number) \(mark)\(hop.component.id)", columns: columns)
            var y = frame.y + TextLayout.lineHeight
            document.text(id, x: frame.x + 8, y: y, class: hop.isBlocking ? "strong red" : "strong")
            for line in lines {
                y += TextLayout.lineHeight
                document.text(line, x: frame.x + 8, y: y, class: hop.isBlocking ? "red" : "")
            }
        }
    }

    /// The header, in the middle of the page, on a ground of its own.
    private mutating func label(_ text: String, _ baseline: Int) {
        let lengths = TextLayout.width(text) + 12
        document.rectangle(
            Frame(x: width / 2 - lengths / 2, y: baseline - 13, width: lengths, height: 18), class: "page", radius: 4)
        document.text(text, x: width / 2, y: baseline, class: "header", anchor: "middle")
    }

    /// Why packets did not arrive, and what was assumed.
    mutating func explanations(_ trace: Trace) {
        y += 14
        var told: [Explanation] = []
        for explanation in trace.branches.flatMap(\.explanations) where !told.contains(explanation) {
            told.append(explanation)
            y += 20
            document.text(explanation.code.rawValue, x: Lane.margin, y: y, class: "strong red")
            let text = (explanation.leg == .reply ? "reply: " : "") + explanation.text
            paragraph(text, "")
        }
        for one in trace.unchecked { paragraph("unchecked: \(one.kind) \(one.name): \(one.reason)", "amber") }
        for note in trace.notes { paragraph("note: \(note)", "dim") }
    }

    private mutating func paragraph(_ text: String, _ name: String) {
        for line in TextLayout.wrapped(text, columns: columns) {
            y += TextLayout.lineHeight
            document.text(line, x: Lane.margin, y: y, class: name)
        }
    }
}
