import CLookupKernels

extension IntervalTrees {
    /// Goes down to the leaf that holds `window`, and leaves the steps in `path`.
    ///
    /// - Returns: the last step, whose rank is the interval's.
    @discardableResult
    func descend(_ entry: UInt32, to window: UInt32, last: UInt32) -> IntervalStep {
        let height = Int(entry & Self.heightMask)
        var number = entry >> 3
        var last = last
        for depth in 0..<height - 1 {
            let line = line(number)
            let rank = line.innerRank(window)
            path[depth] = IntervalStep(line: number, rank: rank, last: last)
            // An unused key is the largest; a child whose key is unused is the last one.
            if rank < 15, line.key(rank) != IntervalLine.unused { last = line.key(rank) }
            number = line.firstChild + UInt32(truncatingIfNeeded: rank)
        }
        let step = IntervalStep(line: number, rank: line(number).leafRank(window), last: last)
        path[height - 1] = step
        return step
    }

    /// The last window of the interval that a leaf's step leads to.
    func intervalEnd(_ step: IntervalStep) -> UInt32 {
        let line = line(step.line)
        return step.rank < 10 && line.key(step.rank) != IntervalLine.unused ? line.key(step.rank) : step.last
    }
}

/// A line that takes the place of another one: what has been copied, and what goes away.
struct IntervalReplacement {
    /// The line to fill, and where its links go.
    var line: UInt32
    var companion: UInt32?
    fileprivate var group: UInt32
    fileprivate var oldGroup: UInt32
    fileprivate var oldSize: Int
}

extension IntervalTrees {
    /// Makes a copy of the group that the line at `depth` of the path belongs to, for a line in its place.
    ///
    /// `linked`: whether the new line is a leaf with links.
    func replaceLine(depth: Int, height: Int, linked: Bool) -> IntervalReplacement {
        let old = path[depth].line
        if depth == 0 {
            let new = memory.allocate(linked ? 2 : 1)
            return IntervalReplacement(
                line: new, companion: linked ? new + 1 : nil, group: new, oldGroup: old,
                oldSize: topSize(old, height: height))
        }
        let parent = path[depth - 1].line
        let children = UInt32(line(parent).childCount)
        let oldGroup = line(parent).firstChild
        let areLeaves = depth == height - 1
        let oldSize = groupSize(parent, height: height - depth + 1)
        let hadLinks = areLeaves && line(old).companion != 0
        let size = oldSize - (hadLinks ? 1 : 0) + (linked ? 1 : 0)
        let group = memory.allocate(size)
        copyLines(from: oldGroup, to: group, Int(children))
        let place = old - oldGroup
        guard areLeaves, oldSize > Int(children) || linked else {
            return IntervalReplacement(
                line: group + place, companion: nil, group: group, oldGroup: oldGroup, oldSize: oldSize)
        }
        var companion = group + children
        var own: UInt32?
        for child in 0..<children {
            if child == place {
                guard linked else { continue }
                own = companion
            } else {
                let distance = line(oldGroup + child).companion
                if distance == 0 { continue }
                copyLines(from: oldGroup + child + UInt32(distance), to: companion, 1)
                line(group + child).setCompanion(Int(companion - (group + child)))
            }
            companion += 1
        }
        return IntervalReplacement(
            line: group + place, companion: own, group: group, oldGroup: oldGroup, oldSize: oldSize)
    }

    func copyLines(from source: UInt32, to target: UInt32, _ count: Int) {
        line(target).pointer.copyMemory(from: line(source).pointer, byteCount: IntervalLine.bytes * count)
    }

    /// Lets readers see the group with the line in place, and retires the old one.
    func publish(_ replacement: IntervalReplacement, depth: Int, height: Int, at place: IntervalPlace) {
        if depth == 0 {
            memory.publish(Self.entry(line: replacement.line, height: height), at: place.offset)
        } else {
            memory.publish(
                replacement.group << 3, at: IntervalLine.bytes * Int(path[depth - 1].line) + IntervalLine.childOffset)
        }
        memory.retire(replacement.oldGroup, replacement.oldSize)
    }
}
