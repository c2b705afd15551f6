/// A set of TCP or UDP ports, or of ICMP identifiers: ranges in order, none of which touch.
public struct PortSet: Hashable, Sendable {
    /// The ranges, in order; between two of them at least one port is missing.
    public private(set) var ranges: [ClosedRange<UInt16>]

    public init() { ranges = [] }

    public init(_ range: ClosedRange<UInt16>) { ranges = [range] }

    public init(_ port: UInt16) { ranges = [port...port] }

    /// Makes the set of the ranges' union.
    public init(_ ranges: some Sequence<ClosedRange<UInt16>>) {
        self.ranges = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = self.ranges.last, Int(range.lowerBound) <= Int(last.upperBound) + 1 {
                self.ranges[self.ranges.count - 1] = last.lowerBound...Swift.max(last.upperBound, range.upperBound)
            } else {
                self.ranges.append(range)
            }
        }
    }

    /// 0 to 65535.
    public static let all = PortSet(0...65535)

    /// The ports that Linux picks for outgoing connections unless told otherwise (net.ipv4.ip_local_port_range).
    public static let linuxEphemeral = PortSet(32768...60999)

    /// The ports that source NAT and load balancers pick from: 1024 to 65535.
    public static let unprivileged = PortSet(1024...65535)

    public var isEmpty: Bool { ranges.isEmpty }

    /// How many ports there are.
    public var count: Int { ranges.reduce(0) { $0 + $1.count } }

    public func contains(_ port: UInt16) -> Bool { ranges.contains { $0.contains(port) } }

    public func union(_ other: PortSet) -> PortSet { PortSet(ranges + other.ranges) }

    public func intersection(_ other: PortSet) -> PortSet {
        PortSet(
            ranges.flatMap { range in
                other.ranges.compactMap { range.overlaps($0) ? range.clamped(to: $0) : nil }
            }
        )
    }

    public func subtracting(_ other: PortSet) -> PortSet { intersection(other.complement) }

    /// The ports that are not in the set.
    public var complement: PortSet {
        var result: [ClosedRange<UInt16>] = []
        var next = 0
        for range in ranges {
            if next < range.lowerBound { result.append(UInt16(next)...range.lowerBound - 1) }
            next = Int(range.upperBound) + 1
        }
        if next <= 65535 { result.append(UInt16(next)...65535) }
        return PortSet(result)
    }

    public func isSubset(of other: PortSet) -> Bool { subtracting(other).isEmpty }
}

extension PortSet: CustomStringConvertible {
    /// `443`, `1024-65535`, `22,80-90`; `none` for the empty set.
    public var description: String {
        if ranges.isEmpty { return "none" }
        return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(
            separator: ",")
    }
}
