import Cluster

/// Findings with their numbers, as marks on what they are about.
struct FindingMarks {
    let findings: [Finding]
    private let byComponent: [String: [Int]]

    init(_ findings: [Finding]) {
        self.findings = findings
        byComponent = Dictionary(grouping: findings.indices, by: { findings[$0].component.id })
    }

    /// Paints the numbers of the findings about some components, from right to left; more than three as a count.
    func draw(for ids: Set<String>, right: Int, top: Int, in document: inout SVGDocument) {
        let numbers = ids.flatMap { byComponent[$0] ?? [] }.sorted()
        if numbers.isEmpty { return }
        let labels = numbers.count <= 3 ? numbers.map { "\($0 + 1)" } : ["\(numbers[0] + 1)", "+\(numbers.count - 1)"]
        var x = right
        for (index, label) in labels.enumerated().reversed() {
            let width = max(18, TextLayout.width(label) + 8)
            x -= width + 2
            let finding = findings[numbers[min(index, numbers.count - 1)]]
            document.group([], title: "\(finding.severity.rawValue) \(finding.id.rawValue): \(finding.message)") {
                $0.rectangle(
                    Frame(x: x, y: top, width: width, height: 17), class: finding.severity.rawValue + "-mark", radius: 8
                )
                $0.text(label, x: x + width / 2, y: top + 13, class: "mark", anchor: "middle")
            }
        }
    }

    /// The list of findings below the map.
    ///
    /// - Returns: where the list ends.
    func list(from top: Int, width: Int, in document: inout SVGDocument) -> Int {
        var y = top
        let columns = TextLayout.columns(width - 60)
        document.text(findings.isEmpty ? "no findings" : "findings", x: 16, y: y, class: "large")
        for (index, finding) in findings.enumerated() {
            y += 24
            let label = "\(index + 1)"
            let badge = max(18, TextLayout.width(label) + 8)
            document.rectangle(
                Frame(x: 16, y: y - 13, width: badge, height: 17), class: finding.severity.rawValue + "-mark", radius: 8
            )
            document.text(label, x: 16 + badge / 2, y: y, class: "mark", anchor: "middle")
            document.text(
                "\(finding.severity.rawValue)  \(finding.id.rawValue)  \(finding.component.id)", x: 24 + badge, y: y,
                class: "strong")
            for line in TextLayout.wrapped("\(finding.message). Fix: \(finding.fix)", columns: columns) {
                y += TextLayout.lineHeight
                document.text(line, x: 24 + badge, y: y)
            }
        }
        return y + 8
    }
}
