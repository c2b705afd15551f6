import Synchronization

/// A bound on the errors that a router sends: a bucket of tokens (RFC 4443 2.4; RFC 1812 4.3.2.8). From any thread.
public final class RateLimiter: Sendable {
    /// How many a second, over time.
    public let perSecond: UInt32

    /// How many at once.
    public let burst: UInt32
    private let state: Mutex<(tokens: UInt64, time: MonotonicTime)>

    /// One error's share of the bucket, in billionths, so that a nanosecond adds whole ones.
    private static let token: UInt64 = 1_000_000_000

    /// By default Linux's `icmp_msgs_per_sec` and `icmp_msgs_burst`.
    public init(perSecond: UInt32 = 1000, burst: UInt32 = 50) {
        self.perSecond = perSecond
        self.burst = burst
        state = Mutex((UInt64(burst) * Self.token, MonotonicTime(nanoseconds: 0)))
    }

    /// Whether one more may be sent now.
    public func allows(_ now: MonotonicTime) -> Bool {
        state.withLock { state in
            let most = UInt64(burst) * Self.token
            if now > state.time {
                let (gained, overflow) = (now.nanoseconds - state.time.nanoseconds).multipliedReportingOverflow(
                    by: UInt64(perSecond))
                state.tokens = overflow || gained > most - state.tokens ? most : state.tokens + gained
                state.time = now
            }
            guard state.tokens >= Self.token else { return false }
            state.tokens -= Self.token
            return true
        }
    }
}
