import Foundation

/// How long the tests with random operations run: shortened and seeded by default, whole with `DATAPLANE_TESTS=full`. The same is
/// proved by both; the short ones meet fewer of the states. Millions of operations run in release mode: `Scripts/fuzz soak`.
public enum TestLength {
    public static let isFull = ProcessInfo.processInfo.environment["DATAPLANE_TESTS"] == "full"

    /// A number of operations.
    public static func operations(_ full: Int, short: Int) -> Int { isFull ? full : short }
}
