import CLookupKernels
import IPAddresses

/// The layout for keys of 128 bits: for each value of the first 16 bits, a region, a tree over the intervals that the
/// prefixes cut the region's keys into.
///
///     root    65536 × | 0 | line << 3 | height |  or  | 1 | next hop << 3 | 0 |
///
/// All regions' trees are of one height, four lines for a full table, so that a batch of keys walks them without a
/// branch. Boundaries between intervals lie where a prefix begins or ends, whatever the next hops are, so that a change
/// of a next hop is a store, and a new or a withdrawn prefix one key more or less in at most two leaves. Where a boundary
/// lies deeper than the window, the interval is one window wide and leads to a tree of the next slice.
final class IntervalTrees: ForwardingCore {
    static let heightMask: UInt32 = 7
    static let regionCount = 1 << 16
    static let regionLength = 16

    let memory: ForwardingMemory
    // The table's lock sees to it that there is one access at a time.
    @exclusivity(unchecked) var trie: RadixTrie<UInt128, UInt16>
    /// The way down to a leaf, the top first; kept so that no update allocates.
    let path: UnsafeMutablePointer<IntervalStep>

    init(compiling trie: RadixTrie<UInt128, UInt16>) {
        self.trie = trie
        path = .allocate(capacity: 8)
        path.initialize(repeating: IntervalStep(line: 0, rank: 0, last: 0), count: 8)
        memory = ForwardingMemory(
            unitBytes: IntervalLine.bytes, rootCount: Self.regionCount, capacity: 64 + trie.count / 6,
            rootWord: Self.entry(hop: NextHop.noRoute), height: 1)
        // Line 0 leads to itself, for keys that are answered before they come to a line.
        line(memory.allocate(1)).clear()
        compile()
    }

    deinit { path.deallocate() }

    var count: Int { trie.count }

    static func kernels(for kernel: LookupKernel) -> LookupKernels? {
        guard let instructions = kernel.instructions else { return portableKernels }
        return LookupKernels(lk_tree_kernels(instructions))
    }

    static var portableKernels: LookupKernels {
        LookupKernels(batch: intervalTreesPortableBatch, single: intervalTreesPortableSingle)
    }

    func line(_ number: UInt32) -> IntervalLine { IntervalLine(memory.base + IntervalLine.bytes * Int(number)) }

    static func entry(line: UInt32, height: Int) -> UInt32 { line << 3 | UInt32(truncatingIfNeeded: height) }

    /// The entry of a next hop; the sign tells it from a tree's.
    static func entry(hop: UInt16) -> UInt32 { 1 << 31 | UInt32(hop) << 3 }

    static func region(of key: UInt128) -> Int { Int(truncatingIfNeeded: key &>> 112) }

    static func firstKey(region: Int) -> UInt128 { UInt128(region) &<< 112 }
}

/// One line on the way down: which of its children or intervals was taken, and the last key of the line's interval.
struct IntervalStep {
    var line: UInt32
    var rank: Int
    var last: UInt32
}

/// Where a tree hangs: the place of its entry, the slice it is over, and the windows that it covers.
struct IntervalPlace {
    /// The offset of the entry in the memory; see ``ForwardingMemory/offset(root:)``.
    var offset: Int
    var slice: IntervalSlice
    var first: UInt32
    var last: UInt32
    /// A key with the tree's bits before the window.
    var like: UInt128
}
