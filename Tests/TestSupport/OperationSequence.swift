import IPAddresses
import PrefixTrie

/// A sequence of operations done on a trie and on the golden model at once; every answer is compared.
public struct OperationSequence<Key: PrefixKey, Value: Equatable> {
    public struct Mismatch: Error, CustomStringConvertible {
        public let description: String
    }

    private var trie = RadixTrie<Key, Value>()
    private var golden = GoldenTable<Key, Value>()
    private var snapshots: [(trie: RadixTrie<Key, Value>, golden: GoldenTable<Key, Value>)] = []
    private var step = 0
    private let makeValue: (Int) -> Value

    /// The most prefixes held at once, which bounds the golden model's time.
    private let limit: Int

    public init(limit: Int, usesKernel: Bool = true, wideFrom: Int? = nil, value: @escaping (Int) -> Value) {
        self.limit = limit
        makeValue = value
        trie._setUsesKernel(usesKernel)
        if let wideFrom { trie._setWideFrom(wideFrom) }
    }

    /// The number of prefixes held now.
    public var count: Int { trie.count }

    /// Does one operation. Some three in five change the table; `code` picks which.
    public mutating func perform(_ code: UInt8, _ prefix: Prefix<Key>) throws {
        step += 1
        switch code % 24 {
        case 0...7 where trie.count < limit:
            let value = makeValue(step)
            try expect(trie.updateValue(value, for: prefix), golden.updateValue(value, for: prefix), "update", prefix)
        case 0...12:
            let victim = victim(prefix, code)
            try expect(trie.removeValue(for: victim), golden.removeValue(for: victim), "removeValue", victim)
        case 13:
            try changeInPlace(code < 128 ? prefix : victim(prefix, code))
        case 14:
            try expect(trie[prefix], golden[prefix], "subscript", prefix)
            try expect(trie.contains(prefix), golden[prefix] != nil, "contains", prefix)
        case 15: try match(prefix)
        case 16: try cover(prefix)
        case 17: try order(prefix)
        case 18 where code < 32:
            let removed = golden.covered(by: prefix)
            try expect(trie.removeAll(coveredBy: prefix), removed.count, "removeAll(coveredBy:)", prefix)
            for element in removed { golden.removeValue(for: element.prefix) }
        case 19...20:
            snapshots.append((trie, golden))
            if snapshots.count > 3 { snapshots.remove(at: step % 3) }
        case 21 where !snapshots.isEmpty:
            // The copy goes on, and what it was a copy of is kept.
            let place = step % snapshots.count
            (snapshots[place], (trie, golden)) = ((trie, golden), snapshots[place])
        default: try within(prefix)
        }
        if step % 2048 == 0 { try checkWhole() }
    }

    /// An existing prefix most of the time, so that removals remove.
    private func victim(_ prefix: Prefix<Key>, _ code: UInt8) -> Prefix<Key> {
        golden.elements.isEmpty || code > 200 ? prefix : golden.elements[step % golden.elements.count].prefix
    }

    private mutating func changeInPlace(_ prefix: Prefix<Key>) throws {
        let value = step % 3 == 0 || trie.count >= limit ? nil : makeValue(step)
        let old = trie.update(prefix) { held in
            defer { held = value }
            return held
        }
        try expect(old, golden[prefix], "update(_:_:)", prefix)
        if let value { golden.updateValue(value, for: prefix) } else { golden.removeValue(for: prefix) }
        try expect(trie[prefix], value, "what update(_:_:) left", prefix)
    }

    private func match(_ prefix: Prefix<Key>) throws {
        let keys = [prefix.first, prefix.last] + golden.elements.prefix(step % 8 == 0 ? 70 : 2).map(\.prefix.last)
        let expected = keys.map { golden.longestMatch(for: $0) }
        var batch = [RadixTrie<Key, Value>.Element?](repeating: nil, count: keys.count)
        var values = [Value?](repeating: nil, count: keys.count)
        var batchSpan = batch.mutableSpan
        trie.longestMatches(for: keys.span, into: &batchSpan)
        var valueSpan = values.mutableSpan
        trie.longestMatchValues(for: keys.span, into: &valueSpan)
        for (index, key) in keys.enumerated() {
            let single = trie.longestMatch(for: key)
            for (ours, name) in [(single, "longestMatch"), (batch[index], "longestMatches")] {
                try expect(ours?.prefix, expected[index]?.prefix, name, prefix)
                try expect(ours?.value, expected[index]?.value, name, prefix)
            }
            try expect(values[index], expected[index]?.value, "longestMatchValues", prefix)
            let covering = golden.covering(Prefix(host: key))
            try expect(trie.shortestMatch(for: key)?.prefix, covering.first?.prefix, "shortestMatch", prefix)
        }
    }

