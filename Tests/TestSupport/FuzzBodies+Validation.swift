import Cluster
import Snapshot

extension FuzzBody {
    /// The files of the example cluster.
    static let example = ((try? ExampleCluster.files()) ?? []).map { Snapshot.File(path: $0.path, bytes: $0.bytes) }

    /// Values that are worth trying where another one stood.
    private static let values = [
        "0", "-1", "9223372036854775807", "18446744073709551616", "65535", "::/0", "0.0.0.0/0", "fd00::/8", "::",
        "255.255.255.255",
        "", "null", "true", "vpc-0demo", "ff02::1", "2001:db8:1234:1a10:aaaa::/128", "10.0.0.0/32", "10.0.0.0/1",
        "2000::/3",
    ]

    /// The example cluster with words of its files replaced: six bytes each, the file, the place, and the value. It is read or
    /// refused; what is read is validated, by both rule sets, and forecast.
    func validation(_ bytes: [UInt8]) {
        var files = Self.example
        if files.isEmpty { return }
        var next = 0
        while next + 6 <= bytes.count, next < 60 {
            let file = Int(bytes[next]) % files.count
            let place =
                (Int(bytes[next + 1]) << 16 | Int(bytes[next + 2]) << 8 | Int(bytes[next + 3]))
                % files[file].bytes.count
            replaceWord(of: &files[file].bytes, at: place, by: Self.values[Int(bytes[next + 4]) % Self.values.count])
            next += 6
        }
        guard let snapshot = try? Snapshot(files: files, name: "input", toleratesMissing: true) else { return }
        for ruleSet in [RuleSet.seed, .current] { check(snapshot.validate(ruleSet, earlier: snapshot)) }
        check(snapshot.cluster.forecast())
    }

    func check(_ findings: [Finding]) {
        for finding in findings {
            precondition(!finding.message.isEmpty && !finding.fix.isEmpty, "a finding says nothing")
        }
    }

    func check(_ forecasts: [Forecast]) {
        for forecast in forecasts { precondition(forecast.morePods >= 0, "fewer pods than none") }
    }

    /// Replaces what stands between quotes, blanks and commas around a place.
    private func replaceWord(of bytes: inout [UInt8], at place: Int, by value: String) {
        let borders: Set<UInt8> = Set("\" ,:\n'[]{}".utf8)
        var (start, end) = (place, place)
        while start > 0, !borders.contains(bytes[start - 1]) { start -= 1 }
        while end < bytes.count, !borders.contains(bytes[end]) { end += 1 }
        bytes.replaceSubrange(start..<end, with: Array(value.utf8))
    }
}
