import IPAddresses
import VPC

extension Validator {
    /// The blocks of VPCs: S01, S04.
    mutating func checkVPCs() {
        for vpc in ordered(network.vpcs) {
            let component = Component(.vpc, vpc.id)
            for block in vpc.ipv4Blocks where !(16...28).contains(block.length) {
                add(
                    .vpcIPv4Size, .error, component, "\(vpc.id) has the IPv4 block \(block), a /\(block.length)",
                    fix: "give it a block of /16 to /28, such as \(IPv4Prefix(masking: block.first, length: 16))")
            }
            for block in vpc.ipv6Blocks { check(block, of: vpc) }
            if !ruleSet.allows(.ipv6BlockSizes), vpc.ipv6Blocks.count > 1 {
                add(
                    .vpcIPv6Size, .error, component,
                    "\(vpc.id) has \(vpc.ipv6Blocks.count) IPv6 blocks: "
                        + vpc.ipv6Blocks.map(\.description).joined(separator: ", "),
                    fix: "keep one /56 (rule set current allows several)")
            }
            if vpc.ipv6Blocks.isEmpty, isIPv6Cluster, vpc.id == cluster.configuration.vpcID {
                add(
                    .vpcIPv6Missing, .error, component, "\(vpc.id) has no IPv6 block, and the cluster's family is IPv6",
                    fix: "associate an Amazon-provided /56 with \(vpc.id), and a /64 with each of its subnets")
            }
        }
    }

    private mutating func check(_ block: IPv6Prefix, of vpc: VPC) {
        let component = Component(.vpc, vpc.id)
        if block.first.isUniqueLocal {
            let isAllowed = ruleSet.allows(.privateIPv6Blocks)
            add(
                .vpcIPv6UniqueLocal, isAllowed ? .advice : .error, component,
                isAllowed
                    ? "\(vpc.id) has the private IPv6 block \(block): nothing in it reaches the internet by IPv6"
                    : "\(vpc.id) has the unique local IPv6 block \(block) (fc00::/7): a VPC takes global unicast space only",
                fix: isAllowed
                    ? "add a global /56 where pods have to reach the internet over IPv6; else nothing"
                    : "use the /56 that Amazon provides, or a global block of your own (BYOIP); private blocks come from IPAM in rule set current"
            )
        } else if !block.first.isGlobalUnicast {
            add(
                .vpcIPv6Size, .error, component,
                "\(vpc.id) has the IPv6 block \(block), which is not global unicast space",
                fix: "use a /56 of 2000::/3")
        }
        if ruleSet.allows(.ipv6BlockSizes) {
            if !(44...60).contains(block.length) || block.length % 4 != 0 {
                add(
                    .vpcIPv6Size, .error, component, "\(vpc.id) has the IPv6 block \(block), a /\(block.length)",
                    fix: "use a block of /44 to /60 in steps of four bits; /56 is what Amazon provides")
            }
        } else if block.length != 56 {
            add(
                .vpcIPv6Size, .error, component,
                "\(vpc.id) has the IPv6 block \(block), a /\(block.length): a VPC has a /56",
                fix: "use \(IPv6Prefix(masking: block.first, length: 56)), which holds 256 subnets of /64")
        }
    }

