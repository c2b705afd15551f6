import CLookupKernels
import IPAddresses

/// The layout for keys of 32 bits: for each value of the first 18 bits a block, which says of each of the next 6 bits'
/// values whether a run of one next hop begins there.
///
///     root    262,144 × | block |
///     block   | u64 a bit for each run's beginning | n × u16 next hop | n × u32 link, if a next hop is LK_LINK |
///     link    | 4 × u32 block |                           the last 8 bits: 2 choose the block, 6 the bit in it
///
/// The run of a key is the population count of the bits up to its own: two dependent loads, three across a link. Blocks
/// are never changed: one is rebuilt, and the root's word stored. Those with one run are shared.
final class BitmapBlocks: ForwardingCore {
    let memory: ForwardingMemory
    static let rootBits = 18
    static let unitBytes = 8

    // The table's lock sees to it that there is one access at a time.
    @exclusivity(unchecked) var trie: RadixTrie<UInt32, UInt16>
    /// For each next hop the block that has no other.
    var constantBlocks: [UInt16: UInt32] = [:]

    init(compiling trie: RadixTrie<UInt32, UInt16>) {
        self.trie = trie
        memory = ForwardingMemory(
            unitBytes: Self.unitBytes, rootCount: 1 << Self.rootBits, capacity: 64 + trie.count / 2)
        let empty = constantBlock(NextHop.noRoute)
        memory.root.update(repeating: empty, count: 1 << Self.rootBits)
        for blocks in RootRanges(trie, length: Self.rootBits) {
            for block in blocks {
                memory.publish(build(bits: UInt32(block) << 14), at: ForwardingMemory.offset(root: block))
            }
        }
    }

    var count: Int { trie.count }

    static func kernels(for kernel: LookupKernel) -> LookupKernels? {
        guard let instructions = kernel.instructions else { return portableKernels }
        return LookupKernels(lk_block_kernels(instructions))
    }

    static var portableKernels: LookupKernels {
        LookupKernels(batch: bitmapBlocksPortableBatch, single: bitmapBlocksPortableSingle)
    }

    func update(_ nextHop: UInt16, bits: UInt128, length: Int) -> UInt16? {
        let prefix = Prefix<UInt32>(uncheckedBits: UInt32(truncatingIfNeeded: bits), length: length)
        let old = trie.updateValue(nextHop, for: prefix)
        if old != nextHop { rebuild(prefix) }
        return old
    }

    func remove(bits: UInt128, length: Int) -> UInt16? {
        let prefix = Prefix<UInt32>(uncheckedBits: UInt32(truncatingIfNeeded: bits), length: length)
        let old = trie.removeValue(for: prefix)
        if old != nil { rebuild(prefix) }
        return old
    }

    /// Rebuilds the blocks that hold keys of the prefix.
    private func rebuild(_ prefix: Prefix<UInt32>) {
        let first = Int(prefix.bits >> 14)
        let count = 1 << max(0, Self.rootBits - prefix.length)
        for block in first..<first + count {
            let old = memory.root[block]
            memory.publish(build(bits: UInt32(block) << 14), at: ForwardingMemory.offset(root: block))
            forEachOwned(by: old) { memory.retire($0, $1) }
        }
        memory.reclaimIfDue()
    }
}

/// The runs of a block: what its keys' next 6 bits lead to.
struct BitmapRuns {
    var starts: UInt64 = 0
    var hops: [UInt16] = []
    /// For each run the block of links, where its next hop is `LK_LINK`.
    var links: [UInt32] = []

    /// Adds the value of the next bit: a next hop, or a link that no run shares.
    mutating func append(_ hop: UInt16, link: UInt32, at bit: Int) {
        if hops.last == hop, hop != LK_LINK { return }
        starts |= 1 << UInt64(bit)
        hops.append(hop)
        links.append(link)
    }
}
