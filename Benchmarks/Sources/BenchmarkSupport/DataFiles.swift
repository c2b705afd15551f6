import Foundation

/// Where a file of `Benchmarks/Data` is, wherever the program is started: in the working folder, or beside the package that the
/// program was built in.
public func dataFile(_ name: String) -> String {
    var folders = ["Data", "Benchmarks/Data"]
    // .build/TRIPLE/release/program, which .build/release leads to.
    var folder = URL(fileURLWithPath: Bundle.main.executablePath ?? CommandLine.arguments[0]).resolvingSymlinksInPath()
    for _ in 0..<6 {
        folder.deleteLastPathComponent()
        folders.append(folder.appendingPathComponent("Data").path)
    }
    // A program that was copied elsewhere.
    let source = URL(fileURLWithPath: #filePath)
    folders.append(source.deletingLastPathComponent().appendingPathComponent("../../Data").standardized.path)
    let found = folders.lazy.map { "\($0)/\(name)" }.first { FileManager.default.fileExists(atPath: $0) }
    return found ?? "Data/\(name)"
}
