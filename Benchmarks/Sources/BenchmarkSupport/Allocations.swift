#if Jemalloc
    import CJemalloc
#endif

/// The bytes that the thread allocates from here on, by jemalloc's count. Needs the package trait `Jemalloc`.
public struct AllocationCount {
    private let before = Self.allocated

    public init() {}

    /// Nil where the allocator does not count.
    public var bytes: Int64? {
        guard let before, let now = Self.allocated else { return nil }
        return Int64(truncatingIfNeeded: now &- before)
    }

    private static var allocated: UInt64? {
        #if Jemalloc
            var count: UInt64 = 0
            var size = MemoryLayout<UInt64>.size
            return mallctl("thread.allocated", &count, &size, nil, 0) == 0 ? count : nil
        #else
            return nil
        #endif
    }
}