    private func cover(_ prefix: Prefix<Key>) throws {
        let (ours, model) = (trie.longestMatch(covering: prefix), golden.longestMatch(covering: prefix))
        try expect(ours?.prefix, model?.prefix, "longestMatch(covering:)", prefix)
        try expect(ours?.value, model?.value, "longestMatch(covering:)", prefix)
        let covering = golden.covering(prefix)
        try expect(trie.covering(prefix).map(\.prefix), covering.map(\.prefix), "covering", prefix)
        try expect(trie.covering(prefix).map(\.value), covering.map(\.value), "covering", prefix)
        try expect(trie.shortestMatch(covering: prefix)?.prefix, covering.first?.prefix, "shortestMatch", prefix)
    }

    private func order(_ prefix: Prefix<Key>) throws {
        let later = golden.elements.filter { $0.prefix >= prefix }
        try expect(trie.elements(from: prefix).map(\.prefix), later.map(\.prefix), "elements(from:)", prefix)
        try expect(trie.elements(from: prefix).map(\.value), later.map(\.value), "elements(from:)", prefix)
        let next = golden.elements.first { $0.prefix > prefix }
        try expect(trie.element(after: prefix)?.prefix, next?.prefix, "element(after:)", prefix)
        let previous = golden.elements.last { $0.prefix < prefix }
        try expect(trie.element(before: prefix)?.prefix, previous?.prefix, "element(before:)", prefix)
        try expect(trie.element(before: prefix)?.value, previous?.value, "element(before:)", prefix)
        try expect(trie.first?.prefix, golden.elements.first?.prefix, "first", prefix)
        try expect(trie.last?.prefix, golden.elements.last?.prefix, "last", prefix)
        try expect(trie.last?.value, golden.elements.last?.value, "last", prefix)
    }

    private func within(_ prefix: Prefix<Key>) throws {
        let (ours, model) = (trie.covered(by: prefix), golden.covered(by: prefix))
        try expect(ours.map(\.prefix), model.map(\.prefix), "covered", prefix)
        try expect(ours.map(\.value), model.map(\.value), "covered", prefix)
        try expect(ours.isEmpty, model.isEmpty, "covered", prefix)
        try expect(trie.overlaps(prefix), golden.overlaps(prefix), "overlaps", prefix)
        let inner = golden.longestMatch(for: prefix.last).flatMap { prefix.covers($0.prefix) ? $0.value : nil }
        try expect(ours.longestMatch(for: prefix.last)?.value, inner, "a view's longestMatch", prefix)
    }

    /// Compares all elements, the structure's invariants, and copies that were taken before later changes.
    public mutating func checkWhole() throws {
        for (trie, golden) in snapshots + [(trie, golden)] {
            trie._invariantCheck()
            guard trie.count == golden.elements.count, trie.elementsEqual(golden.elements, by: ==) else {
                throw Mismatch(description: "step \(step): elements differ")
            }
        }
    }

    private func expect<Answer: Equatable>(_ ours: Answer, _ model: Answer, _ name: String, _ prefix: Prefix<Key>)
        throws
    {
        if ours != model {
            throw Mismatch(
                description:
                    "step \(step): \(name)(\(prefix.bits)/\(prefix.length)) is \(ours), the model says \(model)")
        }
    }
}

/// Prefixes that collide often: few distinct leading bits, every length.
public func clusteredPrefix<Key: PrefixKey>(using generator: inout SeededGenerator) -> Prefix<Key> {
    let random = generator.next()
    let width = Key.bitWidth
    var bits = Key.Bits(truncatingIfNeeded: random & 7) << Key.Bits(width - 3)
    if random & 0x100 != 0 { bits |= Key.Bits(truncatingIfNeeded: generator.next()) & 0xF }
    if random & 0x200 != 0 { bits |= Key.Bits(truncatingIfNeeded: random >> 32) << Key.Bits(width / 2) }
    if random & 0xC00 == 0 { bits = ~bits }
    let length = random & 0x1000 == 0 ? Int(random >> 16 & 0xFF) % (width + 1) : Int(random >> 16 & 7)
    return Prefix(masking: Key(bits: bits), length: length)
}
