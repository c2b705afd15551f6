/// An instant of a clock that never goes back, given by the caller: no type of this module reads a clock.
///
/// Instants of one table have to be of one clock, such as `CLOCK_MONOTONIC`. Between the latest one and the earliest one
/// that are used with a table lie less than 200 days.
@frozen
public struct MonotonicTime: Comparable, Hashable, Sendable {
    /// Nanoseconds since the clock's start, whenever that was.
    public var nanoseconds: UInt64

    @inlinable
    public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    @inlinable
    public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The instant that is `lifetime` later.
    @inlinable
    public static func + (time: Self, lifetime: Lifetime) -> Self {
        Self(nanoseconds: time.nanoseconds &+ lifetime.nanoseconds)
    }
}

/// How long a connection stays without packets.
@frozen
public struct Lifetime: Comparable, Hashable, Sendable {
    public let nanoseconds: UInt64

    @inlinable
    init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    /// - Precondition: from 0 to 8,640,000 (100 days).
    @inlinable
    public static func seconds(_ seconds: Int) -> Lifetime {
        precondition((0...8_640_000).contains(seconds), "a lifetime is 0 to 8640000 seconds")
        return Lifetime(nanoseconds: UInt64(seconds) &* 1_000_000_000)
    }

    @inlinable
    public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }
}

/// Time as tables keep it: ticks of 2^24 nanoseconds (16.8 ms), 32 bits of them.
@usableFromInline
enum Tick {
    /// The first tick at which a lifetime that starts now is over: never early, 16.8 ms late at most.
    @inlinable
    static func deadline(_ now: MonotonicTime, _ lifetime: Lifetime) -> UInt32 {
        UInt32(truncatingIfNeeded: (now.nanoseconds &+ lifetime.nanoseconds &+ 0xFF_FFFF) &>> 24)
    }

    @inlinable
    static func of(_ now: MonotonicTime) -> UInt32 { UInt32(truncatingIfNeeded: now.nanoseconds &>> 24) }

    /// The end of the window of 64 ticks (1.07 s) that a deadline is in: of what many sessions prolong.
    @inlinable
    static func windowEnd(_ deadline: UInt32) -> UInt32 { (deadline | 63) &+ 1 }

    @inlinable
    static func areInOneWindow(_ first: UInt32, _ second: UInt32) -> Bool { first &>> 6 == second &>> 6 }

    /// How many ticks are left; 0 or less where the deadline has passed. Right across the counter's end.
    @inlinable
    static func left(_ deadline: UInt32, _ tick: UInt32) -> Int32 { Int32(bitPattern: deadline &- tick) }
}
