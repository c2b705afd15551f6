import BenchmarkSupport
import Foundation
import IPAddresses
import Synchronization
import Translation

extension FamilyBench {
    /// Several threads against one, each with flows of its own: how many times as much they do together.
    func runThreads() throws -> [BenchmarkSupport.Measurement] {
        var lookups: [Double] = []
        var opens: [Double] = []
        var bytes = 0
        for _ in 0..<rounds {
            let table = try ConnectionTable<Address>(capacity: flows + flows / 50)
            bytes = table.bytes
            let half = flows / 2
            let one = try nanoseconds(per: half) { try open(Array(tuples[..<half]), in: table) }
            let parts = split(Array(tuples[half...]))
            let several = onThreads { try open(parts[$0], in: table) } / Double(flows - half)
            opens.append(one / several)
            let single = nanoseconds(per: flows) { keep(lookUpInBatches(shuffled, in: table)) }
            let asked = split(shuffled)
            let together = onThreads { keep(lookUpInBatches(asked[$0], in: table)) } / Double(flows)
            lookups.append(single / together)
        }
        let suffix = "\(threads) threads on distinct flows against one"
        return [
            BenchmarkSupport.Measurement(
                "\(Address.family) lookup batch 32, \(suffix)", ours: lookups.median, unit: "×", kernel: "",
                bytes: bytes),
            BenchmarkSupport.Measurement(
                "\(Address.family) new, \(suffix)", ours: opens.median, unit: "×", kernel: "", bytes: bytes),
        ]
    }

    private func split(_ tuples: [FiveTuple<Address>]) -> [[FiveTuple<Address>]] {
        (0..<threads).map { number in
            Array(tuples[tuples.count * number / threads..<tuples.count * (number + 1) / threads])
        }
    }

    /// The nanoseconds from the first start to the last end.
    func onThreads(_ body: @escaping @Sendable (Int) throws -> Void) -> Double {
        let next = Counter()
        let bell = Counter()
        return timeThreads(
            threads,
            {
                let number = next.value.wrappingAdd(1, ordering: .relaxed).oldValue
                while bell.value.load(ordering: .acquiring) == 0 {}
                do { try body(number) } catch {
                    // A thread has no one to throw to: it ends the program as a wrong answer does.
                    note("answers differ: \(error)")
                    exit(1)
                }
            }, timing: { bell.value.store(1, ordering: .releasing) })
    }
}

private final class Counter: Sendable {
    let value = Atomic<Int>(0)
}
