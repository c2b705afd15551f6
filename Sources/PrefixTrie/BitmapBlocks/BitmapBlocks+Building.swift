import CLookupKernels
import IPAddresses

extension BitmapBlocks {
    /// The bits of the key that a block of the root is chosen by, and that its bits stand for.
    private static let blockLength = rootBits
    private static let runLength = rootBits + 6

    /// Builds the block of the keys that begin with `bits`, or finds the shared one.
    func build(bits: UInt32) -> UInt32 {
        let prefix = Prefix<UInt32>(uncheckedBits: bits, length: Self.blockLength)
        let cover = trie.longestMatch(covering: prefix)?.value ?? NextHop.noRoute
        guard trie.hasLonger(than: prefix) else { return constantBlock(cover) }
        var hops = [UInt16](repeating: cover, count: 64)
        var deeper: UInt64 = 0
        // In order, so that a longer prefix overwrites the shorter one that covers it.
        for (longer, hop) in trie.covered(by: prefix) where longer.length > Self.blockLength {
            let bit = Int(longer.bits >> 8 & 63)
            if longer.length > Self.runLength {
                deeper |= 1 << UInt64(bit)
            } else {
                for run in bit..<bit + 1 << (Self.runLength - longer.length) { hops[run] = hop }
            }
        }
        var runs = BitmapRuns()
        for bit in 0..<64 {
            if deeper >> UInt64(bit) & 1 == 0 {
                runs.append(hops[bit], link: 0, at: bit)
            } else {
                let link = buildLink(bits: bits | UInt32(bit) << 8, cover: hops[bit])
                runs.append(UInt16(LK_LINK), link: link, at: bit)
            }
        }
        return store(runs)
    }

    /// Builds the four blocks of the keys that begin with the 24 bits.
    private func buildLink(bits: UInt32, cover: UInt16) -> UInt32 {
        var hops = [UInt16](repeating: cover, count: 256)
        let prefix = Prefix<UInt32>(uncheckedBits: bits, length: Self.runLength)
        for (longer, hop) in trie.covered(by: prefix) where longer.length > Self.runLength {
            let first = Int(longer.bits & 255)
            for key in first..<first + 1 << (32 - longer.length) { hops[key] = hop }
        }
        let blocks = (0..<4).map { quarter in
            var runs = BitmapRuns()
            for bit in 0..<64 { runs.append(hops[64 * quarter + bit], link: 0, at: bit) }
            return store(runs)
        }
        let link = memory.allocate(2)
        for (index, block) in blocks.enumerated() {
            memory.base.storeBytes(of: block, toByteOffset: Self.unitBytes * Int(link) + 4 * index, as: UInt32.self)
        }
        return link
    }

    func constantBlock(_ hop: UInt16) -> UInt32 {
        if let block = constantBlocks[hop] { return block }
        var runs = BitmapRuns()
        runs.append(hop, link: 0, at: 0)
        let block = write(runs)
        constantBlocks[hop] = block
        return block
    }

    private func store(_ runs: BitmapRuns) -> UInt32 {
        runs.hops.count == 1 && runs.hops[0] != LK_LINK ? constantBlock(runs.hops[0]) : write(runs)
    }

    private func write(_ runs: BitmapRuns) -> UInt32 {
        let linked = runs.hops.contains(UInt16(LK_LINK))
        let block = memory.allocate(Self.units(runs: runs.hops.count, linked: linked))
        let pointer = memory.base + Self.unitBytes * Int(block)
        pointer.storeBytes(of: runs.starts, as: UInt64.self)
        for (index, hop) in runs.hops.enumerated() {
            pointer.storeBytes(of: hop, toByteOffset: 8 + 2 * index, as: UInt16.self)
        }
        if linked {
            for (index, link) in runs.links.enumerated() {
                let offset = Self.linksOffset(runs: runs.hops.count) + 4 * index
                pointer.storeBytes(of: link, toByteOffset: offset, as: UInt32.self)
            }
        }
        return block
    }

    static func linksOffset(runs: Int) -> Int { (8 + 2 * runs + 3) & ~3 }

    static func units(runs: Int, linked: Bool) -> Int {
        ((linked ? linksOffset(runs: runs) + 4 * runs : 8 + 2 * runs) + unitBytes - 1) / unitBytes
    }

    /// Calls `body` with each run of units that is a block's own: itself and what it links to, shared blocks excepted.
    func forEachOwned(by block: UInt32, _ body: (_ run: UInt32, _ count: Int) -> Void) {
        let view = view(of: block)
        if view.runs == 1, constantBlocks[view.hop(0)] == block { return }
        var linked = false
        for run in 0..<view.runs where view.hop(run) == LK_LINK {
            linked = true
            let link = view.link(run)
            for quarter in 0..<4 {
                forEachOwned(by: memory.load(Self.unitBytes * Int(link) + 4 * quarter), body)
            }
            body(link, 2)
        }
        body(block, Self.units(runs: view.runs, linked: linked))
    }

    func view(of block: UInt32) -> BitmapBlockView { .init(pointer: memory.base + Self.unitBytes * Int(block)) }
}

/// Readings of one block.
struct BitmapBlockView {
    let pointer: UnsafeMutableRawPointer

    var starts: UInt64 { pointer.load(as: UInt64.self) }
    var runs: Int { starts.nonzeroBitCount }

    func hop(_ run: Int) -> UInt16 { pointer.load(fromByteOffset: 8 + 2 * run, as: UInt16.self) }

    func link(_ run: Int) -> UInt32 {
        pointer.load(fromByteOffset: BitmapBlocks.linksOffset(runs: runs) + 4 * run, as: UInt32.self)
    }
}
