import IPAddresses

/// A set of addresses in few words: prefixes that are in it, and exceptions in these.
///
/// What is neither said to be in nor to be out stays out. The fewest entries for which longest-prefix match says "in" for
/// just the addresses of the set (as in "Constructing optimal IP routing tables", Draves and others, 1999, for two next
/// hops).
struct PrefixDescription: Hashable {
    var included: [IPPrefix] = []
    var excluded: [IPPrefix] = []

    /// Describes the union of intervals of a family. `any`: intervals that may be said to be in or out, whichever is shorter.
    init(_ family: IPFamily, _ intervals: [ClosedRange<UInt128>], any: [ClosedRange<UInt128>] = []) {
        let root = Self.plan(family, 0, 0, Self.merged(intervals)[...], Self.merged(any)[...])
        root.emit(inherited: false, into: &self)
        included.sort()
        excluded.sort()
    }

    private static func merged(_ intervals: [ClosedRange<UInt128>]) -> [ClosedRange<UInt128>] {
        var result: [ClosedRange<UInt128>] = []
        for interval in intervals.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = result.last, last.upperBound == .max || last.upperBound + 1 >= interval.lowerBound {
                result[result.count - 1] = last.lowerBound...max(last.upperBound, interval.upperBound)
            } else {
                result.append(interval)
            }
        }
        return result
    }

    /// A prefix, and how many entries it takes to describe what is in it.
    private final class Plan {
        let prefix: IPPrefix

        let state: State
        let halves: (Plan, Plan)?

        /// Entries that the halves need where the nearest shorter entry says "out", and where it says "in".
        let below: (out: Int, in: Int)

        /// What is the same in all of it.
        enum State {
            case isIn
            case isOut
            case isAny
            case isMixed
        }

        init(_ prefix: IPPrefix, _ state: State) {
            (self.prefix, self.state, halves) = (prefix, state, nil)
            below = (0, 0)
        }

        init(_ prefix: IPPrefix, _ left: Plan, _ right: Plan) {
            (self.prefix, state, halves) = (prefix, .isMixed, (left, right))
            below = (left.cost(false) + right.cost(false), left.cost(true) + right.cost(true))
        }

        func cost(_ inherited: Bool) -> Int {
            switch state {
            case .isAny: 0
            case .isIn: inherited ? 0 : 1
            case .isOut: inherited ? 1 : 0
            case .isMixed: inherited ? min(below.in, below.out + 1) : min(below.out, below.in + 1)
            }
        }

        func emit(inherited: Bool, into result: inout PrefixDescription) {
            guard let (left, right) = halves else {
                if cost(inherited) > 0 { result.add(prefix, !inherited) }
                return
            }
            let (keep, turn) = inherited ? (below.in, below.out) : (below.out, below.in)
            let turns = turn + 1 < keep
            if turns { result.add(prefix, !inherited) }
            left.emit(inherited: turns != inherited, into: &result)
            right.emit(inherited: turns != inherited, into: &result)
        }
    }

    private mutating func add(_ prefix: IPPrefix, _ isIn: Bool) {
        if isIn { included.append(prefix) } else { excluded.append(prefix) }
    }

    /// The tree of prefixes, cut no further than the sets do.
    private static func plan(
        _ family: IPFamily, _ start: UInt128, _ length: Int, _ intervals: ArraySlice<ClosedRange<UInt128>>,
        _ any: ArraySlice<ClosedRange<UInt128>>
    ) -> Plan {
        let prefix = IPPrefix(masking: IPAddress(family, number: start), length: length)
        let own = prefix.interval
        func holdsAll(_ inside: ArraySlice<ClosedRange<UInt128>>) -> Bool {
            inside.count == 1 && inside.first!.lowerBound <= own.lowerBound
                && inside.first!.upperBound >= own.upperBound
        }
        let (inside, anyInside) = (intervals.filter { $0.overlaps(own) }[...], any.filter { $0.overlaps(own) }[...])
        if holdsAll(inside) { return Plan(prefix, .isIn) }
        if inside.isEmpty {
            if anyInside.isEmpty { return Plan(prefix, .isOut) }
            if holdsAll(anyInside) { return Plan(prefix, .isAny) }
        }
        let half = own.lowerBound + (own.upperBound - own.lowerBound) / 2 + 1
        return Plan(
            prefix, plan(family, own.lowerBound, length + 1, inside, anyInside),
            plan(family, half, length + 1, inside, anyInside))
    }
}
