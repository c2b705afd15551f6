import Translation

/// How much of the fragments that wait for their first one the capture has: a translator keeps their bytes, zeros included.
struct HeldCuts {
    private var lengths: [[UInt8]: (captured: Int, time: MonotonicTime)] = [:]

    /// More than fragments wait (``FragmentTable/lifetime``).
    private static let lifetime = Lifetime.seconds(60)

    /// - `fragment`: as the translator keeps it.
    /// - `captured`: how many of its bytes the capture has.
    mutating func note(_ fragment: [UInt8], captured: Int, now: MonotonicTime) {
        if lengths.count >= 256 {
            lengths = lengths.filter { $0.value.time + Self.lifetime >= now }
        }
        lengths[fragment] = (captured, now)
    }

    func captured(of fragment: [UInt8]) -> Int { lengths[fragment]?.captured ?? fragment.count }
}
