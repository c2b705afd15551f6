import Foundation

/// One row of the report. `ratio` over 1 means that ours is better.
public struct Measurement: Encodable {
    public var measure: String
    public var ours: Double
    public var peer: Double?
    public var peerName: String?
    public var ratio: Double?
    public var unit: String
    public var kernel: String
    /// The bytes that our table's lookups can reach.
    public var bytes: Int

    public init(_ measure: String, ours: Double, unit: String, kernel: String, bytes: Int) {
        (self.measure, self.ours, self.unit, self.kernel, self.bytes) = (measure, ours, unit, kernel, bytes)
    }

    /// The same measure against a peer; less is better.
    public func against(_ peer: Double, _ name: String) -> Measurement {
        var row = self
        (row.peer, row.peerName, row.ratio) = (peer, name, peer / ours)
        return row
    }

    private enum CodingKeys: CodingKey { case measure, ours, peer, peerName, ratio, unit, kernel, bytes }

    /// With nulls, so that every row has every key.
    public func encode(to encoder: any Encoder) throws {
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
    public var median: Double { sorted()[count / 2] }
}

/// Nanoseconds that `body` takes, divided by `count`.
public func nanoseconds(per count: Int, _ body: () throws -> Void) rethrows -> Double {
    let time = try ContinuousClock().measure(body)
    return Double(time.components.seconds) * 1e9 / Double(count)
        + Double(time.components.attoseconds) / 1e9 / Double(count)
}

/// Keeps an answer from being optimised away.
@inline(never)
public func keep<Value>(_: Value) {}

/// Writes a line to standard error.
public func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

extension [Measurement] {
    /// Prints the report: a row for each measure, or a JSON array.
    public func report(json: Bool) throws {
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            FileHandle.standardOutput.write(try encoder.encode(self) + Data("\n".utf8))
            return
        }
        for row in self {
            let peer =
                row.peer.map { String(format: "%12.2f  %5.2f ×  %@", $0, row.ratio ?? 0, row.peerName ?? "") } ?? ""
            print(
                row.measure.padding(toLength: Swift.max(52, row.measure.count), withPad: " ", startingAt: 0),
                String(format: "%12.2f %@", row.ours, row.unit), peer)
        }
    }
}

/// A fast generator for inputs: SplitMix64.
public struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    public init(state: UInt64) { self.state = state }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z &>> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z &>> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z &>> 31
    }
}
