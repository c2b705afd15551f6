/// One row of the report. `ratio` over 1 means that ours is better.
struct Measurement: Encodable {
    var measure: String
    var ours: Double
    var peer: Double?
    var peerName: String?
    var ratio: Double?
    var unit: String
    var kernel: String
    /// The bytes that our table's lookups can reach.
    var bytes: Int

    init(_ measure: String, ours: Double, unit: String, kernel: String, bytes: Int) {
        (self.measure, self.ours, self.unit, self.kernel, self.bytes) = (measure, ours, unit, kernel, bytes)
    }

    /// The same measure against a peer; less is better.
    func against(_ peer: Double, _ name: String) -> Measurement {
        var row = self
        (row.peer, row.peerName, row.ratio) = (peer, name, peer / ours)
        return row
    }

    private enum CodingKeys: CodingKey { case measure, ours, peer, peerName, ratio, unit, kernel, bytes }

    /// With nulls, so that every row has every key.
    func encode(to encoder: any Encoder) throws {
        var row = encoder.container(keyedBy: CodingKeys.self)
        try row.encode(measure, forKey: .measure)
        try row.encode(ours, forKey: .ours)
        try row.encode(peer, forKey: .peer)
        try row.encode(peerName, forKey: .peerName)
        try row.encode(ratio, forKey: .ratio)
        try row.encode(unit, forKey: .unit)
        try row.encode(kernel, forKey: .kernel)
        try row.encode(bytes, forKey: .bytes)
    }
}

extension [Double] {
    var median: Double { sorted()[count / 2] }
}

/// Nanoseconds that `body` takes, divided by `count`.
func nanoseconds(per count: Int, _ body: () throws -> Void) rethrows -> Double {
    let time = try ContinuousClock().measure(body)
    return Double(time.components.seconds) * 1e9 / Double(count)
        + Double(time.components.attoseconds) / 1e9 / Double(count)
}
