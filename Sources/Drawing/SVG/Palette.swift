/// The style sheet of all drawings. Colour never says something by itself: blocked hops have a cross, findings a number.
enum Palette {
    static let style = """
        text{font:\(TextLayout.fontSize)px "DejaVu Sans Mono",Menlo,Consolas,monospace;fill:#1f2933}
        .page{fill:#fff}.strong{font-weight:bold}.large{font-weight:bold;font-size:15px}.dim{fill:#52606d}
        .lane{fill:#f5f7fa}.lane-odd{fill:#edf1f5}.box{fill:#fff;stroke:#52606d}.changed{fill:#e6f0ff;stroke:#1d5fbf}
        .partial{fill:#fff8e6;stroke:#b45309;stroke-width:2}
        .blocked{fill:#fdeaea;stroke:#b91c1c;stroke-width:2}.red{fill:#b91c1c}.green{fill:#166534}.amber{fill:#92400e}
        .header{fill:#1d4e9e}.way{stroke:#52606d;fill:none;stroke-width:1.5}.head{fill:#52606d}
        .vpc{fill:#f5f7fa;stroke:#52606d}.public{fill:#e8f6ec;stroke:#2f855a}.private{fill:#e6f0ff;stroke:#1d5fbf}
        .other{fill:#fff8e6;stroke:#b7791f}.plain{fill:none;stroke:none}.node{fill:#fff;stroke:#1f2933}
        .error-mark{fill:#b91c1c}.warning-mark{fill:#b45309}.advice-mark{fill:#1d5fbf}.mark{fill:#fff;font-weight:bold}
        """
}
