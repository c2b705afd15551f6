import IPAddresses
import VPC

/// Addresses to which packets are treated alike, in both snapshots.
struct DestinationClass {
    var index: Int
    var family: IPFamily
    var members: [Member] = []

    /// What they are called together, where they are more than addresses.
    var name: String?
    var isPerPort = false
    var isReachedFromInternet = false
    var isInVPC = false

    /// Whether they are special-purpose addresses that nothing in either snapshot has.
    var isSpecial = false

    struct Member {
        var interval: ClosedRange<UInt128>
        var node: String?
    }

    /// A sender and an address for it that stand for all: on one node, or not.
    func pair(with sender: SenderClass, _ relation: Comparison.Relation) -> (Endpoint, IPAddress)? {
        switch relation {
        case .elsewhere:
            for source in sender.members.prefix(4) {
                for member in members where member.node == nil || member.node != source.node {
                    let address = IPAddress(family, number: member.interval.lowerBound)
                    if !source.addresses.contains(address) { return (source.endpoint, address) }
                }
            }
            return nil
        case .sameNode:
            for source in sender.members where source.node != nil {
                for member in members where member.node == source.node {
                    let address = IPAddress(family, number: member.interval.lowerBound)
                    if !source.addresses.contains(address) { return (source.endpoint, address) }
                }
            }
            return nil
        }
    }
}

extension Comparison {
    func destinationClasses() -> [DestinationClass] {
        var classes: [String: DestinationClass] = [:]
        for family in IPFamily.allCases {
            for interval in intervals[family] ?? [] {
                let address = IPAddress(family, number: interval.lowerBound)
                let (old, new) = (owners.before.owner(of: address), owners.after.owner(of: address))
                let key =
                    "\(family) \(space.cover(of: address)) | \(old?.likeness ?? "") | \(new?.likeness ?? "")"
                var entry = classes[key] ?? DestinationClass(index: 0, family: family)
                entry.members.append(.init(interval: interval, node: old?.node ?? new?.node))
                entry.name = new?.name ?? old?.name
                entry.isPerPort = old?.isPerPort ?? false || new?.isPerPort ?? false
                let vpcs = [before, after].flatMap { $0.network.vpcs(containing: address) }
                entry.isInVPC = !vpcs.isEmpty
                entry.isReachedFromInternet =
                    family == .ipv6
                    ? !vpcs.isEmpty
                    : (old?.likeness.hasPrefix("public ") ?? false || new?.likeness.hasPrefix("public ") ?? false)
                let embedded = if case .v6(let own) = address { own.behindNAT64 } else { IPv4Address?.none }
                entry.isSpecial =
                    old == nil && new == nil && vpcs.isEmpty
                    && !(embedded.map { IPAddress.v4($0) } ?? address).isRoutedOnInternet
                classes[key] = entry
            }
        }
        return classes.sorted { $0.key < $1.key }.enumerated().map { index, entry in
            var result = entry.value
            result.index = index
            return result
        }
    }
}
