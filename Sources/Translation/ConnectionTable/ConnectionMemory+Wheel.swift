import Synchronization

// The timer wheel: each stripe has 512 slots of 2^30 ns (1.07 s), each a list of entries. Deadlines that packets move on
// leave the entry where it is: it is put into its new slot when the old one comes round. All under the stripe's lock.
extension ConnectionMemory {
    /// The step of the wheel in which a deadline lies, at most 511 steps ahead of the stripe's position.
    @inlinable
    func step(of deadline: UInt32, _ position: UInt64, _ now: MonotonicTime) -> UInt64 {
        let left = Int64(Tick.left(deadline, Tick.of(now)))
        let step = UInt64(max(0, Int64(now.nanoseconds &>> 24) &+ left)) &>> 6
        return min(max(step, position), position &+ UInt64(Self.wheelSlots &- 1))
    }

    @inlinable
    func arm(_ index: UInt32, _ stripeIndex: Int, deadline: UInt32, _ now: MonotonicTime) {
        let stripe = stripe(stripeIndex)
        if stripe.pointee.position.load(ordering: .relaxed) == .max {
            stripe.pointee.setPosition(now.nanoseconds &>> 30)
        }
        let step = step(of: deadline, stripe.pointee.position.load(ordering: .relaxed), now)
        let slot = Int(truncatingIfNeeded: step) & (Self.wheelSlots &- 1)
        let head = wheel + (stripeIndex &* Self.wheelSlots &+ slot)
        let first = head.pointee.load(ordering: .relaxed)
        setLinks(index, previous: Self.none, next: first)
        if first != Self.none { setLinks(first, previous: index, next: next(first)) }
        head.pointee.store(index, ordering: .relaxed)
        setArmed(index, slot: UInt32(truncatingIfNeeded: slot))
    }

    @inlinable
    func disarm(_ index: UInt32, _ stripeIndex: Int) {
        let slot = armedSlot(index)
        if slot == Self.none { return }
        let next = next(index)
        let previous = previous(index)
        if next != Self.none { setLinks(next, previous: previous, next: self.next(next)) }
        if previous != Self.none {
            setLinks(previous, previous: self.previous(previous), next: next)
        } else {
            wheel[stripeIndex &* Self.wheelSlots &+ Int(truncatingIfNeeded: slot)].store(next, ordering: .relaxed)
        }
        setArmed(index, slot: Self.none)
    }
}
