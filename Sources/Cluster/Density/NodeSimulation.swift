import IPAddresses
import VPC

/// The life of one node: pods come and go, and what they need of the EC2 API.
///
/// ``prefixMode(_:)`` is an IPv6 node: its /80 is assigned at bootstrap, and each pod's addresses come from host-local
/// allocators on the node. ``secondaryAddressMode(_:_:_:)`` is an IPv4 node whose pods have secondary addresses of its
/// interfaces. Both run the same workload, so that the difference is what the prefix saves.
public enum NodeSimulation {
    /// Pods that start at random times and live for random times, both exponentially distributed.
    public struct Workload: Sendable {
        /// How many pods start, one after another.
        public var pods: Int

        /// Seconds between starts, on average.
        public var meanInterval: Double

        /// Seconds that a pod lives, on average.
        public var meanLifetime: Double
        public var seed: UInt64

        /// The most pods that run at a time; more wait for nothing and are counted as not scheduled.
        public var maxPods: Int

        public init(pods: Int, meanInterval: Double = 4, meanLifetime: Double = 60, maxPods: Int, seed: UInt64 = 1) {
            self.pods = pods
            self.meanInterval = meanInterval
            self.meanLifetime = meanLifetime
            self.maxPods = maxPods
            self.seed = seed
        }
    }

    /// What a run needed.
    public struct Report: Hashable, Sendable {
        public var started = 0

        /// Pods that the node had no room for at their time: as many as it may run were running.
        public var unscheduled = 0

        /// Pods that found no address left, and did not start.
        public var refused = 0

        /// Calls of the EC2 API by name, until the node was ready.
        public var bootstrapCalls: [String: Int] = [:]

        /// Calls of the EC2 API by name, after that.
        public var laterCalls: [String: Int] = [:]

        /// Pods that waited for an address.
        public var waits = 0

        /// Seconds that they waited, in total and at most.
        public var waited = 0.0
        public var longestWait = 0.0

        /// The most pods that ran at a time.
        public var peak = 0

        public var laterCallCount: Int { laterCalls.values.reduce(0, +) }
    }
}

/// The random times of a workload.
struct WorkloadTimes {
    private var generator: SplitMix64
    let workload: NodeSimulation.Workload

    init(_ workload: NodeSimulation.Workload) {
        self.workload = workload
        generator = SplitMix64(seed: workload.seed)
    }

    mutating func interval() -> Double { exponential(workload.meanInterval) }
    mutating func lifetime() -> Double { exponential(workload.meanLifetime) }

    /// A number in 0..<1.
    private mutating func unit() -> Double { Double(generator.next() &>> 11) * 0x1p-53 }

    /// An exponentially distributed number: von Neumann's method, only by comparing uniform numbers.
    private mutating func exponential(_ mean: Double) -> Double {
        var whole = 0.0
        while true {
            let first = unit()
            var last = first
            var runs = 1
            while true {
                let next = unit()
                if next >= last { break }
                last = next
                runs += 1
            }
            if runs % 2 == 1 { return (whole + first) * mean }
            whole += 1
        }
    }
}

/// What ends when, the next first.
struct EndTimes<Value> {
    private var ends: [(time: Double, value: Value)] = []

    var count: Int { ends.count }

    mutating func insert(_ value: Value, at time: Double) {
        var (low, high) = (0, ends.count)
        while low < high {
            let middle = (low + high) / 2
            if ends[middle].time > time { low = middle + 1 } else { high = middle }
        }
        ends.insert((time, value), at: low)
    }

    /// Removes the next one that has ended by `time`.
    mutating func popFirst(by time: Double) -> (time: Double, value: Value)? {
        guard let last = ends.last, last.time <= time else { return nil }
        return ends.removeLast()
    }

    var next: Double? { ends.last?.time }
}