    /// The blocks of subnets: S02.
    mutating func checkSubnets() {
        for subnet in ordered(network.subnets) {
            let component = Component(.subnet, subnet.id)
            if let block = subnet.ipv4Block, !(16...28).contains(block.length) {
                add(
                    .subnetIPv4Size, .error, component, "\(subnet.id) has the IPv4 block \(block), a /\(block.length)",
                    fix: "give it a block of /16 to /28")
            }
            for block in subnet.ipv6Blocks { checkSize(block, of: subnet) }
            guard let vpc = network.vpcs[subnet.vpcID] else { continue }
            for block in subnet.blocks where !vpc.blocks.contains(where: { $0.covers(block) }) {
                let own = vpc.blocks.filter { $0.family == block.family }.map(\.description)
                add(
                    .subnetOutsideVPC, .error, component,
                    "\(subnet.id) has \(block), outside of \(vpc.id)"
                        + (own.isEmpty ? ", which has no \(block.family) block" : "'s \(own.joined(separator: ", "))"),
                    fix: "give it a block inside the VPC's, or associate \(block) with the VPC first")
            }
        }
        for (vpcID, subnets) in Dictionary(grouping: ordered(network.subnets), by: \.vpcID).sorted(by: {
            $0.key < $1.key
        }) {
            let blocks = subnets.flatMap { subnet in subnet.blocks.map { (block: $0, owner: subnet.id) } }
            for (first, second) in Self.overlaps(blocks) where first.owner != second.owner {
                add(
                    .subnetOverlap, .error, Component(.subnet, second.owner),
                    "\(second.owner) has \(second.block), which overlaps \(first.owner)'s \(first.block) in \(vpcID)",
                    fix: "give one of the two another block")
            }
        }
    }

    private mutating func checkSize(_ block: IPv6Prefix, of subnet: Subnet) {
        let isAllowed =
            ruleSet.allows(.ipv6BlockSizes)
            ? (44...64).contains(block.length) && block.length % 4 == 0 : block.length == 64
        if isAllowed { return }
        let allowed = ruleSet.allows(.ipv6BlockSizes) ? "a /44 to /64 in steps of four bits" : "a /64"
        add(
            .subnetIPv6Size, .error, Component(.subnet, subnet.id),
            "\(subnet.id) has the IPv6 block \(block), a /\(block.length): a subnet takes \(allowed)",
            fix: "use \(IPv6Prefix(masking: block.first, length: 64)); a /80 is what a node gets out of it")
    }

    /// Addresses and prefixes of interfaces lie in their subnets.
    mutating func checkAddresses() {
        for interface in ordered(network.interfaces) {
            guard let subnet = network.subnets[interface.subnetID] else { continue }
            let blocks = subnet.blocks
            let own =
                interface.ipv4Addresses.map { IPPrefix(host: .v4($0.address)) }
                + interface.ipv6Addresses.map { IPPrefix(host: .v6($0)) } + interface.ipv4Prefixes.map { .v4($0) }
                + interface.ipv6Prefixes.map { .v6($0) }
            for address in own where !blocks.contains(where: { $0.covers(address) }) {
                add(
                    .addressOutsideSubnet, .error, Component(.networkInterface, interface.id),
                    "\(interface.id) has \(address), outside of \(subnet.id)'s "
                        + blocks.map(\.description).joined(separator: ", "),
                    fix: "collect interfaces and subnets at the same time; an address comes out of its subnet's blocks")
            }
        }
    }

    /// The pairs of blocks of which one holds the other, in the order of their addresses.
    static func overlaps<Owner>(
        _ blocks: [(block: IPPrefix, owner: Owner)]
    ) -> [(first: (block: IPPrefix, owner: Owner), second: (block: IPPrefix, owner: Owner))] {
        // Sorted, a block comes after all that hold it, and before all that it holds.
        let sorted = blocks.sorted {
            ($0.block.family.rawValue, $0.block.interval.lowerBound, $0.block.length) < (
                $1.block.family.rawValue, $1.block.interval.lowerBound, $1.block.length
            )
        }
        var result: [(first: (block: IPPrefix, owner: Owner), second: (block: IPPrefix, owner: Owner))] = []
        var holders: [(block: IPPrefix, owner: Owner)] = []
        for block in sorted {
            holders.removeAll { !$0.block.covers(block.block) }
            result += holders.map { ($0, block) }
            holders.append(block)
        }
        return result
    }
}

extension Subnet {
    /// The blocks of both families.
    var blocks: [IPPrefix] { [ipv4Block].compactMap { $0 }.map { .v4($0) } + ipv6Blocks.map { .v6($0) } }
}

extension VPC {
    /// The blocks of both families.
    var blocks: [IPPrefix] { ipv4Blocks.map { .v4($0) } + ipv6Blocks.map { .v6($0) } }
}
