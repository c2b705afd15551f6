import Foundation
import IPAddresses
import TestSupport
import Testing
import Translation

@Suite("ConnectionTable against the golden model")
struct ConnectionSequenceTests {
    @Test("Random operation sequences", arguments: 1...8)
    func random(seed: UInt64) throws {
        func run<Address: ConnectionAddress>(_: Address.Type) throws {
            var generator = SeededGenerator(seed: seed)
            var sequence = try ConnectionSequence<Address>(seed: seed)
            let count = TestLength.operations(40_000, short: 4_000)
            for _ in 0..<count {
                try sequence.perform(
                    .random(in: 0...255, using: &generator), .random(in: 0...255, using: &generator),
                    .random(in: 0...255, using: &generator))
            }
            try sequence.checkWhole()
        }
        try run(IPv4Address.self)
        try run(IPv6Address.self)
    }
}
