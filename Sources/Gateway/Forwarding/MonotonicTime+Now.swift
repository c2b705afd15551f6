import Translation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension MonotonicTime {
    /// CLOCK_MONOTONIC.
    public static var now: MonotonicTime {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicTime(nanoseconds: UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec))
    }
}
