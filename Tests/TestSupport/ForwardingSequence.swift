import IPAddresses
import PrefixTrie

/// A sequence of changes to a forwarding table and to the golden model at once; answers of all kernels are compared.
public struct ForwardingSequence<Key: ForwardingKey> {
    public struct Mismatch: Error, CustomStringConvertible {
        public let description: String
    }

    public let table: ForwardingTable<Key>
    private var golden = GoldenTable<Key, UInt16>()
    private var step = 0

    /// The most prefixes held at once, which bounds the golden model's time.
    private let limit: Int

    public init(_ table: ForwardingTable<Key>, limit: Int) {
        self.table = table
        self.limit = limit
    }

    /// The number of prefixes held now.
    public var count: Int { golden.elements.count }

    /// Does one change, and asks for the keys around the prefix.
    public mutating func perform(_ code: UInt8, _ prefix: Prefix<Key>) throws {
        step += 1
        // Few next hops, so that neighbours often share one.
        let hop = UInt16(truncatingIfNeeded: step % 5)
        var changed = prefix
        switch code % 8 {
        case 0...3 where golden.elements.count < limit:
            try expect(try table.updateValue(hop, for: prefix), golden.updateValue(hop, for: prefix), "updateValue")
        case 4 where !golden.elements.isEmpty:
            changed = golden.elements[step % golden.elements.count].prefix
            try expect(try table.updateValue(hop, for: changed), golden.updateValue(hop, for: changed), "new value")
        default:
            if !golden.elements.isEmpty, code < 200 {
                changed = golden.elements[step % golden.elements.count].prefix
            }
            try expect(table.removeValue(for: changed), golden.removeValue(for: changed), "removeValue")
        }
        try check(around: [changed])
        if step % 512 == 0 { try checkWhole() }
    }

    /// Compares the answers at all boundaries, and checks the structure.
    public func checkWhole() throws {
        try table._invariantCheck()
        try check(around: golden.elements.map(\.prefix))
        try expect(table.count, golden.elements.count, "count")
    }

    private func check(around prefixes: [Prefix<Key>]) throws {
        var keys: [Key] = []
        for prefix in prefixes {
            let last = prefix.last.bits
            keys += [prefix.first, prefix.last]
            keys += [prefix.first.bits &- 1, last &+ 1, prefix.bits | (last & (last >> 1))].map { Key(bits: $0) }
        }
        let expected = keys.map { golden.longestMatch(for: $0)?.value ?? NextHop.noRoute }
        for kernel in LookupKernel.available {
            guard let answers = table.answers(for: keys, by: kernel) else {
                throw Mismatch(description: "kernel \(kernel) is said to be available and is not")
            }
            for (index, key) in keys.enumerated() {
                try expect(answers.batch[index], expected[index], "\(kernel) batch, key \(key.bits)")
                try expect(answers.single[index], expected[index], "\(kernel) single, key \(key.bits)")
            }
        }
    }

    private func expect<Answer: Equatable>(_ ours: Answer, _ model: Answer, _ name: String) throws {
        if ours != model {
            throw Mismatch(description: "step \(step): \(name) is \(ours), the model says \(model)")
        }
    }
}
