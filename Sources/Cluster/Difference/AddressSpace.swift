import IPAddresses
import PrefixTrie
import VPC

/// The addresses of two snapshots, cut where any table of either could tell them apart.
///
///     |----- 0.0.0.0/0 -----------------------------------|   prefixes of routes, rules, blocks, hosts, special blocks
///          |-- 10.0.0.0/16 --|        |- 45.33.32.156/32 -|
///     | a  | b               | c      | d                 |   intervals: within one, all prefixes hold all or none
struct AddressSpace {
    private var numbers4 = RadixTrie<IPv4Address, Int>()
    private var numbers6 = RadixTrie<IPv6Address, Int>()
    private var count = 0

    init(_ clusters: [Cluster]) {
        for prefix in Self.special { add(prefix) }
        for cluster in clusters {
            for prefix in cluster.policyPrefixes { add(prefix) }
        }
        // NAT64 carries IPv4 addresses behind 64:ff9b::/96: each of their cuts is one there too.
        for (prefix, _) in Array(numbers4) {
            add(
                .v6(
                    IPv6Prefix(
                        masking: IPv6Address(bits: IPv6Prefix.wellKnownNAT64.bits | UInt128(prefix.bits)),
                        length: 96 + prefix.length)))
        }
    }

    private mutating func add(_ prefix: IPPrefix) {
        switch prefix {
        case .v4(let prefix): if numbers4[prefix] == nil { numbers4[prefix] = count }
        case .v6(let prefix): if numbers6[prefix] == nil { numbers6[prefix] = count }
        }
        count += 1
    }

    /// Which prefixes hold an address: equal for two addresses that nothing tells apart.
    func cover(of address: IPAddress) -> String {
        let numbers: [Int] =
            switch address {
            case .v4(let address): numbers4.matches(for: address).map(\.value)
            case .v6(let address): numbers6.matches(for: address).map(\.value)
            }
        return numbers.map(String.init).joined(separator: ",")
    }

    /// The intervals of a family, in order. `hosts`: addresses that are intervals of their own.
    func intervals(_ family: IPFamily, hosts: some Sequence<IPAddress>) -> [ClosedRange<UInt128>] {
        var starts: Set<UInt128> = [0]
        func cut(_ interval: ClosedRange<UInt128>) {
            starts.insert(interval.lowerBound)
            if interval.upperBound < family.last { starts.insert(interval.upperBound + 1) }
        }
        switch family {
        case .ipv4: for (prefix, _) in numbers4 { cut(IPPrefix.v4(prefix).interval) }
        case .ipv6: for (prefix, _) in numbers6 { cut(IPPrefix.v6(prefix).interval) }
        }
        for host in hosts where host.family == family { cut(host.number...host.number) }
        let sorted = starts.sorted()
        return sorted.indices.map { index in
            sorted[index]...(index + 1 < sorted.count ? sorted[index + 1] - 1 : family.last)
        }
    }

    /// Blocks that elements treat by themselves, whatever the tables say (IANA's special-purpose registries, RFC 6052, AWS's
    /// link-local services).
    private static let special: [IPPrefix] = [
        "0.0.0.0/0", "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "169.254.172.0/22",
        "169.254.169.254/32", "169.254.169.253/32", "169.254.169.123/32", "172.16.0.0/12", "192.168.0.0/16",
        "224.0.0.0/4", "240.0.0.0/4", "::/0", "2000::/3", "64:ff9b::/96", "fc00::/7", "fd00:ec2::254/128",
        "fd00:ec2::253/128", "fd00:ec2::123/128", "169.254.170.23/32", "fd00:ec2::23/128", "169.254.171.0/24",
        "fd00:ec2:80::/64", "fe80::/10", "ff00::/8", "::1/128",
    ].compactMap { IPPrefix($0) }
}

extension IPFamily {
    /// The last address, as a number.
    var last: UInt128 { self == .ipv4 ? 0xFFFF_FFFF : .max }
}

extension Cluster {
    /// The prefixes by which tables tell addresses apart; those of interfaces and pods aside.
    fileprivate var policyPrefixes: [IPPrefix] {
        var result: [IPPrefix] = network.vpcs.values.flatMap(\.blocks) + network.subnets.values.flatMap(\.blocks)
        for vpc in network.vpcs.values {
            if let resolver = vpc.resolver { result.append(IPPrefix(host: .v4(resolver))) }
        }
        for table in network.routeTables.values {
            for route in table.routes { result += route.destination.prefixes(network.prefixLists) }
        }
        for acl in network.acls.values { result += (acl.ingress.entries + acl.egress.entries).map(\.prefix) }
        for group in network.groups.values {
            for rule in group.ingress.rules + group.egress.rules {
                switch rule.peer {
                case .prefix(let prefix), .prefixList(_, let prefix): result.append(prefix)
                case .group, .unknownPrefixList: break
                }
            }
        }
        result += network.interfaces.values.flatMap {
            $0.ipv6Prefixes.map { .v6($0) } + $0.ipv4Prefixes.map { .v4($0) }
        }
        if let block = configuration.serviceBlock { result.append(block) }
        for policy in networkPolicies.values.joined() {
            for case .block(let block, let except) in ((policy.ingress ?? []) + (policy.egress ?? [])).flatMap(\.peers)
            {
                result += [block] + except
            }
        }
        for rule in network.loadBalancers.values.flatMap(\.listeners).flatMap({ $0.rules ?? [] }) {
            for case .source(let blocks) in rule.conditions { result += blocks }
        }
        result += configuration.endpointAccess?.publicBlocks ?? []
        result += configuration.cni.blocksWithoutSNAT
        return result
    }
}
