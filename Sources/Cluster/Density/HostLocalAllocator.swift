import IPAddresses

/// The host-local plugin's allocator for pods' IPv4 addresses: round robin over 169.254.172.0/22.
///
/// Source: Amazon VPC CNI plugin, egress-cni; containernetworking/plugins, host-local: the next address after the last
/// one that was given, so that a freed address rests as long as it can. .0 is the network, .1 the gateway, and the last
/// address the broadcast one: 1,021 of 1,024 are usable.
public struct HostLocalAllocator: Sendable {
    public static let range = IPv4Prefix(masking: IPv4Address(169, 254, 172, 0), length: 22)

    /// The first and the last address that pods get.
    public static let first = IPv4Address(bits: range.bits + 2)
    public static let last = IPv4Address(bits: range.last.bits - 1)

    /// How many pods can have one at a time.
    public static let usable = Int(last.bits - first.bits) + 1

    private var isTaken = [Bool](repeating: false, count: usable)
    private var next = 0

    /// How many addresses are taken.
    public private(set) var count = 0

    public init() {}

    /// Why there is no address.
    public struct Exhausted: Error, Hashable, Sendable, CustomStringConvertible {
        public var description: String {
            "no addresses available in range set: \(HostLocalAllocator.first)-\(HostLocalAllocator.last): all \(HostLocalAllocator.usable) "
                + "of \(HostLocalAllocator.range) are taken; the pod does not start, and those that run are untouched"
        }
    }

    /// The next address after the last one that was given.
    public mutating func allocate() throws(Exhausted) -> IPv4Address {
        guard count < Self.usable else { throw Exhausted() }
        while isTaken[next] { next = (next + 1) % Self.usable }
        let position = next
        isTaken[position] = true
        count += 1
        next = (position + 1) % Self.usable
        return IPv4Address(bits: Self.first.bits + UInt32(position))
    }

    /// Takes an address back; one that is not taken, or not of the range, stays as it is.
    public mutating func release(_ address: IPv4Address) {
        guard address >= Self.first, address <= Self.last else { return }
        let position = Int(address.bits - Self.first.bits)
        guard isTaken[position] else { return }
        isTaken[position] = false
        count -= 1
    }

    /// Stops the program where the count is not that of the taken addresses.
    public func _invariantCheck() {
        precondition(count == isTaken.count(where: { $0 }), "\(count) is not the number of taken addresses")
    }
}
