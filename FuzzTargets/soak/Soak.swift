import Foundation
import TestSupport

/// Mutates the inputs of a corpus at random and hands them to its target: fuzz-soak TARGET COUNT SEED FOLDER.
@main
enum Soak {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 5, let body = FuzzBody(rawValue: arguments[1]), let count = Int(arguments[2]),
            let seed = UInt64(arguments[3])
        else {
            FileHandle.standardError.write(Data("usage: fuzz-soak TARGET COUNT SEED FOLDER\n".utf8))
            exit(2)
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: arguments[4]).sorted()
        let corpus = try names.map { Array(try Data(contentsOf: URL(fileURLWithPath: arguments[4] + "/" + $0))) }
        var generator = SeededGenerator(seed: seed)
        let started = ContinuousClock.now
        // The input is in the file before it runs, where one is named: what is in it after a crash has caused it.
        let path = ProcessInfo.processInfo.environment["SOAK_INPUT"]
        for _ in 0..<count {
            let input = mutated(corpus, &generator)
            if let path { try Data(input).write(to: URL(fileURLWithPath: path)) }
            body(input)
        }
        let seconds = (ContinuousClock.now - started).components.seconds
        print("\(body.rawValue): \(count) executions, seed \(seed), \(seconds) s")
    }

    /// One input with up to eight changes: bytes set, bits flipped, cut off, or the end of another one.
    static func mutated(_ corpus: [[UInt8]], _ generator: inout SeededGenerator) -> [UInt8] {
        var bits = generator.next()
        func take(_ bound: Int) -> Int {
            defer { bits = bits == 0 ? generator.next() : bits / UInt64(bound) }
            return Int(bits % UInt64(bound))
        }
        var bytes = corpus[take(corpus.count)]
        for _ in 0...take(8) where !bytes.isEmpty {
            let place = take(bytes.count)
            switch take(8) {
            case 0, 1, 2: bytes[place] = UInt8(take(256))
            case 3, 4: bytes[place] ^= 1 << UInt8(take(8))
            case 5: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF, 44, 58, 60][take(8)]
            case 6: bytes.removeLast(take(min(bytes.count, 64)))
            default:
                let other = corpus[take(corpus.count)]
                if place < other.count { bytes.replaceSubrange(place..., with: other[place...]) }
            }
        }
        return bytes
    }
}
